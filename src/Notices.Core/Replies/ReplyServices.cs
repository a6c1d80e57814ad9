using Microsoft.Extensions.DependencyInjection;
using Notices.Deliveries;
using Notices.Policy;
using Notices.Storage;

namespace Notices.Replies;

/// <summary>What takes in, applies and answers replies.</summary>
internal static class ReplyServices
{
    internal static void AddReplies(this IServiceCollection services, NoticesOptions options)
    {
        services.AddSingleton(_ => KeywordBook.Load(options.Home));
        services.AddSingleton<ReplyInbox>();
        services.AddSingleton<IInboundSink>(provider => provider.GetRequiredService<ReplyInbox>());
        services.AddHostedService(provider => provider.GetRequiredService<ReplyInbox>());
        services.AddSingleton(provider => new ReplyDesk(
            provider.GetRequiredService<Func<NoticesDb>>(), provider.GetRequiredService<KeywordBook>(), provider.GetRequiredService<DeliveryReceipts>(), options.Replies, provider.GetRequiredService<Subscriptions.SubscriptionReplies>(),
            provider.GetRequiredService<DueAlarm>(), provider.GetRequiredService<TimeProvider>()));
        services.AddScoped<AnswerDispatcher>();
        services.AddScoped<Hotline.HotlineDesk>();
        services.AddSingleton(provider => new Retention.ReplyRetention(
            provider.GetRequiredService<Func<NoticesDb>>(), options.Retention, provider.GetRequiredService<PolicyBook>(), provider.GetRequiredService<TimeProvider>()));
    }
}
