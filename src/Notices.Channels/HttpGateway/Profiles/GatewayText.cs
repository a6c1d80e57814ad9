using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Notices.Channels.HttpGateway;

/// <summary>A text of a profile with values in braces: <c>{name}</c>, <c>{name:format}</c>, <c>{name|filter|filter}</c>; <c>{{</c> and <c>}}</c> are the braces themselves.</summary>
internal sealed class GatewayText
{
    internal static readonly IReadOnlyDictionary<string, Func<string, string>> Filters = new Dictionary<string, Func<string, string>>(StringComparer.Ordinal)
    {
        ["url"] = Escape,
        ["base64"] = text => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)),
        ["json"] = text => JsonSerializer.Serialize(text, Json.Stored),
        ["lower"] = text => text.ToLowerInvariant(),
        ["upper"] = text => text.ToUpperInvariant(),
#pragma warning disable CA5350, CA5351 // What the provider asks for; nothing of ours rests on it.
        ["md5"] = text => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text))),
        ["sha1"] = text => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text))),
#pragma warning restore CA5350, CA5351
        ["sha256"] = text => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
    };

    private readonly Piece[] _pieces;

    private GatewayText(Piece[] pieces) => _pieces = pieces;

    /// <summary>The names it asks for, without format.</summary>
    internal IEnumerable<string> Names => _pieces.Where(piece => piece.Name is not null).Select(piece => piece.Name!);

    /// <summary>The one value it consists of, where nothing stands beside it; otherwise null.</summary>
    internal string? Alone => _pieces is [{ Name: { } name, Filters.Length: 0 }] ? name : null;

    internal static GatewayText Of(string text) => Parse(text, out var fault) ?? throw new FormatException(fault);

    /// <returns>Null where it cannot be read; then <paramref name="fault"/> says why.</returns>
    internal static GatewayText? Parse(string text, out string fault)
    {
        var (pieces, literal) = (new List<Piece>(), new StringBuilder());
        fault = "";
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '{' or '}' && i + 1 < text.Length && text[i + 1] == text[i]) literal.Append(text[i++]);
            else if (text[i] == '{')
            {
                var end = text.IndexOf('}', i);
                if (end < 0)
                {
                    fault = "has a brace that is not closed";

                    return null;
                }

                if (literal.Length > 0) pieces.Add(new Piece(literal.ToString(), null, null, []));
                literal.Clear();
                if (Value(text[(i + 1)..end], ref fault) is not { } value) return null;

                pieces.Add(value);
                i = end;
            }
            else if (text[i] == '}')
            {
                fault = "has a closing brace without an opening one";

                return null;
            }
            else literal.Append(text[i]);
        }

        if (literal.Length > 0) pieces.Add(new Piece(literal.ToString(), null, null, []));

        return new GatewayText([.. pieces]);
    }

    internal string Fill(GatewayValues values)
    {
        if (_pieces is [{ Name: null } only]) return only.Literal;

        var filled = new StringBuilder();
        foreach (var piece in _pieces)
        {
            var text = piece.Name is null ? piece.Literal : values.Find(piece.Name, piece.Format);
            foreach (var filter in piece.Filters) text = Filters[filter](text);
            filled.Append(text);
        }

        return filled.ToString();
    }

    /// <summary>RFC 3986: letters, digits and <c>-._~</c> stay.</summary>
    internal static string Escape(string text) => Uri.EscapeDataString(text);

    private static Piece? Value(string inside, ref string fault)
    {
        var parts = inside.Split('|');
        var colon = parts[0].IndexOf(':', StringComparison.Ordinal);
        var (name, format) = colon < 0 ? (parts[0], null) : (parts[0][..colon], parts[0][(colon + 1)..]);
        if (parts.Skip(1).FirstOrDefault(filter => !Filters.ContainsKey(filter)) is not { } unknown) return new Piece("", name, format, parts[1..]);

        fault = $"has the filter \"{unknown}\"; the filters are {string.Join(", ", Filters.Keys.Order(StringComparer.Ordinal))}";

        return null;
    }

    private sealed record Piece(string Literal, string? Name, string? Format, string[] Filters);
}
