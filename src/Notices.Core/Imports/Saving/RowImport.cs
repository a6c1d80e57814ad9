using Notices.Access;
using Notices.Audit;
using Notices.Network;
using Notices.Storage;

namespace Notices.Imports;

/// <summary>The frame of an import whose rows stand for themselves: read and checked in batches, each saved whole with its entry in the record, or not at all.</summary>
internal sealed class RowImport(NoticesDb db, AuditTrail audit, ImportKind kind)
{
    // On SQLite a batch holds the only writer's lock; a thousand rows keep it under 200 ms.
    private const int BatchRows = 1000;

    /// <param name="parse">Looks at one row alone.</param>
    /// <param name="take">Holds a batch against the database, counts or rejects each of its rows, and leaves the changes tracked or in a transaction it began.</param>
    internal async Task<Result<ImportReport>> RunAsync<TRow>(
        Stream stream, ImportRequest request, Actor actor, IProgress<ImportProgress>? progress,
        Func<ImportRow, RowSettings, Result<TRow>> parse, Func<RowBatch<TRow>, Task> take, CancellationToken cancellationToken)
    {
        if (ImportRun.Refuse(actor) is { } refusal) return refusal;
        var opened = await ImportSource.OpenAsync(stream, kind, request, cancellationToken);
        if (!opened.Ok) return Result<ImportReport>.Refused(opened.Problems);

        using var source = opened.Value!;
        var catalog = await OrganisationCatalog.LoadAsync(db, cancellationToken);
        if (await catalog.EnsureAsync(db, audit, request, actor, cancellationToken) is { } problem) return problem;

        var report = new ImportReport { FileName = request.FileName, Sha256 = source.Table.Sha256, DryRun = request.DryRun, IgnoredColumns = source.Ignored };
        var run = new ImportRun(kind, request, report, actor, audit, progress);
        var (settings, seen) = (RowSettings.Of(request, null), new Dictionary<ulong, long>());
        foreach (var rows in source.Rows().Chunk(BatchRows))
        {
            var batch = new RowBatch<TRow>(source, run, request, actor, catalog, seen);
            foreach (var row in rows) batch.Read(row, parse(row, settings));
            await take(batch);
            if (!request.DryRun && (db.Database.CurrentTransaction is not null || db.ChangeTracker.HasChanges()))
            {
                run.RecordBatch(rows[0].Line, rows[^1].Line);
                await audit.CommitAsync(cancellationToken);
            }

            db.ChangeTracker.Clear();
            run.Tell(source.Fraction);
        }

        report.Fault = source.Table.Fault;
        await run.FinishAsync(cancellationToken);

        return report;
    }
}

/// <summary>Rows read together. Those that are wrong in themselves are rejected where their turn comes, so that rejected rows keep the file's order.</summary>
/// <param name="seen">Keys of the file so far, with their lines.</param>
internal sealed class RowBatch<TRow>(ImportSource source, ImportRun run, ImportRequest request, Actor actor, OrganisationCatalog catalog, Dictionary<ulong, long> seen)
{
    private readonly List<(Result<TRow> Parsed, ImportRow Source)> _rows = [];

    internal bool DryRun => request.DryRun;

    internal ImportReport Report => run.Report;

    /// <summary>The good ones.</summary>
    internal IEnumerable<TRow> Rows => _rows.Where(r => r.Parsed.Ok).Select(r => r.Parsed.Value!);

    internal void Read(ImportRow row, Result<TRow> parsed)
    {
        run.Report.Rows++;
        _rows.Add((parsed, row));
    }

    /// <summary>Goes through the rows in the file's order; one with problems is rejected with all of them.</summary>
    internal void Each(Func<TRow, long, IReadOnlyList<Problem>> take)
    {
        foreach (var (parsed, original) in _rows)
        {
            var problems = parsed.Ok ? take(parsed.Value!, original.Line) : parsed.Problems;
            if (problems.Count > 0) run.Reject(source.Reject(original, problems));
        }
    }

    /// <summary>Adds a problem when an earlier row that was taken has the same key; the row's last check.</summary>
    internal void Once(ulong key, long line, string field, string shown, List<Problem> problems)
    {
        if (seen.TryGetValue(key, out var earlier)) problems.Add(new Problem("import-twice", field, new { code = shown, line = earlier }));
        else if (problems.Count == 0) seen.Add(key, line);
    }

    /// <summary>The organisation a row, the request or the profile names, when the actor sees it.</summary>
    internal Result<Organisation> Organisation(string? named) => catalog.Of(named, request, actor);

    internal Organisation? ById(long organisation) => catalog.ById(organisation);

    /// <summary>Below what organisation rows may only speak of things; null where neither row nor request says.</summary>
    internal Result<string> Within(string? named)
    {
        if (named is null && request.Organisation is null && request.Profile is not { Organisations.Count: > 0 }) return actor.OrganisationPath;
        var organisation = catalog.Of(named, request, actor);

        return organisation.Ok ? organisation.Value!.Path : Result<string>.Refused(organisation.Problems);
    }

    internal bool Sees(long organisation) => catalog.ById(organisation) is { } known && actor.Sees(known.Path);
}
