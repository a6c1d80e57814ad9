using System.Data.Common;
using Microsoft.Data.Sqlite;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>The queue in one file with one writer: prepared statements, a batch to a transaction.</summary>
/// <param name="machine">Machine time, for leases.</param>
internal sealed class SqliteDeliveryQueue(Func<NoticesDb> open, TimeProvider clock, TimeProvider machine) : DeliveryQueue(open, clock), IDisposable
{
    private const int Waiting = (int)DeliveryState.Waiting;
    private const int Claimed = (int)DeliveryState.Claimed;

    /// <summary>Writers of this process take turns here instead of polling the file.</summary>
    private readonly SemaphoreSlim _writer = new(1, 1);

    public void Dispose() => _writer.Dispose();

    protected override string LeaseEnd => "@lease_end";

    protected override string MachineNow => "@lease_end";

    protected override DbCommand WithLease(DbCommand command, TimeSpan lease) => command.With("@lease_end", UtcTicks.Of(machine.GetUtcNow() + lease));

    protected override async Task<T> RunAsync<T>(Func<DeliverySql, Task<T>> work, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            return await base.RunAsync(work, cancellationToken);
        }
        finally
        {
            _writer.Release();
        }
    }

    protected override async Task<IReadOnlyList<ClaimedDelivery>> ClaimRowsAsync(DeliverySql sql, ClaimRequest request, CancellationToken cancellationToken)
    {
        var claimed = new List<ClaimedDelivery>(request.BatchSize);
        await using var claim = sql.Command($"""
            UPDATE deliveries SET state = {Claimed}, lease_owner = @worker, lease_until = {LeaseEnd}, attempts = attempts + 1
            WHERE id IN ({DueOf("@tier", "@round", "@medium", "@limit")}) RETURNING {ClaimColumns}
            """);
        WithLease(claim, request.Lease).With("@worker", request.Worker).With("@now", sql.At(request.Now));
        var (tier, round, medium, limit) = (Add(claim, "@tier"), Add(claim, "@round"), Add(claim, "@medium"), Add(claim, "@limit"));
        foreach (var groups in (await GroupsAsync(sql, request.Media, request.Lane, cancellationToken)).GroupBy(group => group.Tier))
        {
            var shuffled = groups.ToArray();
            // Nobody is always the last; with one round there is nothing to share.
            Random.Shared.Shuffle(shuffled);
            var share = Math.Max(1, request.BatchSize / shuffled.Length);
            foreach (var (group, atMost) in shuffled.Select(group => (group, share)).Concat(shuffled.Select(group => (group, request.BatchSize))))
            {
                if (claimed.Count >= request.BatchSize) break;

                (tier.Value, round.Value, medium.Value, limit.Value) = (group.Tier, group.Round, group.Medium, Math.Min(atMost, request.BatchSize - claimed.Count));
                await using var rows = await claim.ExecuteReaderAsync(cancellationToken);
                while (await rows.ReadAsync(cancellationToken)) claimed.Add(Read(sql, rows));
            }
        }

        // RETURNING keeps no order.
        claimed.Sort(InOrder);

        return claimed;
    }

    protected override async Task<DateTimeOffset?> FirstDueAsync(DeliverySql sql, IReadOnlySet<Medium> media, Lane? lane, CancellationToken cancellationToken)
    {
        DateTimeOffset? first = null;
        await using var find = sql.Command(FirstOf("@tier", "@round", "@medium"));
        var (tier, round, medium) = (Add(find, "@tier"), Add(find, "@round"), Add(find, "@medium"));
        foreach (var group in await GroupsAsync(sql, media, lane, cancellationToken))
        {
            (tier.Value, round.Value, medium.Value) = (group.Tier, group.Round, group.Medium);
            await using var rows = await find.ExecuteReaderAsync(cancellationToken);
            if (await rows.ReadAsync(cancellationToken) && sql.ReadAt(rows, 0) is var due && (first is null || due < first)) first = due;
        }

        return first;
    }

    /// <summary>The groups in which messages wait that may leave, tier by tier: one step into the index a group, however many rows it has.</summary>
    private static async Task<List<(short Tier, long Round, string Medium)>> GroupsAsync(DeliverySql sql, IReadOnlySet<Medium> media, Lane? lane, CancellationToken cancellationToken)
    {
        var groups = new List<(short Tier, long Round, string Medium)>();
        await using (var next = sql.Command(
            $"SELECT tier, round_id, medium FROM deliveries WHERE state = {Waiting} AND (tier, round_id, medium) > (@tier, @round, @medium) ORDER BY tier, round_id, medium LIMIT 1"))
        {
            var (tier, round, medium) = (Add(next, "@tier"), Add(next, "@round"), Add(next, "@medium"));
            (tier.Value, round.Value, medium.Value) = (-1, 0, "");
            while (true)
            {
                await using var rows = await next.ExecuteReaderAsync(cancellationToken);
                if (!await rows.ReadAsync(cancellationToken)) break;

                groups.Add((rows.GetInt16(0), rows.GetInt64(1), rows.GetString(2)));
                (tier.Value, round.Value, medium.Value) = groups[^1];
            }
        }

        if (groups.Count == 0) return groups;

        var open = new Dictionary<long, int>();
        await using var find = sql.Command($"SELECT r.id, {LastTier} FROM rounds r WHERE r.id {sql.Among("@ids")} AND {OpenRound(lane)}");
        await using var found = await find.With("@ids", sql.Ids(groups.Select(group => group.Round).Distinct())).ExecuteReaderAsync(cancellationToken);
        while (await found.ReadAsync(cancellationToken)) open[found.GetInt64(0)] = found.GetInt32(1);
        var carried = media.Select(medium => medium.ToString()).ToHashSet(StringComparer.Ordinal);
        groups.RemoveAll(group => !open.TryGetValue(group.Round, out var last) || group.Tier > last || !carried.Contains(group.Medium));

        return groups;
    }

    protected override Task WriteRowsAsync(
        DeliverySql sql, IReadOnlyList<DeliveryOutcome> untried, IReadOnlyList<DeliveryOutcome> tried, IReadOnlyList<Attempt> attempts, CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)sql.Connection;
        if (untried.Count > 0) GiveBack(connection, untried);
        Update(connection, tried);
        Insert(connection, attempts);

        return Task.CompletedTask;
    }

    private static void GiveBack(SqliteConnection connection, IReadOnlyList<DeliveryOutcome> untried)
    {
        using var give = new SqliteStatement(connection, $"""
            UPDATE deliveries SET state = {Waiting}, due_at = ?3, attempts = attempts - 1, lease_owner = NULL, lease_until = NULL
            WHERE id = ?1 AND state = {Claimed} AND attempts = ?2
            """);
        foreach (var outcome in untried) give.With(outcome.DeliveryId).With(outcome.Number).With(UtcTicks.Of(outcome.DueAt)).Run();
    }

    private static void Update(SqliteConnection connection, IReadOnlyList<DeliveryOutcome> tried)
    {
        using var update = new SqliteStatement(connection, $"""
            UPDATE deliveries SET {OutcomeRules.Assignments("?3", "?4", "?5", "?6", "?7", "?8", "?9")} WHERE id = ?1 AND {OutcomeRules.Applies("deliveries", "?3", "?2")}
            """);
        foreach (var outcome in tried)
        {
            update.With(outcome.DeliveryId).With(outcome.Number).With((short)outcome.State).With(UtcTicks.Of(outcome.DueAt)).With(outcome.Reason).With(outcome.Provider)
                .With(outcome.Try!.Outcome.ProviderMessageId).With(Ticks(outcome.AcceptedAt)).With(Ticks(outcome.DeliveredAt)).Run();
        }
    }

    private static void Insert(SqliteConnection connection, IReadOnlyList<Attempt> attempts)
    {
        using var insert = new SqliteStatement(connection, """
            INSERT INTO attempts (delivery_id, batch, number, started_at, ended_at, provider, outcome, detail, provider_message_id, call_result, keys_pressed, seconds)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            """);
        foreach (var attempt in attempts)
        {
            insert.With(attempt.DeliveryId).With(attempt.Batch).With(attempt.Number).With(UtcTicks.Of(attempt.StartedAt)).With(UtcTicks.Of(attempt.EndedAt)).With(attempt.Provider)
                .With(attempt.Outcome).With(attempt.Detail).With(attempt.ProviderMessageId).With(attempt.CallResult).With(attempt.KeysPressed).With(attempt.Seconds).Run();
        }
    }

    private static long? Ticks(DateTimeOffset? at) => at is { } known ? UtcTicks.Of(known) : null;

    private static SqliteParameter Add(DbCommand command, string name) => ((SqliteCommand)command).Parameters.Add(new SqliteParameter(name, null));
}
