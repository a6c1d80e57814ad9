using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Notices.Storage;

namespace Notices.Evidence;

/// <summary>Signs where the chain ends, every minute, into the table and the log.</summary>
public sealed class Checkpoints(NoticesDb db, TimeProvider clock, CheckpointSigner signer, ILogger<Checkpoints> log)
{
    /// <summary>Signs the head where it moved. Two processes may both sign one head; that does no harm.</summary>
    /// <returns>The newest checkpoint; null before the first entry, and where the chain disagrees with what was signed before: such a chain is not signed again.</returns>
    public async Task<Checkpoint?> SignHeadAsync(CancellationToken cancellationToken)
    {
        var head = await db.AuditHeads.AsNoTracking().SingleAsync(cancellationToken);
        if (head.Sequence == 0) return null;
        var newest = await NewestAsync(cancellationToken);
        if (newest?.Sequence == head.Sequence && newest.Hash == head.Hash) return newest;

        if (newest is not null)
        {
            var hash = await db.AuditEntries.Where(e => e.Sequence == newest.Sequence).Select(e => e.Hash).FirstOrDefaultAsync(cancellationToken);
            if (hash != newest.Hash || head.Sequence < newest.Sequence)
            {
                log.LogCritical("The audit record is not the one signed at {At}: entry {Sequence} should have the hash {Hash}. Nothing is signed; run audit verify.", newest.At, newest.Sequence, newest.Hash);

                return null;
            }
        }

        var checkpoint = signer.Sign(head.Sequence, head.Hash, UtcInstant.Of(clock.GetUtcNow()));
        db.Checkpoints.Add(checkpoint);
        await db.SaveChangesAsync(cancellationToken);
        log.LogInformation("Audit head {Text} signature {Signature}", CheckpointSigner.Text(checkpoint.Sequence, checkpoint.Hash, checkpoint.At), checkpoint.Signature);

        return checkpoint;
    }

    /// <summary>For <c>/.well-known/notices-head</c>: the newest signed head; null before the first.</summary>
    public async Task<CheckpointFile?> CurrentAsync(CancellationToken cancellationToken) =>
        await NewestAsync(cancellationToken) is { } newest ? CheckpointFile.Of(newest, signer) : null;

    private Task<Checkpoint?> NewestAsync(CancellationToken cancellationToken) =>
        db.Checkpoints.AsNoTracking().OrderByDescending(c => c.Id).FirstOrDefaultAsync(cancellationToken);
}
