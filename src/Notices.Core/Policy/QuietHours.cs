using Notices.Outages;
using Notices.Publishing;

namespace Notices.Policy;

/// <summary>Holds messages at night; a publication is never held.</summary>
public sealed class QuietHours(QuietHoursPolicy policy, WorkingCalendar calendar)
{
    /// <summary>The instant at which a message may leave: <paramref name="now"/>, or later.</summary>
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
        bool optedIn = false) => throw new NotSupportedException($"{policy}{calendar}");
}
