using Notices.Access;

namespace Notices.Testing;

/// <summary>What people have on their telephones.</summary>
public static class Authenticator
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <param name="key">As the page shows it, in fours.</param>
    /// <param name="later">Half minutes from now.</param>
    public static string Code(string key, int later = 0) => TimeCode.Of(Bytes(key), TimeProvider.System.GetUtcNow().AddSeconds(30 * later));

    private static byte[] Bytes(string key)
    {
        var (bytes, value, bits) = (new List<byte>(), 0, 0);
        foreach (var letter in key.Where(letter => letter != ' '))
        {
            (value, bits) = ((value << 5) | Alphabet.IndexOf(letter, StringComparison.Ordinal), bits + 5);
            if (bits >= 8) bytes.Add((byte)(value >> (bits -= 8)));
            value &= (1 << bits) - 1;
        }

        return [.. bytes];
    }
}
