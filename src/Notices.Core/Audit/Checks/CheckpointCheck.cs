using Microsoft.EntityFrameworkCore;
using Notices.Evidence;
using Notices.Storage;

namespace Notices.Audit;

/// <summary>Signed heads of the past against the chain of now: who rehashes the whole chain cannot sign, and who cuts its tail leaves a signature over what is gone.</summary>
/// <param name="external">One kept outside; the same checks, and nobody with the database could remove it.</param>
internal sealed class CheckpointCheck(NoticesDb db, CheckpointSigner signer, Checkpoint? external, ChainCheck chain)
{
    private readonly Queue<Checkpoint> _waiting = new();
    private long _loaded;

    /// <summary>The last sequence a signature vouches for.</summary>
    internal long Signed { get; private set; }

    /// <summary>Fetches the checkpoints of the coming page.</summary>
    internal async Task LoadAsync(long last, CancellationToken cancellationToken)
    {
        var found = await db.Checkpoints.AsNoTracking().Where(c => c.Sequence > _loaded && c.Sequence <= last).OrderBy(c => c.Sequence).ThenBy(c => c.Id).ToListAsync(cancellationToken);
        if (external is not null && external.Sequence > _loaded && external.Sequence <= last) found.Add(external);
        foreach (var checkpoint in found.OrderBy(c => c.Sequence)) _waiting.Enqueue(checkpoint);
        _loaded = last;
    }

    /// <summary>An entry in order against the checkpoints of its sequence.</summary>
    internal async Task<AuditFault?> CheckAsync(AuditEntry row, CancellationToken cancellationToken)
    {
        while (_waiting.TryPeek(out var checkpoint) && checkpoint.Sequence <= row.Sequence)
        {
            _waiting.Dequeue();
            if (Forged(checkpoint) is { } forged) return forged;
            if (checkpoint.Hash != row.Hash)
            {
                if (!await chain.IsConfirmedAsync(row, cancellationToken)) return AuditFault.Of(AuditFaultKind.Changed, row.Sequence);

                return Fault("audit-checkpoint", checkpoint);
            }

            Signed = row.Sequence;
        }

        return null;
    }

    /// <summary>After the last entry: a signature over an entry that is not there.</summary>
    internal async Task<AuditFault?> EndAsync(long last, CancellationToken cancellationToken)
    {
        var beyond = await db.Checkpoints.AsNoTracking().Where(c => c.Sequence > last).OrderBy(c => c.Sequence).FirstOrDefaultAsync(cancellationToken);
        beyond ??= external?.Sequence > last ? external : null;
        if (beyond is null) return null;

        return Forged(beyond) ?? new AuditFault(
            last + 1, AuditFaultKind.Removed, new Problem("audit-tail-cut", null, new { sequence = last + 1, signed = beyond.Sequence, at = beyond.At }, ProblemKind.State));
    }

    private AuditFault? Forged(Checkpoint checkpoint) => signer.Verifies(checkpoint) ? null : Fault("audit-checkpoint-signature", checkpoint);

    /// <summary>Which entry was rewritten first cannot be told, only between which two signatures.</summary>
    private AuditFault Fault(string code, Checkpoint checkpoint) => new(
        checkpoint.Sequence, AuditFaultKind.Checkpoint, new Problem(code, null, new { sequence = checkpoint.Sequence, from = Signed + 1, at = checkpoint.At }, ProblemKind.State));
}
