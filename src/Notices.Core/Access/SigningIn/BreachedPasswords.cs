using System.Security.Cryptography;
using System.Text;

namespace Notices.Access;

/// <summary>Passwords thieves try first: those of <c>config/passwords.txt</c>, and those of a large file where one is configured.</summary>
public sealed class BreachedPasswords
{
    /// <summary>Bytes of a line before it must have ended: a digest, a colon and a count.</summary>
    private const int LongestLine = 80;

    private readonly HashSet<string> _common;
    private readonly string? _file;

    private BreachedPasswords(HashSet<string> common, string? file) => (_common, _file) = (common, file);

    internal static BreachedPasswords Load(string home, string? file)
    {
        var common = Path.Combine(home, "config", "passwords.txt");
        IEnumerable<string> lines = File.Exists(common) ? File.ReadLines(common).Where(line => line.Length > 0 && line[0] != '#') : [];

        return new BreachedPasswords(lines.Select(Plain).ToHashSet(StringComparer.Ordinal), string.IsNullOrEmpty(file) ? null : file);
    }

    internal bool Contains(string password) => _common.Contains(Plain(password)) || (_file is not null && IsInFile(SHA1Of(password)));

    /// <summary>As it is compared: without what people add to make an old password pass.</summary>
    private static string Plain(string password) => password.ToLowerInvariant().TrimEnd('!', '.', '?', '#', '@', '*');

    /// <summary>The file's lines are in order, so that a few reads of it are enough however large it is.</summary>
    private bool IsInFile(string digest)
    {
        using var file = new FileStream(_file!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, LongestLine * 4, FileOptions.RandomAccess);
        var (low, high) = (0L, file.Length);
        Span<byte> buffer = stackalloc byte[LongestLine * 2];
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var (line, next) = LineFrom(file, middle, buffer);
            if (line is null)
            {
                high = middle;
                continue;
            }

            var order = string.CompareOrdinal(line, 0, digest, 0, 40);
            if (order == 0) return true;
            if (order < 0) low = next;
            else high = middle;
        }

        return false;
    }

    /// <summary>The first line that begins at or after a place, and where the one after it begins; null where none does.</summary>
    private static (string? Line, long Next) LineFrom(FileStream file, long place, Span<byte> buffer)
    {
        file.Position = Math.Max(0, place - 1);
        var got = buffer[..file.ReadAtLeast(buffer, buffer.Length, false)];
        var begin = place == 0 ? 0 : got.IndexOf((byte)'\n') + 1;
        if ((place > 0 && begin == 0) || got.Length - begin < 40) return (null, 0);

        var end = got[begin..].IndexOf((byte)'\n');

        return (Encoding.ASCII.GetString(got.Slice(begin, 40)).ToUpperInvariant(), file.Position - got.Length + begin + (end < 0 ? got.Length - begin : end + 1));
    }

#pragma warning disable CA5350 // The digest of the published list, which protects nothing here.
    private static string SHA1Of(string password) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
}
