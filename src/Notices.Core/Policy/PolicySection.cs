using System.Globalization;
using System.Text.Json;
using Notices.Words;

namespace Notices.Policy;

/// <summary>One object of a policy or holiday file. Every fault is noted and reading goes on with a stand-in, so that one look at the file mends it all.</summary>
internal sealed class PolicySection(string file, string path, JsonElement element, List<Problem> problems)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    internal string Path { get; } = path;

    internal string At(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    internal void Add(string code, string field, object values) => problems.Add(new Problem(code, field, values));

    internal bool Has(string name) => Find(name) is not null;

    /// <summary>The clause or practice behind the numbers of this object: without it the file does not load.</summary>
    internal string Source()
    {
        if (Find("source") is { ValueKind: JsonValueKind.String } value && !string.IsNullOrWhiteSpace(value.GetString())) return value.GetString()!;
        Add("policy-source-missing", At("source"), new { file, path = At("source") });

        return "";
    }

    internal string Text(string name) => Optional(name) ?? Missing(name, "");

    internal string? Optional(string name)
    {
        if (Find(name) is not { } value) return null;

        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : Wrong<string?>(name, value, "a text that is not empty", "");
    }

    internal LocalText LocalText(string name)
    {
        if (Find(name) is not { } value) return Missing(name, Words.LocalText.Same(""));
        try
        {
            return value.Deserialize<LocalText>(Json.Stored)!;
        }
        catch (JsonException)
        {
            return Wrong(name, value, "a text, or {\"zh-CN\": \"…\", \"en\": \"…\"}", Words.LocalText.Same(""));
        }
    }

    internal int Number(string name, int maximum = 1_000_000, int minimum = 0)
    {
        if (Find(name) is not { } value) return Missing(name, 0);

        return Whole(name, value, minimum, maximum);
    }

    internal TimeSpan Minutes(string name) => TimeSpan.FromMinutes(Number(name));

    internal TimeSpan Hours(string name) => TimeSpan.FromHours(Number(name));

    internal TimeSpan Days(string name) => TimeSpan.FromDays(Number(name, 100_000));

    /// <summary>Moments around the planned end: the only numbers that may be negative.</summary>
    internal List<TimeSpan> SignedMinutes(string name) =>
        [.. Items(name).Select((item, i) => TimeSpan.FromMinutes(Whole($"{name}[{i}]", item, -1_000_000, 1_000_000)))];

    internal bool Flag(string name) => Find(name) switch
    {
        null => Missing(name, false),
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => Wrong(name, value, "true or false", false),
    };

    internal T Choice<T>(string name, string code = "policy-value-wrong", IReadOnlyList<T>? allowed = null)
        where T : struct, Enum => Find(name) is { } value ? Choose(name, value, code, allowed) : Missing(name, default(T));

    internal List<T> Choices<T>(string name)
        where T : struct, Enum => [.. Items(name).Select((item, i) => Choose<T>($"{name}[{i}]", item, "policy-value-wrong", null))];

    internal List<string> Countries(string name)
    {
        var countries = new List<string>();
        foreach (var (i, item) in Items(name).Index())
        {
            if (item.ValueKind == JsonValueKind.String && ProcessingPolicy.IsCountry(item.GetString()!)) countries.Add(item.GetString()!);
            else Wrong($"{name}[{i}]", item, "an ISO 3166 code of two capitals, such as CN", 0);
        }

        if (countries.Count == 0 && Find(name) is { ValueKind: JsonValueKind.Array } none && none.GetArrayLength() == 0) Wrong(name, none, "one country at least", 0);

        return countries;
    }

    internal TimeOnly Time(string name) => Parsed(name, "HH:mm", "a local time such as 09:00", (string text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time));

    internal DateOnly Date(string name) => Parsed<DateOnly>(name, "yyyy-MM-dd", "a day such as 2026-10-01", Day);

    internal DateOnly? OptionalDate(string name) => Has(name) ? Date(name) : null;

    internal PeriodDay PeriodDay(string name) => Parsed(name, "MM-dd", "a day of every year such as 06-07, or of one such as 2026-02-15", (string text, out PeriodDay day) =>
    {
        // 2024 had a 29 February.
        var yearly = text.Length == 5;
        var good = Day(yearly ? $"2024-{text}" : text, out var date);
        day = new PeriodDay(yearly ? null : date.Year, date.Month, date.Day);

        return good;
    });

    internal HashSet<DateOnly> Dates(string name)
    {
        var days = new HashSet<DateOnly>();
        foreach (var (item, i) in Items(name).Select((item, i) => (item, i)))
        {
            if (item.ValueKind == JsonValueKind.String && Day(item.GetString()!, out var day)) days.Add(day);
            else Wrong($"{name}[{i}]", item, "a day such as 2026-10-01", 0);
        }

        return days;
    }

    internal PolicySection Section(string name)
    {
        if (Find(name) is { ValueKind: JsonValueKind.Object } value) return new PolicySection(file, At(name), value, problems);
        if (Find(name) is { } other) Wrong(name, other, "an object", 0);
        else Missing(name, 0);

        return new PolicySection(file, At(name), default, []);
    }

    internal List<PolicySection> Sections(string name)
    {
        var sections = new List<PolicySection>();
        foreach (var (item, i) in Items(name).Select((item, i) => (item, i)))
        {
            if (item.ValueKind == JsonValueKind.Object) sections.Add(new PolicySection(file, $"{At(name)}[{i}]", item, problems));
            else Wrong($"{name}[{i}]", item, "an object", 0);
        }

        return sections;
    }

    /// <summary>Names every member nobody asked for: a typing error would otherwise switch a rule off.</summary>
    internal void Done()
    {
        if (element.ValueKind != JsonValueKind.Object) return;
        foreach (var member in element.EnumerateObject())
        {
            if (!_known.Contains(member.Name))
                Add("policy-unknown-member", At(member.Name), new { file, path = At(member.Name), allowed = string.Join(", ", _known.Order(StringComparer.Ordinal)) });
        }
    }

    private delegate bool Parser<T>(string text, out T value);

    private static bool Day(string text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    /// <summary>Null where it is left out or written as null.</summary>
    private JsonElement? Find(string name)
    {
        _known.Add(name);

        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private IEnumerable<JsonElement> Items(string name) => Find(name) switch
    {
        null => Missing<IEnumerable<JsonElement>>(name, []),
        { ValueKind: JsonValueKind.Array } value => value.EnumerateArray(),
        { } value => Wrong<IEnumerable<JsonElement>>(name, value, "a list", []),
    };

    private T Parsed<T>(string name, string pattern, string expected, Parser<T> parse)
        where T : struct
    {
        if (Find(name) is not { } value) return Missing(name, default(T));

        return value.ValueKind == JsonValueKind.String && parse(value.GetString()!, out var parsed) ? parsed : Wrong(name, value, $"{expected} ({pattern})", default(T));
    }

    private int Whole(string name, JsonElement value, int minimum, int maximum)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= minimum && number <= maximum) return number;
        if (minimum == 0 && value.ValueKind == JsonValueKind.Number && value.GetDouble() < 0)
            Add("policy-number-negative", At(name), new { file, path = At(name), value = value.GetRawText() });
        else Wrong(name, value, $"a whole number from {minimum} to {maximum}", 0);

        return 0;
    }

    private T Choose<T>(string name, JsonElement value, string code, IReadOnlyList<T>? allowed)
        where T : struct, Enum
    {
        allowed ??= Enum.GetValues<T>();
        foreach (var choice in allowed)
        {
            if (value.ValueKind == JsonValueKind.String && string.Equals(value.GetString(), Written(choice), StringComparison.Ordinal)) return choice;
        }

        Add(code, At(name), new { file, path = At(name), value = Shown(value), expected = string.Join(", ", allowed.Select(Written)) });

        return default;
    }

    private static string Written<T>(T choice)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(choice.ToString());

    private static string Shown(JsonElement value) => value.GetRawText() is { Length: > 60 } text ? text[..60] + "…" : value.GetRawText();

    private T Missing<T>(string name, T standIn)
    {
        Add("policy-value-missing", At(name), new { file, path = At(name) });

        return standIn;
    }

    private T Wrong<T>(string name, JsonElement value, string expected, T standIn)
    {
        Add("policy-value-wrong", At(name), new { file, path = At(name), value = Shown(value), expected });

        return standIn;
    }
}
