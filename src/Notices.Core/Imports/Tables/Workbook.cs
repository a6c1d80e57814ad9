using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;

namespace Notices.Imports;

/// <summary>What is needed of an XLSX besides the rows: which sheet, the shared texts, which styles are dates, merged cells.</summary>
internal sealed class Workbook(ZipArchive zip, TableLimits limits) : IDisposable
{
    private const int MostMerges = 100_000;

    private static readonly XmlReaderSettings Safe = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, CloseInput = true };

    internal List<string> SharedTexts { get; } = [];

    /// <summary>Per cell style: whether a number under it is a date or a time.</summary>
    internal List<bool> DateStyles { get; } = [];

    internal bool From1904 { get; private set; }

    /// <summary>Merged ranges by their first row.</summary>
    internal List<Merge> Merges { get; } = [];

    internal sealed record Merge(int FirstRow, int LastRow, int FirstColumn, int LastColumn)
    {
        internal string Value { get; set; } = "";
    }

    public void Dispose() => zip.Dispose();

    /// <summary>Reads everything but the rows.</summary>
    /// <returns>The sheet's part, or a problem.</returns>
    internal Result<string> Open(string? sheet)
    {
        if (zip.GetEntry("xl/workbook.xml") is null) return new Problem("import-zip-not-workbook", null, null, ProblemKind.Unreadable);
        var part = FindSheet(sheet);
        if (part is null || zip.GetEntry(part) is null) return new Problem("import-sheet-missing", null, new { sheet = sheet ?? "1" }, ProblemKind.Unreadable);
        if (!ReadSharedTexts()) return new Problem("import-workbook-too-large", null, new { limit = limits.SharedTextLength }, ProblemKind.Unreadable);
        ReadStyles();
        if (!ReadMerges(part)) return new Problem("import-workbook-too-large", null, new { limit = MostMerges }, ProblemKind.Unreadable);

        return part;
    }

    internal XmlReader Part(string name) => XmlReader.Create(new Unpacked(zip.GetEntry(name)!, limits), Safe);

    private string? FindSheet(string? wanted)
    {
        var id = default(string);
        using (var xml = Part("xl/workbook.xml"))
        {
            while (xml.Read())
            {
                if (xml.NodeType != XmlNodeType.Element) continue;
                if (xml.LocalName == "workbookPr") From1904 = xml.GetAttribute("date1904") is "1" or "true";
                if (xml.LocalName != "sheet" || id is not null) continue;
                var fits = wanted is null ? xml.GetAttribute("state") is null or "visible" : string.Equals(xml.GetAttribute("name"), wanted, StringComparison.OrdinalIgnoreCase);
                if (fits) id = Attribute(xml, "id");
            }
        }

        if (id is null || zip.GetEntry("xl/_rels/workbook.xml.rels") is null) return null;
        using var links = Part("xl/_rels/workbook.xml.rels");
        while (links.Read())
        {
            if (links.NodeType != XmlNodeType.Element || links.LocalName != "Relationship" || links.GetAttribute("Id") != id) continue;
            var target = links.GetAttribute("Target") ?? "";

            return target.StartsWith('/') ? target[1..] : "xl/" + target;
        }

        return null;
    }

    // r:id, whose namespace differs between the two variants of the format.
    private static string? Attribute(XmlReader xml, string local)
    {
        for (var more = xml.MoveToFirstAttribute(); more; more = xml.MoveToNextAttribute())
        {
            if (xml.LocalName == local && xml.Prefix.Length > 0) return xml.Value;
        }

        return null;
    }

    private bool ReadSharedTexts()
    {
        if (zip.GetEntry("xl/sharedStrings.xml") is null) return true;
        using var xml = Part("xl/sharedStrings.xml");
        var (text, total) = (new StringBuilder(), 0L);
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "si")
            {
                ReadText(xml, text);
                total += text.Length;
                if (total > limits.SharedTextLength) return false;
                SharedTexts.Add(text.ToString());
            }
        }

        return true;
    }

    /// <summary>The text of an <c>si</c> or <c>is</c> element: its <c>t</c> parts, without the phonetic ones.</summary>
    internal static void ReadText(XmlReader xml, StringBuilder text)
    {
        text.Clear();
        if (xml.IsEmptyElement) return;
        var (depth, phonetic) = (xml.Depth, false);
        while (xml.Read() && !(xml.NodeType == XmlNodeType.EndElement && xml.Depth == depth))
        {
            if (xml.LocalName == "rPh") phonetic = xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement;
            else if (!phonetic && xml.NodeType is (XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)) text.Append(xml.Value);
        }
    }

    private void ReadStyles()
    {
        if (zip.GetEntry("xl/styles.xml") is null) return;
        using var xml = Part("xl/styles.xml");
        var formats = new Dictionary<int, string>();
        var inCells = false;
        while (xml.Read())
        {
            if (xml.LocalName == "cellXfs") inCells = xml.NodeType == XmlNodeType.Element;
            if (xml.NodeType != XmlNodeType.Element) continue;
            if (xml.LocalName == "numFmt" && Number(xml, "numFmtId") is { } id) formats[id] = xml.GetAttribute("formatCode") ?? "";
            if (xml.LocalName == "xf" && inCells) DateStyles.Add(IsDate(Number(xml, "numFmtId") ?? 0, formats));
        }
    }

    private static int? Number(XmlReader xml, string name) =>
        int.TryParse(xml.GetAttribute(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool IsDate(int format, Dictionary<int, string> formats)
    {
        // ECMA-376 part 1, 18.8.30, with the East Asian ones (27–36, 50–58).
        if (!formats.TryGetValue(format, out var code)) return format is (>= 14 and <= 22) or (>= 27 and <= 36) or (>= 45 and <= 47) or (>= 50 and <= 58);
        var (quoted, bracket) = (false, false);
        foreach (var c in code)
        {
            if (c == '"') quoted = !quoted;
            else if (c == '[') bracket = true;
            else if (c == ']') bracket = false;
            else if (!quoted && !bracket && c is 'y' or 'd' or 'h' or 's' or 'Y' or 'D' or 'H') return !quoted && !bracket;
        }

        return false;
    }

    private bool ReadMerges(string part)
    {
        // They stand behind the rows they concern, so the sheet is passed once for them alone.
        using var xml = Part(part);
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element || xml.LocalName != "mergeCell") continue;
            var ends = (xml.GetAttribute("ref") ?? "").Split(':');
            if (ends.Length != 2 || !TryCell(ends[0], out var first) || !TryCell(ends[1], out var last)) continue;
            Merges.Add(new Merge(first.Row, last.Row, first.Column, last.Column));
            if (Merges.Count > MostMerges) return false;
        }

        Merges.Sort((a, b) => a.FirstRow.CompareTo(b.FirstRow));

        return true;
    }

    /// <summary>"C5" is row 5, column 2.</summary>
    internal static bool TryCell(string reference, out (int Row, int Column) cell)
    {
        var (column, i) = (0, 0);
        while (i < reference.Length && i < 4 && char.IsAsciiLetter(reference[i])) column = (column * 26) + (reference[i++] & 31);
        var ok = int.TryParse(reference.AsSpan(i), NumberStyles.None, CultureInfo.InvariantCulture, out var row) && column > 0;
        cell = (row, column - 1);

        return ok;
    }
}
