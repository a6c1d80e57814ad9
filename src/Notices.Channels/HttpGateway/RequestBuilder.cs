using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Notices.Channels.HttpGateway;

/// <summary>Makes a request of a shape and values. What is signed is made first, then the signature, then what holds it.</summary>
internal static class RequestBuilder
{
    internal static (HttpRequestMessage Request, OneTryContent? Content) Build(RequestShape shape, GatewayValues values)
    {
        var url = shape.Url.Fill(values);
        values.Set("host", new Uri(url).Authority);
        if (shape.Signing.Count > 0) Sign(shape, values);

        var query = Query(shape, values);
        if (query.Length > 0) url += (url.Contains('?', StringComparison.Ordinal) ? '&' : '?') + query;
        // A POST without a body has an empty one: it tells whether the request began to leave, and is not sent a second time.
        var content = shape.Method == "GET" ? null : new OneTryContent(shape.Body == "none" ? [] : Encoding.UTF8.GetBytes(Body(shape, values)), shape.ContentType);
        var request = new HttpRequestMessage(new HttpMethod(shape.Method), url) { Content = content };
        foreach (var (name, value) in shape.Headers) request.Headers.TryAddWithoutValidation(name, value.Fill(values));

        return (request, content);
    }

    /// <summary>The name of a list where a text of a JSON body is to become one: <c>{numbers[]}</c>.</summary>
    internal static string? ListOf(string text) => text.Length > 4 && text[0] == '{' && text.EndsWith("[]}", StringComparison.Ordinal) && text.IndexOf('{', 1) < 0 ? text[1..^3] : null;

    /// <summary>The steps in their order, each under its name.</summary>
    internal static void Run(IReadOnlyList<SigningStep> steps, GatewayValues values)
    {
        foreach (var step in steps)
        {
            var of = step.Of.Fill(values);
            if (step.How == "text")
            {
                values.Set(step.Name, of);
                continue;
            }

            var digest = Digest(step, Encoding.UTF8.GetBytes(of), values);
            values.Set(step.Name, digest);
            values.Set(step.Name, step.As switch
            {
                "base64" => Convert.ToBase64String(digest),
                "HEX" => Convert.ToHexString(digest),
                _ => Convert.ToHexStringLower(digest),
            });
        }
    }

    private static void Sign(RequestShape shape, GatewayValues values)
    {
        var steps = shape.Signing.Select(step => step.Name).ToHashSet(StringComparer.Ordinal);
        bool IsFree(GatewayText text) => !text.Names.Any(steps.Contains);

        // Byte by byte, as the providers that sign parameters sort them.
        var parameters = shape.Query.Where(pair => IsFree(pair.Value)).Select(pair => (pair.Name, Value: pair.Value.Fill(values)))
            .Concat(shape.Body == "form" ? FormFields(shape).Where(pair => IsFree(pair.Value)).Select(pair => (pair.Name, Value: pair.Value.Fill(values))) : [])
            .OrderBy(pair => pair.Name, StringComparer.Ordinal).Select(pair => $"{GatewayText.Escape(pair.Name)}={GatewayText.Escape(pair.Value)}");
        values.Set("parameters", string.Join('&', parameters));
        if (shape.Signing.Any(step => step.Of.Names.Contains("body", StringComparer.Ordinal))) values.Set("body", shape.Body == "none" ? "" : Body(shape, values));
        Run(shape.Signing, values);
    }

#pragma warning disable CA5350, CA5351 // What the provider asks for.
    private static byte[] Digest(SigningStep step, byte[] of, GatewayValues values) => step.How switch
    {
        "md5" => MD5.HashData(of),
        "sha1" => SHA1.HashData(of),
        "sha256" => SHA256.HashData(of),
        "hmac-sha1" => HMACSHA1.HashData(Key(step, values), of),
        _ => HMACSHA256.HashData(Key(step, values), of),
    };
#pragma warning restore CA5350, CA5351

    private static byte[] Key(SigningStep step, GatewayValues values) => step.KeyOf is { } earlier ? values.Bytes(earlier) : Encoding.UTF8.GetBytes(step.Key!.Fill(values));

    private static string Query(RequestShape shape, GatewayValues values) =>
        string.Join('&', shape.Query.Select(pair => $"{GatewayText.Escape(pair.Name)}={GatewayText.Escape(pair.Value.Fill(values))}"));

    private static string Body(RequestShape shape, GatewayValues values)
    {
        var body = shape.Body == "form"
            ? string.Join('&', FormFields(shape).Select(pair => $"{GatewayText.Escape(pair.Name)}={GatewayText.Escape(pair.Value.Fill(values))}"))
            : Node(shape.Fields!.Value, values)!.ToJsonString(Json.Stored);

        return shape.Base64 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(body)) : body;
    }

    private static IEnumerable<(string Name, GatewayText Value)> FormFields(RequestShape shape) =>
        shape.Fields!.Value.EnumerateObject().Select(member => (member.Name, GatewayText.Of(member.Value.GetString()!)));

    private static JsonNode? Node(JsonElement value, GatewayValues values) => value.ValueKind switch
    {
        JsonValueKind.Object => new JsonObject(value.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, Node(member.Value, values)))),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(item => Node(item, values))]),
        JsonValueKind.String when ListOf(value.GetString()!) is { } list => new JsonArray([.. values.List(list).Select(item => (JsonNode?)JsonValue.Create(item))]),
        JsonValueKind.String => JsonValue.Create(GatewayText.Of(value.GetString()!).Fill(values)),
        _ => JsonNode.Parse(value.GetRawText()),
    };
}
