using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Storage;

namespace Notices.Subscriptions;

/// <summary>Erases what was never confirmed, and the counting of messages once it counts no more.</summary>
public sealed class SubscriptionUpkeep(NoticesDb db, AuditTrail trail, SubscriptionOptions options, TimeProvider clock)
{
    /// <summary>Longer than anything is counted over, and than any message may wait.</summary>
    private static readonly TimeSpan Counted = TimeSpan.FromDays(8);

    /// <returns>How many subscriptions lapsed.</returns>
    public async Task<int> LapseDueAsync(CancellationToken cancellationToken)
    {
        var (now, lapsed) = (clock.GetUtcNow(), clock.GetUtcNow() - options.ConfirmWithin);
        var old = now - Counted;
        if (!await db.Subscriptions.AnyAsync(s => s.ConfirmedAt == null && s.RequestedAt <= lapsed, cancellationToken) && !await db.SubscriptionMessages.AnyAsync(m => m.CreatedAt < old, cancellationToken)) return 0;

        await trail.BeginAsync(cancellationToken);
        var count = await db.Subscriptions.Where(s => s.ConfirmedAt == null && s.RequestedAt <= lapsed).ExecuteDeleteAsync(cancellationToken);
        await db.SubscriptionMessages.Where(m => m.CreatedAt < old).ExecuteDeleteAsync(cancellationToken);
        if (count > 0) trail.Record(Actor.System, "subscriptions.lapsed", "subscriptions", null, new { count });
        await trail.CommitAsync(cancellationToken);

        return count;
    }
}
