using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Notices.Imports;

/// <summary>What one pass over the bytes tells: their digest and how they are encoded.</summary>
/// <param name="Sha256">Lower-case hexadecimal.</param>
/// <param name="Encoding">UTF-8, UTF-16 or GB18030; damaged characters become U+FFFD.</param>
/// <param name="Mark">Bytes of the byte-order mark.</param>
internal sealed record TextEncoding(string Sha256, Encoding Encoding, int Mark)
{
    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;

    /// <summary>Reads the stream from its start and puts it back there. Text without a mark is UTF-8 when it reads as such,
    /// also with a few damaged characters; otherwise GB18030.</summary>
    internal static TextEncoding Probe(Stream stream)
    {
        stream.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            Encoding? marked = null;
            var (mark, kept, good, bad, first) = (0, 0, 0L, 0L, true);
            while (true)
            {
                var read = stream.Read(buffer, kept, buffer.Length - kept);
                hash.AppendData(buffer, kept, read);
                var bytes = buffer.AsSpan(0, kept + read);
                if (first) (marked, mark) = Marked(bytes);
                first = false;
                if (read == 0 && kept == 0) break;
                if (marked is not null) kept = 0;
                else kept = Count(bytes, read == 0, ref good, ref bad);
                bytes[^kept..].CopyTo(buffer);
                if (read == 0) break;
            }

            stream.Position = 0;
            // In Chinese text of the other encoding hardly any sequence is a valid one here; a damaged UTF-8 file is mostly valid.
            var encoding = marked ?? (bad == 0 || good > 4 * bad ? Encoding.UTF8 : Gb18030);

            return new TextEncoding(Convert.ToHexStringLower(hash.GetHashAndReset()), encoding, mark);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, true);
        }
    }

    internal StreamReader Reader(Stream stream)
    {
        stream.Position = Mark;

        return new StreamReader(stream, Encoding, false, 128 * 1024, true);
    }

    private static (Encoding? Encoding, int Length) Marked(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (Encoding.UTF8, 3),
        [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
        [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
        _ => (null, 0),
    };

    /// <summary>Counts valid sequences of several bytes and invalid ones.</summary>
    /// <returns>Bytes of a sequence the end cuts.</returns>
    private static int Count(ReadOnlySpan<byte> bytes, bool final, ref long good, ref long bad)
    {
        if (Utf8.IsValid(bytes))
        {
            good += Ascii.IsValid(bytes) ? 0 : bytes.Length / 4;

            return 0;
        }

        while (!bytes.IsEmpty)
        {
            var plain = bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (plain < 0) return 0;
            bytes = bytes[plain..];
            var status = Rune.DecodeFromUtf8(bytes, out _, out var length);
            if (status == OperationStatus.NeedMoreData && !final) return bytes.Length;
            if (status == OperationStatus.Done) good++;
            else bad++;
            bytes = bytes[length..];
        }

        return 0;
    }
}
