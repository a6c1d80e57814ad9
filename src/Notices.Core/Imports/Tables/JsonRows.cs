using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Notices.Imports;

/// <summary>An array of objects, read piece by piece. Nested values get dotted names, arrays of plain values are joined with <c>|</c>.
/// The first row is the header: every name that occurs anywhere in the file, collected by a pass of its own.</summary>
internal sealed class JsonRows : IRawRows
{
    private const int LargestToken = 4 * 1024 * 1024;

    private readonly Stream _stream;
    private readonly TableLimits _limits;
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _columns = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _values = [];
    private readonly List<(string Name, bool IsList)> _path = [];
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _ended;
    private bool _inArray;
    private bool _collecting = true;
    private bool _headerDone;
    private JsonReaderState _state;

    internal JsonRows(Stream stream, TextEncoding encoding, TableLimits limits)
    {
        stream.Position = encoding.Mark;
        _stream = encoding.Encoding is UTF8Encoding ? stream : Encoding.CreateTranscodingStream(stream, encoding.Encoding, Encoding.UTF8, true);
        _limits = limits;
        var seekable = (stream, encoding.Mark);
        Collect();
        (seekable.stream.Position, _start, _end, _ended, _inArray) = (seekable.Mark, 0, 0, false, false);
        if (!ReferenceEquals(_stream, stream)) _stream = Encoding.CreateTranscodingStream(stream, encoding.Encoding, Encoding.UTF8, true);
        (_state, _collecting, Line) = (default, false, 0);
    }

    public long Line { get; private set; }

    public int Count => _headerDone && Line > 0 ? _values.Count : _names.Count;

    public Problem? Damage { get; private set; }

    public bool[]? Used { get; set; }

    public Problem? Fault { get; private set; }

    public bool Read()
    {
        if (Fault is not null && !_headerDone) return false;
        if (!_headerDone) return _headerDone = true;

        return ReadObject();
    }

    public string Field(int index) => Line > 0 ? _values[index] : _names[index];

    public void Dispose()
    {
    }

    /// <summary>The pass for the names. A fault past the first object is met again, in its place, by the second pass.</summary>
    private void Collect()
    {
        while (ReadObject())
        {
        }

        if (Line > 0) Fault = Fault?.Code == "import-too-many-columns" ? Fault : null;
    }

    private bool ReadObject()
    {
        _values.Clear();
        for (var i = 0; i < _names.Count; i++) _values.Add("");
        _path.Clear();
        Damage = null;
        string? name = null;
        var depth = 0;
        try
        {
            while (true)
            {
                var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _ended, _state);
                var done = false;
                while (!done && Fault is null && reader.Read()) done = Take(ref reader, ref name, ref depth);
                _start += (int)reader.BytesConsumed;
                _state = reader.CurrentState;
                if (Fault is not null) return false;
                if (done) return depth == 0 && _inArray;
                if (_ended) return Cut();
                Fill();
            }
        }
        catch (JsonException broken)
        {
            return _ended ? Cut() : Fail(new Problem("import-json-broken", null, new { row = Line + 1, detail = broken.Message }, ProblemKind.Unreadable));
        }
    }

    /// <returns>True when an object ended, or the array did (then <see cref="_inArray"/> is false).</returns>
    private bool Take(ref Utf8JsonReader reader, ref string? name, ref int depth)
    {
        if (!_inArray)
        {
            if (reader.TokenType != JsonTokenType.StartArray) Fail(new Problem("import-json-not-rows", null, null, ProblemKind.Unreadable));
            _inArray = true;

            return false;
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                if (depth++ > 0) _path.Add((InList ? "" : name ?? "", false));
                break;
            case JsonTokenType.EndObject:
                if (--depth > 0) Pop();
                else Line++;
                return depth == 0;
            case JsonTokenType.StartArray when depth > 0:
                _path.Add((InList ? "" : name ?? "", true));
                break;
            case JsonTokenType.EndArray when depth > 0:
                Pop();
                break;
            case JsonTokenType.EndArray:
                _inArray = false;
                return true;
            case JsonTokenType.PropertyName:
                name = reader.GetString();
                break;
            default:
                if (depth == 0) Fail(new Problem("import-json-not-rows", null, null, ProblemKind.Unreadable));
                else Put(Name(name), Text(ref reader));
                break;
        }

        return false;
    }

    private bool InList => _path.Count > 0 && _path[^1].IsList;

    private void Pop() => _path.RemoveAt(_path.Count - 1);

    // Whatever stands in a list goes by the list's name.
    private string Name(string? name)
    {
        if (_path.Count == 0) return name ?? "";
        var parts = _path.Select(p => p.Name);

        return string.Join('.', (InList ? parts : parts.Append(name ?? "")).Where(part => part.Length > 0));
    }

    private void Put(string name, string value)
    {
        name = name.Trim();
        if (!_columns.TryGetValue(name, out var column))
        {
            if (!_collecting) return;
            column = _names.Count;
            _columns.Add(name, column);
            _names.Add(name);
            _values.Add("");
            if (_names.Count > _limits.Columns) Fail(new Problem("import-too-many-columns", null, new { line = Line + 1, limit = _limits.Columns }, ProblemKind.Unreadable));
        }

        if (_collecting) return;
        var whole = _values[column].Length > 0 ? $"{_values[column]}|{value.Trim()}" : value.Trim();
        _values[column] = whole;
        if (Used is { } used && !used[column]) return;
        if (whole.Length > _limits.FieldLength) Damage = new Problem("import-field-too-long", null, new { line = Line + 1, limit = _limits.FieldLength });
        else if (whole.AsSpan().ContainsAny('\uFFFD', '\0')) Damage = new Problem("import-damaged-characters", null, new { line = Line + 1 });
    }

    private static string Text(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Null => "",
        _ when reader.TryGetDecimal(out var number) => number.ToString(CultureInfo.InvariantCulture),
        _ => Encoding.UTF8.GetString(reader.ValueSpan),
    };

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LargestToken)
            {
                Fail(new Problem("import-field-too-long", null, new { line = Line + 1, limit = _limits.FieldLength }, ProblemKind.Unreadable));

                return;
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _ended = read == 0;
    }

    private bool Cut() => Fail(new Problem("import-cut-short", null, new { line = Line + 1 }, ProblemKind.Unreadable));

    private bool Fail(Problem problem)
    {
        Fault = problem;

        return false;
    }
}
