using System.Buffers.Binary;
using Npgsql;

namespace Notices.Imports;

/// <summary>What a query gives, as PostgreSQL's binary COPY sends it: a million rows without a string or an object for any of them.
/// The fields of a row are taken in order, each once.</summary>
internal sealed class CopyRows : IDisposable
{
    // "PGCOPY" with its check bytes, then four bytes of flags and four of an extension's length, both zero.
    private const int HeaderLength = 19;

    private readonly NpgsqlRawCopyStream _stream;
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    private CopyRows(NpgsqlRawCopyStream stream) => _stream = stream;

    internal static async Task<CopyRows> OpenAsync(NpgsqlConnection connection, string query, CancellationToken cancellationToken)
    {
        var rows = new CopyRows(await connection.BeginRawBinaryCopyAsync($"COPY ({query}) TO STDOUT (FORMAT BINARY)", cancellationToken));
        rows.Take(HeaderLength);

        return rows;
    }

    /// <summary>Goes to the next row; false behind the last.</summary>
    internal bool Next() => BinaryPrimitives.ReadInt16BigEndian(Take(sizeof(short))) >= 0;

    /// <summary>A whole number of any width; null is 0.</summary>
    internal long Number() => Field() switch
    {
        { Length: 8 } field => BinaryPrimitives.ReadInt64BigEndian(field),
        { Length: 4 } field => BinaryPrimitives.ReadInt32BigEndian(field),
        { Length: 2 } field => BinaryPrimitives.ReadInt16BigEndian(field),
        _ => 0,
    };

    internal void AddTextTo(ref Digest digest)
    {
        var length = Length();
        if (length < 0) digest.AddNull();
        else digest.Add(Take(length));
    }

    public void Dispose() => _stream.Dispose();

    private ReadOnlySpan<byte> Field() => Length() is >= 0 and var length ? Take(length) : default;

    private int Length() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_end - _start < count) Fill(count);
        _start += count;

        return _buffer.AsSpan(_start - count, count);
    }

    private void Fill(int count)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (count > _buffer.Length) Array.Resize(ref _buffer, count);
        while (_end < count)
        {
            var read = _stream.Read(_buffer.AsSpan(_end));
            if (read == 0) throw new InvalidDataException("The server ended a COPY in the middle of a row.");
            _end += read;
        }
    }
}
