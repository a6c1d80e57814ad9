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
            await using var snapshot = await ReadSnapshot.BeginAsync(db.Database.GetDbConnection(), cancellationToken);
            await using var joined = await db.Database.UseTransactionAsync(snapshot, cancellationToken);

            return await ReadAsync(progress, external, cancellationToken);
        }
        finally
        {
            await db.Database.UseTransactionAsync(null, CancellationToken.None);
            await db.Database.CloseConnectionAsync();
        }
    }

    private async Task<AuditVerdict> ReadAsync(IProgress<AuditProgress>? progress, Checkpoint? external, CancellationToken cancellationToken)
    {
        var head = await db.AuditHeads.AsNoTracking().FirstOrDefaultAsync(h => h.Id == AuditHead.OnlyId, cancellationToken);
        var chain = new ChainCheck(db, head);
        var checkpoints = new CheckpointCheck(db, signer, external, chain);
        var rows = new RowsCheck(db);
        var fault = await EntriesAsync(chain, checkpoints, rows, head?.Sequence ?? 0, progress, cancellationToken);
        var last = chain.Last?.Sequence ?? 0;
        fault ??= await chain.EndAsync(checkpoints.Signed == last, cancellationToken);
        fault ??= await checkpoints.EndAsync(last, cancellationToken);
        fault ??= await new NoticeCheck(db).UnspokenAsync(cancellationToken);
        fault ??= await rows.UnspokenAsync(cancellationToken);

        return new AuditVerdict(fault is null, last, head?.Sequence ?? 0, head?.Hash ?? "", fault);
    }

    private async Task<AuditFault?> EntriesAsync(
        ChainCheck chain, CheckpointCheck checkpoints, RowsCheck rows, long total, IProgress<AuditProgress>? progress, CancellationToken cancellationToken)
    {
        var notices = new NoticeCheck(db);
        var page = await AuditReading.PageAsync(db, AuditReading.Beginning, long.MaxValue, cancellationToken);
        while (page.Count > 0)
        {
            // Hashed on one core while the next page is read on the other; two pages are all that is in memory.
            var (current, before) = (page, chain.Last);
            var hashing = Task.Run(() => ChainCheck.InOrder(current, before), cancellationToken);
            page = await AuditReading.PageAsync(db, current[^1].Sequence, long.MaxValue, cancellationToken);
            var inOrder = await hashing;
            await checkpoints.LoadAsync(current[^1].Sequence, cancellationToken);

            AuditFault? fault = null;
            var good = 0;
            for (; good < current.Count && fault is null; good++)
            {
                fault = (inOrder ? null : await chain.NextAsync(current[good], cancellationToken)) ?? await checkpoints.CheckAsync(current[good], cancellationToken);
            }

            if (inOrder) chain.Pass(current[good - 1]);

            // An entry in order may still speak for rows that are not; the earliest fault is the one to name.
            var sound = fault is null ? current : current.GetRange(0, good - 1);
            var others = new[]
            {
                fault,
                await rows.CheckAsync(sound.FindAll(RowsCheck.Concerns), cancellationToken),
                await notices.CheckAsync(sound.FindAll(NoticeCheck.Concerns), cancellationToken),
            };
            if (others.OfType<AuditFault>().MinBy(f => f.Sequence) is { } first) return first;
            progress?.Report(new AuditProgress(chain.Last!.Sequence, Math.Max(total, chain.Last.Sequence)));
        }

        return null;
    }
}
