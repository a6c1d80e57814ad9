using System.Text.RegularExpressions;

namespace Notices.Imports;

/// <summary>How one of our columns comes from another system's: taken, put together or constant; then cut out, translated, split.</summary>
internal sealed class ColumnRule
{
    /// <summary>The first of these the file has.</summary>
    internal IReadOnlyList<string> From { get; init; } = [];

    /// <summary>Names in braces are the file's columns: <c>KL-{ROWNUM}</c>.</summary>
    internal string? Template { get; init; }

    internal string? Constant { get; init; }

    /// <summary>Where the cell is empty or the column missing.</summary>
    internal string Default { get; init; } = "";

    internal Regex? Match { get; init; }

    /// <summary>The part of <see cref="Match"/> that is wanted; a text that does not match, or a part that is empty, gives an empty value.</summary>
    internal string Group { get; init; } = "value";

    /// <summary>Whole value to ours; <c>*</c> for any other. Without it an unlisted value is a problem.</summary>
    internal IReadOnlyDictionary<string, string>? Map { get; init; }

    /// <summary>Where the value falls into several.</summary>
    internal Regex? Split { get; init; }

    /// <summary>A part "head" that stands before several values, and before each of them once split: <c>圈龙乡：金林村、新丰村</c>.</summary>
    internal Regex? Head { get; init; }

    /// <summary>After the split: what is cut out of each value; one that does not match falls away.</summary>
    internal Regex? Each { get; init; }

    /// <summary>What becomes of it, <c>${feeder}/${section}</c>.</summary>
    internal string To { get; init; } = "${value}";

    /// <summary>A value that only makes sense behind the one before: <c>田家村五组、六组</c>.</summary>
    internal Regex? CarryWhen { get; init; }

    internal Regex? CarryStem { get; init; }

    /// <summary>The file may lack the column.</summary>
    internal bool Optional { get; init; }

    internal bool IsPlanTimes { get; init; }

    /// <summary>Columns of the file the rule may look at.</summary>
    internal IEnumerable<string> Sources => Template is null ? From : TemplateNames(Template);

    internal static IEnumerable<string> TemplateNames(string template)
    {
        for (var open = template.IndexOf('{', StringComparison.Ordinal); open >= 0; open = template.IndexOf('{', open + 1))
        {
            var close = template.IndexOf('}', open);
            if (close < 0) yield break;
            yield return template[(open + 1)..close];
        }
    }

    /// <param name="file">The file's value of a column; null when it has no such column.</param>
    internal string Apply(Func<string, string?> file, string column, ref List<Problem>? problems)
    {
        if (Constant is not null) return Constant;
        var text = Template is null ? From.Select(file).FirstOrDefault(value => value is not null) ?? "" : Fill(file);
        if (text.Length == 0) return Default;
        var read = text;
        if (Match is not null)
        {
            var match = Match.Match(text);
            text = match.Success ? match.Groups[Group].Value.Trim() : "";
        }

        if (Map is not null)
        {
            if (Map.TryGetValue(text, out var ours) || Map.TryGetValue("*", out ours)) text = ours;
            else (problems ??= []).Add(new Problem("import-value-not-mapped", column, new { value = read, known = string.Join(", ", Map.Keys) }));
        }

        return Split is null ? text : string.Join('|', Parts(text).Select(Cut).Where(part => part.Length > 0));
    }

    private string Cut(string part) => Each is null ? part : Each.Match(part) is { Success: true } match ? match.Result(To).Trim() : "";

    private string Fill(Func<string, string?> file)
    {
        var text = Template!;
        foreach (var name in TemplateNames(Template!).Distinct().ToList())
        {
            if (file(name) is not { Length: > 0 } value) return "";
            text = text.Replace("{" + name + "}", value, StringComparison.Ordinal);
        }

        return text;
    }

    private IEnumerable<string> Parts(string text)
    {
        if (Head is null) return Items(text, "");
        var heads = Head.Matches(text);
        if (heads.Count == 0) return Items(text, "");
        var parts = Items(text[..heads[0].Index], "").ToList();
        for (var i = 0; i < heads.Count; i++)
        {
            var start = heads[i].Index + heads[i].Length;
            var end = i + 1 < heads.Count ? heads[i + 1].Index : text.Length;
            parts.AddRange(Items(text[start..end], heads[i].Groups["head"].Value.Trim()));
        }

        return parts;
    }

    private IEnumerable<string> Items(string text, string head)
    {
        var stem = "";
        foreach (var piece in Split!.Split(text))
        {
            var item = piece.Trim().Replace('|', '/');
            if (item.Length == 0) continue;
            if (CarryWhen is not null && CarryStem is not null)
            {
                if (stem.Length > 0 && CarryWhen.IsMatch(item)) item = stem + item;
                else stem = CarryStem.Match(item) is { Success: true } found ? found.Groups["stem"].Value : "";
            }

            yield return head + item;
        }
    }
}
