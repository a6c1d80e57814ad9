using Notices.Outages;
using Notices.Publishing;

namespace Notices.Policy;

/// <summary>A window as the schedule needs it.</summary>
/// <param name="AlternateStartsAt">雨天顺延: the other day announced with it.</param>
public sealed record PlannedWindow(
    short Ordinal, DateTimeOffset StartsAt, DateTimeOffset EndsAt, DateTimeOffset? AlternateStartsAt = null, DateTimeOffset? AlternateEndsAt = null);

/// <summary>Everything about an outage that decides when people must be told. Plain facts; nothing is looked up.</summary>
public sealed record PlannedOutage
{
    public required OutageKind Kind { get; init; }

    public required OutageStatus Status { get; init; }

    /// <summary>Empty for a fault or emergency whose end is open.</summary>
    public IReadOnlyList<PlannedWindow> Windows { get; init; } = [];

    /// <summary>What the notice names as affected (names or codes, the same as in <see cref="Told.Places"/>): added ones start their own clock.</summary>
    public IReadOnlyList<string> Places { get; init; } = [];

    /// <summary>Somebody of the audience is a key customer; without one the personal clock does not run.</summary>
    public bool HasKeyCustomers { get; init; }

    /// <summary>Somebody of the audience has life support at home.</summary>
    public bool HasLifeSupport { get; init; }

    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>When the present state was approved or declared; "at once" means this instant. Null: not yet, and the schedule is a preview from now.</summary>
    public DateTimeOffset? ApprovedAt { get; init; }

    /// <summary>When the last change after the approval was made; "at once" means this instant for what the change owes.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>Why it is announced after the deadline.</summary>
    public string? LateReason { get; init; }

    /// <summary>A change is a mistake put right: <see cref="NoticeType.Corrected"/> instead of <see cref="NoticeType.Changed"/>.</summary>
    public bool IsCorrection { get; init; }

    /// <summary>For rationing: the moment the published order names.</summary>
    public DateTimeOffset? AnnounceAt { get; init; }

    /// <summary>Restoration expected at; goes before the windows' ends.</summary>
    public DateTimeOffset? ExpectedAt { get; init; }

    /// <summary>Not yet known, next word by.</summary>
    public DateTimeOffset? NextUpdateBy { get; init; }

    /// <summary>When supply really went off.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>A dispatcher said that the first start has not happened; nothing says "started" until it has.</summary>
    public bool StartHeld { get; init; }

    public DateTimeOffset? RestoredAt { get; init; }

    /// <summary>When a part last came back, while others are still out.</summary>
    public DateTimeOffset? PartlyRestoredAt { get; init; }

    public DateTimeOffset? CancelledAt { get; init; }

    public DateTimeOffset? PostponedAt { get; init; }

    /// <summary>When a postponed outage without a new date becomes cancelled; null: the policy's expiry after <see cref="PostponedAt"/>.</summary>
    public DateTimeOffset? PostponedUntil { get; init; }

    /// <summary>It takes the place of a postponed outage people were told of.</summary>
    public bool ReplacesTold { get; init; }

    /// <summary>Postponed, and an approved plan takes its place: it does not expire.</summary>
    public bool IsReplaced { get; init; }

    /// <summary>A second person still has to look at it; it does not close before.</summary>
    public bool ReviewOwed { get; init; }

    /// <summary>How long this fault must last before it is told; null: the policy's.</summary>
    public TimeSpan? HoldOff { get; init; }
}

/// <summary>A notice that already stands before the public: what people know.</summary>
/// <param name="Key">The <see cref="DueNotice.Key"/> it answered.</param>
/// <param name="Windows">The windows it named.</param>
/// <param name="Places">The places it named.</param>
/// <param name="Sequence">Its place among the outage's notices; decides before the instant, as two may go out in one and a clock may be set back.</param>
public sealed record Told(
    NoticeType Type,
    string Key,
    DateTimeOffset PublishedAt,
    IReadOnlyList<PlannedWindow> Windows,
    IReadOnlyList<string> Places,
    DateTimeOffset? ExpectedAt = null,
    DateTimeOffset? NextUpdateBy = null,
    int Sequence = 0)
{
    /// <summary>Published with or after the other.</summary>
    internal bool IsSince(Told other) => Sequence != other.Sequence ? Sequence > other.Sequence : PublishedAt >= other.PublishedAt;
}
