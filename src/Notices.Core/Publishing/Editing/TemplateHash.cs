using System.Security.Cryptography;
using System.Text;

namespace Notices.Publishing;

/// <summary>By which a text stands in the record.</summary>
internal static class TemplateHash
{
    /// <returns>Lower-case hexadecimal SHA-256 over UTF-8; null of nothing.</returns>
    internal static string? OrNull(string? text) => text is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
