using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Notices.Imports;

/// <summary>64 bits that stand for some fields, to see quickly whether a row says anything new. Taken over UTF-8, as the database sends it.
/// Not a seal: nothing is proved by it.</summary>
internal struct Digest
{
    private const int Short = 240;

    private ulong _state;

    internal static ulong Of(string text)
    {
        var digest = default(Digest);
        digest.Add(text);

        return digest.Value;
    }

    internal static ulong Of(long first, long second)
    {
        var digest = default(Digest);
        digest.Add(first);
        digest.Add(second);

        return digest.Value;
    }

    /// <summary>Never 0, which means "none".</summary>
    internal readonly ulong Value => _state | 1;

    internal void Add(string? text)
    {
        if (text is null) AddNull();
        else if (text.Length <= Short / 3)
        {
            Span<byte> bytes = stackalloc byte[Short];
            Add(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
        }
        else
        {
            var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
            Add(bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes)));
            ArrayPool<byte>.Shared.Return(bytes, true);
        }
    }

    internal void Add(ReadOnlySpan<byte> utf8)
    {
        Add((long)utf8.Length);
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(utf8)) Mix(word);
        if (utf8.Length % sizeof(ulong) == 0) return;
        var rest = 0UL;
        foreach (var last in utf8[^(utf8.Length % sizeof(ulong))..]) rest = (rest << 8) | last;
        Mix(rest);
    }

    internal void AddNull() => Add(-1L);

    internal void Add(long number) => Mix((ulong)number);

    private void Mix(ulong word)
    {
        var high = Math.BigMul(_state ^ 0x9E37_79B9_7F4A_7C15, word ^ 0xD1B5_4A32_D192_ED03, out var low);
        _state = ulong.RotateLeft(_state, 23) + (high ^ low) + 0x2545_F491_4F6C_DD1D;
    }
}
