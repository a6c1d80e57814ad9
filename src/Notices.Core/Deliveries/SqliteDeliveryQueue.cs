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
        for (var tier = 0; tier < Tiers && claimed.Count < request.BatchSize; tier++)
        {
            var from = claimed.Count;
            await using var claim = sql.Command($"""
                UPDATE deliveries SET state = {Claimed}, lease_owner = @worker, lease_until = {LeaseEnd}, attempts = attempts + 1
                WHERE id IN ({DueOf(tier, request.Media)}) RETURNING {ClaimColumns}
                """);
            WithLease(claim, request.Lease).With("@worker", request.Worker).With("@now", sql.At(request.Now)).With("@limit", request.BatchSize - from);
            await using var rows = await claim.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken)) claimed.Add(Read(sql, rows));
            // RETURNING keeps no order.
            claimed.Sort(from, claimed.Count - from, ByDue);
        }

        return claimed;
    }

    protected override async Task WriteRowsAsync(
        DeliverySql sql, IReadOnlyList<DeliveryOutcome> untried, IReadOnlyList<DeliveryOutcome> tried, IReadOnlyList<Attempt> attempts, CancellationToken cancellationToken)
    {
        if (untried.Count > 0) await GiveBackAsync(sql, untried, cancellationToken);
        await UpdateAsync(sql, tried, cancellationToken);
        await InsertAsync(sql, attempts, cancellationToken);
    }

    private static async Task GiveBackAsync(DeliverySql sql, IReadOnlyList<DeliveryOutcome> untried, CancellationToken cancellationToken)
    {
        await using var give = sql.Command($"""
            UPDATE deliveries SET state = {Waiting}, due_at = @due, attempts = attempts - 1, lease_owner = NULL, lease_until = NULL
            WHERE id = @id AND state = {Claimed} AND attempts = @number
            """);
        var (id, number, due) = (Add(give, "@id"), Add(give, "@number"), Add(give, "@due"));
        foreach (var outcome in untried)
        {
            id.Value = outcome.DeliveryId;
            number.Value = outcome.Number;
            due.Value = UtcTicks.Of(outcome.DueAt);
            await give.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task UpdateAsync(DeliverySql sql, IReadOnlyList<DeliveryOutcome> tried, CancellationToken cancellationToken)
    {
        await using var update = sql.Command($"""
            UPDATE deliveries SET {OutcomeRules.Assignments("@state", "@due", "@reason", "@provider", "@message", "@accepted", "@delivered")}
            WHERE id = @id AND {OutcomeRules.Applies("deliveries", "@state", "@number")}
            """);
        var (id, number, state, due, reason) = (Add(update, "@id"), Add(update, "@number"), Add(update, "@state"), Add(update, "@due"), Add(update, "@reason"));
        var (provider, message, accepted, delivered) = (Add(update, "@provider"), Add(update, "@message"), Add(update, "@accepted"), Add(update, "@delivered"));
        foreach (var outcome in tried)
        {
            id.Value = outcome.DeliveryId;
            number.Value = outcome.Number;
            state.Value = (short)outcome.State;
            due.Value = UtcTicks.Of(outcome.DueAt);
            reason.Value = OrNull(outcome.Reason);
            provider.Value = outcome.Try!.Provider;
            message.Value = OrNull(outcome.Try.Outcome.ProviderMessageId);
            accepted.Value = OrNull(sql.At(outcome.AcceptedAt));
            delivered.Value = OrNull(sql.At(outcome.DeliveredAt));
            await update.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task InsertAsync(DeliverySql sql, IReadOnlyList<Attempt> attempts, CancellationToken cancellationToken)
    {
        await using var insert = sql.Command("""
            INSERT INTO attempts (delivery_id, batch, number, started_at, ended_at, provider, outcome, detail, provider_message_id, call_result, keys_pressed, seconds)
            VALUES (@delivery, @batch, @number, @started, @ended, @provider, @outcome, @detail, @message, @call, @keys, @seconds)
            """);
        var (delivery, batch, number, started, ended) = (Add(insert, "@delivery"), Add(insert, "@batch"), Add(insert, "@number"), Add(insert, "@started"), Add(insert, "@ended"));
        var (provider, outcome, detail, message) = (Add(insert, "@provider"), Add(insert, "@outcome"), Add(insert, "@detail"), Add(insert, "@message"));
        var (call, keys, seconds) = (Add(insert, "@call"), Add(insert, "@keys"), Add(insert, "@seconds"));
        foreach (var attempt in attempts)
        {
            delivery.Value = attempt.DeliveryId;
            batch.Value = attempt.Batch;
            number.Value = attempt.Number;
            started.Value = UtcTicks.Of(attempt.StartedAt);
            ended.Value = UtcTicks.Of(attempt.EndedAt);
            provider.Value = attempt.Provider;
            outcome.Value = attempt.Outcome;
            detail.Value = OrNull(attempt.Detail);
            message.Value = OrNull(attempt.ProviderMessageId);
            call.Value = OrNull(attempt.CallResult);
            keys.Value = OrNull(attempt.KeysPressed);
            seconds.Value = OrNull(attempt.Seconds);
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static SqliteParameter Add(DbCommand command, string name) => ((SqliteCommand)command).Parameters.Add(new SqliteParameter(name, null));

    private static object OrNull(object? value) => value ?? DBNull.Value;

    private static readonly Comparer<ClaimedDelivery> ByDue = Comparer<ClaimedDelivery>.Create((a, b) => a.DueAt != b.DueAt ? a.DueAt.CompareTo(b.DueAt) : a.Id.CompareTo(b.Id));
}
