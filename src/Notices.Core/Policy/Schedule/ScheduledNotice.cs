using Notices.Publishing;

namespace Notices.Policy;

public enum ScheduledState
{
    Waiting,
    Published,

    /// <summary>Its moment had passed before it could be told; the next message says what it would have.</summary>
    Skipped,

    /// <summary>The plan changed or ended before its moment.</summary>
    Withdrawn,
}

/// <summary>A due row: one notice that falls due at one moment. The table is the queue; an alarm or sweep only rings.</summary>
public sealed class ScheduledNotice
{
    public long Id { get; set; }

    public long? OutageId { get; set; }

    public long? AnnouncementId { get; set; }

    public NoticeType Type { get; set; }

    /// <summary>Stable identity within the outage, so that computing twice gives one row.</summary>
    public required string Key { get; set; }

    public DateTimeOffset DueAt { get; set; }

    /// <summary>The last instant that is still in time; null where the rule knows none.</summary>
    public DateTimeOffset? Deadline { get; set; }

    public bool Late { get; set; }

    public ScheduledState State { get; set; }

    /// <summary>Code of the rule behind it.</summary>
    public required string Rule { get; set; }

    /// <summary>The clause the rule comes from.</summary>
    public required string Source { get; set; }

    /// <summary>Who a message goes to besides the feed, by <c>NoticeAudience</c> name; null for the feed alone.</summary>
    public string? Audience { get; set; }

    public short? WindowOrdinal { get; set; }

    /// <summary>After this nothing is sent any more.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>What the notice says beyond the outage itself (windows told before, why changed), as JSON.</summary>
    public string? Details { get; set; }
}
