using Notices.Deliveries;
using Notices.Outages;
using Notices.Publishing;

namespace Notices.Operation;

/// <summary>What would have been sent on one day.</summary>
/// <param name="TimeZone">Whose day it is, IANA.</param>
/// <param name="From">The day's first instant.</param>
/// <param name="To">The next day's.</param>
/// <param name="IsFinal">The day is over, and the report is on record; otherwise it is what has come so far.</param>
/// <param name="Notices">Those published on the day, and those of which messages would have left.</param>
/// <param name="Rings">Messages to staff.</param>
public sealed record ShadowReport(DateOnly Day, string TimeZone, DateTimeOffset From, DateTimeOffset To, bool IsFinal, IReadOnlyList<ShadowNotice> Notices, IReadOnlyList<ShadowRing> Rings)
{
    /// <summary>Sums of what is shown.</summary>
    public ShadowTotals Totals => new(
        Notices.Count, Notices.Count(notice => notice.Late), Notices.Sum(notice => notice.Recipients.Sum(tier => tier.Count)), Notices.Sum(notice => notice.NotReached.Sum(reason => reason.Count)),
        [.. Notices.SelectMany(notice => notice.Messages).GroupBy(line => line.Medium).OrderBy(group => group.Key).Select(group => new ShadowMedium(group.Key, group.Sum(line => line.Messages), group.Sum(line => line.SmsParts)))],
        Rings.Sum(ring => ring.Messages));
}

/// <param name="Notices">How many were published or told.</param>
/// <param name="Late">Of these, later than the law allows.</param>
/// <param name="NotReached">Recipients nothing would have gone to.</param>
public sealed record ShadowTotals(int Notices, int Late, int Recipients, int NotReached, IReadOnlyList<ShadowMedium> Media, int Rings);

/// <param name="SmsParts">What a carrier would have charged for; by the text with an example's values, so that single messages may differ.</param>
public sealed record ShadowMedium(Medium Medium, int Messages, int SmsParts);

/// <summary>One notice.</summary>
/// <param name="Path">Of its organisation: who sees it.</param>
/// <param name="Deadline">Null where there is none.</param>
/// <param name="Recipients">Drawn on the day, by tier.</param>
/// <param name="NotReached">Recipients drawn on the day to whom nothing would have gone, by why.</param>
/// <param name="Messages">That would have left on the day.</param>
/// <param name="Texts">Each as it would have been read, with an example in place of the recipient's own values.</param>
public sealed record ShadowNotice(
    string Outage, string Identifier, NoticeType Type, OutageKind? Kind, string Organisation, string Path, DateTimeOffset PublishedAt, DateTimeOffset? Deadline, bool Late, IReadOnlyList<ShadowTier> Recipients,
    IReadOnlyList<ShadowReason> NotReached, IReadOnlyList<ShadowMessages> Messages, IReadOnlyList<ShadowText> Texts);

public sealed record ShadowTier(short Tier, int Count);

/// <param name="Reason">A code of <c>Words/Reasons</c>.</param>
public sealed record ShadowReason(string Reason, int Count);

/// <param name="First">When the first would have left.</param>
/// <param name="SmsParts">As in <see cref="ShadowMedium"/>; 0 of other media.</param>
public sealed record ShadowMessages(Medium Medium, string Language, short Tier, int Messages, int SmsParts, DateTimeOffset First, DateTimeOffset Last);

public sealed record ShadowText(Medium Medium, string Language, string? Subject, string Text);

/// <param name="Path">Of the outage's organisation.</param>
public sealed record ShadowRing(string Outage, string Path, Medium Medium, int Messages);

/// <summary>A day's report as it was made when the day was over. Never updated.</summary>
public sealed class ShadowDay
{
    public DateOnly Day { get; set; }

    public DateTimeOffset MadeAt { get; set; }

    /// <summary><see cref="ShadowReport"/> as JSON.</summary>
    public required string Report { get; set; }
}

/// <summary>A day in the list of reports.</summary>
public sealed record ShadowDayView(DateOnly Day, bool IsFinal);
