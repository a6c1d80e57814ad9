using Notices.Publishing;

namespace Notices.Deliveries;

public enum RoundState
{
    /// <summary>Published, its recipients not yet drawn.</summary>
    Waiting,

    /// <summary>Recipients are being drawn, tier 0 first.</summary>
    Expanding,

    Running,
    Paused,

    /// <summary>What was unsent ended as suppressed.</summary>
    Stopped,

    /// <summary>Every recipient has a final state.</summary>
    Closed,
}

/// <summary>批次: one notice sent to one audience.</summary>
public sealed class Round
{
    public long Id { get; set; }

    /// <summary>What an entry of the record about a round names.</summary>
    internal static string Subject(long id) => $"round/{id}";

    /// <summary>The same and, of entries by earlier programs, the other word they used.</summary>
    internal static List<string> Subjects(long id) => [Subject(id), $"rounds/{id}"];

    public long NoticeId { get; set; }

    public Notice? Notice { get; set; }

    public RoundState State { get; set; }

    /// <summary>Name of a <c>NoticeAudience</c>.</summary>
    public required string Audience { get; set; }

    /// <summary>Rounds that fell due at one moment share it: one message per person lists them all.</summary>
    public required string Batch { get; set; }

    /// <summary>The next tier to draw; 3 when all are drawn.</summary>
    public short NextTier { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When the last recipient was drawn.</summary>
    public DateTimeOffset? SnapshotAt { get; set; }

    /// <summary>Nothing of this round leaves after it.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    public string? StoppedReason { get; set; }

    /// <summary>The storm text goes out in place of the ordinary short message.</summary>
    public bool Shortened { get; set; }

    /// <summary>The last tier that is still sent to: 2 all, 1 the most urgent, -1 nobody.</summary>
    public short LastTier { get; set; } = 2;

    /// <summary>Why it was shortened or limited.</summary>
    public string? ChoiceReason { get; set; }

    /// <summary>Until then only the watch list gets it.</summary>
    public DateTimeOffset? HeldUntil { get; set; }

    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>When the last of its deliveries went into the archive.</summary>
    public DateTimeOffset? ArchivedAt { get; set; }

    /// <summary>When the last clear text of its deliveries and recipients was erased at its time.</summary>
    public DateTimeOffset? ErasedAt { get; set; }

    /// <summary>W3C traceparent of what published it; drawing and sending go on from there.</summary>
    public string? TraceParent { get; set; }
}

/// <summary>The state of a delivery and, as the best of its deliveries, of a recipient. The numbers are the order: the largest is the best,
/// and anything still open outranks a failure, so a recipient's state is one MAX.</summary>
public enum DeliveryState : short
{
    /// <summary>Not sent, and why stands beside it.</summary>
    Suppressed = 1,

    Failed = 2,

    /// <summary>Nobody knows whether it left; never sent again blindly.</summary>
    Unconfirmed = 3,

    Waiting = 4,

    /// <summary>In a worker's hands.</summary>
    Claimed = 5,

    /// <summary>The carrier took it; a receipt may come.</summary>
    Accepted = 6,

    /// <summary>Accepted, no receipt before expiry.</summary>
    Sent = 7,

    Delivered = 8,
    Acknowledged = 9,
}

/// <summary>One customer account in a round's snapshot.</summary>
public sealed class Recipient
{
    public long Id { get; set; }

    public long RoundId { get; set; }

    public long SupplyPointId { get; set; }

    public long CustomerId { get; set; }

    public short Tier { get; set; }

    public required string Language { get; set; }

    /// <summary>The recipient's own place, the only one a personal message names.</summary>
    public string? PlaceName { get; set; }

    public required string AccountTail { get; set; }

    /// <summary>True where the customer has another supply that stays.</summary>
    public bool BackupStays { get; set; }

    public DeliveryState State { get; set; }

    /// <summary>Why it failed or was suppressed: a code of <c>Words/Reasons</c>.</summary>
    public string? Reason { get; set; }
}

/// <summary>A text of a round, rendered once per language, medium and variant; personal marks are filled in at sending.</summary>
public sealed class RoundText
{
    public long Id { get; set; }

    public long RoundId { get; set; }

    public required string Language { get; set; }

    public Medium Medium { get; set; }

    /// <summary>The one-part text of a round that would come too late.</summary>
    public const string Storm = "storm";

    /// <summary>What relay persons are asked to pass on.</summary>
    public const string Relay = "relay";

    /// <summary>Empty for the ordinary text; <see cref="Storm"/>, <see cref="Relay"/>; round numbers joined with <c>+</c> where one message tells several outages.</summary>
    public string Variant { get; set; } = "";

    public string? Subject { get; set; }

    public required string Body { get; set; }

    /// <summary>The HTML part of an e-mail.</summary>
    public string? Html { get; set; }
}

/// <summary>One message of a round to one address on one medium.</summary>
public class Delivery
{
    public long Id { get; set; }

    public long RoundId { get; set; }

    public long TextId { get; set; }

    public Medium Medium { get; set; }

    public DeliveryPurpose Purpose { get; set; }

    /// <summary>E.164 or mail address; null once erased.</summary>
    public string? Address { get; set; }

    public short Tier { get; set; }

    /// <summary>For the text's personal mark.</summary>
    public string? PlaceName { get; set; }

    /// <summary>Tails of the accounts it stands for, joined with <c>、</c>.</summary>
    public required string Accounts { get; set; }

    public DeliveryState State { get; set; }

    /// <summary>Domain time; moves on with each retry.</summary>
    public DateTimeOffset DueAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public short Attempts { get; set; }

    /// <summary>Where in its contact cycle it stands, and when the next step is due.</summary>
    public short Step { get; set; }

    public DateTimeOffset? StepDueAt { get; set; }

    /// <summary>The message this one corrects, while that may still be on its way: never overtaken.</summary>
    public long? AfterId { get; set; }

    public string? LeaseOwner { get; set; }

    /// <summary>Machine time.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    public string? Provider { get; set; }

    public string? ProviderMessageId { get; set; }

    public DateTimeOffset? AcceptedAt { get; set; }

    public DateTimeOffset? DeliveredAt { get; set; }

    public string? Reason { get; set; }
}

public class DeliveryRecipient
{
    public long DeliveryId { get; set; }

    public long RecipientId { get; set; }
}

/// <summary>One try of a delivery; on the phone it is the call record. Never updated or deleted.</summary>
public class Attempt
{
    public long Id { get; set; }

    public long DeliveryId { get; set; }

    /// <summary>Attempts written together share one audit entry, found under this key.</summary>
    public required string Batch { get; set; }

    public short Number { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset EndedAt { get; set; }

    public required string Provider { get; set; }

    /// <summary>An outcome of <see cref="SendOutcomeKind"/>.</summary>
    public short Outcome { get; set; }

    /// <summary>The provider's own code or words, without personal data.</summary>
    public string? Detail { get; set; }

    public string? ProviderMessageId { get; set; }

    /// <summary>Person, mailbox, no answer…; for calls.</summary>
    public string? CallResult { get; set; }

    public string? KeysPressed { get; set; }

    public int? Seconds { get; set; }
}

/// <summary>What a carrier said later about a message. Never updated or deleted.</summary>
public class Receipt
{
    public long Id { get; set; }

    public long DeliveryId { get; set; }

    public required string Batch { get; set; }

    public DateTimeOffset At { get; set; }

    public DeliveryState State { get; set; }

    public string? Detail { get; set; }
}
