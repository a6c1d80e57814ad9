using Notices.Access;
using Notices.Audit;
using Notices.Imports;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>Brings in a sheet of what became of letters, a row a letter. The same sheet again changes nothing.</summary>
public sealed class LetterImport
{
    private readonly NoticesDb _db;
    private readonly AuditTrail _audit;
    private readonly LetterLedger _ledger;
    private readonly TimeProvider _clock;

    internal LetterImport(NoticesDb db, AuditTrail audit, LetterLedger ledger, TimeProvider clock) => (_db, _audit, _ledger, _clock) = (db, audit, ledger, clock);

    public Task<Result<ImportReport>> RunAsync(Stream stream, ImportRequest request, Actor actor, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();

        return new RowImport(_db, _audit, ImportKind.Letters).RunAsync(
            stream, request, actor, progress, (row, settings) => LetterRow.Parse(row, settings, now), batch => TakeAsync(batch, actor, now, cancellationToken), cancellationToken);
    }

    private async Task TakeAsync(RowBatch<LetterOutcome> batch, Actor actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var outcomes = batch.Rows.ToList();
        if (outcomes.Count > 0 && !batch.DryRun) await _audit.BeginAsync(cancellationToken);
        var done = await _ledger.ApplyAsync(await DeliverySql.WithinAsync(_db, cancellationToken), outcomes, actor, now, _ => !batch.DryRun, cancellationToken);
        if (done.Entry is { } entry) _audit.Record(actor, BatchedRows.Attempts.Action, entry.Subject, null, entry);

        var next = 0;
        batch.Each((_, _) =>
        {
            var fate = done.Fates[next++];
            if (fate.Repeated) batch.Report.Unchanged++;
            else if (fate.Problems.Count == 0) batch.Report.Changed++;

            return fate.Problems;
        });
    }
}
