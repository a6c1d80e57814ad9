using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>Ends messages that still wait, a thousand to a transaction, each with its recipients' states and an entry in the record. What it does not come to, because the process ends,
/// somebody who asks again does.</summary>
internal sealed class Suppression(Func<NoticesDb> open, TimeProvider clock)
{
    /// <summary>Rows in one transaction: well under 200 ms.</summary>
    private const int Chunk = 1000;

    /// <param name="select">Ids of deliveries, read outside any transaction.</param>
    /// <param name="reason">A code of <see cref="DeliveryReasons"/>.</param>
    /// <returns>How many were ended; one a worker took meanwhile is not among them.</returns>
    internal async Task<int> EndAsync(string select, IReadOnlyDictionary<string, object?> parameters, string reason, CancellationToken cancellationToken)
    {
        var waiting = await DeliverySql.ReadAsync(
            open,
            async sql =>
            {
                var ids = new List<long>();
                await using var find = sql.Command(select);
                foreach (var (name, value) in parameters) find.With(name, value);
                await using var rows = await find.ExecuteReaderAsync(cancellationToken);
                while (await rows.ReadAsync(cancellationToken)) ids.Add(rows.GetInt64(0));

                return ids;
            },
            cancellationToken);
        var ended = 0;
        foreach (var part in waiting.Chunk(Chunk)) ended += await DeliverySql.RunAsync(open, sql => EndAsync(sql, part, reason, cancellationToken), cancellationToken);

        return ended;
    }

    private async Task<int> EndAsync(DeliverySql sql, IReadOnlyList<long> part, string reason, CancellationToken cancellationToken)
    {
        var ids = new List<long>();
        var rounds = new SortedDictionary<long, int>();
        await using (var end = sql.Command(
            $"UPDATE deliveries SET state = {(int)DeliveryState.Suppressed}, reason = @reason WHERE id {sql.Among("@ids")} AND state = {(int)DeliveryState.Waiting} RETURNING id, round_id"))
        {
            await using var rows = await end.With("@reason", reason).With("@ids", sql.Ids(part)).ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                ids.Add(rows.GetInt64(0));
                rounds[rows.GetInt64(1)] = rounds.GetValueOrDefault(rows.GetInt64(1)) + 1;
            }
        }

        if (ids.Count == 0) return 0;

        await sql.SettleRecipientsAsync(ids, cancellationToken);
        await sql.RecordAsync(clock.GetUtcNow(), "deliveries.ended", "deliveries", new { state = "suppressed", reason, count = ids.Count, rounds }, cancellationToken);

        return ids.Count;
    }
}
