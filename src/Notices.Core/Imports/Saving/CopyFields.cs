using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace Notices.Imports;

/// <summary>Rows of a query as PostgreSQL's binary COPY sends them, field after field in the order of the columns: nothing is made of a text but a view of it,
/// where millions of rows are looked at once and forgotten.</summary>
internal sealed class CopyFields : IDisposable
{
    // The signature and two numbers nobody has used yet; then an extension, which is empty.
    private const int HeaderBytes = 19;

    private readonly NpgsqlRawCopyStream _stream;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private char[] _text = ArrayPool<char>.Shared.Rent(1024);
    private int _at;
    private int _end;

    private CopyFields(NpgsqlRawCopyStream stream) => _stream = stream;

    internal static async Task<CopyFields> OpenAsync(NpgsqlConnection connection, string select, CancellationToken cancellationToken)
    {
        var fields = new CopyFields(await connection.BeginRawBinaryCopyAsync($"COPY ({select}) TO STDOUT (FORMAT BINARY)", cancellationToken));
        fields.Take(HeaderBytes);

        return fields;
    }

    /// <summary>Goes to the next row; all fields of the one before must have been taken.</summary>
    internal bool Next() => BinaryPrimitives.ReadInt16BigEndian(Take(sizeof(short))) >= 0;

    /// <summary>A whole number of any size, not null.</summary>
    internal long Number()
    {
        var size = Size();
        var bytes = Take(size);

        return size switch
        {
            sizeof(short) => BinaryPrimitives.ReadInt16BigEndian(bytes),
            sizeof(int) => BinaryPrimitives.ReadInt32BigEndian(bytes),
            sizeof(long) => BinaryPrimitives.ReadInt64BigEndian(bytes),
            _ => throw new InvalidDataException($"A field of {size} bytes is not a whole number."),
        };
    }

    /// <param name="text">Good until the next field is taken.</param>
    /// <returns>False for null.</returns>
    internal bool Text(out ReadOnlySpan<char> text)
    {
        var size = Size();
        text = default;
        if (size < 0) return false;
        var bytes = Take(size);
        if (_text.Length < size)
        {
            ArrayPool<char>.Shared.Return(_text, true);
            _text = ArrayPool<char>.Shared.Rent(size);
        }

        text = _text.AsSpan(0, Encoding.UTF8.GetChars(bytes, _text));

        return true;
    }

    /// <summary>A text that is not null.</summary>
    internal ReadOnlySpan<char> Text() => Text(out var text) ? text : throw new InvalidDataException("A text that must be there is null.");

    public void Dispose()
    {
        _stream.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer, true);
        ArrayPool<char>.Shared.Return(_text, true);
    }

    private int Size() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_end - _at < count) Fill(count);
        _at += count;

        return _buffer.AsSpan(_at - count, count);
    }

    private void Fill(int count)
    {
        var left = _buffer.AsSpan(_at, _end - _at);
        if (_buffer.Length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(count);
            left.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer, true);
            _buffer = larger;
        }
        else left.CopyTo(_buffer);
        (_at, _end) = (0, left.Length);
        _end += _stream.ReadAtLeast(_buffer.AsSpan(_end), count - _end);
    }
}
