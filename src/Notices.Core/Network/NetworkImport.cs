using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Imports;
using Notices.Storage;

namespace Notices.Network;

/// <summary>Brings transformers in with the feeders, sections, substations and places they name; by transformer code, in batches that stand or fall whole.</summary>
public sealed class NetworkImport(NoticesDb db, AuditTrail audit)
{
    // On SQLite a batch holds the only writer's lock; a thousand rows keep it under 200 ms.
    private const int BatchRows = 1000;

    public async Task<Result<ImportReport>> RunAsync(
        Stream stream, ImportRequest request, Actor actor, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        if (ImportRun.Refuse(actor) is { } refusal) return refusal;
        var opened = await ImportSource.OpenAsync(stream, ImportKind.Network, request, cancellationToken);
        if (!opened.Ok) return Result<ImportReport>.Refused(opened.Problems);

        using var source = opened.Value!;
        var catalog = await OrganisationCatalog.LoadAsync(db, cancellationToken);
        if (await catalog.EnsureAsync(db, audit, request, actor, cancellationToken) is { } problem) return problem;

        var report = new ImportReport { FileName = request.FileName, Sha256 = source.Table.Sha256, DryRun = request.DryRun, IgnoredColumns = source.Ignored };
        var run = new ImportRun(ImportKind.Network, request, report, actor, audit, progress);
        var saving = new NetworkSaving(db, await NetworkState.LoadAsync(db, cancellationToken), report, request.DryRun, () => audit.BeginAsync(cancellationToken));
        var settings = RowSettings.Of(request, null);
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var batch in source.Rows().Chunk(BatchRows))
        {
            var rows = new List<(NetworkRow, Organisation)>(batch.Length);
            foreach (var row in batch)
            {
                report.Rows++;
                var checkedRow = Check(row, settings, catalog, request, actor, saving.State, seen);
                if (checkedRow.Ok) rows.Add(checkedRow.Value);
                else run.Reject(source.Reject(row, checkedRow.Problems));
            }

            if (await saving.ApplyAsync(rows, cancellationToken))
            {
                run.RecordBatch(batch[0].Line, batch[^1].Line);
                await audit.CommitAsync(cancellationToken);
            }

            db.ChangeTracker.Clear();
            run.Tell(source.Fraction);
        }

        report.Fault = source.Table.Fault;
        await run.FinishAsync(cancellationToken);

        return report;
    }

    private static Result<(NetworkRow Row, Organisation Organisation)> Check(
        ImportRow row, RowSettings settings, OrganisationCatalog catalog, ImportRequest request, Actor actor, NetworkState state, Dictionary<string, long> seen)
    {
        var parsed = NetworkRow.Parse(row, settings);
        var organisation = catalog.Of(row.Values[NetworkColumns.Organisation] is { Length: > 0 } named ? named : null, request, actor);
        if (!parsed.Ok || !organisation.Ok) return Result<(NetworkRow, Organisation)>.Refused([.. parsed.Problems, .. organisation.Problems]);

        var network = parsed.Value!;
        var problems = new List<Problem>();
        if (!seen.TryAdd(network.TransformerCode, row.Line)) problems.Add(new Problem("import-twice", "transformer_code", new { code = network.TransformerCode, line = seen[network.TransformerCode] }));
        if (state.Feeders.TryGetValue(network.FeederCode, out var feeder) && !Sees(actor, catalog, feeder.OrganisationId))
            problems.Add(new Problem("import-other-organisation", "feeder_code", new { what = "feeder", code = network.FeederCode }));
        if (state.Transformers.TryGetValue(network.TransformerCode, out var transformer)
            && state.FeedersById.TryGetValue(transformer.FeederId, out var its) && !Sees(actor, catalog, its.OrganisationId))
            problems.Add(new Problem("import-other-organisation", "transformer_code", new { what = "transformer", code = network.TransformerCode }));

        return problems.Count > 0 ? problems : (network, organisation.Value!);
    }

    private static bool Sees(Actor actor, OrganisationCatalog catalog, long organisation) => catalog.ById(organisation) is not { } known || actor.Sees(known.Path);
}
