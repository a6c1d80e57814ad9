using System.Text;

namespace Notices.Imports;

/// <summary>A table in a file, whatever the file's name says: CSV in its dialects and encodings, a workbook's sheet, or a JSON array of objects.
/// Rows stream; nothing but the current one is held.</summary>
public sealed class TableReader : IDisposable
{
    private readonly Stream _stream;
    private readonly bool _ownsStream;
    private readonly IRawRows _rows;
    private readonly Dictionary<string, int> _ordinals = new(StringComparer.OrdinalIgnoreCase);

    private TableReader(Stream stream, bool ownsStream, IRawRows rows, string format, string sha256) =>
        (_stream, _ownsStream, _rows, Format, Sha256) = (stream, ownsStream, rows, format, sha256);

    /// <summary><c>csv</c>, <c>xlsx</c> or <c>json</c>.</summary>
    public string Format { get; }

    /// <summary>Digest of the whole file, lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length => _stream.Length;

    /// <summary>Bytes read so far, roughly; for a progress bar.</summary>
    public long Position => Math.Min(_stream.Position, _stream.Length);

    /// <summary>The header's names, trimmed; their case does not matter.</summary>
    public IReadOnlyList<string> Columns { get; private set; } = [];

    /// <summary>What stood above the header.</summary>
    public IReadOnlyList<string> Titles { get; private set; } = [];

    /// <summary>Why reading ended before the file did; null when everything was read.</summary>
    public Problem? Fault => _rows.Fault;

    /// <summary>Finds out what the stream holds and reads the header. A stream that cannot seek is first put into a temporary file.</summary>
    public static async Task<Result<TableReader>> OpenAsync(Stream stream, TableOptions? options, CancellationToken cancellationToken)
    {
        options ??= new TableOptions();
        var spooled = default(FileStream);
        if (!stream.CanSeek)
        {
            spooled = await SpoolAsync(stream, options.Limits.FileLength, cancellationToken);
            if (spooled is null) return new Problem("import-file-too-large", null, new { limit = options.Limits.FileLength }, ProblemKind.Unreadable);
        }

        var result = Open(spooled ?? stream, spooled is not null, options);
        if (!result.Ok && spooled is not null) await spooled.DisposeAsync();

        return result;
    }

    /// <summary>The column's index, or −1.</summary>
    public int Ordinal(string column) => _ordinals.GetValueOrDefault(column, -1);

    /// <summary>The rows below the header. Afterwards look at <see cref="Fault"/>.</summary>
    public IEnumerable<TableRow> Rows()
    {
        while (_rows.Read())
        {
            var fields = new string[Columns.Count];
            var count = _rows.Count;
            for (var i = 0; i < fields.Length; i++) fields[i] = i < count ? _rows.Field(i) : "";
            if (!Array.TrueForAll(fields, string.IsNullOrEmpty)) yield return new TableRow(_rows.Line, fields, _rows.Damage ?? Ragged());
        }
    }

    public void Dispose()
    {
        _rows.Dispose();
        if (_ownsStream) _stream.Dispose();
    }

    private static async Task<FileStream?> SpoolAsync(Stream stream, long limit, CancellationToken cancellationToken)
    {
        var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 81_920, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        var buffer = new byte[81_920];
        while (await stream.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            if (file.Length <= limit) continue;
            await file.DisposeAsync();

            return null;
        }

        await file.FlushAsync(cancellationToken);

        return file;
    }

    private static Result<TableReader> Open(Stream stream, bool owns, TableOptions options)
    {
        var encoding = TextEncoding.Probe(stream);
        var head = new byte[64 * 1024];
        var read = stream.ReadAtLeast(head, head.Length, false);
        stream.Position = 0;
        var (format, problem) = Recognise(head.AsSpan(0, read), encoding);
        if (problem is not null) return problem;

        IRawRows rows = format switch
        {
            "xlsx" => SheetRows.Open(stream, options),
            "json" => new JsonRows(stream, encoding, options.Limits),
            _ => Csv(stream, encoding, options.Limits),
        };
        var table = new TableReader(stream, owns, rows, format, encoding.Sha256);
        var refusal = table.ReadHeader(options);
        if (refusal is null) return table;
        rows.Dispose();

        return refusal;
    }

    private static (string Format, Problem? Problem) Recognise(ReadOnlySpan<byte> head, TextEncoding encoding)
    {
        static Problem No(string code) => new(code, null, null, ProblemKind.Unreadable);

        if (head.StartsWith("PK\u0003\u0004"u8)) return ("xlsx", null);
        if (head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0])) return ("", No("import-old-workbook"));
        var text = head[Math.Min(encoding.Mark, head.Length)..];
        if (text.Trim(" \r\n\t\uFEFF"u8).IsEmpty) return ("", No("import-empty"));
        var wide = encoding.Encoding is UnicodeEncoding;
        if (!wide && text.Contains((byte)0)) return ("", No("import-not-a-table"));
        var first = encoding.Encoding.GetString(text[..Math.Min(text.Length & ~1, 256)]).TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        if (first.StartsWith('[') || first.StartsWith('{')) return ("json", null);

        return ("csv", null);
    }

    private static CsvRows Csv(Stream stream, TextEncoding encoding, TableLimits limits)
    {
        var delimiter = Delimiter(stream, encoding);

        return new CsvRows(encoding.Reader(stream), delimiter, limits);
    }

    /// <summary>The one of the four that stands most often in the first line that has any of them.</summary>
    private static char Delimiter(Stream stream, TextEncoding encoding)
    {
        Span<char> head = new char[32 * 1024];
        using (var reader = encoding.Reader(stream)) head = head[..reader.ReadBlock(head)];
        foreach (var line in head.EnumerateLines())
        {
            var (best, most) = (',', 0);
            foreach (var delimiter in (ReadOnlySpan<char>)[',', ';', '\t', '#'])
            {
                var count = Unquoted(line, delimiter);
                if (count > most) (best, most) = (delimiter, count);
            }

            if (most > 0) return best;
        }

        return ',';
    }

    private static int Unquoted(ReadOnlySpan<char> line, char delimiter)
    {
        var (count, quoted) = (0, false);
        foreach (var c in line)
        {
            if (c == '"') quoted = !quoted;
            else if (c == delimiter && !quoted) count++;
        }

        return count;
    }

    private Problem? ReadHeader(TableOptions options)
    {
        var titles = new List<string>();
        while (_rows.Read())
        {
            var names = Enumerable.Range(0, _rows.Count).Select(i => _rows.Field(i).Trim('\uFEFF', ' ', '"')).ToArray();
            if (options.HeaderHas is null || options.HeaderHas.All(any => any.Any(name => names.Contains(name, StringComparer.OrdinalIgnoreCase)))) return UseHeader(names, titles, options);
            // A title merged over the whole width is one title.
            titles.AddRange(names.Where(n => n.Length > 0).Distinct());
            if (titles.Count > 0 && _rows.Line > options.Limits.TitleRows) break;
        }

        if (_rows.Fault is not null) return _rows.Fault;

        return options.HeaderHas is null || titles.Count == 0
            ? new Problem("import-empty", null, null, ProblemKind.Unreadable)
            : new Problem("import-header-missing", null, new { columns = string.Join(", ", options.HeaderHas.Select(any => any[0])) }, ProblemKind.Unreadable);
    }

    private Problem? UseHeader(string[] names, List<string> titles, TableOptions options)
    {
        var last = Array.FindLastIndex(names, n => n.Length > 0);
        if (last < 0) return new Problem("import-empty", null, null, ProblemKind.Unreadable);
        (Columns, Titles) = (names[..(last + 1)], titles);
        for (var i = 0; i <= last; i++)
        {
            if (names[i].Length == 0 || _ordinals.TryAdd(names[i], i)) continue;
            if (options.HeaderHas is null && (options.Uses is null || options.Uses.Contains(names[i])))
                return new Problem("import-column-twice", null, new { column = names[i] }, ProblemKind.Unreadable);
        }

        _rows.Used = options.Uses is null ? null : [.. Columns.Select(options.Uses.Contains)];

        return null;
    }

    /// <summary>A row with more or fewer fields than the header has lost or won a delimiter somewhere, and every field after it is another one.</summary>
    private Problem? Ragged()
    {
        if (_rows is not CsvRows csv) return null;
        var count = _rows.Count;
        while (count > Columns.Count && _rows.Field(count - 1).Length == 0) count--;
        if (count == Columns.Count) return null;

        return csv.EndedInRow && count < Columns.Count
            ? new Problem("import-cut-short", null, new { line = _rows.Line })
            : new Problem("import-ragged", null, new { line = _rows.Line, expected = Columns.Count, actual = count });
    }
}
