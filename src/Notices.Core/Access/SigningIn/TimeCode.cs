using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Notices.Access;

/// <summary>The six digits an authenticator shows: RFC 6238 with SHA-1 and half minutes, as every such program has it.</summary>
internal static class TimeCode
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    /// <summary>Steps a telephone's clock may be wrong, each way.</summary>
    private const int Drift = 1;

    /// <summary>Bytes; what RFC 4226 recommends.</summary>
    internal static byte[] NewKey() => RandomNumberGenerator.GetBytes(20);

    /// <returns>The step the digits belong to, so that they are taken once; null where they are wrong.</returns>
    internal static long? StepOf(byte[] key, string digits, DateTimeOffset now)
    {
        var (present, found) = (now.ToUnixTimeSeconds() / (long)Step.TotalSeconds, (long?)null);
        var said = Encoding.ASCII.GetBytes(digits);
        for (var step = present - Drift; step <= present + Drift; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(said, Encoding.ASCII.GetBytes(At(key, step)))) found = step;
        }

        return found;
    }

    internal static string Of(byte[] key, DateTimeOffset now) => At(key, now.ToUnixTimeSeconds() / (long)Step.TotalSeconds);

    /// <summary>Base 32 without padding, as people type it into an authenticator.</summary>
    internal static string Text(byte[] key)
    {
        var (text, bits, value) = (new StringBuilder(), 0, 0);
        foreach (var one in key)
        {
            (value, bits) = ((value << 8) | one, bits + 8);
            for (; bits >= 5; bits -= 5) text.Append(Alphabet[(value >> (bits - 5)) & 31]);
            value &= (1 << bits) - 1;
        }

        return text.ToString();
    }

#pragma warning disable CA5350 // HMAC-SHA-1 is what authenticators speak, and not broken as such.
    private static string At(byte[] key, long step)
    {
        Span<byte> moment = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(moment, step);
        var hash = HMACSHA1.HashData(key, moment);
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & int.MaxValue;

        return (number % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    }
#pragma warning restore CA5350
}
