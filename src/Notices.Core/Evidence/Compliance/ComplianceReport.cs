using Notices.Deliveries;
using Notices.Outages;
using Notices.Words;

namespace Notices.Evidence;

/// <summary>What became of the notices published in a stretch of time, by organisation and month.</summary>
/// <param name="To">Exclusive.</param>
/// <param name="TimeZone">Whose months they are, IANA.</param>
/// <param name="Organisation">Code of the organisation asked for; null for all the actor sees.</param>
/// <param name="AsOf">The moment in which everything was counted.</param>
/// <param name="Totals">Sums of <paramref name="Lines"/>.</param>
/// <param name="Lines">By month, then code; an organisation without a notice in a month has none.</param>
public sealed record ComplianceReport(
    DateTimeOffset From, DateTimeOffset To, string TimeZone, string? Organisation, DateTimeOffset AsOf, ComplianceFigures Totals, IReadOnlyList<ComplianceLine> Lines);

/// <param name="Month"><c>2026-12</c>.</param>
/// <param name="From">The first instant of the month that was asked for.</param>
/// <param name="To">Exclusive.</param>
public sealed record ComplianceLine(string Organisation, LocalText Name, string Month, DateTimeOffset From, DateTimeOffset To, ComplianceFigures Figures);

/// <summary>The two clocks, and who was reached.</summary>
/// <param name="Reasons">Why recipients failed, were suppressed or are unconfirmed.</param>
/// <param name="Media">Messages, each counted once, with the round that sent it; a person may have several, or share one.</param>
public sealed record ComplianceFigures(
    PublicClockFigures PublicClock, PersonalClockFigures PersonalClock, StateCounts Recipients, IReadOnlyList<ReasonCount> Reasons, IReadOnlyList<TierCounts> Tiers, IReadOnlyList<MediumCounts> Media)
{
    /// <summary>Those who subscribed, once for each round that told them; they are no recipients.</summary>
    public required StateCounts Subscribers { get; init; }
}

/// <summary>Notices by the public's clock.</summary>
/// <param name="LateReasons">The reasons given for the late ones.</param>
public sealed record PublicClockFigures(PublicClockCounts Notices, IReadOnlyList<KindClock> Kinds, IReadOnlyList<LateReason> LateReasons);

/// <summary>The parts add up to <paramref name="Published"/>.</summary>
/// <param name="Late">After the deadline, or marked late when it was approved.</param>
/// <param name="Emergency">Notices of emergencies, which are never said to be on time.</param>
/// <param name="WithoutDeadline">The law sets none for them: reminders, restorations, announcements.</param>
public sealed record PublicClockCounts(int Published, int OnTime, int Late, int Emergency, int WithoutDeadline);

/// <param name="Kind">Null for announcements.</param>
public sealed record KindClock(OutageKind? Kind, PublicClockCounts Notices);

/// <param name="Reason">As its author wrote it; null where none was given.</param>
public sealed record LateReason(string? Reason, int Count);

/// <summary>Recipients of notices with a deadline, emergencies apart, by when a carrier first took a message for them.</summary>
public sealed record PersonalClockFigures(PersonalClockCounts Recipients, IReadOnlyList<TierClock> Tiers);

/// <param name="NotHandedOver">No carrier took a message for them.</param>
public sealed record PersonalClockCounts(int InTime, int Late, int NotHandedOver);

public sealed record TierClock(short Tier, PersonalClockCounts Recipients);

/// <summary>What stands behind a number: a notice, or one of its rounds.</summary>
/// <param name="Id">Of the notice, or of the round where people or messages are counted: the place in the list.</param>
/// <param name="Round">Null where notices are counted.</param>
/// <param name="Outage">Number of the outage or announcement.</param>
/// <param name="Count">How much of the number it is.</param>
public sealed record ComplianceNotice(
    long Id, long NoticeId, long? Round, string Identifier, string Outage, string Organisation, Publishing.NoticeType Type, OutageKind? Kind, DateTimeOffset PublishedAt, DateTimeOffset? Deadline, string? LateReason, int Count);

/// <param name="Next">Where the next page begins; null at the end.</param>
public sealed record ComplianceNoticePage(IReadOnlyList<ComplianceNotice> Items, long? Next);
