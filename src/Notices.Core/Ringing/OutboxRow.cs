using Notices.Deliveries;

namespace Notices.Ringing;

public enum OutboxState
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

/// <summary>One message that belongs to no round: to a member of staff, or in answer to a reply. Sent by <see cref="OutboxDispatcher{T}"/>.</summary>
public abstract class OutboxRow
{
    public long Id { get; set; }

    /// <summary>Null where it cannot be sent on any.</summary>
    public Medium? Medium { get; set; }

    public string Language { get; set; } = "";

    /// <summary>Of a mail.</summary>
    public string Subject { get; set; } = "";

    public string Body { get; set; } = "";

    public OutboxState State { get; set; }

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
