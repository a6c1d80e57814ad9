using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Imports;
using Notices.Network;
using Notices.Storage;

namespace Notices.Customers;

/// <summary>Brings supply points in with their customers and contacts, by account number. One half reads and checks, the other compares and saves,
/// in batches that stand or fall whole: killed half-way, a second run finds the first's rows unchanged and goes on. The first import of a large file on PostgreSQL
/// is one such batch.</summary>
public sealed class CustomerImport(NoticesDb db, AuditTrail audit, TimeProvider clock)
{
    private const int PartRows = 250;

    private const int PartsAhead = 6;

    // Any number no other lock uses.
    private const long ImportLock = 0x6375_7374;

    /// <summary>The first rows of a file may be longer than the others.</summary>
    private const double RoomForMore = 1.2;

    private const double MostExpected = 5_000_000;

    /// <summary>Bytes from which on it is cheaper to know the whole table first than to ask batch by batch, and to fill empty tables without their indexes.</summary>
    internal long LargeFile { get; init; } = 8 * 1024 * 1024;

    /// <summary>Rows saved together; 0 for what suits the database.</summary>
    internal int RowsOfBatch { get; init; }

    /// <summary>As <see cref="CustomerChecks.MostOpen"/>; 0 for as many.</summary>
    internal int MostOpen { get; init; }

    // SQLite's one writer is held for a batch: two thousand rows keep it under 200 ms.
    private int BatchRows => RowsOfBatch > 0 ? RowsOfBatch : db is PostgreSqlNoticesDb ? 5_000 : 2_000;

    public async Task<Result<ImportReport>> RunAsync(
        Stream stream, ImportRequest request, Actor actor, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        if (ImportRun.Refuse(actor) is { } refusal) return refusal;
        var opened = await ImportSource.OpenAsync(stream, ImportKind.Customers, request, cancellationToken);
        if (!opened.Ok) return Result<ImportReport>.Refused(opened.Problems);

        using var source = opened.Value!;
        // The first rows are read while the database is first spoken to.
        await using var file = new CustomerFile(source, RowSettings.Of(request, null), IsLarge(source) ? Math.Min(PartRows, BatchRows) : BatchRows, IsLarge(source) ? PartsAhead : 1, cancellationToken);
        var catalog = await OrganisationCatalog.LoadAsync(db, cancellationToken);
        if (await catalog.EnsureAsync(db, audit, request, actor, cancellationToken) is { } problem) return problem;
        long? organisation = null;
        if (request.Organisation is not null || request.Profile is { Organisations.Count: > 0 })
        {
            var named = catalog.Of(null, request, actor);
            if (!named.Ok) return Result<ImportReport>.Refused(named.Problems);
            organisation = named.Value!.Id;
        }

        var report = new ImportReport { FileName = request.FileName, Sha256 = source.Table.Sha256, DryRun = request.DryRun, IgnoredColumns = source.Ignored };
        var run = new ImportRun(ImportKind.Customers, request, report, actor, audit, progress);
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            if (!await AloneAsync(cancellationToken)) return new Problem("import-busy", null, null, ProblemKind.State);
            var state = new CustomerState(db);
            var known = await KnownTransformersAsync(catalog, actor, cancellationToken);
            var checks = MostOpen > 0 ? new CustomerChecks(state, known, catalog, actor, organisation) { MostOpen = MostOpen } : new CustomerChecks(state, known, catalog, actor, organisation);
            await SaveAllAsync(file, source, request, run, state, checks, cancellationToken);
        }
        finally
        {
            await LeaveAsync();
        }

        report.Fault = source.Table.Fault;
        await run.FinishAsync(cancellationToken);

        return report;
    }

    private bool IsLarge(ImportSource source) => source.Table.Length >= LargeFile;

    /// <summary>Two imports of customers at once would each take the other's rows for missing. The lock is the connection's and goes with it.</summary>
    private async Task<bool> AloneAsync(CancellationToken cancellationToken) =>
        db is not PostgreSqlNoticesDb || await db.Database.SqlQuery<bool>($"SELECT pg_try_advisory_lock({ImportLock}) AS \"Value\"").SingleAsync(cancellationToken);

    private async Task LeaveAsync()
    {
        try
        {
            if (db.Database.CurrentTransaction is { } unfinished) await unfinished.RollbackAsync(CancellationToken.None);
            // A pooled connection would keep the lock until somebody takes it again.
            if (db is PostgreSqlNoticesDb) await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({ImportLock})", CancellationToken.None);
        }
        catch (DbException)
        {
            // The connection is gone, and the lock with it.
        }

        await db.Database.CloseConnectionAsync();
    }

    private async Task SaveAllAsync(
        CustomerFile file, ImportSource source, ImportRequest request, ImportRun run, CustomerState state, CustomerChecks checks, CancellationToken cancellationToken)
    {
        var large = IsLarge(source);
        await using var saving = new CustomerSaving(db, clock);
        await saving.LoadOfficersAsync(cancellationToken);
        var loads = large && !request.DryRun && await BeginLoadAsync(saving, cancellationToken);
        if (large && await file.PeekAsync(cancellationToken) is { } first)
        {
            state.Expect((int)Math.Min(source.Table.Length / first.RowLength * RoomForMore, MostExpected));
            if (!loads) await state.LoadAllAsync(cancellationToken);
            // What the loading needed would otherwise stay in memory beside what it was for.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, true, true);
        }

        var rows = 0;
        await foreach (var part in file.PartsAsync(cancellationToken))
        {
            if (!large) await state.LoadAsync([.. part.Good.Select(r => r.AccountNo)], [.. part.Good.Select(r => r.CustomerNo)], cancellationToken);
            Check(part, source, run, checks);
            rows += part.Rows.Length;
            if (rows < BatchRows && !part.IsLast) continue;
            await SaveAsync(part.IsLast, run, request.DryRun, checks, saving, loads, cancellationToken);
            run.Tell(part.Fraction);
            rows = 0;
        }

        if (!loads) return;
        await saving.EndLoadAsync(cancellationToken);
        await audit.CommitAsync(cancellationToken);
    }

    private async Task<bool> BeginLoadAsync(CustomerSaving saving, CancellationToken cancellationToken)
    {
        await audit.BeginAsync(cancellationToken);
        if (await saving.BeginLoadAsync(cancellationToken)) return true;
        await db.Database.CurrentTransaction!.RollbackAsync(cancellationToken);

        return false;
    }

    private static void Check(CustomerFilePart part, ImportSource source, ImportRun run, CustomerChecks checks)
    {
        for (var i = 0; i < part.Rows.Length; i++)
        {
            run.Report.Rows++;
            var problems = part.Parsed[i].Ok ? checks.Take(part.Parsed[i].Value!) : part.Parsed[i].Problems;
            if (problems.Count > 0) run.Reject(source.Reject(part.Rows[i], problems));
        }
    }

    private async Task SaveAsync(
        bool isLast, ImportRun run, bool dryRun, CustomerChecks checks, CustomerSaving saving, bool loads, CancellationToken cancellationToken)
    {
        var changed = await checks.FinishAsync(run.Report, isLast, cancellationToken);
        if (dryRun || changed.Count == 0) return;
        await audit.BeginAsync(cancellationToken);
        await saving.SaveAsync(changed, cancellationToken);
        run.RecordBatch(changed.Min(c => c.Points[0].Row.Line), changed.Max(c => c.Points[^1].Row.Line));
        if (loads) return;
        await audit.CommitAsync(cancellationToken);
        db.ChangeTracker.Clear();
    }

    /// <summary>Transformers the actor sees, by code, with the organisation of their feeder.</summary>
    private async Task<Dictionary<string, (long Id, long Organisation)>> KnownTransformersAsync(OrganisationCatalog catalog, Actor actor, CancellationToken cancellationToken)
    {
        var all = await db.Transformers.AsNoTracking().Select(t => new { t.Code, t.Id, Organisation = t.Feeder!.OrganisationId }).ToListAsync(cancellationToken);

        return all.Where(t => catalog.ById(t.Organisation) is { } owner && actor.Sees(owner.Path)).ToDictionary(t => t.Code, t => (t.Id, t.Organisation), StringComparer.Ordinal);
    }
}
