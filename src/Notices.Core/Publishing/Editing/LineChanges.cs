namespace Notices.Publishing;

public enum LineChange
{
    Same,
    Removed,
    Added,
}

/// <param name="Before">Line number in the first text, from 1; null where it is not there.</param>
/// <param name="After">In the second.</param>
public sealed record ChangedLine(LineChange Change, string Text, int? Before, int? After);

/// <summary>Two texts line by line, with as many lines as possible left as they are.</summary>
public static class LineChanges
{
    /// <summary>Beyond it the two texts stand whole, one after the other: the table would grow with the product of their lines.</summary>
    private const int MostLines = 2_000;

    public static IReadOnlyList<ChangedLine> Between(string before, string after)
    {
        var (old, now) = (Lines(before), Lines(after));
        if (old.Length > MostLines || now.Length > MostLines)
            return [.. old.Select((line, i) => new ChangedLine(LineChange.Removed, line, i + 1, null)), .. now.Select((line, i) => new ChangedLine(LineChange.Added, line, null, i + 1))];

        var (common, changes) = (Common(old, now), new List<ChangedLine>(old.Length + now.Length));
        var (i, j) = (0, 0);
        while (i < old.Length || j < now.Length)
        {
            if (i < old.Length && j < now.Length && old[i] == now[j]) changes.Add(new ChangedLine(LineChange.Same, old[i], ++i, ++j));
            else if (i < old.Length && (j == now.Length || common[i + 1, j] >= common[i, j + 1])) changes.Add(new ChangedLine(LineChange.Removed, old[i], ++i, null));
            else changes.Add(new ChangedLine(LineChange.Added, now[j], null, ++j));
        }

        return changes;
    }

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    /// <summary>The length of the longest common rest, from each pair of lines on.</summary>
    private static int[,] Common(string[] old, string[] now)
    {
        var common = new int[old.Length + 1, now.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = now.Length - 1; j >= 0; j--) common[i, j] = old[i] == now[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }

        return common;
    }
}
