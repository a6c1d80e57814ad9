using System.Globalization;
using System.Text;

namespace Notices.Feeds;

/// <summary>Writes a calendar (RFC 5545): lines of 75 octets at most, ended by CR LF, text escaped, each zone described once.</summary>
internal sealed class CalendarWriter
{
    /// <summary>Octets in a line without its end (3.1).</summary>
    private const int LineLength = 75;

    private readonly StringBuilder _text = new(2048);

    private CalendarWriter()
    {
    }

    /// <param name="method">RFC 5546, <c>PUBLISH</c> in a mail; null in a file somebody fetches.</param>
    /// <param name="name">Of the calendar as a reader shows it; null for single events.</param>
    internal static string Write(IReadOnlyList<CalendarEvent> events, string language, string? method = null, string? name = null)
    {
        var writer = new CalendarWriter();
        writer.Line("BEGIN", "VCALENDAR");
        writer.Line("VERSION", "2.0");
        writer.Line("PRODID", $"-//Notices//Notices//{(language == Words.Languages.English ? "EN" : "ZH")}");
        writer.Line("CALSCALE", "GREGORIAN");
        if (method is not null) writer.Line("METHOD", method);
        if (name is not null) writer.Line("X-WR-CALNAME", Escaped(name));
        foreach (var zone in events.GroupBy(item => item.Zone.Id, StringComparer.Ordinal))
            writer.Zone(new CalendarZone(zone.First().Zone, zone.Min(item => item.StartsAt), zone.Max(item => item.EndsAt)));
        foreach (var item in events) writer.Event(item, language);
        writer.Line("END", "VCALENDAR");

        return writer._text.ToString();
    }

    private void Zone(CalendarZone zone)
    {
        Line("BEGIN", "VTIMEZONE");
        Line("TZID", zone.Id);
        foreach (var change in zone.Changes)
        {
            var part = change.IsDaylight ? "DAYLIGHT" : "STANDARD";
            Line("BEGIN", part);
            Line("DTSTART", Local(change.At));
            Line("TZOFFSETFROM", Offset(change.From));
            Line("TZOFFSETTO", Offset(change.To));
            Line("END", part);
        }

        Line("END", "VTIMEZONE");
    }

    private void Event(CalendarEvent item, string language)
    {
        Line("BEGIN", "VEVENT");
        Line("UID", Escaped(item.Uid));
        Line("SEQUENCE", item.Sequence.ToString(CultureInfo.InvariantCulture));
        Line("DTSTAMP", Utc(item.Stamp));
        Time("DTSTART", item.StartsAt, item.Zone);
        Time("DTEND", item.EndsAt, item.Zone);
        Line("STATUS", item.Status.ToString().ToUpperInvariant());
        Line("TRANSP", "TRANSPARENT"); // Whoever has no power is free all the same.
        Line($"SUMMARY;LANGUAGE={language}", Escaped(item.Summary));
        if (item.Location is { Length: > 0 } location) Line($"LOCATION;LANGUAGE={language}", Escaped(location));
        if (item.Description is { Length: > 0 } description) Line($"DESCRIPTION;LANGUAGE={language}", Escaped(description));
        if (item.Link is { } link) Line("URL", link);
        if (item.Organizer is { } organizer) Line($"ORGANIZER;CN={Quoted(organizer.Name)}", organizer.Address);
        Line("END", "VEVENT");
    }

    /// <summary>Local with its zone; a local time that comes twice would be read as the first, so it is written in UTC.</summary>
    private void Time(string name, DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone).DateTime;
        if (zone.IsAmbiguousTime(local)) Line(name, Utc(at));
        else Line($"{name};TZID={zone.Id}", Local(local));
    }

    /// <summary>Folded between characters (3.1): a further line begins with a space, which counts.</summary>
    private void Line(string name, string value)
    {
        var octets = 0;
        foreach (var rune in $"{name}:{value}".EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > LineLength)
            {
                _text.Append("\r\n ");
                octets = 1;
            }

            _text.Append(rune);
            octets += rune.Utf8SequenceLength;
        }

        _text.Append("\r\n");
    }

    /// <summary>TEXT (3.3.11), without characters that no reader takes.</summary>
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var letter in FeedWords.Safe(text.ReplaceLineEndings("\n")))
        {
            _ = letter switch
            {
                '\n' => escaped.Append("\\n"),
                '\\' or ';' or ',' => escaped.Append('\\').Append(letter),
                _ => escaped.Append(letter),
            };
        }

        return escaped.ToString();
    }

    /// <summary>A parameter's value (3.2), which cannot hold a quotation mark.</summary>
    private static string Quoted(string text) => $"\"{FeedWords.Line(text).Replace('"', '\'')}\"";

    private static string Local(DateTime at) => at.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture);

    private static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static string Offset(TimeSpan offset) => (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString(offset.Seconds == 0 ? "hhmm" : "hhmmss", CultureInfo.InvariantCulture);
}
