using System.Globalization;
using System.Text.RegularExpressions;

namespace Notices.Imports;

/// <summary>One row in our own columns.</summary>
/// <param name="Values">In the order of <see cref="ImportColumns.Names"/>; empty where there is none.</param>
/// <param name="Problems">What was wrong before anybody looked at the values; null when nothing.</param>
internal sealed record ImportRow(long Line, string[] Values, string[] Original, List<Problem>? Problems)
{
    /// <summary>Starts and ends of a profile's further windows.</summary>
    internal IReadOnlyList<(string StartsAt, string EndsAt)> FurtherWindows { get; init; } = [];

    /// <summary>The cell that says all windows in words; null when starts and ends are columns.</summary>
    internal string? PlanText { get; init; }
}

/// <summary>A file opened as one kind of thing: its header checked, its rows brought into our own columns.</summary>
internal sealed class ImportSource : IDisposable
{
    private readonly TableReader _table;
    private readonly ImportRequest _request;
    private readonly ImportColumns _columns;
    private readonly int[] _ordinals;

    private ImportSource(TableReader table, ImportRequest request, ImportColumns columns)
    {
        (_table, _request, _columns) = (table, request, columns);
        _ordinals = [.. columns.Names.Select(table.Ordinal)];
        var used = request.Profile?.Sources ?? columns.Names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        Ignored = [.. table.Columns.Where(c => c.Length > 0 && !used.Contains(c) && !RejectedRows.IsOwnColumn(c))];
        PlanMonth = request.PlanMonth ?? MonthOfTitle();
    }

    internal TableReader Table => _table;

    internal IReadOnlyList<string> Ignored { get; }

    internal (int Year, int Month)? PlanMonth { get; }

    internal double Fraction => _table.Length == 0 ? 1 : (double)_table.Position / _table.Length;

    /// <summary>Opens and checks the header; all that is wrong with it is told at once.</summary>
    internal static async Task<Result<ImportSource>> OpenAsync(Stream stream, ImportKind kind, ImportRequest request, CancellationToken cancellationToken)
    {
        var profile = request.Profile;
        if (profile is not null && profile.Into != kind) return new Problem("import-profile-other-kind", "profile", new { name = profile.Name, into = profile.Into, kind });
        var columns = ImportColumns.Of(kind);
        var opened = await TableReader.OpenAsync(stream, new TableOptions
        {
            HeaderHas = profile is { FindHeader: true } ? profile.Needed : null,
            Uses = profile?.Sources ?? columns.Names.ToHashSet(StringComparer.OrdinalIgnoreCase),
            Limits = request.Limits,
        }, cancellationToken);
        if (!opened.Ok) return Result<ImportSource>.Refused(opened.Problems);

        var table = opened.Value!;
        var missing = profile is null
            ? columns.Required.Where(c => table.Ordinal(c) < 0).ToList()
            : [.. profile.Needed.Where(any => any.All(c => table.Ordinal(c) < 0)).Select(any => any[0])];
        var source = new ImportSource(table, request, columns);
        if (missing.Count == 0 && !(profile?.PlanTimes is not null && source.PlanMonth is null)) return source;

        table.Dispose();

        return missing.Count > 0
            ? new Problem("import-columns-missing", null, new { columns = string.Join(", ", missing), found = string.Join(", ", table.Columns.Take(30)) }, ProblemKind.Unreadable)
            : new Problem("import-plan-month-missing", "planMonth", null, ProblemKind.Unreadable);
    }

    internal IEnumerable<ImportRow> Rows() => _request.Profile is { } profile ? _table.Rows().Select(row => Mapped(row, profile)) : _table.Rows().Select(Plain);

    internal RejectedRow Reject(ImportRow row, IReadOnlyList<Problem> problems) => new(_table.Columns, _table.Titles, row.Line, row.Original, problems);

    public void Dispose() => _table.Dispose();

    private (int Year, int Month)? MonthOfTitle()
    {
        foreach (var title in _table.Titles)
        {
            if (_request.Profile?.PlanMonth?.Match(title) is not { Success: true } match) continue;
            if (Number(match.Groups["year"]) is { } year && Number(match.Groups["month"]) is >= 1 and <= 12 and var month) return (year, month);
        }

        return null;
    }

    private static int? Number(Group group) => int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private ImportRow Plain(TableRow row)
    {
        var values = new string[_columns.Names.Length];
        for (var i = 0; i < values.Length; i++) values[i] = _ordinals[i] < 0 ? "" : Own(row.Fields[_ordinals[i]]);

        return new ImportRow(row.Line, values, row.Fields, row.Problem is null ? null : [row.Problem]);
    }

    private ImportRow Mapped(TableRow row, ImportProfile profile)
    {
        var problems = row.Problem is null ? null : new List<Problem> { row.Problem };
        string? File(string column) => _table.Ordinal(column) is >= 0 and var ordinal ? Own(row.Fields[ordinal]) : null;

        var values = new string[_columns.Names.Length];
        for (var i = 0; i < values.Length; i++) values[i] = profile.Rules[i]?.Apply(File, _columns.Names[i], ref problems) ?? "";

        return new ImportRow(row.Line, values, row.Fields, problems)
        {
            FurtherWindows = [.. profile.FurtherWindows.Select(w => (File(w.StartsAt) ?? "", File(w.EndsAt) ?? "")).Where(w => w.Item1.Length > 0 || w.Item2.Length > 0)],
            PlanText = profile.PlanTimes?.Apply(File, "starts_at", ref problems),
        };
    }

    /// <summary>Undoes what keeps a spreadsheet from reading a rejected cell as a formula.</summary>
    private static string Own(string field) => field.Length > 1 && field[0] == '\'' && RejectedRows.LooksLikeFormula(field.AsSpan(1)) ? field[1..] : field;
}
