namespace Notices.Imports;

/// <summary>An outages file, read, checked and grouped; nothing is saved here.</summary>
public sealed class OutageFile
{
    private const int MostRows = 200_000;

    private OutageFile(ImportReport report, IReadOnlyList<OutageGroup> outages) => (Report, Outages) = (report, outages);

    /// <summary>Rows read and rejected so far; whoever saves goes on counting.</summary>
    public ImportReport Report { get; }

    public IReadOnlyList<OutageGroup> Outages { get; }

    /// <summary>Reads the whole file: rows of one outage need not stand together.</summary>
    public static async Task<Result<OutageFile>> ReadAsync(Stream stream, ImportRequest request, CancellationToken cancellationToken)
    {
        var opened = await ImportSource.OpenAsync(stream, ImportKind.Outages, request, cancellationToken);
        if (!opened.Ok) return Result<OutageFile>.Refused(opened.Problems);

        using var source = opened.Value!;
        var report = new ImportReport { FileName = request.FileName, Sha256 = source.Table.Sha256, DryRun = request.DryRun, IgnoredColumns = source.Ignored };
        var groups = new Grouping(source, request, report);
        foreach (var row in source.Rows())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++report.Rows > MostRows) return new Problem("import-too-many-rows", null, new { limit = MostRows }, ProblemKind.Unreadable);
            groups.Add(row);
        }

        report.Fault = source.Table.Fault;

        return new OutageFile(report, groups.Finish());
    }

    /// <summary>Rows of one reference, together.</summary>
    private sealed class Grouping(ImportSource source, ImportRequest request, ImportReport report)
    {
        private readonly RowSettings _settings = RowSettings.Of(request, source.PlanMonth);
        private readonly List<Group> _groups = [];
        private readonly Dictionary<(string?, string), Group> _byReference = [];

        private sealed class Group
        {
            internal List<OutageRow> Rows { get; } = [];

            internal List<(ImportRow Row, IReadOnlyList<Problem> Problems)> Bad { get; } = [];
        }

        internal void Add(ImportRow row)
        {
            var parsed = OutageRow.Parse(row, _settings, request.Profile?.PlacesPerWindow ?? false);
            var (organisation, reference) = (row.Values[OutageColumns.Organisation], row.Values[OutageColumns.Reference]);
            var group = GroupOf(organisation, reference);
            if (parsed.Ok) group.Rows.Add(parsed.Value!);
            else group.Bad.Add((row, parsed.Problems));
        }

        internal IReadOnlyList<OutageGroup> Finish()
        {
            var outages = new List<OutageGroup>();
            foreach (var group in _groups)
            {
                FindDifferences(group);
                if (group.Bad.Count == 0) outages.Add(new OutageGroup(Join(group.Rows), [.. group.Rows.Select(r => r.Source)], source));
                else RejectAll(group);
            }

            return outages;
        }

        private Group GroupOf(string organisation, string reference)
        {
            if (reference.Length > 0 && _byReference.TryGetValue((organisation, reference), out var known)) return known;
            var group = new Group();
            _groups.Add(group);
            if (reference.Length > 0) _byReference.Add((organisation, reference), group);

            return group;
        }

        /// <summary>Rows of one outage must agree in what an outage has only once; empty agrees with everything.</summary>
        private static void FindDifferences(Group group)
        {
            if (group.Rows.Count < 2) return;
            var first = group.Rows[0];
            foreach (var row in group.Rows.Skip(1).ToList())
            {
                var column = row.Kind != first.Kind ? "kind" : Differ(row.Reason, first.Reason) ? "reason" : Differ(row.Work, first.Work) ? "work" : null;
                if (column is null) continue;
                group.Rows.Remove(row);
                group.Bad.Add((row.Source, [new Problem("import-rows-differ", column, new { column, reference = row.Reference, line = first.Source.Line })]));
            }
        }

        private static bool Differ(string? one, string? other) => one is not null && other is not null && one != other;

        /// <summary>An outage without one of its windows or places would be announced wrongly: one bad row holds back all of them.</summary>
        private void RejectAll(Group group)
        {
            foreach (var (row, problems) in group.Bad) Reject(row, problems);
            foreach (var row in group.Rows)
                Reject(row.Source, [new Problem("import-group-held-back", "reference", new { reference = row.Reference, lines = string.Join(", ", group.Bad.Select(b => b.Row.Line)) })]);
        }

        private void Reject(ImportRow row, IReadOnlyList<Problem> problems) => report.Reject(source.Reject(row, problems), request);

        private ImportedOutage Join(List<OutageRow> rows)
        {
            var first = rows[0];
            List<string> places = [.. rows.SelectMany(r => r.Places).Distinct(StringComparer.Ordinal)];

            return new ImportedOutage(
                Organisation(first),
                request.Profile?.System,
                first.Reference,
                first.Kind,
                [.. rows.SelectMany(r => r.Feeders).Distinct(StringComparer.Ordinal)],
                [.. rows.SelectMany(r => r.Sections).Distinct()],
                [.. rows.SelectMany(r => r.Transformers).Distinct(StringComparer.Ordinal)],
                places,
                Windows(rows, places),
                rows.Select(r => r.Reason).FirstOrDefault(r => r is not null),
                rows.Select(r => r.Work).FirstOrDefault(w => w is not null),
                rows.Min(r => r.PublishedAt),
                rows.Max(r => r.RestoredAt),
                rows.Select(r => r.Customers).FirstOrDefault(c => c is not null),
                rows.Select(r => r.Remark).FirstOrDefault(r => r is not null),
                [.. rows.Select(r => r.Source.Line)]);
        }

        /// <summary>A name counts as well as a code: sheets say 供电所, not its number.</summary>
        private string? Organisation(OutageRow row)
        {
            var named = row.Organisation;
            if (named is null) return request.Organisation ?? (request.Profile is { Organisations: [var first, ..] } ? first.Code : null);

            return request.Profile?.Organisations.FirstOrDefault(o => o.Code == named || o.Name == named)?.Code ?? named;
        }

        private static List<ImportedWindow> Windows(List<OutageRow> rows, List<string> places)
        {
            var windows = new List<ImportedWindow>();
            foreach (var same in rows.SelectMany(r => r.Windows).GroupBy(w => (w.StartsAt, w.EndsAt)).OrderBy(g => g.Key.StartsAt).ThenBy(g => g.Key.EndsAt))
            {
                var part = same.Any(w => w.Places.Count == 0) ? [] : same.SelectMany(w => w.Places).Distinct(StringComparer.Ordinal).ToList();
                // All the places are the whole scope.
                windows.Add(new ImportedWindow(same.Key.StartsAt, same.Key.EndsAt, places.TrueForAll(part.Contains) ? [] : part));
            }

            return windows;
        }
    }
}

