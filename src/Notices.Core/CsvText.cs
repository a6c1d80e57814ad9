namespace Notices;

/// <summary>Comma-separated values that table programs read as they are meant.</summary>
internal static class CsvText
{
    /// <summary>The byte-order mark, so that they read Chinese.</summary>
    internal const string Mark = "\uFEFF";

    /// <summary>Quoted where needed; what a table program would take for a formula begins with an apostrophe.</summary>
    internal static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠') text = "'" + text;

        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
