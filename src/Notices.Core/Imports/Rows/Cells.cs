using System.Globalization;
using System.Text;

namespace Notices.Imports;

/// <summary>What rows of one file have in common when their cells are read.</summary>
internal sealed record RowSettings
{
    internal string Region { get; init; } = "CN";

    internal TimeZoneInfo? Zone { get; init; }

    internal IReadOnlyList<string> TimeFormats { get; init; } = [];

    internal (int Year, int Month)? PlanMonth { get; init; }

    internal GridCoordinates? Coordinates { get; init; }

    internal static RowSettings Of(ImportRequest request, (int Year, int Month)? planMonth) => new()
    {
        Region = request.Region,
        Zone = request.Profile?.Zone,
        TimeFormats = request.Profile?.TimeFormats ?? [],
        PlanMonth = planMonth,
        Coordinates = request.Profile?.Coordinates,
    };
}

/// <summary>Reads the cells of one row and gathers all that is wrong with them.</summary>
internal ref struct Cells(ImportRow row, string[] names)
{
    private List<Problem>? _problems = row.Problems;

    internal readonly List<Problem>? Problems => _problems;

    internal readonly string this[int column] => row.Values[column];

    internal void Add(string code, int column, object? values = null) => (_problems ??= []).Add(new Problem(code, names[column], values));

    internal readonly string? Optional(int column) => row.Values[column] is { Length: > 0 } text ? text : null;

    internal string Required(int column)
    {
        if (row.Values[column].Length == 0) Add("import-value-missing", column, new { column = names[column] });

        return row.Values[column];
    }

    /// <summary>A key: printed and spoken, so without blanks inside or signs nobody sees.</summary>
    internal string Code(int column, bool required = true)
    {
        var text = required ? Required(column) : row.Values[column];
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c) && !char.IsControl(c) && c is not ('|' or '/')) continue;
            Add("import-code", column, new { value = text });
            break;
        }

        return text;
    }

    /// <summary>A name of an enum's value in any of the usual spellings: <c>life-support</c>, <c>life_support</c>, <c>LifeSupport</c>.</summary>
    internal T? Enum<T>(int column)
        where T : struct, Enum
    {
        var text = row.Values[column];
        if (text.Length == 0) return null;
        if (EnumNames<T>.TryParse(text, out var value)) return value;
        Add("import-value-unknown", column, new { value = text, known = EnumNames<T>.Known });

        return null;
    }

    internal double? Number(int column, double from, double to)
    {
        var text = row.Values[column];
        if (text.Length == 0) return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to) return number;
        Add("import-number", column, new { value = text, from, to });

        return null;
    }

    internal DateTimeOffset? Time(int column, RowSettings settings) => Time(column, row.Values[column], settings);

    internal DateTimeOffset? Time(int column, string text, RowSettings settings)
    {
        if (text.Length == 0) return null;
        if (LocalTimes.TryParse(text, settings.TimeFormats, settings.Zone, out var instant)) return instant;
        Add("import-time", column, new { value = text, example = settings.TimeFormats.Count > 0 ? settings.TimeFormats[0] : "2026-12-01T08:00:00+08:00" });

        return null;
    }

    internal int? Whole(int column, int from, int to)
    {
        var number = Number(column, from, to);
        if (number is null || number == Math.Floor(number.Value)) return (int?)number;
        Add("import-number", column, new { value = row.Values[column], from, to });

        return null;
    }

    /// <summary>Yes or no, as sheets tick it.</summary>
    internal bool? Flag(int column)
    {
        switch (row.Values[column].ToUpperInvariant())
        {
            case "": return null;
            case "YES" or "TRUE" or "1" or "Y" or "是" or "有" or "√": return true;
            case "NO" or "FALSE" or "0" or "N" or "否" or "无": return false;
        }

        Add("import-value-unknown", column, new { value = row.Values[column], known = "yes, no" });

        return null;
    }

    /// <summary>A day or a moment; the zone of one without an offset is asked for later.</summary>
    internal FileMoment? Moment(int column, RowSettings settings)
    {
        var text = row.Values[column];
        if (text.Length == 0) return null;
        if (FileMoment.TryParse(text, settings, out var moment)) return moment;
        Add("import-time", column, new { value = text, example = "2026-12-01" });

        return null;
    }

    /// <summary>Values between bars, without doubles.</summary>
    internal readonly List<string> List(int column)
    {
        var text = row.Values[column];
        if (text.Length == 0) return [];

        return [.. text.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
    }

    internal PhoneNumber? Phone(int column, string region)
    {
        var text = row.Values[column];
        if (text.Length == 0) return null;
        if (PhoneNumber.TryParse(text, region, out var number)) return number;
        Add("import-phone", column, new { region });

        return null;
    }

    internal string? Email(int column)
    {
        var text = row.Values[column];
        if (text.Length == 0) return null;
        if (MailAddress.IsValid(text)) return text.ToLowerInvariant();
        Add("import-email", column);

        return null;
    }
}

/// <summary>Names of an enum as the database keeps them, without boxing the value.</summary>
internal static class EnumNames
{
    internal static string Of<T>(T value)
        where T : struct, Enum => Enum.GetName(value) ?? throw new ArgumentOutOfRangeException(nameof(value), value, null);

    internal static string? Of<T>(T? value)
        where T : struct, Enum => value is { } known ? Of(known) : null;
}

/// <summary>Names of an enum as files write them.</summary>
internal static class EnumNames<T>
    where T : struct, Enum
{
    private static readonly Dictionary<string, T> Values = Enum.GetValues<T>().ToDictionary(v => Plain(v.ToString()), StringComparer.OrdinalIgnoreCase);

    /// <summary>In kebab-case, for people.</summary>
    internal static readonly string Known = string.Join(", ", Enum.GetNames<T>().Select(System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName));

    internal static bool TryParse(string text, out T value) => Values.TryGetValue(text, out value) || Values.TryGetValue(Plain(text), out value);

    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is not ('-' or '_' or ' ')) plain.Append(c);
        }

        return plain.ToString();
    }
}
