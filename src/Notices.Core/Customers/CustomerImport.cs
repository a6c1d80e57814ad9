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
/// in batches that stand or fall whole: killed half-way, a second run finds the first's rows unchanged and goes on. The first import of a large file on PostgreSQL
/// is one such batch.</summary>
public sealed class CustomerImport(NoticesDb db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Few, so that they are gone before the garbage collector takes them for lasting.</summary>
    private const int PartRows = 250;

    /// <summary>Enough to be checked while a batch is written.</summary>
    private const int PartsAhead = 6;

    // Any number no other lock uses.
    private const long ImportLock = 0x6375_7374;

    /// <summary>The first rows of a file may be longer than the others.</summary>
    private const double RoomForMore = 1.2;

    private const double MostExpected = 5_000_000;

    /// <summary>Bytes from which on it is cheaper to know the whole table first than to ask batch by batch, and to fill empty tables without their indexes.</summary>
    internal long LargeFile { get; init; } = 8 * 1024 * 1024;

    // SQLite's one writer is held for a batch: two thousand rows keep it under 200 ms.
    private int BatchRows => db is PostgreSqlNoticesDb ? 5_000 : 2_000;

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
        var large = source.Table.Length >= LargeFile;
        var parts = Channel.CreateBounded<Task<CustomerFilePart>>(large ? PartsAhead : 1);
        var reading = Task.Run(() => ReadAsync(source, RowSettings.Of(request, null), large ? PartRows : BatchRows, parts.Writer, stopping.Token), stopping.Token);
        await using var saving = new CustomerSaving(db, clock);
        try
        {
            await saving.LoadOfficersAsync(cancellationToken);
            var loads = large && !request.DryRun && await BeginLoadAsync(saving, cancellationToken);
            if (large && await parts.Reader.WaitToReadAsync(cancellationToken) && parts.Reader.TryPeek(out var first))
            {
                state.Expect((int)Math.Min(source.Table.Length / (await first).RowLength * RoomForMore, MostExpected));
                if (!loads) await state.LoadAllAsync(cancellationToken);
                // What the loading needed would otherwise stay in memory beside what it was for.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, true, true);
            }

            var (from, rows) = (0L, 0);
            await foreach (var parsing in parts.Reader.ReadAllAsync(cancellationToken))
            {
                var part = await parsing;
                if (!large) await state.LoadAsync([.. part.Good.Select(r => r.AccountNo)], [.. part.Good.Select(r => r.CustomerNo)], cancellationToken);
                if (rows == 0) from = part.Rows[0].Line;
                Check(part, source, run, checks);
                rows += part.Rows.Length;
                if (rows < BatchRows && !part.IsLast) continue;
                await SaveAsync(from, part.Rows[^1].Line, run, request.DryRun, checks, saving, loads, cancellationToken);
                run.Tell(part.Fraction);
                rows = 0;
            }

            await reading;
            if (!loads) return;
            await saving.EndLoadAsync(cancellationToken);
            await audit.CommitAsync(cancellationToken);
        }
        finally
        {
            await stopping.CancelAsync();
            await reading.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task<bool> BeginLoadAsync(CustomerSaving saving, CancellationToken cancellationToken)
    {
        await audit.BeginAsync(cancellationToken);
        if (await saving.BeginLoadAsync(cancellationToken)) return true;
        await db.Database.CurrentTransaction!.RollbackAsync(cancellationToken);

        return false;
    }

    /// <summary>Reading is one thread's work, checking everybody's; parts keep the file's order, whichever is checked first.</summary>
    private static async Task ReadAsync(ImportSource source, RowSettings settings, int rowsOfPart, ChannelWriter<Task<CustomerFilePart>> to, CancellationToken cancellationToken)
    {
        try
        {
            using var rows = source.Rows().GetEnumerator();
            var more = rows.MoveNext();
            while (more)
            {
                var part = new List<ImportRow>(rowsOfPart);
                for (; more && part.Count < rowsOfPart; more = rows.MoveNext()) part.Add(rows.Current);
                var (fraction, isLast) = (source.Fraction, !more);
                await to.WriteAsync(Task.Run(() => CustomerFilePart.Parse([.. part], settings, fraction, isLast), cancellationToken), cancellationToken);
            }

            to.Complete();
        }
        catch (Exception broken)
        {
            to.Complete(broken);
            throw;
        }
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
        long from, long to, ImportRun run, bool dryRun, CustomerChecks checks, CustomerSaving saving, bool loads, CancellationToken cancellationToken)
    {
        var changed = checks.Finish(run.Report);
        if (dryRun || changed.Count == 0) return;
        await audit.BeginAsync(cancellationToken);
        await saving.SaveAsync(changed, cancellationToken);
        run.RecordBatch(from, to);
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

/// <summary>Rows read together; some of them make a batch.</summary>
internal sealed record CustomerFilePart(ImportRow[] Rows, Result<CustomerRow>[] Parsed, double Fraction, bool IsLast)
{
    internal static CustomerFilePart Parse(ImportRow[] rows, RowSettings settings, double fraction, bool isLast) =>
        new(rows, Array.ConvertAll(rows, row => CustomerRow.Parse(row, settings)), fraction, isLast);

    /// <summary>Of a row, on average, in characters; at least 1.</summary>
    internal double RowLength => Rows.Average(r => r.Original.Sum(text => text.Length + 1));

    internal IEnumerable<CustomerRow> Good => Parsed.Where(p => p.Ok).Select(p => p.Value!);
}
