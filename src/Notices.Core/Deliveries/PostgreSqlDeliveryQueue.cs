using System.Data.Common;
using Notices.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Notices.Deliveries;

/// <summary>The queue shared by any number of workers: rows another has locked are passed over, and a batch travels as arrays.</summary>
internal sealed class PostgreSqlDeliveryQueue(Func<NoticesDb> open, TimeProvider clock) : DeliveryQueue(open, clock)
{
    private const int Waiting = (int)DeliveryState.Waiting;
    private const int Claimed = (int)DeliveryState.Claimed;

    // Machines differ in their clocks; the database has one.
    protected override string LeaseEnd => "now() + @lease";

    protected override string MachineNow => "now() - @lease";

    protected override DbCommand WithLease(DbCommand command, TimeSpan lease) => command.With("@lease", lease);

    protected override async Task<IReadOnlyList<ClaimedDelivery>> ClaimRowsAsync(DeliverySql sql, ClaimRequest request, CancellationToken cancellationToken)
    {
        // First each group its share, then what is left of it to whoever has more: these go past the rows of their share, which are locked by us and so not skipped.
        // The outer LIMIT stops reading once it is full, so what comes after is neither read nor locked.
        await using var claim = sql.Command($"""
            WITH RECURSIVE {Groups(request.Media, request.Lane)}
            UPDATE deliveries SET state = {Claimed}, lease_owner = @worker, lease_until = {LeaseEnd}, attempts = attempts + 1
            WHERE id = ANY(ARRAY(
              SELECT due.id
              FROM (SELECT g.*, GREATEST(1, @limit / g.together) AS share, more.more FROM groups g CROSS JOIN (VALUES (FALSE), (TRUE)) more(more) ORDER BY g.tier, more.more, random()) g
              CROSS JOIN LATERAL ({DueOf("g.tier", "g.round_id", "g.medium", "CASE WHEN g.more THEN @limit ELSE g.share END OFFSET CASE WHEN g.more THEN g.share ELSE 0 END")} FOR UPDATE OF d SKIP LOCKED) due
              LIMIT @limit))
            RETURNING {ClaimColumns}
            """);
        WithLease(claim, request.Lease).With("@worker", request.Worker).With("@now", sql.At(request.Now)).With("@limit", (long)request.BatchSize);
        var claimed = new List<ClaimedDelivery>(request.BatchSize);
        await using var rows = await claim.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) claimed.Add(Read(sql, rows));
        // RETURNING keeps no order.
        claimed.Sort(InOrder);

        return claimed;
    }

    protected override async Task<DateTimeOffset?> FirstDueAsync(DeliverySql sql, IReadOnlySet<Medium> media, Lane? lane, CancellationToken cancellationToken)
    {
        await using var find = sql.Command(
            $"WITH RECURSIVE {Groups(media, lane)} SELECT MIN(first.due_at) FROM groups g CROSS JOIN LATERAL ({FirstOf("g.tier", "g.round_id", "g.medium")}) first");
        await using var rows = await find.ExecuteReaderAsync(cancellationToken);

        return await rows.ReadAsync(cancellationToken) && !rows.IsDBNull(0) ? sql.ReadAt(rows, 0) : null;
    }

    /// <summary>The groups in which messages wait that may leave, and how many there are of each tier: one step into the index a group, however many rows it has.</summary>
    private static string Groups(IReadOnlySet<Medium> media, Lane? lane)
    {
        const string Columns = "d.tier, d.round_id, d.medium";
        string First(string after) => $"SELECT {Columns} FROM deliveries d WHERE d.state = {Waiting}{after} ORDER BY {Columns} LIMIT 1";

        return $"""
            waiting AS (
              ({First("")})
              UNION ALL
              SELECT n.tier, n.round_id, n.medium FROM waiting w CROSS JOIN LATERAL ({First($" AND ({Columns}) > (w.tier, w.round_id, w.medium)")}) n),
            groups AS MATERIALIZED (
              SELECT w.tier, w.round_id, w.medium, COUNT(*) OVER (PARTITION BY w.tier) AS together
              FROM waiting w JOIN rounds r ON r.id = w.round_id WHERE w.medium {OneOf(media)} AND {OpenRound(lane)} AND w.tier <= {LastTier})
            """;
    }

    protected override async Task WriteRowsAsync(
        DeliverySql sql, IReadOnlyList<DeliveryOutcome> untried, IReadOnlyList<DeliveryOutcome> tried, IReadOnlyList<Attempt> attempts, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch((NpgsqlConnection)sql.Connection, (NpgsqlTransaction?)sql.Transaction);
        // On a large table the planner takes a thousand ids for a reason to read it all, or joins every id with every id.
        foreach (var way in (string[])["enable_seqscan", "enable_hashjoin", "enable_mergejoin"]) batch.BatchCommands.Add(new NpgsqlBatchCommand($"SET LOCAL {way} = off"));
        if (untried.Count > 0) batch.BatchCommands.Add(GiveBack(untried));
        if (tried.Count > 0)
        {
            batch.BatchCommands.Add(Update(tried));
            batch.BatchCommands.Add(Insert(attempts));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand GiveBack(IReadOnlyList<DeliveryOutcome> untried)
    {
        var give = new NpgsqlBatchCommand($"""
            UPDATE deliveries AS d SET state = {Waiting}, due_at = u.due, attempts = d.attempts - 1, lease_owner = NULL, lease_until = NULL
            FROM unnest(@ids, @numbers, @dues) AS u(id, number, due)
            WHERE d.id = u.id AND (d.state = {Claimed} AND d.attempts = u.number) IS TRUE
            """);
        Add(give, "ids", NpgsqlDbType.Bigint, untried, outcome => outcome.DeliveryId);
        Add(give, "numbers", NpgsqlDbType.Smallint, untried, outcome => outcome.Number);
        Add(give, "dues", NpgsqlDbType.TimestampTz, untried, outcome => UtcInstant.Of(outcome.DueAt));

        return give;
    }

    private static NpgsqlBatchCommand Update(IReadOnlyList<DeliveryOutcome> tried)
    {
        var update = new NpgsqlBatchCommand($"""
            UPDATE deliveries AS d SET {OutcomeRules.Assignments("u.state", "u.due", "u.reason", "u.provider", "u.message", "u.accepted", "u.delivered", "d.")}
            FROM unnest(@ids, @numbers, @states, @dues, @reasons, @providers, @messages, @accepted, @delivered)
              AS u(id, number, state, due, reason, provider, message, accepted, delivered)
            WHERE d.id = u.id AND {OutcomeRules.Applies("d", "u.state", "u.number")} IS TRUE
            """);
        Add(update, "ids", NpgsqlDbType.Bigint, tried, outcome => outcome.DeliveryId);
        Add(update, "numbers", NpgsqlDbType.Smallint, tried, outcome => outcome.Number);
        Add(update, "states", NpgsqlDbType.Smallint, tried, outcome => (short)outcome.State);
        Add(update, "dues", NpgsqlDbType.TimestampTz, tried, outcome => UtcInstant.Of(outcome.DueAt));
        Add(update, "reasons", NpgsqlDbType.Text, tried, outcome => outcome.Reason);
        Add(update, "providers", NpgsqlDbType.Text, tried, outcome => outcome.Provider);
        Add(update, "messages", NpgsqlDbType.Text, tried, outcome => outcome.Try!.Outcome.ProviderMessageId);
        Add(update, "accepted", NpgsqlDbType.TimestampTz, tried, outcome => OrNull(outcome.AcceptedAt));
        Add(update, "delivered", NpgsqlDbType.TimestampTz, tried, outcome => OrNull(outcome.DeliveredAt));

        return update;
    }

    private static NpgsqlBatchCommand Insert(IReadOnlyList<Attempt> attempts)
    {
        // Ids rise in the order of the list: the digest of the batch is taken in id order.
        var insert = new NpgsqlBatchCommand("""
            INSERT INTO attempts (delivery_id, batch, number, started_at, ended_at, provider, outcome, detail, provider_message_id, call_result, keys_pressed, seconds)
            SELECT delivery, @batch, number, started, ended, provider, outcome, detail, message, call, keys, seconds
            FROM unnest(@deliveries, @numbers, @started, @ended, @providers, @outcomes, @details, @messages, @calls, @keys, @seconds)
              WITH ORDINALITY AS u(delivery, number, started, ended, provider, outcome, detail, message, call, keys, seconds, place)
            ORDER BY place
            """);
        insert.Parameters.Add(new NpgsqlParameter("batch", attempts[0].Batch));
        Add(insert, "deliveries", NpgsqlDbType.Bigint, attempts, attempt => attempt.DeliveryId);
        Add(insert, "numbers", NpgsqlDbType.Smallint, attempts, attempt => attempt.Number);
        Add(insert, "started", NpgsqlDbType.TimestampTz, attempts, attempt => UtcInstant.Of(attempt.StartedAt));
        Add(insert, "ended", NpgsqlDbType.TimestampTz, attempts, attempt => UtcInstant.Of(attempt.EndedAt));
        Add(insert, "providers", NpgsqlDbType.Text, attempts, attempt => attempt.Provider);
        Add(insert, "outcomes", NpgsqlDbType.Smallint, attempts, attempt => attempt.Outcome);
        Add(insert, "details", NpgsqlDbType.Text, attempts, attempt => attempt.Detail);
        Add(insert, "messages", NpgsqlDbType.Text, attempts, attempt => attempt.ProviderMessageId);
        Add(insert, "calls", NpgsqlDbType.Text, attempts, attempt => attempt.CallResult);
        Add(insert, "keys", NpgsqlDbType.Text, attempts, attempt => attempt.KeysPressed);
        Add(insert, "seconds", NpgsqlDbType.Integer, attempts, attempt => attempt.Seconds);

        return insert;
    }

    private static DateTimeOffset? OrNull(DateTimeOffset? value) => value is { } at ? UtcInstant.Of(at) : null;

    private static void Add<TRow, TValue>(NpgsqlBatchCommand command, string name, NpgsqlDbType type, IReadOnlyList<TRow> rows, Func<TRow, TValue> value)
    {
        var array = new TValue[rows.Count];
        for (var i = 0; i < array.Length; i++) array[i] = value(rows[i]);
        command.Parameters.Add(new NpgsqlParameter(name, type | NpgsqlDbType.Array) { Value = array });
    }
}
