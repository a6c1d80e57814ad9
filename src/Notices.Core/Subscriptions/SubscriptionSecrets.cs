using System.Globalization;
using System.Security.Cryptography;
using Notices.Audit;

namespace Notices.Subscriptions;

/// <summary>What only whoever reads the address learns: a link's token, 128 bits, or six digits. Both are good for one subscription and a day; their keyed digests alone are stored.</summary>
internal static class SubscriptionSecrets
{
    /// <summary>Wrong codes after which none is taken: five in a million.</summary>
    internal const short MostWrong = 5;

    internal const int CodeLength = 6;

    private const int TokenLength = 32;

    internal static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenLength / 2));

    internal static string NewCode() => RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);

    /// <returns>Null for what is no token of ours.</returns>
    internal static string? OfToken(AuditOptions digests, string token) =>
        token.Length == TokenLength && token.All(char.IsAsciiHexDigitLower) ? digests.Digest("subscription token " + token) : null;

    /// <param name="address">So that the digests of two addresses with one code differ.</param>
    internal static string OfCode(AuditOptions digests, string address, string code) => digests.Digest($"subscription code {address} {code}");

    /// <summary>Of what a person wrote: full width, spaces and a hyphen make no difference.</summary>
    /// <returns>Null where it is not six digits.</returns>
    internal static string? CodeOf(string? text)
    {
        if (text is null || text.Length > 40) return null;

        var digits = string.Concat(text.Where(letter => !char.IsWhiteSpace(letter) && letter is not ('-' or '.' or '。')).Select(letter => letter is >= '０' and <= '９' ? (char)(letter - '０' + '0') : letter));

        return digits.Length == CodeLength && digits.All(char.IsAsciiDigit) ? digits : null;
    }
}
