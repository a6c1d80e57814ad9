using System.Text.Json;

namespace Notices.Channels.HttpGateway;

/// <summary>Reads how a request is made and signed.</summary>
/// <param name="known">Values every request may use.</param>
internal sealed class RequestReader(IReadOnlySet<string> known)
{
    /// <summary>Values every request may use.</summary>
    internal IReadOnlySet<string> Known => known;

    private static readonly string[] Hows = ["text", "md5", "sha1", "sha256", "hmac-sha1", "hmac-sha256"];

    /// <param name="own">Values only this request has.</param>
    /// <param name="sends">Hands a message over. A GET, which may be sent a second time on its way, must not.</param>
    internal RequestShape Read(ProfileSection section, IEnumerable<string> own, bool sends = false)
    {
        var names = known.Concat(own).ToHashSet(StringComparer.Ordinal);
        var method = sends ? section.Choice("method", "POST", "POST") : section.Choice("method", "POST", "POST", "GET");
        var url = Text(section, "url", section.Text("url"), names);
        var steps = Steps(section, names);
        var computed = steps.Select(step => step.Name).ToHashSet(StringComparer.Ordinal);
        var all = names.Concat(computed).ToHashSet(StringComparer.Ordinal);
        var headers = Pairs(section, "headers", all);
        foreach (var (name, _) in headers.Where(header => !IsHeader(header.Name))) section.Fault($"{section.At("headers")}.{name}", "is no header of a request; what the body is says contentType.");
        var query = Pairs(section, "query", all);
        var body = section.Choice("body", method == "GET" ? "none" : null, "json", "form", "none");
        if (method == "GET" && body != "none") section.Fault(section.At("body"), $"is \"{body}\"; a GET has none.");

        var fields = section.Raw("fields");
        if (body != "none" && fields is not { ValueKind: JsonValueKind.Object }) section.Fault(section.At("fields"), "is missing; it must be an object whose texts may hold values in braces.");
        if (body == "none" && fields is not null) section.Fault(section.At("fields"), "has no place; the body is none.");
        var used = new HashSet<string>(StringComparer.Ordinal);
        if (fields is { } given) Fields(section, section.At("fields"), given, all, used, body);
        if (used.Overlaps(computed) && steps.Any(step => Uses(step, "body"))) section.Fault(section.At("signing"), "signs the body, and the body holds what is signed; put the signature into the query or a header.");

        var base64 = section.Choice("encode", "none", "none", "base64") == "base64";
        var type = section.Optional("contentType") ?? (body == "form" ? "application/x-www-form-urlencoded" : "application/json; charset=utf-8");
        if (!System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(type, out _)) section.Fault(section.At("contentType"), $"is \"{type}\"; it must be a media type such as application/json.");

        return new RequestShape(method, url, headers, query, body, fields, base64, type, steps);
    }

    internal static IReadOnlyList<SigningStep> Steps(ProfileSection section, IReadOnlySet<string> names)
    {
        var steps = new List<SigningStep>();
        var usable = names.Concat(GatewayValues.OfRequest).ToHashSet(StringComparer.Ordinal);
        foreach (var one in section.Sections("signing"))
        {
            var name = one.Text("name");
            if (!ProfileSection.IsName(name) || usable.Contains(name)) one.Fault(one.At("name"), $"is \"{name}\"; it must be letters and digits, and a name nothing else has.");
            var how = one.Choice("how", null, Hows);
            var of = Text(one, "of", one.Text("of"), usable);
            var key = one.Optional("key") is { } text ? Text(one, "key", text, usable) : null;
            var keyOf = one.Optional("keyOf");
            if (keyOf is not null && steps.All(step => step.Name != keyOf)) one.Fault(one.At("keyOf"), $"is \"{keyOf}\"; it must be the name of an earlier step.");
            if (how.StartsWith("hmac", StringComparison.Ordinal) != (key is not null || keyOf is not null) || (key is not null && keyOf is not null)) one.Fault(one.At("key"), $"does not fit {how}: an hmac has key or keyOf, one of them, and nothing else has either.");
            var form = one.Choice("as", "hex", "hex", "HEX", "base64");
            one.Done();
            steps.Add(new SigningStep(name, how, of, key, keyOf, form));
            usable.Add(name);
        }

        return steps;
    }

    /// <summary>A text of the profile, each of its values known.</summary>
    internal static GatewayText Text(ProfileSection section, string name, string text, IReadOnlySet<string> names) => Value(section, section.At(name), text, names);

    private static GatewayText Value(ProfileSection section, string field, string text, IReadOnlySet<string> names)
    {
        if (GatewayText.Parse(text, out var fault) is not { } parsed)
        {
            section.Fault(field, $"{fault}.");

            return GatewayText.Of("");
        }

        foreach (var unknown in parsed.Names.Where(name => !names.Contains(name)).Distinct())
            section.Fault(field, $"uses {{{unknown}}}, which is not known here; known are {string.Join(", ", names.Order(StringComparer.Ordinal))}.");

        return parsed;
    }

    private static List<(string Name, GatewayText Value)> Pairs(ProfileSection section, string name, IReadOnlySet<string> names) =>
        [.. section.Map(name).Select(pair => (pair.Key, Value(section, $"{section.At(name)}.{pair.Key}", pair.Value, names)))];

    private static void Fields(ProfileSection section, string at, JsonElement value, IReadOnlySet<string> names, HashSet<string> used, string body)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    if (body == "form" && member.Value.ValueKind is not JsonValueKind.String) section.Fault($"{at}.{member.Name}", "must be a text; a form has nothing else.");
                    else Fields(section, $"{at}.{member.Name}", member.Value, names, used, body);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray()) Fields(section, at + "[]", item, names, used, body);
                break;
            case JsonValueKind.String:
                var text = value.GetString()!;
                used.UnionWith(Value(section, at, RequestBuilder.ListOf(text) is { } list ? $"{{{list}}}" : text, names).Names);
                break;
            default:
                break;
        }
    }

    private static bool IsHeader(string name)
    {
        using var request = new HttpRequestMessage();

        return request.Headers.TryAddWithoutValidation(name, "");
    }

    private static bool Uses(SigningStep step, string name) => step.Of.Names.Contains(name, StringComparer.Ordinal) || step.Key?.Names.Contains(name, StringComparer.Ordinal) == true;
}
