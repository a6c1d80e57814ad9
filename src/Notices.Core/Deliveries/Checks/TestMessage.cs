namespace Notices.Deliveries;

/// <summary>One message of <c>notices check</c>: of no round and no notice. Its row stands before it leaves, so that what its provider tells finds it, whichever process is told.</summary>
public sealed class TestMessage
{
    /// <summary>What <see cref="OutgoingMessage.DeliveryId"/> of the first is: beyond every delivery, and exact in JSON.</summary>
    internal const long FirstNumber = 1L << 52;

    public long Id { get; set; }

    /// <summary>The check it belongs to; what an entry of the record names.</summary>
    public required string Batch { get; set; }

    public required string Provider { get; set; }

    public Medium Medium { get; set; }

    /// <summary>In clear while the check runs, for a provider that is asked by number; then null.</summary>
    public string? Address { get; set; }

    /// <summary>Domain time, as all here.</summary>
    public DateTimeOffset SentAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>As the provider answered when it was handed over; <see cref="DeliveryState.Claimed"/> before.</summary>
    public DeliveryState State { get; set; }

    public string? ProviderMessageId { get; set; }

    /// <summary>The provider's code; no personal data.</summary>
    public string? Detail { get; set; }

    /// <summary>What it told later; null before. In columns of its own, since it may come before the answer is written.</summary>
    public DeliveryState? Told { get; set; }

    public DateTimeOffset? ToldAt { get; set; }

    public string? ToldDetail { get; set; }

    /// <summary>What the provider knows it by.</summary>
    internal long Number => FirstNumber + Id;

    internal static string Subject(string batch) => $"check/{batch}";

    /// <summary>A later word counts where it says more: on its way, then not delivered, then delivered, then acknowledged.</summary>
    internal static bool SaysMore(DeliveryState news, DeliveryState? told) => Weight(news) > (told is { } before ? Weight(before) : 0);

    private static int Weight(DeliveryState state) => state switch
    {
        DeliveryState.Accepted or DeliveryState.Sent => 1,
        DeliveryState.Failed => 2,
        DeliveryState.Delivered => 3,
        DeliveryState.Acknowledged => 4,
        _ => 0,
    };
}
