namespace Notices.Replies;

/// <summary>What a reply means; numbers stay, as they stand in the record's digests.</summary>
public enum ReplyKind : short
{
    /// <summary>Read: acknowledges the newest open message to that number.</summary>
    Acknowledge = 1,

    /// <summary>No reminders and news to this number; statutory notices and emergencies still go out.</summary>
    Stop = 2,

    /// <summary>Takes a stop back.</summary>
    Start = 3,

    /// <summary>Asks how things stand at an account.</summary>
    Status = 4,

    /// <summary>The number is no longer that customer's.</summary>
    NotMe = 5,

    /// <summary>Still without power although others have it again.</summary>
    StillOut = 6,

    /// <summary>Anything else: somebody of the hotline reads it.</summary>
    Other = 7,

    /// <summary>The code of a subscription that waited for it.</summary>
    Subscribe = 8,
}

/// <summary>One message somebody sent to us: written as it comes, applied a moment later together with others. Number and text are erased at their time; no digest of the record is over them.</summary>
public class Reply
{
    public long Id { get; set; }

    /// <summary>By which it came.</summary>
    public required string Provider { get; set; }

    /// <summary>Tells one from another among those of a provider: its id, or a keyed digest of sender, time and text where it gives none.</summary>
    public required string MessageKey { get; set; }

    /// <summary>E.164, or as the provider writes it; null once erased.</summary>
    public string? Sender { get; set; }

    /// <summary>Null once erased.</summary>
    public string? Body { get; set; }

    /// <summary>When the provider got it, domain time.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>When it was written here, domain time.</summary>
    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>Null until it was applied; those applied together share one audit entry, found under this key.</summary>
    public string? Batch { get; set; }

    /// <summary>0 until it was applied.</summary>
    public ReplyKind Kind { get; set; }

    /// <summary>The message it acknowledges.</summary>
    public long? DeliveryId { get; set; }
}
