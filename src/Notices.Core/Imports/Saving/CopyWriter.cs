using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace Notices.Imports;

/// <summary>Rows into a table by PostgreSQL's binary COPY, encoded into one buffer: with millions of fields, Npgsql's own writer spends more on finding
/// each field's type than the fields cost.</summary>
internal sealed class CopyWriter
{
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly NpgsqlRawCopyStream _stream;
    private readonly short _columns;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private int _used;

    private CopyWriter(NpgsqlRawCopyStream stream, int columns) => (_stream, _columns) = (stream, (short)columns);

    /// <summary>Writes what each item has to say: any number of rows, each begun with <see cref="Row"/>, with as many fields as there are columns, of their types.</summary>
    /// <param name="frozen">For a table emptied in the same transaction: its rows need no visit by vacuum later.</param>
    internal static async Task WriteAsync<T>(
        NpgsqlConnection connection, string table, IReadOnlyCollection<string> columns, bool frozen, IEnumerable<T> items, Action<CopyWriter, T> write, CancellationToken cancellationToken)
    {
        var stream = await connection.BeginRawBinaryCopyAsync(
            $"COPY {table} ({string.Join(", ", columns)}) FROM STDIN (FORMAT BINARY{(frozen ? ", FREEZE" : "")})", cancellationToken);
        var to = new CopyWriter(stream, columns.Count);
        try
        {
            to.WriteAll(items, write, cancellationToken);
        }
        catch
        {
            // Without this, closing it would end the COPY as if all had been written.
            await stream.CancelAsync();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(to._buffer, true);
        }

        await stream.DisposeAsync();
    }

    /// <summary>Begins a row.</summary>
    internal void Row() => BinaryPrimitives.WriteInt16BigEndian(Room(sizeof(short)), _columns);

    internal void Null() => BinaryPrimitives.WriteInt32BigEndian(Room(sizeof(int)), -1);

    internal void Write(string? text)
    {
        if (text is null)
        {
            Null();

            return;
        }

        if (_buffer.Length - _used < sizeof(int) + Encoding.UTF8.GetMaxByteCount(text.Length)) Flush(sizeof(int) + Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_used + sizeof(int)));
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(_used), length);
        _used += sizeof(int) + length;
    }

    internal void Write(long number)
    {
        var room = Room(sizeof(int) + sizeof(long));
        BinaryPrimitives.WriteInt32BigEndian(room, sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(room[sizeof(int)..], number);
    }

    internal void Write(long? number)
    {
        if (number is { } some) Write(some);
        else Null();
    }

    internal void Write(int number)
    {
        var room = Room(sizeof(int) + sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(room, sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(room[sizeof(int)..], number);
    }

    internal void Write(short number)
    {
        var room = Room(sizeof(int) + sizeof(short));
        BinaryPrimitives.WriteInt32BigEndian(room, sizeof(short));
        BinaryPrimitives.WriteInt16BigEndian(room[sizeof(int)..], number);
    }

    internal void Write(bool yes)
    {
        var room = Room(sizeof(int) + 1);
        BinaryPrimitives.WriteInt32BigEndian(room, 1);
        room[^1] = yes ? (byte)1 : (byte)0;
    }

    /// <summary>A value of one of the types above.</summary>
    internal void WriteAny(object? value)
    {
        switch (value)
        {
            case null: Null(); break;
            case string text: Write(text); break;
            case long number: Write(number); break;
            case int number: Write(number); break;
            case short number: Write(number); break;
            case bool yes: Write(yes); break;
            default: throw new ArgumentException($"No column holds a {value.GetType().Name}.", nameof(value));
        }
    }

    private void WriteAll<T>(IEnumerable<T> items, Action<CopyWriter, T> write, CancellationToken cancellationToken)
    {
        Header.CopyTo(Room(Header.Length));
        foreach (var item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            write(this, item);
        }

        BinaryPrimitives.WriteInt16BigEndian(Room(sizeof(short)), -1);
        Flush(0);
    }

    private Span<byte> Room(int count)
    {
        if (_buffer.Length - _used < count) Flush(count);
        _used += count;

        return _buffer.AsSpan(_used - count, count);
    }

    private void Flush(int needed)
    {
        _stream.Write(_buffer.AsSpan(0, _used));
        _used = 0;
        if (_buffer.Length >= needed) return;
        ArrayPool<byte>.Shared.Return(_buffer, true);
        _buffer = ArrayPool<byte>.Shared.Rent(needed);
    }
}
