using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Notices.Access;
using Notices.Evidence;
using Notices.Storage;

namespace Notices.Audit;

/// <summary>Reads the whole record again and names the first thing that is not as it was written.</summary>
public sealed class AuditVerifier(NoticesDb db, CheckpointSigner signer)
{
    /// <param name="external">A checkpoint kept outside the house (<see cref="CheckpointFile"/>): finds a cut tail and a chain rewritten whole even where the stored ones were mended too.</param>
    /// <returns>Forbidden for who is neither auditor nor administrator.</returns>
    public async Task<Result<AuditVerdict>> VerifyAsync(Actor actor, IProgress<AuditProgress>? progress, Checkpoint? external, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Auditor, Role.Administrator)) return Problem.Forbidden("audit.verify");
        if (external is not null && !signer.Verifies(external)) return new Problem("checkpoint-signature", "checkpoint", new { sequence = external.Sequence });

        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var snapshot = await SnapshotAsync(db.Database.GetDbConnection(), cancellationToken);
            await using var joined = await db.Database.UseTransactionAsync(snapshot, cancellationToken);

            return await ReadAsync(progress, external, cancellationToken);
        }
        finally
        {
            await db.Database.UseTransactionAsync(null, CancellationToken.None);
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>One moment's view of every table, so that writers may go on meanwhile.</summary>
    private static async Task<DbTransaction> SnapshotAsync(DbConnection connection, CancellationToken cancellationToken) => connection is SqliteConnection sqlite
        ? sqlite.BeginTransaction(true) // Deferred: reads only, holds up no writer.
        : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);

    private async Task<AuditVerdict> ReadAsync(IProgress<AuditProgress>? progress, Checkpoint? external, CancellationToken cancellationToken)
    {
        var head = await db.AuditHeads.AsNoTracking().FirstOrDefaultAsync(h => h.Id == AuditHead.OnlyId, cancellationToken);
        var chain = new ChainCheck(db, head);
        var checkpoints = new CheckpointCheck(db, signer, external, chain);
        var fault = await EntriesAsync(chain, checkpoints, head?.Sequence ?? 0, progress, cancellationToken);
        var last = chain.Last?.Sequence ?? 0;
        fault ??= await chain.EndAsync(checkpoints.Signed == last, cancellationToken);
        fault ??= await checkpoints.EndAsync(last, cancellationToken);
        fault ??= await new NoticeCheck(db).UnspokenAsync(cancellationToken);
        fault ??= await new RowsCheck(db).UnspokenAsync(cancellationToken);

        return new AuditVerdict(fault is null, last, head?.Sequence ?? 0, head?.Hash ?? "", fault);
    }

    private async Task<AuditFault?> EntriesAsync(
        ChainCheck chain, CheckpointCheck checkpoints, long total, IProgress<AuditProgress>? progress, CancellationToken cancellationToken)
    {
        var (rows, notices) = (new RowsCheck(db), new NoticeCheck(db));
        while (true)
        {
            var page = await AuditReading.PageAsync(db, chain.Last?.Sequence ?? AuditReading.Beginning, long.MaxValue, cancellationToken);
            if (page.Count == 0) return null;
            await checkpoints.LoadAsync(page[^1].Sequence, cancellationToken);

            AuditFault? fault = null;
            var good = 0;
            for (; good < page.Count && fault is null; good++)
            {
                fault = await chain.NextAsync(page[good], cancellationToken) ?? await checkpoints.CheckAsync(page[good], cancellationToken);
            }

            // An entry in order may still speak for rows that are not; the earliest fault is the one to name.
            var inOrder = fault is null ? page : page.GetRange(0, good - 1);
            var others = new[]
            {
                fault,
                await rows.CheckAsync(inOrder.FindAll(RowsCheck.Concerns), cancellationToken),
                await notices.CheckAsync(inOrder.FindAll(NoticeCheck.Concerns), cancellationToken),
            };
            if (others.OfType<AuditFault>().MinBy(f => f.Sequence) is { } first) return first;
            progress?.Report(new AuditProgress(chain.Last!.Sequence, Math.Max(total, chain.Last.Sequence)));
        }
    }
}
