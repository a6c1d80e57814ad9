using System.Security.Cryptography;
using System.Text;

namespace Notices.Publishing;

/// <summary>SHA-256 over what a notice states and says; stands in its audit entry, so that a text changed later is found.</summary>
public static class NoticeHash
{
    public static string Of(Notice notice)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, notice.Identifier, notice.Facts);
        foreach (var text in notice.Texts.OrderBy(t => t.Language, StringComparer.Ordinal).ThenBy(t => t.Medium, StringComparer.Ordinal))
            Add(hash, text.Language, text.Medium, text.Headline, text.Body);

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
    }
}
