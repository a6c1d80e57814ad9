using System.Text.RegularExpressions;
using Xunit;

namespace Notices.Feeds;

/// <summary>Reads a calendar as RFC 5545 describes it, sharing nothing with what wrote it: unfolds, takes parts one into another, undoes what is escaped.</summary>
internal sealed partial class ReadCalendar
{
    internal string? Method { get; private set; }

    /// <summary>Values by name; under the name and a semicolon its parameters.</summary>
    internal List<Dictionary<string, string>> Events { get; } = [];

    /// <summary>The lines within time zones.</summary>
    internal List<string> Zones { get; } = [];

    internal static ReadCalendar Of(string text)
    {
        Assert.StartsWith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\nEND:VCALENDAR\r\n", text, StringComparison.Ordinal);
        var (calendar, open) = (new ReadCalendar(), new Stack<string>());
        foreach (var line in text.Replace("\r\n ", "", StringComparison.Ordinal).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)) calendar.Take(line, open);
        Assert.Empty(open);

        return calendar;
    }

    private void Take(string line, Stack<string> open)
    {
        var parts = Parts().Match(line);
        Assert.True(parts.Success, line);
        var (name, parameters, value) = (parts.Groups["name"].Value, parts.Groups["parameters"].Value, parts.Groups["value"].Value);
        if (name == "BEGIN")
        {
            open.Push(value);
            if (value == "VEVENT") Events.Add(new Dictionary<string, string>(StringComparer.Ordinal));
        }

        if (open.Contains("VTIMEZONE") && value != "VTIMEZONE") Zones.Add(line);
        if (name == "END") Assert.Equal(open.Pop(), value);
        else if (name == "METHOD") Method = value;
        else if (open.Peek() == "VEVENT" && name != "BEGIN")
        {
            Events[^1].Add(name, Escape().Replace(value, escape => escape.Value[1] is 'n' or 'N' ? "\n" : escape.Value[1..]));
            if (parameters.Length > 0) Events[^1].Add(name + ";", parameters[1..]);
        }
    }

    [GeneratedRegex("^(?<name>[A-Z-]+)(?<parameters>(;[A-Z-]+=(\"[^\"]*\"|[^\";:,]*))*):(?<value>.*)$", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Parts();

    [GeneratedRegex(@"\\.", RegexOptions.Singleline)]
    private static partial Regex Escape();
}
