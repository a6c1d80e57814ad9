using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;

namespace Notices.Imports;

/// <summary>The rows of one sheet of an XLSX, as a person sees them: dates by their style, merged cells filled, hidden phonetics left out.</summary>
internal sealed class SheetRows : IRawRows
{
    private readonly Workbook _book;
    private readonly XmlReader? _xml;
    private readonly TableLimits _limits;
    private readonly List<string> _cells = [];
    private readonly List<(int Column, string Cell)> _formulas = [];
    private readonly List<Workbook.Merge> _open = [];
    private readonly StringBuilder _text = new();
    private int _nextMerge;

    private SheetRows(Workbook book, XmlReader? xml, TableLimits limits, Problem? fault) => (_book, _xml, _limits, Fault) = (book, xml, limits, fault);

    public long Line { get; private set; }

    public int Count => _cells.Count;

    public bool[]? Used { get; set; }

    public Problem? Fault { get; private set; }

    /// <summary>A formula's result may be years old and was never seen by whoever reads the text of the plan: it is refused.</summary>
    public Problem? Damage
    {
        get
        {
            foreach (var (column, cell) in _formulas)
            {
                if (Used is not { } used || (column < used.Length && used[column])) return new Problem("import-formula", null, new { cell });
            }

            return null;
        }
    }

    internal static SheetRows Open(Stream stream, TableOptions options)
    {
        Workbook? book = null;
        try
        {
            book = new Workbook(new ZipArchive(stream, ZipArchiveMode.Read, true), options.Limits);
            var part = book.Open(options.Sheet);

            return part.Ok ? new SheetRows(book, book.Part(part.Value!), options.Limits, null) : new SheetRows(book, null, options.Limits, part.Problems[0]);
        }
        catch (Exception broken) when (ProblemOf(broken) is not null)
        {
            return new SheetRows(book ?? new Workbook(new ZipArchive(Stream.Null, ZipArchiveMode.Create, true), options.Limits), null, options.Limits, ProblemOf(broken));
        }
    }

    public bool Read()
    {
        if (_xml is null || Fault is not null) return false;
        try
        {
            while (_xml.Read())
            {
                if (_xml.NodeType == XmlNodeType.EndElement && _xml.LocalName == "sheetData") return false;
                if (_xml.NodeType != XmlNodeType.Element || _xml.LocalName != "row") continue;
                ReadRow();
                if (Fault is not null) return false;
                if (_cells.Exists(c => c.Length > 0)) return true;
            }

            return false;
        }
        catch (Exception broken) when (ProblemOf(broken) is { } problem)
        {
            Fault = problem;

            return false;
        }
    }

    public string Field(int index) => _cells[index];

    public void Dispose()
    {
        _xml?.Dispose();
        _book.Dispose();
    }

    private static Problem? ProblemOf(Exception broken) => broken switch
    {
        UnpacksTooFarException bomb => new Problem("import-workbook-bomb", null, new { part = bomb.Part }, ProblemKind.Unreadable),
        InvalidDataException or XmlException or EndOfStreamException or NotSupportedException => new Problem("import-workbook-broken", null, new { detail = broken.Message }, ProblemKind.Unreadable),
        _ => null,
    };

    private void ReadRow()
    {
        Line = int.TryParse(_xml!.GetAttribute("r"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : Line + 1;
        _cells.Clear();
        _formulas.Clear();
        if (!_xml.IsEmptyElement)
        {
            var depth = _xml.Depth;
            while (Fault is null && _xml.Read() && !(_xml.NodeType == XmlNodeType.EndElement && _xml.Depth == depth))
            {
                if (_xml.NodeType == XmlNodeType.Element && _xml.LocalName == "c") ReadCell();
            }
        }

        FillMerged();
    }

    private void ReadCell()
    {
        var reference = _xml!.GetAttribute("r") ?? "";
        var column = Workbook.TryCell(reference, out var cell) ? cell.Column : _cells.Count;
        var (type, style) = (_xml.GetAttribute("t"), _xml.GetAttribute("s"));
        var (value, formula) = (ReadValue(), _lastFormula);
        if (value is null && !formula) return;
        if (column >= _limits.Columns)
        {
            Fault = new Problem("import-too-many-columns", null, new { line = Line, limit = _limits.Columns }, ProblemKind.Unreadable);

            return;
        }

        while (_cells.Count <= column) _cells.Add("");
        if (formula) _formulas.Add((column, reference));
        var text = Shown(value ?? "", type, style).Trim();
        if (text.Length > _limits.FieldLength) Fault = new Problem("import-field-too-long", null, new { line = Line, limit = _limits.FieldLength }, ProblemKind.Unreadable);
        else _cells[column] = text;
    }

    private bool _lastFormula;

    private string? ReadValue()
    {
        _lastFormula = false;
        if (_xml!.IsEmptyElement) return null;
        string? value = null;
        var depth = _xml.Depth;
        while (_xml.Read() && !(_xml.NodeType == XmlNodeType.EndElement && _xml.Depth == depth))
        {
            if (_xml.NodeType != XmlNodeType.Element || _xml.Depth != depth + 1) continue;
            if (_xml.LocalName == "f") _lastFormula = true;
            if (_xml.LocalName is not ("v" or "is")) continue;
            Workbook.ReadText(_xml, _text);
            value = _text.ToString();
        }

        return value;
    }

    private string Shown(string value, string? type, string? style)
    {
        switch (type)
        {
            case "s":
                return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var shared) && shared < _book.SharedTexts.Count ? _book.SharedTexts[shared] : "";
            case "b":
                return value == "1" ? "true" : "false";
            case null or "n":
                break;
            default:
                return value;
        }

        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return value;
        var isDate = int.TryParse(style, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < _book.DateStyles.Count && _book.DateStyles[index];
        if (isDate && number is >= 0 and < 2_958_466) return Date(number);

        return number == Math.Floor(number) && Math.Abs(number) < 1e15 ? ((long)number).ToString(CultureInfo.InvariantCulture) : number.ToString("R", CultureInfo.InvariantCulture);
    }

    private string Date(double days)
    {
        // Whole seconds: a time of day is kept as a fraction that is seldom exact.
        var seconds = Math.Round(days * 86_400);
        if (days < 1) return new DateTime(TimeSpan.FromSeconds(seconds).Ticks, DateTimeKind.Unspecified).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var origin = _book.From1904 ? new DateTime(1904, 1, 1, 0, 0, 0, DateTimeKind.Unspecified) : new DateTime(1899, 12, 30, 0, 0, 0, DateTimeKind.Unspecified);
        var date = origin.AddSeconds(seconds);

        return date.ToString(date.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
    }

    /// <summary>Each cell of a merged range says what its first one says.</summary>
    private void FillMerged()
    {
        while (_nextMerge < _book.Merges.Count && _book.Merges[_nextMerge].FirstRow <= Line)
        {
            var merge = _book.Merges[_nextMerge++];
            if (merge.FirstRow == Line && merge.FirstColumn < _cells.Count) merge.Value = _cells[merge.FirstColumn];
            if (merge.Value.Length > 0) _open.Add(merge);
        }

        _open.RemoveAll(m => m.LastRow < Line);
        foreach (var merge in _open)
        {
            for (var column = merge.FirstColumn; column <= Math.Min(merge.LastColumn, _limits.Columns - 1); column++)
            {
                while (_cells.Count <= column) _cells.Add("");
                _cells[column] = merge.Value;
            }
        }
    }
}
