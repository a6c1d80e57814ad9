using System.Globalization;
using System.IO.Compression;
using System.Security;
using System.Text;

namespace Notices.Imports;

/// <summary>Writes small workbooks as spreadsheet programs do: shared texts, a date style, merged cells, formulas.</summary>
internal sealed class XlsxFile
{
    private readonly List<string> _shared = [];
    private readonly StringBuilder _rows = new();
    private readonly List<string> _merges = [];
    private int _row;

    /// <summary>Cells: text is shared, <c>inline:</c> inline, a number a number, a date a styled number, <c>=</c> a formula, null no cell.</summary>
    internal XlsxFile Row(params object?[] cells)
    {
        _row++;
        _rows.Append(CultureInfo.InvariantCulture, $"<row r=\"{_row}\">");
        for (var i = 0; i < cells.Length; i++) _rows.Append(Cell($"{(char)('A' + i)}{_row}", cells[i]));
        _rows.Append("</row>");

        return this;
    }

    internal XlsxFile Merge(string range)
    {
        _merges.Add(range);

        return this;
    }

    internal MemoryStream Save(string? sheet = null, bool workbook = true)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, true))
        {
            const string main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
            if (workbook)
            {
                Put(zip, "xl/workbook.xml", $"<workbook xmlns=\"{main}\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>" +
                    "<sheet name=\"old\" sheetId=\"1\" state=\"hidden\" r:id=\"rId9\"/><sheet name=\"plan\" sheetId=\"2\" r:id=\"rId1\"/></sheets></workbook>");
            }

            Put(zip, "xl/_rels/workbook.xml.rels", "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/></Relationships>");
            Put(zip, "xl/sharedStrings.xml", $"<sst xmlns=\"{main}\">{string.Concat(_shared.Select(t => $"<si><r><t xml:space=\"preserve\">{SecurityElement.Escape(t)}</t></r><rPh sb=\"0\" eb=\"1\"><t>noise</t></rPh></si>"))}</sst>");
            Put(zip, "xl/styles.xml", $"<styleSheet xmlns=\"{main}\"><numFmts><numFmt numFmtId=\"170\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot; h:mm\"/></numFmts><cellStyleXfs><xf numFmtId=\"22\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/></cellXfs></styleSheet>");
            var merges = string.Concat(_merges.Select(m => $"<mergeCell ref=\"{m}\"/>"));
            Put(zip, "xl/worksheets/sheet1.xml", sheet ?? $"<worksheet xmlns=\"{main}\"><sheetData>{_rows}</sheetData><mergeCells>{merges}</mergeCells></worksheet>");
        }

        stream.Position = 0;

        return stream;
    }

    private string Cell(string reference, object? value) => value switch
    {
        null => "",
        DateTime date => string.Create(CultureInfo.InvariantCulture, $"<c r=\"{reference}\" s=\"1\"><v>{date.ToOADate()}</v></c>"),
        int or double => string.Create(CultureInfo.InvariantCulture, $"<c r=\"{reference}\"><v>{value}</v></c>"),
        string text when text.StartsWith('=') => $"<c r=\"{reference}\"><f>{text[1..]}</f><v>1</v></c>",
        string text when text.StartsWith("inline:", StringComparison.Ordinal) => $"<c r=\"{reference}\" t=\"inlineStr\"><is><t>{SecurityElement.Escape(text[7..])}</t></is></c>",
        string text => $"<c r=\"{reference}\" t=\"s\"><v>{Shared(text)}</v></c>",
        _ => throw new ArgumentException("No such cell.", nameof(value)),
    };

    private int Shared(string text)
    {
        if (!_shared.Contains(text)) _shared.Add(text);

        return _shared.IndexOf(text);
    }

    private static void Put(ZipArchive zip, string name, string text)
    {
        using var writer = new StreamWriter(zip.CreateEntry(name).Open());
        writer.Write(text);
    }
}
