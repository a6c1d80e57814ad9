using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Ringing;

namespace Notices.Subscriptions;

/// <summary>Sends what is to be confirmed, within the providers' limits and behind the rounds.</summary>
public sealed class SubscriptionDispatcher(OutboxParts parts) : OutboxDispatcher<SubscriptionMessage>(parts)
{
    /// <summary>Below the numbers of answers, which are below those of rings: a provider sees no number twice.</summary>
    private const long Below = -(1L << 41);

    private protected override bool KeepsLimits => true;

    private protected override long NumberOf(SubscriptionMessage row) => Below - row.Id;

    /// <summary>One that has lapsed or was withdrawn meanwhile has none.</summary>
    private protected override Task<Dictionary<long, string>> AddressesAsync(List<SubscriptionMessage> claimed, CancellationToken cancellationToken)
    {
        var ids = claimed.ConvertAll(row => row.Id);

        return Db.SubscriptionMessages.Where(m => ids.Contains(m.Id)).Join(Db.Subscriptions.Where(s => s.Address != null), m => m.SubscriptionId, s => s.Id, (m, s) => new { m.Id, s.Address })
            .ToDictionaryAsync(found => found.Id, found => found.Address!, cancellationToken);
    }

    private protected override Task RecordAsync(List<(SubscriptionMessage Row, string? Address)> rows, CancellationToken cancellationToken)
    {
        // The secret has left, or never will.
        foreach (var (row, _) in rows.Where(r => r.Row.EndedAt is not null)) row.Body = "";
        if (rows.Count > 0)
        {
            Audit.Record(Actor.System, "subscriptions.tried", "subscriptions", null, new
            {
                messages = rows.Select(r => new { r.Row.Id, r.Row.SubscriptionId, to = r.Row.AddressDigest, r.Row.State, r.Row.Reason, r.Row.Provider, r.Row.Attempts }).ToList(),
            });
        }

        return Task.CompletedTask;
    }
}
