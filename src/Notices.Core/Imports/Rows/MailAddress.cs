using System.Buffers;

namespace Notices.Imports;

/// <summary>What RFC 5321 allows without quoting, and no more.</summary>
internal static class MailAddress
{
    private const int Longest = 254;

    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> OfHost = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> OfMailbox = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+/=?^_`{|}~-");

    internal static bool IsValid(ReadOnlySpan<char> text) =>
        text.Length <= Longest && text.IndexOf('@') is var at and >= 0 && IsMailbox(text[..at]) && IsHost(text[(at + 1)..]);

    private static bool IsMailbox(ReadOnlySpan<char> text)
    {
        foreach (var part in text.Split('.'))
        {
            if (text[part].IsEmpty || text[part].ContainsAnyExcept(OfMailbox)) return false;
        }

        return true;
    }

    private static bool IsHost(ReadOnlySpan<char> text)
    {
        foreach (var part in text.Split('.'))
        {
            var label = text[part];
            if (label.Length is 0 or > 63 || label.ContainsAnyExcept(OfHost) || label[0] == '-' || label[^1] == '-') return false;
        }

        return text.LastIndexOf('.') is var dot and > 0 && Letters.Contains(text[dot + 1]);
    }
}
