using System.Buffers;

namespace Notices.Imports;

/// <summary>Comma-separated text and its relatives. Quotes as in RFC 4180; a byte-order mark at the start of any line is dropped; empty lines are skipped.</summary>
internal sealed class CsvRows : IRawRows
{
    private const char Mark = '\uFEFF';
    private const char Damaged = '\uFFFD';

    private readonly TextReader _text;
    private readonly char _delimiter;
    private readonly TableLimits _limits;
    private readonly SearchValues<char> _stops;
    private readonly List<(int Start, int Length, bool Quoted)> _fields = [];
    private char[] _buffer = new char[64 * 1024];
    private string?[] _before = [];
    private int _start;
    private int _end;
    private bool _ended;
    private long _nextLine = 1;
    private bool _quoteOpen;

    internal CsvRows(TextReader text, char delimiter, TableLimits limits)
    {
        (_text, _delimiter, _limits) = (text, delimiter, limits);
        _stops = SearchValues.Create([delimiter, '\n', '\r']);
    }

    public long Line { get; private set; }

    public int Count => _fields.Count;

    public Problem? Damage { get; private set; }

    public bool[]? Used { get; set; }

    public Problem? Fault { get; private set; }

    /// <summary>True when the last row read had no line end after it: a file cut short ends so.</summary>
    internal bool EndedInRow { get; private set; }

    public bool Read()
    {
        while (Fault is null)
        {
            if (_start == _end && !Fill()) return false;
            if (!ReadRecord(out var empty)) return false;
            if (!empty) return true;
        }

        return false;
    }

    public string Field(int index)
    {
        var (start, length, quoted) = _fields[index];
        var text = _buffer.AsSpan(start, length);
        if (!quoted) return Text(index, text.Trim());

        // Between the quotes, with doubled quotes halved; what follows the closing quote is kept as it stands.
        var plain = new System.Text.StringBuilder(length);
        var inside = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '"') plain.Append(text[i]);
            else if (inside && i + 1 < text.Length && text[i + 1] == '"') plain.Append(text[i++]);
            else inside = !inside;
        }

        return plain.ToString().Trim();
    }

    /// <summary>A column often says the same row after row, and then it is one string for all of them.</summary>
    private string Text(int index, ReadOnlySpan<char> text)
    {
        if (index >= _before.Length) Array.Resize(ref _before, _fields.Count);
        if (!text.SequenceEqual(_before[index])) _before[index] = text.ToString();

        return _before[index] ?? "";
    }

    public void Dispose() => _text.Dispose();

    /// <summary>Finds where one record's fields begin and end. When the buffer ends first it is refilled and the record scanned again.</summary>
    private bool ReadRecord(out bool empty)
    {
        empty = false;
        while (true)
        {
            var lines = Scan(out var next);
            if (Fault is not null) return false;
            if (lines >= 0)
            {
                Line = _nextLine;
                _nextLine += lines;
                _start = next;
                empty = _fields.Count == 1 && _fields[0].Length == 0;
                Damage = empty ? null : FindDamage();

                return true;
            }

            if (_end - _start > _limits.RowLength || !Fill())
            {
                Fault = _quoteOpen && _ended
                    ? new Problem("import-quote-open", null, new { line = _nextLine }, ProblemKind.Unreadable)
                    : new Problem("import-row-too-long", null, new { line = _nextLine, limit = _limits.RowLength }, ProblemKind.Unreadable);

                return false;
            }
        }
    }

    /// <returns>Line ends in the record, or −1 when the buffer ends before the record does.</returns>
    private int Scan(out int next)
    {
        _fields.Clear();
        var lines = 0;
        var at = _start;
        if (_buffer[at] == Mark) at++;
        while (true)
        {
            var fieldStart = at;
            var quoted = at < _end && _buffer[at] == '"';
            if (quoted && !SkipQuoted(ref at, ref lines))
            {
                next = 0;

                return -1;
            }

            var found = _buffer.AsSpan(at, _end - at).IndexOfAny(_stops);
            var stop = found < 0 ? _end : at + found;
            if (found < 0 && !_ended)
            {
                _quoteOpen = false;
                if (stop - fieldStart > _limits.FieldLength) TooLong();
                next = 0;

                return -1;
            }

            _fields.Add((fieldStart, stop - fieldStart, quoted));
            if (stop - fieldStart > _limits.FieldLength) TooLong();
            if (_fields.Count > _limits.Columns)
                Fault = new Problem("import-too-many-columns", null, new { line = _nextLine, limit = _limits.Columns }, ProblemKind.Unreadable);
            if (Fault is not null)
            {
                next = 0;

                return -1;
            }

            EndedInRow = stop == _end;
            if (EndedInRow)
            {
                next = stop;

                return lines;
            }

            at = stop + 1;
            if (_buffer[stop] == _delimiter)
            {
                if (at < _end || _ended) continue;
                next = 0;

                return -1;
            }

            if (_buffer[stop] == '\r')
            {
                if (at == _end && !_ended)
                {
                    next = 0;

                    return -1;
                }

                if (at < _end && _buffer[at] == '\n') at++;
            }

            next = at;

            return lines + 1;
        }
    }

    /// <summary>Goes to just behind the closing quote.</summary>
    private bool SkipQuoted(ref int at, ref int lines)
    {
        var opening = at++;
        while (true)
        {
            var found = _buffer.AsSpan(at, _end - at).IndexOfAny('"', '\n');
            if (found < 0)
            {
                _quoteOpen = true;
                if (_end - opening > _limits.FieldLength) TooLong();

                return false;
            }

            at += found + 1;
            if (_buffer[at - 1] == '\n')
            {
                lines++;
                continue;
            }

            if (at == _end && !_ended)
            {
                _quoteOpen = false;

                return false;
            }

            if (at == _end || _buffer[at] != '"') return true;
            at++;
        }
    }

    private void TooLong() =>
        Fault = new Problem("import-field-too-long", null, new { line = _nextLine, limit = _limits.FieldLength }, ProblemKind.Unreadable);

    private Problem? FindDamage()
    {
        var (first, last) = (_fields[0].Start, _fields[^1].Start + _fields[^1].Length);
        if (!_buffer.AsSpan(first, last - first).ContainsAny(Damaged, '\0')) return null;

        for (var i = 0; i < _fields.Count; i++)
        {
            if (Used is { } used && (i >= used.Length || !used[i])) continue;
            if (_buffer.AsSpan(_fields[i].Start, _fields[i].Length).ContainsAny(Damaged, '\0')) return new Problem("import-damaged-characters", null, new { line = Line });
        }

        return null;
    }

    private bool Fill()
    {
        if (_ended) return false;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = _text.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        if (read > 0) return true;
        // Once more over what is left, now knowing that nothing follows.
        _ended = true;

        return _end > _start;
    }
}
