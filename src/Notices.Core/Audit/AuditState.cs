using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Evidence;
using Notices.Storage;

namespace Notices.Audit;

/// <summary>When the whole record was last verified, by whom, and what came of it.</summary>
public sealed record LastVerification(DateTimeOffset At, string By, VerifiedRecord Found);

/// <param name="Entries">Where the chain ends.</param>
/// <param name="Head">The newest signed head; null before the first.</param>
/// <param name="HeadAt">Null before the first.</param>
/// <param name="Verified">Null where nobody has yet.</param>
public sealed record AuditStateView(long Entries, CheckpointFile? Head, DateTimeOffset? HeadAt, LastVerification? Verified);

/// <summary>How the record stands.</summary>
public sealed class AuditState(NoticesDb db, CheckpointSigner signer)
{
    /// <returns>Forbidden for who is neither auditor nor administrator.</returns>
    public async Task<Result<AuditStateView>> ReadAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Auditor, Role.Administrator)) return Problem.Forbidden("audit.state");

        var head = await db.AuditHeads.AsNoTracking().Select(h => h.Sequence).FirstOrDefaultAsync(cancellationToken);
        var signed = await db.Checkpoints.AsNoTracking().OrderByDescending(c => c.Id).FirstOrDefaultAsync(cancellationToken);

        return new AuditStateView(head, signed is null ? null : CheckpointFile.Of(signed, signer), signed?.At, await VerifiedAsync(cancellationToken));
    }

    private async Task<LastVerification?> VerifiedAsync(CancellationToken cancellationToken)
    {
        var entry = await db.AuditEntries.AsNoTracking().Where(e => e.Subject == AuditVerification.Subject && e.Action == AuditVerification.Action)
            .OrderByDescending(e => e.Sequence).FirstOrDefaultAsync(cancellationToken);

        return entry is not null && AuditLine.Of(entry)?.After is { } after && JsonSerializer.Deserialize<VerifiedRecord>(after, Json.Stored) is { } found
            ? new LastVerification(entry.At, entry.Actor, found)
            : null;
    }
}
