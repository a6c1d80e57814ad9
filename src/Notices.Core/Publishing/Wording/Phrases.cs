using System.Collections.Concurrent;
using Notices.Outages;

namespace Notices.Publishing;

/// <summary>The sentences several templates share, from <c>phrases/&lt;language&gt;.txt</c>: a line each, <c>name: text</c>.
/// <c>name.sms</c>, <c>name.spoken</c> and <c>kind.name</c> stand before the plain name where they fit; a line that begins with # says something to the editor.</summary>
internal sealed class Phrases(ITemplateSource source)
{
    private readonly ConcurrentDictionary<string, (string Text, Dictionary<string, string> Lines)> read = new(StringComparer.Ordinal);

    public static string Path(string language) => $"phrases/{language}.txt";

    public IReadOnlyDictionary<string, string> For(string language, TemplateMedium medium, OutageKind? kind)
    {
        var lines = Lines(language);
        var form = medium.IsSpoken() ? ".spoken" : medium is TemplateMedium.Sms or TemplateMedium.StormSms ? ".sms" : ".page";
        var prefix = kind is { } known ? NoticeValues.Word(known) + "." : "any.";

        return lines.Keys.Select(Name).Distinct(StringComparer.Ordinal).ToDictionary(
            name => name,
            name => lines.GetValueOrDefault(prefix + name + form) ?? lines.GetValueOrDefault(prefix + name) ?? lines.GetValueOrDefault(name + form) ?? lines.GetValueOrDefault(name) ?? "",
            StringComparer.Ordinal);
    }

    /// <summary>The names a phrase file gives; a text that is not <c>name: text</c> gives none.</summary>
    public static IEnumerable<string> Names(string text) => Parse(text).Keys.Select(Name);

    private static string Name(string key) =>
        key.Split('.').First(word => word is not ("sms" or "spoken" or "page") && !Enum.TryParse<OutageKind>(word, ignoreCase: true, out _));

    private Dictionary<string, string> Lines(string language)
    {
        var text = source.Find(Path(language)) ?? "";
        if (read.TryGetValue(language, out var known) && string.Equals(known.Text, text, StringComparison.Ordinal)) return known.Lines;

        var lines = Parse(text);
        read[language] = (text, lines);

        return lines;
    }

    private static Dictionary<string, string> Parse(string text)
    {
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (line[0] != '#' && colon > 0) lines[line[..colon]] = line[(colon + 2)..];
        }

        return lines;
    }
}
