using System.Data.Common;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Imports;
using Notices.Network;
using Notices.Storage;

namespace Notices.Customers;

/// <summary>Brings supply points in with their customers and contacts, by account number. One half reads and checks, the other compares and saves,
/// in batches that stand or fall whole: killed half-way, a second run finds the first's rows unchanged and goes on.</summary>
public sealed class CustomerImport(NoticesDb db, AuditTrail audit, TimeProvider clock)
{
    // SQLite's one writer is held for a batch: two thousand rows keep it under 200 ms.
    private int BatchRows => db is PostgreSqlNoticesDb ? 5_000 : 2_000;

    // Any number no other lock uses.
    private const long ImportLock = 0x6375_7374;

    /// <summary>Bytes from which on it is cheaper to know the whole table first than to ask batch by batch.</summary>
    private const long LargeFile = 8 * 1024 * 1024;

    public async Task<Result<ImportReport>> RunAsync(
        Stream stream, ImportRequest request, Actor actor, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        if (ImportRun.Refuse(actor) is { } refusal) return refusal;
        var opened = await ImportSource.OpenAsync(stream, ImportKind.Customers, request, cancellationToken);
        if (!opened.Ok) return Result<ImportReport>.Refused(opened.Problems);

        using var source = opened.Value!;
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
            var checks = new CustomerChecks(state, known, catalog, actor, organisation);
            await SaveAllAsync(source, request, run, state, checks, cancellationToken);
        }
        finally
        {
            await LeaveAsync();
        }

        report.Fault = source.Table.Fault;
        await run.FinishAsync(cancellationToken);

        return report;
    }

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
        ImportSource source, ImportRequest request, ImportRun run, CustomerState state, CustomerChecks checks, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var batches = Channel.CreateBounded<CustomerFileBatch>(2);
        var reading = Task.Run(() => ReadAsync(source, RowSettings.Of(request, null), batches.Writer, stopping.Token), stopping.Token);
        try
        {
            var large = source.Table.Length >= LargeFile;
            if (large) await state.LoadAllAsync(cancellationToken);
            var saving = new CustomerSaving(db, clock);
            await saving.LoadOfficersAsync(cancellationToken);
            await foreach (var batch in batches.Reader.ReadAllAsync(cancellationToken))
            {
                if (!large) await state.LoadAsync([.. batch.Good.Select(r => r.AccountNo)], [.. batch.Good.Select(r => r.CustomerNo)], cancellationToken);
                await SaveAsync(batch, source, request, run, checks, saving, cancellationToken);
                run.Tell(batch.Fraction);
            }

            await reading;
        }
        finally
        {
            await stopping.CancelAsync();
            await reading.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Reading is one thread's work, checking everybody's.</summary>
    private async Task ReadAsync(ImportSource source, RowSettings settings, ChannelWriter<CustomerFileBatch> to, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var rows in source.Rows().Chunk(BatchRows))
            {
                var parsed = new Result<CustomerRow>[rows.Length];
                Parallel.For(0, rows.Length, new ParallelOptions { CancellationToken = cancellationToken }, i => parsed[i] = CustomerRow.Parse(rows[i], settings));
                await to.WriteAsync(new CustomerFileBatch(rows, parsed, source.Fraction), cancellationToken);
            }

            to.Complete();
        }
        catch (Exception broken)
        {
            to.Complete(broken);
            throw;
        }
    }

    private async Task SaveAsync(
        CustomerFileBatch batch, ImportSource source, ImportRequest request, ImportRun run, CustomerChecks checks, CustomerSaving saving, CancellationToken cancellationToken)
    {
        checks.Begin();
        for (var i = 0; i < batch.Rows.Length; i++)
        {
            run.Report.Rows++;
            var problems = batch.Parsed[i].Ok ? checks.Take(batch.Parsed[i].Value!) : batch.Parsed[i].Problems;
            if (problems.Count > 0) run.Reject(source.Reject(batch.Rows[i], problems));
        }

        var changed = checks.Finish(run.Report);
        if (request.DryRun || changed.Count == 0) return;
        await audit.BeginAsync(cancellationToken);
        await saving.SaveAsync(changed, cancellationToken);
        run.RecordBatch(batch.Rows[0].Line, batch.Rows[^1].Line);
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

/// <summary>Rows read and checked together.</summary>
internal sealed record CustomerFileBatch(ImportRow[] Rows, Result<CustomerRow>[] Parsed, double Fraction)
{
    internal IEnumerable<CustomerRow> Good => Parsed.Where(p => p.Ok).Select(p => p.Value!);
}
