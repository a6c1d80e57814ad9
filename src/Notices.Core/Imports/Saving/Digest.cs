using System.Runtime.InteropServices;

namespace Notices.Imports;

/// <summary>64 bits that stand for some fields, to see quickly whether a row says anything new. Not a seal: nothing is proved by it.</summary>
internal struct Digest
{
    private ulong _state;

    internal static ulong Of(ReadOnlySpan<char> text)
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
        else Add(text.AsSpan());
    }

    internal void AddNull() => Add(-1L);

    internal void Add(ReadOnlySpan<char> text)
    {
        Add((long)text.Length);
        var words = MemoryMarshal.Cast<char, ulong>(text);
        foreach (var word in words) Mix(word);
        for (var i = words.Length * 4; i < text.Length; i++) Mix(text[i]);
    }

    internal void Add(long number) => Mix((ulong)number);

    private void Mix(ulong word)
    {
        var high = Math.BigMul(_state ^ 0x9E37_79B9_7F4A_7C15, word ^ 0xD1B5_4A32_D192_ED03, out var low);
        _state = ulong.RotateLeft(_state, 23) + (high ^ low) + 0x2545_F491_4F6C_DD1D;
    }
}
