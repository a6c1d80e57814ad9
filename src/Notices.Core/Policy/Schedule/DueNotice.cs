using Notices.Publishing;
using Notices.Words;

namespace Notices.Policy;

/// <summary>One notice that falls due at one moment.</summary>
/// <param name="Key">Stable identity within the outage: computing again gives the same key for the same debt and another for a new one.</param>
/// <param name="DueAt">When it goes out; already past where it is owed at once.</param>
/// <param name="Deadline">The last instant that is in time; null where the rule knows none.</param>
/// <param name="Late">It goes out after <paramref name="Deadline"/>, or cannot go out before it any more.</param>
/// <param name="Skipped">Its moment had passed before it could be told: kept as a record, never published.</param>
/// <param name="Rule">Code of the rule behind it, kebab-case.</param>
/// <param name="Source">The clause or practice the rule comes from.</param>
/// <param name="Explanation">Why at that moment, for the schedule page.</param>
/// <param name="Audience">Whom a message goes to besides the feed; null: feed alone.</param>
/// <param name="WindowOrdinal">The window it is about; null: the whole outage.</param>
/// <param name="ExpiresAt">After this nothing of it is sent.</param>
public sealed record DueNotice(
    NoticeType Type,
    string Key,
    DateTimeOffset DueAt,
    DateTimeOffset? Deadline,
    bool Late,
    bool Skipped,
    string Rule,
    string Source,
    LocalText Explanation,
    NoticeAudience? Audience,
    short? WindowOrdinal,
    DateTimeOffset ExpiresAt)
{
    /// <summary>Audiences whose own (personal) clock it misses, also where the public one is kept.</summary>
    public IReadOnlyList<NoticeAudience> LateFor { get; init; } = [];

    /// <summary>The deadline counts business days beyond the last day the holiday file knows.</summary>
    public bool Unsure { get; init; }
}

/// <summary>What happens at a moment that publishes nothing.</summary>
public enum MomentKind
{
    RingApprover,
    RingDeputy,
    RingDutyLeader,

    /// <summary>The last instant at which an audience with a personal clock is told in time.</summary>
    PersonalDeadline,

    /// <summary>The owner is asked: on time, extend to, restored.</summary>
    AskOwner,

    AskSecondPerson,

    /// <summary>A promise: the next word is owed by then.</summary>
    NextUpdateOwed,

    /// <summary>A postponed outage without a new date becomes cancelled.</summary>
    PostponedExpires,

    /// <summary>A restored outage becomes closed.</summary>
    Closes,
}

/// <summary>A moment people act at or are asked at; nothing is published.</summary>
public sealed record DueMoment(
    MomentKind Kind, string Key, DateTimeOffset DueAt, string Rule, string Source, LocalText Explanation, NoticeAudience? Audience = null)
{
    /// <summary>The service does something then, so it has a row; the others only say what is owed by when.</summary>
    internal bool Acts => Kind is not (MomentKind.PersonalDeadline or MomentKind.PostponedExpires);

    /// <summary>Of no use any more where its time had passed before it was known of.</summary>
    internal bool Passes => Kind is MomentKind.AskOwner or MomentKind.AskSecondPerson or MomentKind.NextUpdateOwed;

    /// <summary>Belongs to a plan that waits for approval; every other moment belongs to what was approved.</summary>
    internal bool BeforeApproval => Kind is MomentKind.RingApprover or MomentKind.RingDeputy or MomentKind.RingDutyLeader;
}

/// <summary>All that is still owed about one outage, in the order of time.</summary>
/// <param name="Notices">What has to go out; what already did is not repeated.</param>
/// <param name="Moments">What happens besides.</param>
public sealed record DueSchedule(IReadOnlyList<DueNotice> Notices, IReadOnlyList<DueMoment> Moments);
