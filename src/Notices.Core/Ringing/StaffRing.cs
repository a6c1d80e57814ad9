using Notices.Deliveries;

namespace Notices.Ringing;

public enum RingState
{
    Waiting,

    /// <summary>In a worker's hands.</summary>
    Claimed,

    /// <summary>The carrier took it.</summary>
    Sent,

    Failed,

    /// <summary>Nobody knows whether it left; it is not sent again.</summary>
    Unconfirmed,

    /// <summary>Nobody to ring, no address, or no provider of the medium; why stands beside it.</summary>
    Unreachable,

    /// <summary>The reason was gone before it left.</summary>
    Withdrawn,
}

/// <summary>One message to one member of staff on one medium, because of one moment. Addresses stay with the user (or, for an owner who is none, with the outage) and are read when it is sent.</summary>
public sealed class StaffRing
{
    public long Id { get; set; }

    public long MomentId { get; set; }

    public long OutageId { get; set; }

    /// <summary>Null where the owner is known by a mail address alone, and where there is nobody.</summary>
    public string? UserId { get; set; }

    /// <summary>Null where it cannot be sent on any.</summary>
    public Medium? Medium { get; set; }

    public string Language { get; set; } = "";

    public string Subject { get; set; } = "";

    public string Body { get; set; } = "";

    public RingState State { get; set; }

    /// <summary>Why it is where it is: a code of <c>Words/Reasons</c>.</summary>
    public string? Reason { get; set; }

    /// <summary>Domain time; moves on with each retry.</summary>
    public DateTimeOffset DueAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public short Attempts { get; set; }

    public string? LeaseOwner { get; set; }

    /// <summary>Machine time.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    public string? Provider { get; set; }

    public string? ProviderMessageId { get; set; }

    public DateTimeOffset? EndedAt { get; set; }
}
