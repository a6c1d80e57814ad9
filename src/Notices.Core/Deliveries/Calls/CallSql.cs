using System.Data.Common;
using Notices.Retention;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>The statements of <see cref="CallLedger"/> and of the list of calls to make by hand.</summary>
internal static class CallSql
{
    /// <summary>On <c>deliveries d</c>: a call is under way, on the list of calls to make by hand, or nobody knows; the index of such rows is partial.</summary>
    internal static readonly string UnderWay = $"d.medium = 'Voice' AND d.state IN ({(int)DeliveryState.Unconfirmed}, {(int)DeliveryState.Accepted})";

    /// <summary>On the same: it stands on the list of calls people make; the reason says how the last of them ended.</summary>
    internal static readonly string ByHand = $"{UnderWay} AND d.state = {(int)DeliveryState.Accepted} AND d.reason IS NOT NULL AND d.reason <> '{DeliveryReasons.SentAgain}'";

    /// <summary>On the same: a machine makes the call.</summary>
    internal static readonly string ByMachine = $"{UnderWay} AND d.state = {(int)DeliveryState.Accepted} AND (d.reason IS NULL OR d.reason = '{DeliveryReasons.SentAgain}')";

    /// <summary>In id order, so that two batches never wait for each other. What has gone into the archive, also while this waited for it, is looked for there.</summary>
    internal static async Task<Dictionary<long, Found>> LockAsync(DeliverySql sql, List<long> ids, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var settled = now - RetentionOptions.Settled;
        var found = new Dictionary<long, Found>(ids.Count);
        await ReadAsync("", ids);
        if (found.Count < ids.Count) await ReadAsync(ArchiveSql.Suffix, ids.FindAll(id => !found.ContainsKey(id)));

        return found;

        async Task ReadAsync(string at, List<long> some)
        {
            await using var find = sql.Command(
                $"SELECT d.id, d.state, d.attempts, d.expires_at, d.tier FROM deliveries{at} d WHERE d.id {sql.Among("@ids")} AND d.medium = 'Voice' ORDER BY d.id{sql.Locked}");
            await using var rows = await find.With("@ids", sql.Ids(some)).ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                var called = new CalledDelivery(rows.GetInt64(0), (DeliveryState)rows.GetInt16(1), rows.GetInt16(2), sql.ReadAt(rows, 3), rows.GetInt16(4));
                found[called.Id] = new Found(called, at, at.Length > 0 || called.ExpiresAt <= settled);
            }
        }
    }

    internal static async Task<Dictionary<long, List<CallEvent>>> EventsAsync(DeliverySql sql, Dictionary<long, Found> found, CancellationToken cancellationToken)
    {
        var events = new Dictionary<long, List<CallEvent>>();
        foreach (var place in found.GroupBy(pair => pair.Value.At, StringComparer.Ordinal))
        {
            foreach (var row in await EventsAsync(sql, place.Key, place.Select(pair => pair.Key), cancellationToken))
            {
                if (!events.TryGetValue(row.DeliveryId, out var theirs)) events[row.DeliveryId] = theirs = [];
                theirs.Add(row);
            }
        }

        return events;
    }

    internal static async Task<List<CallEvent>> EventsAsync(DeliverySql sql, string at, IEnumerable<long> deliveries, CancellationToken cancellationToken)
    {
        var events = new List<CallEvent>();
        await using var find = sql.Command($"SELECT delivery_id, number, kind, part, value, at, seconds, batch FROM call_events{at} WHERE delivery_id {sql.Among("@ids")} ORDER BY id");
        await using var rows = await find.With("@ids", sql.Ids(deliveries)).ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) events.Add(Read(sql, rows));

        return events;
    }

    internal static Task InsertAsync(DeliverySql sql, List<CallEvent> rows, CancellationToken cancellationToken) => sql.ForEachAsync(
        "INSERT INTO call_events (delivery_id, batch, number, kind, part, value, at, seconds) VALUES (@delivery, @batch, @number, @kind, @part, @value, @at, @seconds)",
        rows,
        (row, set) =>
        {
            set("@delivery", row.DeliveryId);
            set("@batch", row.Batch);
            set("@number", row.Number);
            set("@kind", (short)row.Kind);
            set("@part", row.Part);
            set("@value", row.Value);
            set("@at", sql.At(row.At));
            set("@seconds", row.Seconds);
        },
        cancellationToken);

    internal static async Task UpdateAsync(DeliverySql sql, SortedDictionary<long, Change> changes, CancellationToken cancellationToken)
    {
        foreach (var place in changes.GroupBy(change => change.Value.Called.At, StringComparer.Ordinal))
        {
            await sql.ForEachAsync(
                $"""
                UPDATE deliveries{place.Key} SET state = @state, due_at = @due,
                  reason = COALESCE(@reason, CASE WHEN reason = '{DeliveryReasons.SentAgain}' THEN reason END),
                  accepted_at = CASE WHEN @state >= {(int)DeliveryState.Delivered} THEN COALESCE(accepted_at, @told) WHEN delivered_at IS NULL THEN accepted_at END,
                  delivered_at = CASE WHEN @state >= {(int)DeliveryState.Delivered} THEN COALESCE(delivered_at, @told) END,
                  provider = COALESCE(@provider, provider), provider_message_id = COALESCE(@call, provider_message_id), lease_owner = NULL, lease_until = NULL
                WHERE id = @id
                """,
                place,
                (change, set) =>
                {
                    set("@id", change.Key);
                    set("@state", (short)change.Value.End.State);
                    set("@due", sql.At(change.Value.End.DueAt));
                    set("@reason", change.Value.End.Reason);
                    set("@told", change.Value.End.State >= DeliveryState.Delivered ? sql.At(change.Value.End.At) : null);
                    set("@provider", change.Value.Provider);
                    set("@call", change.Value.ProviderCallId);
                },
                cancellationToken);
        }
    }

    /// <summary>A relay person answers by keys: 1 told, 2 could not.</summary>
    internal static async Task AnswerRelaysAsync(DeliverySql sql, List<long> changed, Dictionary<long, List<CallEvent>> known, CancellationToken cancellationToken)
    {
        foreach (var id in changed)
        {
            if (known[id].FindLast(one => one.Kind == CallEventKind.Key && one.Value is "1" or "2") is { } key) await AnswerRelayAsync(sql, id, key.Value == "1", key.At, cancellationToken);
        }
    }

    internal static async Task AnswerRelayAsync(DeliverySql sql, long delivery, bool told, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var answer = sql.Command($"""
            UPDATE relay_tellings SET told = @told, told_at = @at
            WHERE told IS NULL AND id IN (SELECT r.telling_id FROM relay_deliveries r JOIN deliveries d ON d.id = r.delivery_id WHERE d.id = @id AND d.purpose = {(int)DeliveryPurpose.Relay})
            """);
        await answer.With("@told", told).With("@at", sql.At(at)).With("@id", delivery).ExecuteNonQueryAsync(cancellationToken);
    }

    internal static async Task<List<long>> IdsAsync(DbCommand find, CancellationToken cancellationToken)
    {
        var ids = new List<long>();
        await using var rows = await find.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) ids.Add(rows.GetInt64(0));

        return ids;
    }

    private static CallEvent Read(DeliverySql sql, DbDataReader row) => new()
    {
        DeliveryId = row.GetInt64(0),
        Number = row.GetInt16(1),
        Kind = (CallEventKind)row.GetInt16(2),
        Part = row.GetInt16(3),
        Value = row.GetString(4),
        At = sql.ReadAt(row, 5),
        Seconds = row.IsDBNull(6) ? null : row.GetInt32(6),
        Batch = row.GetString(7),
    };

    /// <param name="At">What stands behind the names of the tables it lies in.</param>
    /// <param name="IsSettled">Others of its recipients' messages may lie elsewhere, or be moving.</param>
    internal sealed record Found(CalledDelivery Delivery, string At, bool IsSettled);

    /// <param name="Provider">Who has it now, where that is told.</param>
    internal sealed record Change(Found Called, CallEnd End, string? Provider, string? ProviderCallId);
}
