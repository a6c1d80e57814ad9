using System.Buffers;
using System.Globalization;
using System.Text;

namespace Notices.Imports;

/// <summary>Writes <c>FILE.rejected.csv</c>: what was rejected, with its line and reasons, to be mended and imported again.
/// The file appears whole or not at all, and an older one goes when nothing was rejected.</summary>
public sealed class RejectedRows(string path, Func<Problem, string> sentence) : IDisposable
{
    private const string LineColumn = "line";
    private const string ReasonsColumn = "reasons";

    private static readonly SearchValues<char> Quoted = SearchValues.Create("\",\r\n;#\t");

    private readonly string _unfinished = path + ".unfinished";
    private StreamWriter? _file;
    private int[] _kept = [];

    public int Count { get; private set; }

    public void Add(RejectedRow row)
    {
        _file ??= Begin(row);
        foreach (var i in _kept)
        {
            _file.Write(Safe(i < row.Fields.Count ? row.Fields[i] : ""));
            _file.Write(',');
        }

        _file.Write(row.Line.ToString(CultureInfo.InvariantCulture));
        _file.Write(',');
        _file.WriteLine(Safe(string.Join(' ', row.Problems.Select(sentence))));
        Count++;
    }

    /// <summary>Puts the finished file in its place.</summary>
    public void Complete()
    {
        if (_file is null)
        {
            File.Delete(path);

            return;
        }

        _file.Dispose();
        _file = null;
        File.Move(_unfinished, path, true);
    }

    public void Dispose()
    {
        if (_file is null) return;
        _file.Dispose();
        File.Delete(_unfinished);
    }

    /// <summary>A column this file adds, which an import of it passes over.</summary>
    internal static bool IsOwnColumn(string column) => column.Equals(LineColumn, StringComparison.OrdinalIgnoreCase) || column.Equals(ReasonsColumn, StringComparison.OrdinalIgnoreCase);

    /// <summary>True for text a spreadsheet would run.</summary>
    internal static bool LooksLikeFormula(ReadOnlySpan<char> text) => text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r';

    private StreamWriter Begin(RejectedRow row)
    {
        // The mark tells spreadsheets that it is UTF-8.
        var file = new StreamWriter(_unfinished, false, new UTF8Encoding(true)) { NewLine = "\r\n" };
        foreach (var title in row.Titles) file.WriteLine(Safe(title));
        _kept = [.. Enumerable.Range(0, row.Columns.Count).Where(i => !IsOwnColumn(row.Columns[i]))];
        file.WriteLine(string.Join(',', _kept.Select(i => Safe(row.Columns[i])).Append(LineColumn).Append(ReasonsColumn)));

        return file;
    }

    private static string Safe(string field)
    {
        if (LooksLikeFormula(field)) field = "'" + field;

        return field.AsSpan().ContainsAny(Quoted) ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
    }
}
