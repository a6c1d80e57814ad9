namespace Notices.Policy;

public enum MomentState
{
    Waiting,
    Done,

    /// <summary>Its time had passed before it could be of use, or a later one of the same kind took its place.</summary>
    Skipped,

    /// <summary>The reason for it is gone.</summary>
    Withdrawn,
}

/// <summary>A due row of a moment at which the service does something and publishes nothing: people are rung, an outage closes. The table is the queue, as for <see cref="ScheduledNotice"/>.</summary>
public sealed class ScheduledMoment
{
    public long Id { get; set; }

    public long OutageId { get; set; }

    public MomentKind Kind { get; set; }

    /// <summary>Stable identity within the outage, so that computing twice gives one row.</summary>
    public required string Key { get; set; }

    public DateTimeOffset DueAt { get; set; }

    /// <summary>Who takes it out of <see cref="MomentState.Waiting"/> does so once: of two at the same time one reads again.</summary>
    public MomentState State { get; set; }

    public DateTimeOffset? DoneAt { get; set; }

    /// <summary>Code of the rule behind it.</summary>
    public required string Rule { get; set; }

    /// <summary>The clause or practice the rule comes from.</summary>
    public required string Source { get; set; }
}
