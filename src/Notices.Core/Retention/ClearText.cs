using Microsoft.EntityFrameworkCore;
using Notices.Deliveries;

namespace Notices.Retention;

/// <summary>What of a person stands in a round's rows, and what is left of it: that somebody was told, when and how. The digests of the record are over none of it, so it verifies as before.</summary>
internal static class ClearText
{
    /// <summary>On <c>deliveries</c> and <c>recipients</c>: rows that still say something of a person.</summary>
    internal const string OfDeliveries = "(d.address IS NOT NULL OR d.place_name IS NOT NULL)", OfRecipients = "p.place_name IS NOT NULL";

    /// <returns>How many rows.</returns>
    internal static Task<int> EraseAsync<T>(IQueryable<T> deliveries, CancellationToken cancellationToken)
        where T : Delivery =>
        deliveries.ExecuteUpdateAsync(set => set.SetProperty(d => d.Address, (string?)null).SetProperty(d => d.PlaceName, (string?)null), cancellationToken);

    /// <returns>How many rows.</returns>
    internal static Task<int> EraseAsync(IQueryable<Recipient> recipients, CancellationToken cancellationToken) =>
        recipients.ExecuteUpdateAsync(set => set.SetProperty(r => r.PlaceName, (string?)null), cancellationToken);
}
