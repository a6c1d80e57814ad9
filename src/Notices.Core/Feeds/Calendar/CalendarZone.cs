namespace Notices.Feeds;

/// <summary>A zone as a calendar describes it: what holds at the first of its times, and every change up to the last.</summary>
internal sealed class CalendarZone
{
    private readonly TimeZoneInfo _zone;

    internal CalendarZone(TimeZoneInfo zone, DateTimeOffset first, DateTimeOffset last)
    {
        _zone = zone;
        Changes = [.. Find(first.UtcDateTime, last.UtcDateTime)];
    }

    internal string Id => _zone.Id;

    /// <summary>In time order; the first holds from before the first time.</summary>
    internal IReadOnlyList<Change> Changes { get; }

    private IEnumerable<Change> Find(DateTime first, DateTime last)
    {
        // A day before the first, so that no reader meets a time for which nothing holds yet.
        var at = first.Date.AddDays(-1);
        var offset = _zone.GetUtcOffset(at);
        yield return new Change(at + offset, offset, offset, _zone.IsDaylightSavingTime(at));

        for (; at <= last; at = at.AddDays(1))
        {
            if (_zone.GetUtcOffset(at.AddDays(1)) == offset) continue;

            var change = Moment(at, at.AddDays(1), offset);
            var next = _zone.GetUtcOffset(change);
            yield return new Change(change + offset, offset, next, _zone.IsDaylightSavingTime(change));

            offset = next;
        }
    }

    /// <returns>The first second of the new offset, in UTC.</returns>
    private DateTime Moment(DateTime before, DateTime after, TimeSpan offset)
    {
        while (after - before > TimeSpan.FromSeconds(1))
        {
            var middle = before.AddSeconds((long)((after - before).TotalSeconds / 2));
            if (_zone.GetUtcOffset(middle) == offset) before = middle;
            else after = middle;
        }

        return after;
    }

    /// <param name="At">Local, by the offset before (RFC 5545, 3.6.5).</param>
    internal sealed record Change(DateTime At, TimeSpan From, TimeSpan To, bool IsDaylight);
}
