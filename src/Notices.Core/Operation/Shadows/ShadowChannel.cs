using Notices.Deliveries;

namespace Notices.Operation;

/// <summary>The only channel there is in shadow: it says of each message that nothing was sent, at the moment at which it would have been, within the provider's limits. It knows nobody to send to.</summary>
public sealed class ShadowChannel : IChannel
{
    private static readonly HashSet<Medium> All = [.. Enum.GetValues<Medium>()];

    internal ShadowChannel(string name) => Name = name;

    public string Name { get; }

    public IReadOnlySet<Medium> Media => All;

    public Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken) => Task.FromResult(SendOutcome.Refused(DeliveryReasons.Shadow));
}
