using Microsoft.Extensions.DependencyInjection;
using Notices.Audit;
using Notices.Deliveries;

namespace Notices.Subscriptions;

/// <summary>What takes subscriptions, confirms and ends them.</summary>
internal static class SubscriptionServices
{
    internal static void AddSubscriptions(this IServiceCollection services, NoticesOptions options)
    {
        services.AddSingleton(options.Subscriptions);
        services.AddSingleton(provider => SubscriptionOffer.Of(options.Subscriptions, provider.GetRequiredService<ProviderDirectory>(), options.Operation));
        services.AddSingleton(new SubscriptionReplies(options.Audit, options.Subscriptions));
        services.AddSingleton<SubscriptionWords>();
        services.AddScoped<SubscriptionTargets>();
        services.AddScoped<SubscriptionAsking>();
        services.AddScoped<SubscriptionDesk>();
        services.AddScoped<SubscriptionDispatcher>();
        services.AddScoped<SubscriptionUpkeep>();
    }
}
