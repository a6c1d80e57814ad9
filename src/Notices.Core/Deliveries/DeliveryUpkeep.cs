using System.Data.Common;
using Notices.Evidence;
using Notices.Outages;
using Notices.Storage;

namespace Notices.Deliveries;

/// <content>What the sweeps do: leases that ran out, what is past its time, rounds that were stopped or have come to their end.</content>
internal abstract partial class DeliveryQueue
{
    /// <summary>Rows a sweep changes in one transaction: well under 200 ms.</summary>
    private const int Chunk = 1000;

    private static readonly string NothingOpen = $"""
        NOT EXISTS (SELECT 1 FROM recipients p WHERE p.round_id = r.id AND p.state IN ({(int)DeliveryState.Waiting}, {(int)DeliveryState.Claimed}, {(int)DeliveryState.Accepted}))
        AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.round_id = r.id AND d.state IN ({(int)DeliveryState.Waiting}, {(int)DeliveryState.Claimed}, {(int)DeliveryState.Accepted}))
        AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.round_id = r.id AND d.state = {(int)DeliveryState.Unconfirmed} AND d.due_at < d.expires_at)
        """;

    public Task<int> ReleaseExpiredLeasesAsync(IUnconfirmedPolicy policy, DateTimeOffset now, CancellationToken cancellationToken) =>
        InChunksAsync(sql => ReleaseAsync(sql, policy, now, cancellationToken), cancellationToken);

    public async Task<int> ExpireAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        await InChunksAsync(sql => EndAsync(sql, now, DeliveryState.Suppressed, DeliveryReasons.Expired, $"SELECT d.id FROM deliveries d WHERE d.state = {Waiting} AND d.expires_at <= @now LIMIT {Chunk}", cancellationToken), cancellationToken)
        + await InChunksAsync(sql => EndAsync(sql, now, DeliveryState.Sent, null, $"SELECT d.id FROM deliveries d WHERE d.state = {Accepted} AND d.medium <> 'Voice' AND d.expires_at <= @now LIMIT {Chunk}", cancellationToken), cancellationToken)
        // A call that was started has told nobody; one that people were to make has failed by what they last heard.
        + await InChunksAsync(sql => EndAsync(sql, now, DeliveryState.Unconfirmed, DeliveryReasons.OutcomeUnknown, $"SELECT d.id FROM deliveries d WHERE {CallSql.ByMachine} AND d.expires_at <= @now LIMIT {Chunk}", cancellationToken), cancellationToken)
        + await InChunksAsync(sql => EndAsync(sql, now, DeliveryState.Failed, null, $"SELECT d.id FROM deliveries d WHERE {CallSql.ByHand} AND d.expires_at <= @now LIMIT {Chunk}", cancellationToken), cancellationToken)
        // A letter that somebody took along may have been handed over; it is entered later.
        + await InChunksAsync(sql => EndAsync(sql, now, DeliveryState.Unconfirmed, DeliveryReasons.LetterNoOutcome, $"SELECT d.id FROM deliveries d WHERE {LetterSql.OutThere} AND d.expires_at <= @now LIMIT {Chunk}", cancellationToken), cancellationToken);

    public Task<int> SuppressStoppedAsync(DateTimeOffset now, CancellationToken cancellationToken) => InChunksAsync(
        sql => EndAsync(
            sql, now, DeliveryState.Suppressed, DeliveryReasons.Stopped,
            $"SELECT d.id FROM rounds r JOIN deliveries d ON d.round_id = r.id WHERE r.state = 'Stopped' AND r.closed_at IS NULL AND (d.state = {Waiting} OR ({CallSql.ByHand})) LIMIT {Chunk}", cancellationToken),
        cancellationToken);

    public async Task<int> CloseFinishedRoundsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var candidates = await DeliverySql.ReadAsync(
            open,
            async sql =>
            {
                await using var find = sql.Command($"SELECT r.id FROM rounds r WHERE (r.state = 'Running' OR (r.state = 'Stopped' AND r.closed_at IS NULL)) AND {NothingOpen} ORDER BY r.id");

                return await IdsAsync(find, cancellationToken);
            },
            cancellationToken);

        var closed = 0;
        foreach (var round in candidates)
        {
            // Stated before the transaction that writes: at a million recipients it takes seconds.
            if (await RoundClosing.StateAsync(open, round, now, cancellationToken) is { } stated) closed += await RunAsync(sql => RoundClosing.CloseAsync(sql, stated, NothingOpen, now, cancellationToken), cancellationToken);
        }

        return closed;
    }

    private async Task<int> ReleaseAsync(DeliverySql sql, IUnconfirmedPolicy policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var outcomes = new List<DeliveryOutcome>();
        await using (var find = sql.Command($"""
            SELECT d.id, d.attempts, d.expires_at, n.kind FROM deliveries d JOIN rounds r ON r.id = d.round_id JOIN notices n ON n.id = r.notice_id
            WHERE d.state = {Claimed} AND d.lease_until < {MachineNow} ORDER BY d.lease_until, d.id LIMIT {Chunk}{sql.LockedSkipping}
            """))
        {
            await using var rows = await WithLease(find, TimeSpan.Zero).ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                OutageKind? kind = rows.IsDBNull(3) ? null : Enum.Parse<OutageKind>(rows.GetString(3), true);
                var number = rows.GetInt16(1);
                var again = OutcomeRules.MaySendAgain(policy, kind, number, now, sql.ReadAt(rows, 2));
                // Due at once for UnconfirmedCheck to ask about, or to let it rest.
                outcomes.Add(new DeliveryOutcome(
                    rows.GetInt64(0), number, again ? DeliveryState.Waiting : DeliveryState.Unconfirmed, now, again ? DeliveryReasons.SentAgain : DeliveryReasons.WorkerDied,
                    new Try(NoProvider, now, now, SendOutcome.Unknown(DeliveryReasons.WorkerDied))));
            }
        }

        if (outcomes.Count > 0) await WriteAsync(sql, new OutcomeBatch(outcomes), cancellationToken);

        return outcomes.Count;
    }

    /// <summary>Of a try whose provider nobody knows any more.</summary>
    private const string NoProvider = "-";

    private static async Task<int> EndAsync(DeliverySql sql, DateTimeOffset now, DeliveryState state, string? reason, string select, CancellationToken cancellationToken)
    {
        var ids = new List<long>();
        var rounds = new SortedDictionary<long, int>();
        // Of what is unconfirmed at its expiry nobody is asked any more.
        var due = state == DeliveryState.Unconfirmed ? ", due_at = expires_at" : "";
        await using (var end = sql.Command($"UPDATE deliveries SET state = {(int)state}, reason = COALESCE(@reason, reason){due} WHERE id {sql.Picked(select)} RETURNING id, round_id"))
        {
            if (select.Contains("@now", StringComparison.Ordinal)) end.With("@now", sql.At(now));
            await using var rows = await end.With("@reason", reason ?? (object)DBNull.Value).ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                ids.Add(rows.GetInt64(0));
                rounds[rows.GetInt64(1)] = rounds.GetValueOrDefault(rows.GetInt64(1)) + 1;
            }
        }

        if (ids.Count == 0) return 0;

        await sql.SettleRecipientsAsync(ids, cancellationToken);
        var word = state.ToString().ToLowerInvariant();
        await sql.RecordAsync(now, "deliveries.ended", "deliveries", new { state = word, reason = reason ?? DeliveryReasons.Expired, count = ids.Count, rounds }, cancellationToken);

        return ids.Count;
    }

    private async Task<int> InChunksAsync(Func<DeliverySql, Task<int>> chunk, CancellationToken cancellationToken)
    {
        var total = 0;
        while (true)
        {
            var done = await RunAsync(chunk, cancellationToken);
            total += done;
            if (done < Chunk) return total;
        }
    }
}
