using System.Globalization;

namespace Notices.Audit;

/// <summary>Entries as comma-separated values, with a byte-order mark so that table programs read Chinese.</summary>
internal static class AuditCsv
{
    internal const string Head = CsvText.Mark + "seq,at,actor,action,subject,before,after,previous,hash\n";

    internal static string Row(AuditEntry entry)
    {
        var line = AuditLine.Of(entry);

        return string.Join(
            ',', entry.Sequence.ToString(CultureInfo.InvariantCulture), CsvText.Cell(AuditChain.Time(entry.At)), CsvText.Cell(entry.Actor), CsvText.Cell(entry.Action), CsvText.Cell(entry.Subject),
            CsvText.Cell(line?.Before), CsvText.Cell(line?.After), CsvText.Cell(line?.Previous), CsvText.Cell(entry.Hash));
    }
}
