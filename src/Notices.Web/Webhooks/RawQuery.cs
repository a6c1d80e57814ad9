using System.Net;
using System.Text;

namespace Notices.Webhooks;

/// <summary>A query as bytes: a gateway writes a text in the coding it came in, which is not always UTF-8.</summary>
internal sealed class RawQuery
{
    private readonly Dictionary<string, byte[]> _parts = new(StringComparer.Ordinal);

    internal static RawQuery Read(QueryString query)
    {
        var read = new RawQuery();
        foreach (var part in (query.Value ?? "").TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            var bytes = Encoding.Latin1.GetBytes(at < 0 ? "" : part[(at + 1)..]);
            read._parts[at < 0 ? part : part[..at]] = WebUtility.UrlDecodeToBytes(bytes, 0, bytes.Length);
        }

        return read;
    }

    /// <param name="charset">As the gateway names it; UTF-8 unless it is another this knows.</param>
    /// <returns>Null where there is no such part.</returns>
    internal string? Text(string name, string? charset = null) => !_parts.TryGetValue(name, out var bytes) ? null : charset?.ToUpperInvariant() switch
    {
        "UTF-16BE" or "UCS-2" => Encoding.BigEndianUnicode.GetString(bytes),
        "ISO-8859-1" or "LATIN1" => Encoding.Latin1.GetString(bytes),
        _ => Encoding.UTF8.GetString(bytes),
    };
}
