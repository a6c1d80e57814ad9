using System.Data.Common;
using Notices.Audit;
using Notices.Outages;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>What is the same on both databases; how rows are claimed and written in bulk differs.</summary>
internal abstract class DeliveryQueue(Func<NoticesDb> open, TimeProvider clock) : IDeliveryQueue
{
    /// <summary>Rows a sweep changes in one transaction: well under 200 ms.</summary>
    private const int Chunk = 1000;

    private const int Suppressed = (int)DeliveryState.Suppressed;
    private const int Waiting = (int)DeliveryState.Waiting;
    private const int Claimed = (int)DeliveryState.Claimed;
    private const int Accepted = (int)DeliveryState.Accepted;

    private const string RunningRound = "(r.state = 'Running' OR r.state = 'Expanding')";

    // A scalar, since PostgreSQL may turn NOT EXISTS within OR into a reading of the whole table.
    private static readonly string NothingBefore =
        $"CASE WHEN d.after_id IS NULL THEN TRUE ELSE COALESCE((SELECT b.state FROM deliveries b WHERE b.id = d.after_id), 0) NOT IN ({Waiting}, {Claimed}) END";

    private static readonly string NothingOpen = $"""
        NOT EXISTS (SELECT 1 FROM recipients p WHERE p.round_id = r.id AND p.state IN ({(int)DeliveryState.Waiting}, {(int)DeliveryState.Claimed}, {(int)DeliveryState.Accepted}))
        AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.round_id = r.id AND d.state IN ({(int)DeliveryState.Waiting}, {(int)DeliveryState.Claimed}, {(int)DeliveryState.Accepted}))
        AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.round_id = r.id AND d.state = {(int)DeliveryState.Unconfirmed} AND d.due_at < d.expires_at)
        """;

    protected const string ClaimColumns =
        "id, round_id, text_id, medium, address, place_name, accounts, tier, attempts, due_at, expires_at, " +
        "(SELECT MIN(CASE WHEN p.backup_stays THEN 1 ELSE 0 END) FROM delivery_recipients l JOIN recipients p ON p.id = l.recipient_id WHERE l.delivery_id = deliveries.id)";

    /// <summary>Due rows of one tier, the longest due first. Tier by tier, so that the index is entered at the tier's first due row and left at its last.</summary>
    protected static string DueOf(int tier, IReadOnlySet<Medium> media) => $"""
        SELECT d.id FROM deliveries d JOIN rounds r ON r.id = d.round_id
        WHERE d.state = {Waiting} AND d.tier = {tier} AND d.due_at <= @now AND d.expires_at > @now AND {RunningRound} AND {OneOf(media)} AND {NothingBefore}
        ORDER BY d.due_at LIMIT @limit
        """;

    /// <summary>Life support and special grade; other key, vulnerable, loss-prone; everybody else.</summary>
    protected const int Tiers = 3;

    public async Task<IReadOnlyList<ClaimedDelivery>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        if (request.Media.Count == 0 || request.BatchSize <= 0) return [];

        return await RunAsync(sql => ClaimRowsAsync(sql, request, cancellationToken), cancellationToken);
    }

    public async Task WriteOutcomesAsync(OutcomeBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Outcomes.Count == 0) return;

        var before = batch.TriedBefore;
        batch.TriedBefore = true;
        await RunAsync(
            async sql =>
            {
                if (!before || !await WrittenAsync(sql, batch, cancellationToken)) await WriteAsync(sql, batch, cancellationToken);

                return true;
            },
            cancellationToken);
    }

    public Task RenewLeasesAsync(string worker, TimeSpan lease, CancellationToken cancellationToken) => RunAsync(
        async sql =>
        {
            await using var renew = sql.Command($"UPDATE deliveries SET lease_until = {LeaseEnd} WHERE state = {Claimed} AND lease_owner = @worker");

            return await WithLease(renew, lease).With("@worker", worker).ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);

    public Task<int> GiveBackAllAsync(string worker, CancellationToken cancellationToken) => RunAsync(
        async sql =>
        {
            await using var give = sql.Command($"UPDATE deliveries SET state = {Waiting}, attempts = attempts - 1, lease_owner = NULL, lease_until = NULL WHERE state = {Claimed} AND lease_owner = @worker");

            return await give.With("@worker", worker).ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);

    public Task<int> ReleaseExpiredLeasesAsync(IUnconfirmedPolicy policy, DateTimeOffset now, CancellationToken cancellationToken) =>
        InChunksAsync(sql => ReleaseAsync(sql, policy, now, cancellationToken), cancellationToken);

    public async Task<int> ExpireAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        await InChunksAsync(sql => EndAsync(sql, now, DeliveryState.Suppressed, DeliveryReasons.Expired, $"SELECT d.id FROM deliveries d WHERE d.state = {Waiting} AND d.expires_at <= @now LIMIT {Chunk}", cancellationToken), cancellationToken)
        + await InChunksAsync(sql => EndAsync(sql, now, DeliveryState.Sent, null, $"SELECT d.id FROM deliveries d WHERE d.state = {Accepted} AND d.expires_at <= @now LIMIT {Chunk}", cancellationToken), cancellationToken);

    public Task<int> SuppressStoppedAsync(DateTimeOffset now, CancellationToken cancellationToken) => InChunksAsync(
        sql => EndAsync(
            sql, now, DeliveryState.Suppressed, DeliveryReasons.Stopped,
            $"SELECT d.id FROM rounds r JOIN deliveries d ON d.round_id = r.id WHERE r.state = 'Stopped' AND r.closed_at IS NULL AND d.state = {Waiting} LIMIT {Chunk}", cancellationToken),
        cancellationToken);

    public async Task<int> CloseFinishedRoundsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var candidates = await DeliverySql.ReadAsync(
            open,
            async sql =>
            {
                var ids = new List<long>();
                await using var find = sql.Command($"SELECT r.id FROM rounds r WHERE (r.state = 'Running' OR (r.state = 'Stopped' AND r.closed_at IS NULL)) AND {NothingOpen} ORDER BY r.id");
                await using var reader = await find.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken)) ids.Add(reader.GetInt64(0));

                return ids;
            },
            cancellationToken);

        var closed = 0;
        foreach (var round in candidates) closed += await RunAsync(sql => CloseAsync(sql, round, now, cancellationToken), cancellationToken);

        return closed;
    }

    public Task<DateTimeOffset?> NextDueAsync(IReadOnlySet<Medium> media, CancellationToken cancellationToken) => DeliverySql.ReadAsync(
        open,
        async sql =>
        {
            DateTimeOffset? next = null;
            if (media.Count == 0) return next;

            for (var tier = 0; tier < Tiers; tier++)
            {
                await using var find = sql.Command($"""
                    SELECT d.due_at FROM deliveries d JOIN rounds r ON r.id = d.round_id
                    WHERE d.state = {Waiting} AND d.tier = {tier} AND d.expires_at > d.due_at AND {RunningRound} AND {OneOf(media)} AND {NothingBefore}
                    ORDER BY d.due_at LIMIT 1
                    """);
                await using var reader = await find.ExecuteReaderAsync(cancellationToken);
                if (await reader.ReadAsync(cancellationToken) && sql.ReadAt(reader, 0) is var due && (next is null || due < next)) next = due;
            }

            return next;
        },
        cancellationToken);

    public Task<RoundCounts> RoundCountsAsync(long roundId, CancellationToken cancellationToken) =>
        DeliverySql.ReadAsync(open, sql => CountsAsync(sql, roundId, cancellationToken), cancellationToken);

    protected static string OneOf(IReadOnlySet<Medium> media) => $"d.medium IN ({string.Join(", ", media.Order().Select(medium => $"'{medium}'"))})";

    protected virtual Task<T> RunAsync<T>(Func<DeliverySql, Task<T>> work, CancellationToken cancellationToken) => DeliverySql.RunAsync(open, work, cancellationToken);

    /// <summary>An expression for the end of a lease that starts now, in machine time.</summary>
    protected abstract string LeaseEnd { get; }

    /// <summary>An expression for machine time.</summary>
    protected abstract string MachineNow { get; }

    /// <summary>Adds the parameters the two expressions name.</summary>
    protected abstract DbCommand WithLease(DbCommand command, TimeSpan lease);

    protected abstract Task<IReadOnlyList<ClaimedDelivery>> ClaimRowsAsync(DeliverySql sql, ClaimRequest request, CancellationToken cancellationToken);

    /// <summary>Gives untried messages back, updates the tried ones and inserts their attempts, in the order of the list.</summary>
    protected abstract Task WriteRowsAsync(DeliverySql sql, IReadOnlyList<DeliveryOutcome> untried, IReadOnlyList<DeliveryOutcome> tried, IReadOnlyList<Attempt> attempts, CancellationToken cancellationToken);

    protected static ClaimedDelivery Read(DeliverySql sql, DbDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), Enum.Parse<Medium>(row.GetString(3)), row.IsDBNull(4) ? null : row.GetString(4), row.IsDBNull(5) ? null : row.GetString(5),
        row.GetString(6), row.GetInt16(7), row.GetInt16(8), sql.ReadAt(row, 9), sql.ReadAt(row, 10))
    {
        BackupStays = !row.IsDBNull(11) && row.GetInt32(11) == 1,
    };

    private static async Task<bool> WrittenAsync(DeliverySql sql, OutcomeBatch batch, CancellationToken cancellationToken)
    {
        await using var find = sql.Command("SELECT 1 FROM attempts WHERE batch = @batch LIMIT 1");

        return await find.With("@batch", batch.Id).ExecuteScalarAsync(cancellationToken) is not null;
    }

    private async Task WriteAsync(DeliverySql sql, OutcomeBatch batch, CancellationToken cancellationToken)
    {
        var tried = batch.Outcomes.Where(outcome => outcome.Try is not null).ToList();
        var attempts = tried.ConvertAll(outcome => AttemptOf(batch.Id, outcome, outcome.Try!));
        await WriteRowsAsync(sql, batch.Outcomes.Count == tried.Count ? [] : [.. batch.Outcomes.Where(outcome => outcome.Try is null)], tried, attempts, cancellationToken);
        if (tried.Count == 0) return;

        await sql.SettleRecipientsAsync(tried.ConvertAll(outcome => outcome.DeliveryId), cancellationToken);
        using var hash = new RowsHash();
        foreach (var attempt in attempts) hash.Add(attempt);
        var outcomes = attempts.CountBy(attempt => (SendOutcomeKind)attempt.Outcome).OrderBy(kind => kind.Key).ToDictionary(kind => Word(kind.Key), kind => kind.Value);
        await sql.RecordAsync(
            clock.GetUtcNow(), "deliveries.attempted", $"attempts/{batch.Id}", new { count = hash.Count, sha256 = hash.Finish(), outcomes }, cancellationToken);
    }

    private static Attempt AttemptOf(string batch, DeliveryOutcome outcome, Try tried) => new()
    {
        DeliveryId = outcome.DeliveryId,
        Batch = batch,
        Number = outcome.Number,
        StartedAt = tried.StartedAt,
        EndedAt = tried.EndedAt,
        Provider = tried.Provider,
        Outcome = (short)tried.Outcome.Kind,
        Detail = tried.Outcome.Detail,
        ProviderMessageId = tried.Outcome.ProviderMessageId,
        CallResult = tried.Outcome.Call?.Result,
        KeysPressed = tried.Outcome.Call?.Keys,
        Seconds = tried.Outcome.Call?.Seconds,
    };

    private static string Word(SendOutcomeKind kind) => kind switch
    {
        SendOutcomeKind.Accepted => "accepted",
        SendOutcomeKind.TryLater => "try-later",
        SendOutcomeKind.Refused => "refused",
        _ => "unknown",
    };

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
        await using (var end = sql.Command($"UPDATE deliveries SET state = {(int)state}, reason = COALESCE(@reason, reason) WHERE id {sql.Picked(select)} RETURNING id, round_id"))
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
        var word = state == DeliveryState.Suppressed ? "suppressed" : "sent";
        await sql.RecordAsync(now, "deliveries.ended", "deliveries", new { state = word, reason = reason ?? DeliveryReasons.Expired, count = ids.Count, rounds }, cancellationToken);

        return ids.Count;
    }

    private static async Task<int> CloseAsync(DeliverySql sql, long roundId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var close = sql.Command($"""
            UPDATE rounds AS r SET state = CASE WHEN r.state = 'Running' THEN 'Closed' ELSE r.state END, closed_at = @now
            WHERE r.id = @id AND (r.state = 'Running' OR (r.state = 'Stopped' AND r.closed_at IS NULL)) AND {NothingOpen}
            """);
        if (await close.With("@now", sql.At(now)).With("@id", roundId).ExecuteNonQueryAsync(cancellationToken) == 0) return 0;

        await sql.RecordAsync(now, "rounds.closed", $"rounds/{roundId}", await CountsAsync(sql, roundId, cancellationToken), cancellationToken);

        return 1;
    }

    private static async Task<RoundCounts> CountsAsync(DeliverySql sql, long roundId, CancellationToken cancellationToken)
    {
        var states = new Dictionary<DeliveryState, int>();
        await using var count = sql.Command("SELECT state, COUNT(*) FROM recipients WHERE round_id = @round GROUP BY state");
        await using var rows = await count.With("@round", roundId).ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) states[(DeliveryState)rows.GetInt16(0)] = (int)rows.GetInt64(1);

        return RoundCounts.Of(roundId, states);
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
