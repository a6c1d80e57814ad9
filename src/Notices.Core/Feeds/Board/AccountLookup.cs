using Microsoft.EntityFrameworkCore;
using Notices.Storage;

namespace Notices.Feeds;

/// <summary>Which published outages concern an account's supply points. Says nothing of the account itself: one that does not exist is answered as one nothing concerns.</summary>
public sealed class AccountLookup(NoticesDb db, TimeProvider clock)
{
    /// <summary>Characters of an account number; no company's is longer.</summary>
    public const int Longest = 40;

    /// <summary>Numbers of outages of which something current is said.</summary>
    public async Task<IReadOnlySet<string>> ConcernedAsync(string account, CancellationToken cancellationToken)
    {
        var (now, number) = (clock.GetUtcNow(), account.Trim());
        if (number.Length is 0 or > Longest) return new HashSet<string>();

        var found = await db.Notices.AsNoTracking()
            .Where(n => n.OutageId != null && n.PublishedAt <= now && n.ExpiresAt > now && db.OutageTransformers.Any(
                cut => cut.OutageId == n.OutageId && db.SupplyPoints.Any(p => p.AccountNo == number && p.TransformerId == cut.TransformerId)))
            .Select(n => n.Number).Distinct().ToListAsync(cancellationToken);

        return found.ToHashSet(StringComparer.Ordinal);
    }
}
