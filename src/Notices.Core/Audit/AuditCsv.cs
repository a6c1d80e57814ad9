using System.Globalization;

namespace Notices.Audit;

/// <summary>Entries as comma-separated values, with a byte-order mark so that table programs read Chinese.</summary>
internal static class AuditCsv
{
    internal const string Head = "\uFEFFseq,at,actor,action,subject,before,after,previous,hash\n";

    internal static string Row(AuditEntry entry)
    {
        var line = AuditLine.Of(entry);

        return string.Join(
            ',', entry.Sequence.ToString(CultureInfo.InvariantCulture), Cell(AuditChain.Time(entry.At)), Cell(entry.Actor), Cell(entry.Action), Cell(entry.Subject),
            Cell(line?.Before), Cell(line?.After), Cell(line?.Previous), Cell(entry.Hash));
    }

    /// <summary>Quoted where needed; what a table program would take for a formula begins with an apostrophe.</summary>
    private static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠') text = "'" + text;

        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
