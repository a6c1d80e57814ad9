using Notices.Imports;

namespace Notices.Commands;

/// <summary>Times as a shell gives them.</summary>
internal static class Moment
{
    internal const string Form = "such as 2026-12-01T18:00+08:00, or without the offset in the organisation's zone";

    private static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd"];

    /// <summary>Null where none was given.</summary>
    /// <param name="zone">For a time without an offset; null where organisations keep several.</param>
    internal static Result<DateTimeOffset?> Read(string? text, string option, TimeZoneInfo? zone)
    {
        if (text is null) return Result<DateTimeOffset?>.Of(null);
        if (LocalTimes.TryParse(text, Forms, zone, out var instant)) return Result<DateTimeOffset?>.Of(instant);

        return zone is null && LocalTimes.TryParse(text, Forms, TimeZoneInfo.Utc, out _)
            ? new Problem("time-without-offset", option, new { text })
            : new Problem("time-unreadable", option, new { text });
    }
}
