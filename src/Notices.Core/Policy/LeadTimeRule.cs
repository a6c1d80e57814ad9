using Notices.Outages;

namespace Notices.Policy;

/// <summary>Whom a rule protects or a notice goes to. Lead times know the first four; the others only name receivers.</summary>
public enum NoticeAudience
{
    /// <summary>The public page and feed: the public clock, running from publication.</summary>
    Public,

    /// <summary>重要用户: each must be told directly; the personal clock, running to the carrier's acceptance.</summary>
    KeyCustomers,

    /// <summary>Every customer on the scope, each told directly.</summary>
    Everyone,

    /// <summary>Customers with life support at home, each told directly.</summary>
    LifeSupport,

    /// <summary>Key customers who asked for it (the short reminder).</summary>
    KeyCustomersWhoAsked,

    /// <summary>Tiers 0 and 1.</summary>
    PriorityTiers,

    /// <summary>Whoever an earlier notice of this outage was sent to, on the channel that reached them.</summary>
    Told,

    /// <summary><see cref="Told"/> and whoever is affected now.</summary>
    ToldAndAffected,

    /// <summary>Tiers 0–1, those told of a fault or overrun, and those who asked: who hears that supply is back.</summary>
    AwaitingRestoration,
}

/// <summary>How a lead is counted.</summary>
public enum LeadUnit
{
    /// <summary>Elapsed hours, also across a change of the clocks.</summary>
    Hours,

    /// <summary>Whole local days between the notice and the start: neither the day of the one nor of the other counts.</summary>
    ClearDays,

    /// <summary>Clear days of which only working days count.</summary>
    BusinessDays,
}

/// <summary>A span counted back from the start of an outage on the local calendar.</summary>
public sealed record Lead(int Amount, LeadUnit Unit);

/// <summary>By when an audience must be told about an outage of one kind.</summary>
/// <param name="Latest">The shortest lawful lead.</param>
/// <param name="Earliest">Where the rule is a window (72–48 h): not before this; otherwise null.</param>
/// <param name="Source">The clause that sets it; quoted to the dispatcher when the rule refuses a plan.</param>
/// <param name="CheckedOn">The day somebody compared the number with the clause; null: never.</param>
/// <param name="CheckedBy">Who did; null: unverified, and shown as such.</param>
public sealed record LeadTimeRule(
    OutageKind Kind, NoticeAudience Audience, Lead Latest, Lead? Earliest, string Source, DateOnly? CheckedOn = null, string? CheckedBy = null)
{
    /// <summary>A person has compared the number with its clause.</summary>
    public bool IsVerified => CheckedBy is not null;

    /// <summary>The last instant at which publication is still in time.</summary>
    public DateTimeOffset LatestNotice(DateTimeOffset outageStart, WorkingCalendar calendar) => calendar.Back(outageStart, Latest);

    /// <summary>The first instant at which telling counts; null where the rule has no window.</summary>
    public DateTimeOffset? EarliestNotice(DateTimeOffset outageStart, WorkingCalendar calendar) =>
        Earliest is { } earliest ? calendar.Back(outageStart, earliest) : null;

    /// <returns>The problem to show, or <see langword="null"/> while there is still time; the deadline itself is in time.</returns>
    public Problem? Check(DateTimeOffset now, DateTimeOffset outageStart, WorkingCalendar calendar)
    {
        var deadline = LatestNotice(outageStart, calendar);

        return now <= deadline ? null : new Problem("lead-time-too-short", "windows[0].startsAt", new { deadline, source = Source });
    }
}
