using System.Text.RegularExpressions;
using Notices.Words;

namespace Notices.Operation;

/// <summary>What a drill's texts begin with, in each language. A text that bears it is not given it twice.</summary>
public static partial class DrillMark
{
    private static readonly LocalText Short = new("【演练】", "DRILL. ");

    private static readonly LocalText Sentence = new("这是一次演练，并未停电，请勿理会。", "This is a drill. No supply is affected; please disregard it.");

    /// <summary>In a language nobody foresaw, the English mark.</summary>
    public static bool Bears(string text, string language) => text.StartsWith(Short.In(language).Trim(), StringComparison.Ordinal);

    /// <summary>A headline, a subject or a short message: the mark alone, since it is charged by its length.</summary>
    public static string Line(string text, string language) => Bears(text, language) ? text : Short.In(language) + text;

    /// <summary>A text with room, or one that is heard: the mark and the sentence before it, and again behind it for whoever comes in late.</summary>
    public static string Text(string text, string language)
    {
        var (mark, sentence) = (Short.In(language), Sentence.In(language));

        return Bears(text, language) ? text : $"{mark}{sentence}\n{text}\n{mark}{sentence}";
    }

    /// <summary>The same around the body of an HTML page.</summary>
    public static string Html(string html, string language)
    {
        var mark = $"<p><strong>{Short.In(language)}{Sentence.In(language)}</strong></p>";
        if (html.Contains(mark, StringComparison.Ordinal)) return html;

        var begun = BodyStart().Match(html);
        var (head, body) = begun.Success ? (html[..(begun.Index + begun.Length)], html[(begun.Index + begun.Length)..]) : ("", html);
        var end = body.LastIndexOf("</body>", StringComparison.OrdinalIgnoreCase);

        return end < 0 ? head + mark + body + mark : head + mark + body[..end] + mark + body[end..];
    }

    [GeneratedRegex("<body[^>]*>", RegexOptions.IgnoreCase)]
    private static partial Regex BodyStart();
}
