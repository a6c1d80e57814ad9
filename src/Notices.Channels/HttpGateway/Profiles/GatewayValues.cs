using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Notices.Channels.HttpGateway;

/// <summary>What the values in braces stand for in one request.</summary>
internal sealed class GatewayValues
{
    /// <summary>Known in every request.</summary>
    internal static readonly IReadOnlyList<string> Common = ["now", "utc", "timestamp", "timestampMs", "nonce", "host"];

    /// <summary>Known where messages are handed over.</summary>
    internal static readonly IReadOnlyList<string> OfSending = ["number", "numbers", "text", "language", "deliveryId", "template", "variables", "variableList"];

    /// <summary>Known where one message is asked about.</summary>
    internal static readonly IReadOnlyList<string> OfQuestion = ["number", "messageId", "sentOn"];

    /// <summary>Made of the request itself, for signing.</summary>
    internal static readonly IReadOnlyList<string> OfRequest = ["parameters", "body"];

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _lists = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _bytes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _times = new(StringComparer.Ordinal);

    /// <param name="settings">Settings and secrets of the provider.</param>
    /// <param name="now">Machine time: a provider compares it with its own clock.</param>
    internal GatewayValues(IReadOnlyDictionary<string, string> settings, DateTimeOffset now, TimeZoneInfo zone)
    {
        foreach (var (name, value) in settings) _texts[name] = value;
        _times["now"] = TimeZoneInfo.ConvertTime(now, zone);
        _times["utc"] = now.ToUniversalTime();
        _texts["timestamp"] = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        _texts["timestampMs"] = now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        _texts["nonce"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    }

    internal void Set(string name, string value) => _texts[name] = value;

    internal void Set(string name, DateTimeOffset value) => _times[name] = value;

    internal void Set(string name, IReadOnlyList<string> values, string joined) => (_lists[name], _texts[name]) = (values, joined);

    internal void Set(string name, byte[] value) => _bytes[name] = value;

    internal IReadOnlyList<string> List(string name) => _lists.GetValueOrDefault(name) ?? [];

    internal string Find(string name, string? format)
    {
        if (_times.TryGetValue(name, out var time)) return time.ToString(format ?? "yyyy-MM-ddTHH:mm:ssK", CultureInfo.InvariantCulture);

        return _texts.GetValueOrDefault(name) ?? "";
    }

    internal byte[] Bytes(string name) => _bytes.GetValueOrDefault(name) ?? Encoding.UTF8.GetBytes(Find(name, null));
}
