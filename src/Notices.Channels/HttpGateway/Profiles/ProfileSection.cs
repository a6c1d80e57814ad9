using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Notices.Channels.HttpGateway;

/// <summary>One object of a profile. Every fault is noted as a sentence with file, field and what is allowed, and reading goes on, so that one look at the file mends it all.</summary>
internal sealed partial class ProfileSection(string file, string path, JsonElement element, List<string> faults)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    internal string At(string name) => path.Length == 0 ? name : $"{path}.{name}";

    internal void Fault(string field, string what) => faults.Add($"{file}: {field} {what}");

    internal bool Has(string name) => Find(name) is not null;

    internal JsonElement? Raw(string name) => Find(name);

    internal string? Optional(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String) return value.GetString();

        Wrong(name, value, "a text");

        return null;
    }

    internal string Text(string name)
    {
        if (Optional(name) is { Length: > 0 } text) return text;
        if (Find(name) is null or { ValueKind: JsonValueKind.String }) Fault(At(name), "is missing; it must be a text.");

        return "";
    }

    internal string Choice(string name, string? otherwise, params string[] allowed)
    {
        if (!Has(name) && otherwise is not null) return otherwise;

        var text = Optional(name);
        if (text is not null && allowed.Contains(text, StringComparer.Ordinal)) return text;

        Fault(At(name), $"{(text is null ? "is missing" : $"is \"{text}\"")}; it must be one of {string.Join(", ", allowed)}.");

        return allowed[0];
    }

    internal int? Number(string name, int from, int to)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= from && number <= to) return number;

        Wrong(name, value, string.Create(CultureInfo.InvariantCulture, $"a whole number from {from} to {to}"));

        return null;
    }

    internal bool Flag(string name, bool otherwise)
    {
        if (Find(name) is not { } value) return otherwise;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();

        Wrong(name, value, "true or false");

        return otherwise;
    }

    /// <summary>A list of texts; a single text stands for a list of one.</summary>
    internal IReadOnlyList<string> Texts(string name)
    {
        if (Find(name) is not { } value) return [];
        if (value.ValueKind == JsonValueKind.String) return [value.GetString()!];
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)) return [.. value.EnumerateArray().Select(item => item.GetString()!)];

        Wrong(name, value, "a text or a list of texts");

        return [];
    }

    internal ProfileSection? Section(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Object) return new ProfileSection(file, At(name), value, faults);

        Wrong(name, value, "an object");

        return null;
    }

    internal IReadOnlyList<ProfileSection> Sections(string name)
    {
        if (Find(name) is not { } value) return [];
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object))
            return [.. value.EnumerateArray().Select((item, i) => new ProfileSection(file, string.Create(CultureInfo.InvariantCulture, $"{At(name)}[{i}]"), item, faults))];

        Wrong(name, value, "a list of objects");

        return [];
    }

    /// <summary>Every member, as texts.</summary>
    internal Dictionary<string, string> Map(string name)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Find(name) is not { } value) return map;
        if (value.ValueKind != JsonValueKind.Object)
        {
            Wrong(name, value, "an object");

            return map;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.String) map[member.Name] = member.Value.GetString()!;
            else Fault($"{At(name)}.{member.Name}", $"is {Shown(member.Value)}; it must be a text.");
        }

        return map;
    }

    /// <summary>Names every member nobody asked for.</summary>
    internal void Done()
    {
        foreach (var member in element.EnumerateObject().Where(member => !_known.Contains(member.Name)))
            Fault(At(member.Name), $"is not known; the members here are {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
    }

    internal static bool IsName(string text) => Name().IsMatch(text);

    private JsonElement? Find(string name)
    {
        _known.Add(name);

        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private void Wrong(string name, JsonElement value, string expected) => Fault(At(name), $"is {Shown(value)}; it must be {expected}.");

    private static string Shown(JsonElement value) => value.GetRawText() is { Length: <= 60 } text ? text : value.GetRawText()[..60] + "…";

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]{0,39}$")]
    private static partial Regex Name();
}
