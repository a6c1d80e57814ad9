using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace Notices.Imports;

/// <summary>Rows for a table in PostgreSQL's binary COPY format, encoded as they come and sent together: with millions of fields, Npgsql's own writer spends more on
/// finding each field's type than the fields cost, and beginning a COPY costs the server as much as some hundred rows.</summary>
/// <param name="frozen">For a table emptied in the same transaction: its rows need no visit by vacuum later.</param>
internal sealed class CopyRows(string table, IReadOnlyCollection<string> columns, bool frozen) : IDisposable
{
    // Below what the garbage collector takes for a large object.
    private const int PageBytes = 64 * 1024;

    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly List<(byte[] Page, int Used)> _full = [];
    private byte[] _page = [];
    private int _used;

    internal int Count { get; private set; }

    /// <summary>Begins a row; as many fields follow as there are columns, of their types.</summary>
    internal void Row()
    {
        if (Count++ == 0) Header.CopyTo(Room(Header.Length));
        BinaryPrimitives.WriteInt16BigEndian(Room(sizeof(short)), (short)columns.Count);
    }

    internal void Null() => BinaryPrimitives.WriteInt32BigEndian(Room(sizeof(int)), -1);

    internal void Write(string? text)
    {
        if (text is null)
        {
            Null();

            return;
        }

        Ensure(sizeof(int) + Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, _page.AsSpan(_used + sizeof(int)));
        BinaryPrimitives.WriteInt32BigEndian(_page.AsSpan(_used), length);
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

    /// <summary>Writes them into the table, in the connection's transaction, and is empty again.</summary>
    internal async Task SendAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (Count == 0) return;
        BinaryPrimitives.WriteInt16BigEndian(Room(sizeof(short)), -1);
        var stream = await connection.BeginRawBinaryCopyAsync(
            $"COPY {table} ({string.Join(", ", columns)}) FROM STDIN (FORMAT BINARY{(frozen ? ", FREEZE" : "")})", cancellationToken);
        try
        {
            foreach (var (page, used) in _full) await stream.WriteAsync(page.AsMemory(0, used), cancellationToken);
            await stream.WriteAsync(_page.AsMemory(0, _used), cancellationToken);
        }
        catch
        {
            // Without this, closing it would end the COPY as if all had been written.
            await stream.CancelAsync();
            throw;
        }

        await stream.DisposeAsync();
        Clear();
    }

    public void Dispose()
    {
        Clear();
        Return(_page);
        _page = [];
    }

    private void Clear()
    {
        foreach (var (page, _) in _full) Return(page);
        _full.Clear();
        (_used, Count) = (0, 0);
    }

    private Span<byte> Room(int count)
    {
        Ensure(count);
        _used += count;

        return _page.AsSpan(_used - count, count);
    }

    private void Ensure(int count)
    {
        if (_page.Length - _used >= count) return;
        if (_used > 0) _full.Add((_page, _used));
        else Return(_page);
        _page = ArrayPool<byte>.Shared.Rent(Math.Max(PageBytes, count));
        _used = 0;
    }

    // Names and numbers of people are not left in memory others get.
    private static void Return(byte[] page)
    {
        if (page.Length > 0) ArrayPool<byte>.Shared.Return(page, true);
    }
}
