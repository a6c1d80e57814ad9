using System.Globalization;

namespace Notices.Imports;

/// <summary>Times as files write them.</summary>
public static class LocalTimes
{
    private static readonly string[] Rfc3339 = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK"];

    /// <summary>RFC 3339, always with its offset.</summary>
    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        var upper = text.ToUpperInvariant();
        var hasOffset = upper.EndsWith('Z') || (upper.Length > 16 && upper[^6] is '+' or '-' && upper[^3] == ':');

        return hasOffset && DateTimeOffset.TryParseExact(upper, Rfc3339, CultureInfo.InvariantCulture, DateTimeStyles.None, out instant);
    }

    /// <summary>RFC 3339, or one of the formats; without an offset it is a time of the zone.</summary>
    public static bool TryParse(string text, IReadOnlyList<string> formats, TimeZoneInfo? zone, out DateTimeOffset instant)
    {
        if (TryParse(text, out instant)) return true;
        foreach (var format in formats)
        {
            if (!DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time)) continue;
            if (time.Kind == DateTimeKind.Unspecified)
            {
                if (zone is null) continue;
                instant = At(time, zone);

                return true;
            }

            return DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out instant);
        }

        return false;
    }

    /// <summary>The instant of a local time. One that does not exist is the last instant before the gap (the change itself, written with the old offset);
    /// one that exists twice is the first.</summary>
    public static DateTimeOffset At(DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsAmbiguousTime(local)) return new DateTimeOffset(local, zone.GetAmbiguousTimeOffsets(local).Max());
        if (!zone.IsInvalidTime(local)) return new DateTimeOffset(local, zone.GetUtcOffset(local));

        // Clocks change on whole minutes, so the last valid minute ends where the gap begins.
        var before = local.AddTicks(-(local.Ticks % TimeSpan.TicksPerMinute));
        while (zone.IsInvalidTime(before)) before = before.AddMinutes(-1);

        return new DateTimeOffset(before.AddMinutes(1), zone.GetUtcOffset(before));
    }
}
