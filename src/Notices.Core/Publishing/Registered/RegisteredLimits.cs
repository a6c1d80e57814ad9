using System.Globalization;
using System.Text.RegularExpressions;

namespace Notices.Publishing;

/// <summary>What a platform that sends registered texts alone allows in them.</summary>
/// <param name="MarkBefore">What stands before a variable's name or number: <c>${</c>.</param>
/// <param name="MarkAfter">And behind it: <c>}</c>.</param>
/// <param name="Numbered">Variables are called 1, 2, … in their order; otherwise by names.</param>
/// <param name="LongestVariable">Characters of a value at most.</param>
/// <param name="MostVariables">In one text.</param>
/// <param name="Adjacent">Two variables may stand side by side.</param>
/// <param name="Links">A text may have links.</param>
/// <param name="LongestText">Characters of a text with its marks at most.</param>
/// <param name="SignatureAdded">The platform puts <c>【signature】</c> before every text; it is no part of what is registered.</param>
public sealed partial record RegisteredLimits(
    string MarkBefore, string MarkAfter, bool Numbered, int LongestVariable, int MostVariables, bool Adjacent, bool Links, int LongestText, bool SignatureAdded)
{
    /// <summary>All that keeps a text from being registered: ask wherever one is saved, and at start.</summary>
    /// <param name="text">With variables as the platform writes them.</param>
    /// <param name="field">Where it stands, for the problems.</param>
    public IReadOnlyList<Problem> Check(string text, string? field = null)
    {
        var problems = new List<Problem>();
        var marks = Marks().Matches(text).ToList();
        var names = marks.ConvertAll(Name);
        if (string.IsNullOrWhiteSpace(text)) problems.Add(new Problem("registered-text-empty", field));
        if (text.Length > LongestText) problems.Add(new Problem("registered-text-too-long", field, new { length = text.Length, limit = LongestText }));
        if (names.Count > MostVariables) problems.Add(new Problem("registered-too-many-variables", field, new { count = names.Count, limit = MostVariables }));
        foreach (var twice in names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1)) problems.Add(new Problem("registered-variable-twice", field, new { variable = twice.Key }));
        if (Numbered && !names.SequenceEqual(Enumerable.Range(1, names.Count).Select(number => number.ToString(CultureInfo.InvariantCulture)))) problems.Add(new Problem("registered-variables-unordered", field, new { variables = names }));
        for (var i = 1; i < marks.Count && !Adjacent; i++)
        {
            if (marks[i].Index == marks[i - 1].Index + marks[i - 1].Length) problems.Add(new Problem("registered-variables-adjacent", field, new { first = names[i - 1], second = names[i] }));
        }

        if (!Links && NoticeRenderer.Link().Match(text) is { Success: true } link) problems.Add(new Problem("registered-text-has-link", field, new { link = link.Value }));
        if (SignatureAdded && Signature().IsMatch(text)) problems.Add(new Problem("registered-text-has-signature", field));

        return problems;
    }

    /// <summary>A variable as it is written in what is registered.</summary>
    /// <param name="number">From 1.</param>
    public string Write(string name, int number) => MarkBefore + (Numbered ? number.ToString(CultureInfo.InvariantCulture) : name) + MarkAfter;

    /// <summary>What is sent, without what the platform puts before it.</summary>
    internal string Bare(string body) => SignatureAdded ? Signature().Replace(body, "", 1) : body;

    /// <summary>The text taken apart at its variables.</summary>
    internal (IReadOnlyList<string> Literals, IReadOnlyList<string> Names) TakeApart(string text)
    {
        var (literals, names, at) = (new List<string>(), new List<string>(), 0);
        foreach (Match mark in Marks().Matches(text))
        {
            literals.Add(text[at..mark.Index]);
            names.Add(Name(mark));
            at = mark.Index + mark.Length;
        }

        literals.Add(text[at..]);

        return (literals, names);
    }

    private static string Name(Match mark) => mark.Groups["name"].Value;

    private Regex Marks() => new(
        Regex.Escape(MarkBefore) + (Numbered ? "(?<name>[0-9]{1,3})" : "(?<name>[A-Za-z][A-Za-z0-9_]{0,39})") + Regex.Escape(MarkAfter), RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    [GeneratedRegex("^【[^】]*】")]
    private static partial Regex Signature();
}
