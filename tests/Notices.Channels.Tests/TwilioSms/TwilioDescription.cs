using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Notices.Feeds;
using Xunit;

namespace Notices.Channels.TwilioSms;

/// <summary>Twilio's published OpenAPI description, and whether a request is as it says.</summary>
internal sealed class TwilioDescription
{
    private const string File = "twilio_api_v2010.json";

    private static readonly Lazy<TwilioDescription?> Known = new(() => Standards.Find(File) is { } path ? new TwilioDescription(JsonNode.Parse(System.IO.File.ReadAllText(path))!) : null);

    private readonly JsonNode _root;

    /// <summary>A JsonNode builds itself up while it is read: two readers at once would see half of it.</summary>
    private readonly Lock _reading = new();

    private TwilioDescription(JsonNode root) => _root = root;

    /// <summary>Null where the folder <c>shared/standards</c> is missing.</summary>
    internal static TwilioDescription? Published => Known.Value;

    internal static TwilioDescription Needed()
    {
        if (Published is null) Assert.Skip($"shared/standards/{File} is missing; NOTICES_STANDARDS may name the folder.");

        return Published;
    }

    /// <returns>A sentence for everything that is not as published.</returns>
    internal IEnumerable<string> Faults(TwilioRequest request)
    {
        lock (_reading) return [.. Compare(request)];
    }

    private IEnumerable<string> Compare(TwilioRequest request)
    {
        var path = _root["paths"]!.AsObject().FirstOrDefault(one => Template(one.Key).IsMatch(request.Path));
        if (path.Value?[request.Method.ToLowerInvariant()] is not { } operation) return [$"{request.Method} {request.Path} is not described."];

        var faults = new List<string>();
        var given = Template(path.Key).Match(request.Path);
        var parameters = operation["parameters"]?.AsArray().ToList() ?? [];
        foreach (var one in parameters.Where(one => (string)one!["in"]! == "path")) Check((string)one!["name"]!, given.Groups[(string)one["name"]!].Value, one["schema"]!, faults);
        Fields(request.Query, parameters.Where(one => (string)one!["in"]! == "query").ToDictionary(one => (string)one!["name"]!, one => one!["schema"]!), [], faults);
        var form = operation["requestBody"]?["content"]?["application/x-www-form-urlencoded"]?["schema"];
        if (form is null && request.Form.Count > 0) faults.Add($"{request.Method} takes no form.");
        if (form is not null)
        {
            if (request.Headers.GetValueOrDefault("Content-Type") != "application/x-www-form-urlencoded") faults.Add("The body is no form.");
            Fields(request.Form, form["properties"]!.AsObject().ToDictionary(one => one.Key, one => one.Value!), form["required"]?.AsArray().Select(one => (string)one!) ?? [], faults);
        }

        if (operation["security"] is not null && request.Headers.GetValueOrDefault("Authorization")?.StartsWith("Basic ", StringComparison.Ordinal) != true) faults.Add("Nobody signed in.");

        return faults;
    }

    private void Fields(IReadOnlyList<KeyValuePair<string, string>> fields, Dictionary<string, JsonNode> known, IEnumerable<string> required, List<string> faults)
    {
        foreach (var (name, value) in fields)
        {
            if (known.TryGetValue(name, out var schema)) Check(name, value, schema, faults);
            else faults.Add($"{name} is not described.");
        }

        faults.AddRange(required.Where(name => fields.All(field => field.Key != name)).Select(name => $"{name} is missing."));
        faults.AddRange(fields.GroupBy(field => field.Key).Where(group => group.Count() > 1 && (string?)known.GetValueOrDefault(group.Key)?["type"] != "array").Select(group => $"{group.Key} comes twice."));
    }

    private void Check(string name, string value, JsonNode schema, List<string> faults)
    {
        if ((string?)schema["$ref"] is { } reference) schema = _root["components"]!["schemas"]![reference.Split('/')[^1]]!;
        var fits = (string?)schema["type"] switch
        {
            "integer" => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= ((long?)schema["minimum"] ?? long.MinValue) && number <= ((long?)schema["maximum"] ?? long.MaxValue),
            "number" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
            "boolean" => value is "true" or "false",
            _ => value.Length >= ((int?)schema["minLength"] ?? 0) && value.Length <= ((int?)schema["maxLength"] ?? int.MaxValue),
        };
        fits &= schema["pattern"] is not { } pattern || Regex.IsMatch(value, (string)pattern!);
        fits &= schema["enum"] is not JsonArray allowed || allowed.Any(word => (string?)word == value);
        fits &= (string?)schema["format"] != "uri" || Uri.TryCreate(value, UriKind.Absolute, out _);
        if (!fits) faults.Add($"{name} is \"{value}\", which is not as described.");
    }

    private static Regex Template(string path) => new($"^{Regex.Replace(Regex.Escape(path), @"\\\{([A-Za-z]+)}", "(?<$1>[^/]+)")}$", RegexOptions.ExplicitCapture);
}
