using Notices.Outages;
using Notices.Publishing;

namespace Notices.Policy;

/// <summary>Holds messages at night; a publication is never held.</summary>
public sealed class QuietHours(QuietHoursPolicy policy, WorkingCalendar calendar)
{
    /// <summary>The instant at which a message may leave: <paramref name="now"/>, or later.</summary>
    /// <param name="kind">Null for an announcement.</param>
    /// <param name="startsAt">The start it concerns; null where there is none.</param>
    /// <param name="personalDeadline">By when this person must be told; null where no personal clock runs.</param>
    /// <param name="optedIn">This person asked to be told at night.</param>
    public DateTimeOffset Release(
        DateTimeOffset now,
        NoticeType type,
        OutageKind? kind,
        short tier,
        DateTimeOffset? startsAt = null,
        DateTimeOffset? personalDeadline = null,
        bool optedIn = false)
    {
        if (optedIn || kind == OutageKind.Emergency || EndOfQuiet(now) is not { } end) return now;
        if (kind is null) return end; // News, and news withdrawn.
        if (kind == OutageKind.Fault) return tier <= 1 ? now : end;

        return type switch
        {
            NoticeType.Initial => Statutory(now, end, startsAt, personalDeadline),
            NoticeType.Changed or NoticeType.Postponed or NoticeType.Corrected or NoticeType.Cancelled or NoticeType.Overrun => Correction(now, end, startsAt),
            _ => end,
        };
    }

    /// <summary>When the quiet hours around an instant end; null outside them.</summary>
    public DateTimeOffset? EndOfQuiet(DateTimeOffset instant)
    {
        if (policy.From == policy.To) return null;

        // The night that holds the instant began today or yesterday.
        for (var day = calendar.DayOf(instant).AddDays(-1); day <= calendar.DayOf(instant); day = day.AddDays(1))
        {
            var from = calendar.Resolve(day, policy.From);
            var to = calendar.Resolve(policy.To > policy.From ? day : day.AddDays(1), policy.To);
            if (from <= instant && instant < to) return to;
        }

        return null;
    }

    /// <summary>Waits only while the person is still told in time and before the start.</summary>
    private static DateTimeOffset Statutory(DateTimeOffset now, DateTimeOffset end, DateTimeOffset? startsAt, DateTimeOffset? personalDeadline) =>
        end > personalDeadline || end >= startsAt ? now : end;

    /// <summary>Waits no longer than to the hours before the start it concerns; one without a start does not wait.</summary>
    private DateTimeOffset Correction(DateTimeOffset now, DateTimeOffset end, DateTimeOffset? startsAt)
    {
        if (startsAt is not { } start) return now;
        var urgent = start - policy.CorrectionsNeverWaitBefore;

        return urgent <= now ? now : urgent < end ? urgent : end;
    }
}
