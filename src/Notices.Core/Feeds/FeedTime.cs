using System.Globalization;

namespace Notices.Feeds;

/// <summary>Instants as feeds write them: whole seconds, a numeric offset, never <c>Z</c>.</summary>
internal static class FeedTime
{
    internal static DateTimeOffset Floor(DateTimeOffset value) => new(value.Ticks - (value.Ticks % TimeSpan.TicksPerSecond), value.Offset);

    internal static DateTimeOffset Ceiling(DateTimeOffset value) => value.Ticks % TimeSpan.TicksPerSecond == 0 ? value : Floor(value).AddSeconds(1);

    /// <summary>The instant with the offset the zone has then; an unknown zone is read as UTC.</summary>
    internal static DateTimeOffset In(DateTimeOffset value, string zone) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? TimeZoneInfo.ConvertTime(value, found) : value.ToUniversalTime();

    /// <summary><c>2026-12-01T08:00:00+08:00</c>; CAP wants <c>-00:00</c> where the offset is zero.</summary>
    internal static string Text(DateTimeOffset value)
    {
        var text = value.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

        return value.Offset == TimeSpan.Zero ? $"{text.AsSpan(0, 19)}-00:00" : text;
    }
}
