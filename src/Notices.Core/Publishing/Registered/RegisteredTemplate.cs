namespace Notices.Publishing;

/// <summary>A text a platform has registered.</summary>
/// <param name="Notice">What it is for: a notice's word, <c>merged</c>, <c>relay</c> or <c>check</c>.</param>
/// <param name="Kind">Of outage; null for all.</param>
/// <param name="Id">The platform's.</param>
/// <param name="Literals">What stands before, between and behind the variables: one more than those.</param>
/// <param name="Variables">Their names, in order.</param>
public sealed record RegisteredTemplate(string Notice, string? Kind, string Language, string Id, string Text, IReadOnlyList<string> Literals, IReadOnlyList<string> Variables)
{
    /// <summary>Characters every message of it has.</summary>
    internal int Fixed => Literals.Sum(literal => literal.Length);

    /// <summary>The values that make a message of this text; null where none do.</summary>
    /// <param name="longest">Characters of a value at most.</param>
    /// <remarks>A body may come apart in several ways; whichever is taken, the platform puts back together what was taken apart, and the person reads the very body. So only the limit decides.</remarks>
    internal IReadOnlyList<string>? Match(string body, int longest)
    {
        if (!body.StartsWith(Literals[0], StringComparison.Ordinal)) return null;
        if (Variables.Count == 0) return body.Length == Literals[0].Length ? [] : null;

        var ends = new int[Variables.Count];

        return Find(0, Literals[0].Length, []) ? Values() : null;

        // Each place is tried once for each variable, so that a text of many alike pieces takes no longer than it is long.
        bool Find(int variable, int start, HashSet<(int, int)> failed)
        {
            var (next, last) = (Literals[variable + 1], variable == Variables.Count - 1);
            for (var end = start + 1; end <= body.Length && end - start <= longest; end++)
            {
                if (string.CompareOrdinal(body, end, next, 0, next.Length) != 0 || (last && end + next.Length != body.Length)) continue;

                ends[variable] = end;
                if (last || (!failed.Contains((variable + 1, end + next.Length)) && Find(variable + 1, end + next.Length, failed))) return true;
            }

            failed.Add((variable, start));

            return false;
        }

        List<string> Values()
        {
            var (values, at) = (new List<string>(Variables.Count), Literals[0].Length);
            for (var i = 0; i < ends.Length; i++)
            {
                values.Add(body[at..ends[i]]);
                at = ends[i] + Literals[i + 1].Length;
            }

            return values;
        }
    }
}
