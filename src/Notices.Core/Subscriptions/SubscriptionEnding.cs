using System.Data.Common;
using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Subscriptions;

/// <summary>Ends subscriptions in the caller's transaction: the address goes, and what still waits for it is not sent.</summary>
internal static class SubscriptionEnding
{
    /// <param name="condition">On <c>subscriptions s</c>; names <c>@these</c>.</param>
    /// <returns>Which ended.</returns>
    internal static async Task<List<long>> EndAsync(DeliverySql sql, string condition, object these, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = new List<long>();
        await using (var end = sql.Command($"""
            UPDATE subscriptions AS s SET withdrawn_at = @now, address = NULL, token_digest = NULL, code_digest = NULL
            WHERE s.withdrawn_at IS NULL AND s.confirmed_at IS NOT NULL AND {condition} RETURNING id
            """))
        {
            await ReadAsync(end.With("@now", sql.At(now)).With("@these", these), ended, cancellationToken);
        }

        // One that was never confirmed leaves nothing behind.
        await using (var forget = sql.Command($"DELETE FROM subscriptions AS s WHERE s.confirmed_at IS NULL AND {condition} RETURNING id"))
        {
            await ReadAsync(forget.With("@these", these), ended, cancellationToken);
        }

        if (ended.Count > 0) await StopAsync(sql, ended, cancellationToken);

        return ended;
    }

    /// <summary>Messages that stand for no subscriber any more; one that tells a customer besides goes out.</summary>
    private static async Task StopAsync(DeliverySql sql, List<long> ended, CancellationToken cancellationToken)
    {
        await using var stop = sql.Command($"""
            UPDATE deliveries SET state = {(int)DeliveryState.Suppressed}, reason = '{DeliveryReasons.SubscriptionEnded}'
            WHERE state = {(int)DeliveryState.Waiting} AND purpose = {(int)DeliveryPurpose.Subscribers}
              AND id IN (SELECT l.delivery_id FROM subscription_tellings t JOIN subscription_deliveries l ON l.telling_id = t.id WHERE t.subscription_id {sql.Among("@ended")})
              AND NOT EXISTS (SELECT 1 FROM subscription_deliveries l JOIN subscription_tellings t ON t.id = l.telling_id JOIN subscriptions s ON s.id = t.subscription_id
                              WHERE l.delivery_id = deliveries.id AND s.withdrawn_at IS NULL)
            """);
        await stop.With("@ended", sql.Ids(ended)).ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task ReadAsync(DbCommand command, List<long> ids, CancellationToken cancellationToken)
    {
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) ids.Add(rows.GetInt64(0));
    }
}
