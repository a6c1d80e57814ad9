using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Notices.Subscriptions;

namespace Notices.Deliveries;

/// <summary>Sends what is due. Each lane has a worker of its own with hands of its own, so that an emergency never waits behind a planned round;
/// both hand over to the same providers.</summary>
public sealed class DeliveryDispatcher
{
    private readonly LaneDispatch _urgent;
    private readonly LaneDispatch _ordinary;

    // By hand, since a public constructor cannot take the internal cache of texts.
    internal DeliveryDispatcher(
        IDeliveryQueue queue, ProviderDirectory providers, IAllowance allowance, RoundTexts texts, PersonalFill fill, IUnconfirmedPolicy policy, DeliveryOptions options,
        CallPlaces calls, TimeProvider clock, TimeProvider machine, ILogger<DeliveryDispatcher> log, ProviderGates? gates = null, SubscriptionWords? subscriptions = null)
    {
        var sender = new MessageSender(providers, gates ?? new ProviderGates(allowance, options, machine, log), fill, policy, options, calls, subscriptions, clock, machine, log);
        // Each provider may hold up as many hands as one has: those of the others go on.
        var hands = Math.Min(options.Concurrency * Math.Max(1, providers.Providers.Count), 2000);
        // A process that comes back under its old number must not take its predecessor's claims for its own.
        var process = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}";
        LaneDispatch Of(Lane lane) => new(lane, $"{process}-{lane}", hands, queue, providers.Media, texts, sender, options, clock, machine, log);
        (_urgent, _ordinary) = (Of(Lane.Urgent), Of(Lane.Ordinary));
    }

    internal static DeliveryDispatcher Make(IServiceProvider services) => new(
        services.GetRequiredService<IDeliveryQueue>(), services.GetRequiredService<ProviderDirectory>(), services.GetRequiredService<IAllowance>(), services.GetRequiredService<RoundTexts>(),
        services.GetRequiredService<PersonalFill>(), services.GetRequiredService<IUnconfirmedPolicy>(), services.GetRequiredService<DeliveryOptions>(),
        services.GetRequiredService<CallPlaces>(), services.GetRequiredService<TimeProvider>(), services.GetRequiredKeyedService<TimeProvider>("machine"), services.GetRequiredService<ILogger<DeliveryDispatcher>>(),
        services.GetRequiredService<ProviderGates>(), services.GetService<SubscriptionWords>());

    /// <summary>Sends on both lanes until nothing is due. A second ring while it runs makes it look once more and returns at once. A lost database is logged,
    /// not thrown: the rows are still there, and the next ring goes on.</summary>
    /// <returns>How many messages were tried.</returns>
    public async Task<int> DispatchDueAsync(CancellationToken cancellationToken) =>
        (await Task.WhenAll(DispatchDueAsync(Lane.Urgent, cancellationToken), DispatchDueAsync(Lane.Ordinary, cancellationToken))).Sum();

    /// <summary>The same on one lane.</summary>
    public Task<int> DispatchDueAsync(Lane lane, CancellationToken cancellationToken) => (lane == Lane.Urgent ? _urgent : _ordinary).DispatchDueAsync(cancellationToken);
}
