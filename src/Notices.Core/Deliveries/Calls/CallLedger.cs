using Notices.Audit;
using Notices.Retention;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>What became of a batch of news about calls.</summary>
/// <param name="Ended">Deliveries whose call is over, for whoever holds its place.</param>
/// <param name="Early">Some were told before the start of their call was written down: they are to be settled a moment later.</param>
internal sealed record CallsApplied(int Applied, int Repeated, IReadOnlyList<CallNews> Strangers, IReadOnlyList<long> Ended, bool Early);

/// <summary>Writes down what happens in calls, and moves their deliveries on. Events are added, never changed; a delivery is what all of its events together make of it, so they may
/// come late, twice and in any order, also when the message lies in the archive.</summary>
internal sealed class CallLedger(Func<NoticesDb> open, ProviderDirectory providers, DeliveryOptions options, TimeProvider clock)
{
    private const int Chunk = 500;

    /// <summary>One transaction and one entry of the record for all of them; durable when it returns.</summary>
    internal Task<CallsApplied> ApplyAsync(IReadOnlyList<CallNews> news, CancellationToken cancellationToken) =>
        DeliverySql.RunAsync(open, sql => ApplyAsync(sql, news, cancellationToken), cancellationToken);

    /// <summary>Moves on what is known to have ended: events that came before the start of their call was written down, also by a worker that died over it.</summary>
    /// <returns>How many.</returns>
    internal async Task<int> SettleAsync(CancellationToken cancellationToken)
    {
        var ids = await DeliverySql.ReadAsync(
            open,
            async sql =>
            {
                await using var find = sql.Command($"""
                    SELECT d.id FROM deliveries d WHERE {CallSql.UnderWay} AND d.expires_at > @now AND EXISTS (
                      SELECT 1 FROM call_events e WHERE e.delivery_id = d.id AND ((e.number = d.attempts AND e.kind = {(int)CallEventKind.Ended}) OR e.kind = {(int)CallEventKind.Key}))
                    ORDER BY d.id LIMIT {Chunk}
                    """);

                return await CallSql.IdsAsync(find.With("@now", sql.At(clock.GetUtcNow())), cancellationToken);
            },
            cancellationToken);

        return ids.Count == 0 ? 0 : await DeliverySql.RunAsync(open, sql => SettleAsync(sql, ids, cancellationToken), cancellationToken);
    }

    private async Task<CallsApplied> ApplyAsync(DeliverySql sql, IReadOnlyList<CallNews> news, CancellationToken cancellationToken)
    {
        var found = await CallSql.LockAsync(sql, news.Select(item => item.DeliveryId).Distinct().ToList(), clock.GetUtcNow(), cancellationToken);
        var known = await CallSql.EventsAsync(sql, found, cancellationToken);
        var said = known.Values.SelectMany(events => events).Select(KeyOf).ToHashSet();

        var (rows, strangers, batch) = (new List<CallEvent>(), new List<CallNews>(), OutcomeBatch.NewId());
        foreach (var item in news)
        {
            if (!found.TryGetValue(item.DeliveryId, out var called) || item.Number < 1 || item.Number > called.Delivery.Number)
            {
                strangers.Add(item);
                continue;
            }

            var row = new CallEvent { DeliveryId = item.DeliveryId, Batch = batch, Number = item.Number, Kind = item.Kind, Part = item.Part, Value = item.Value, At = item.At, Seconds = item.Seconds };
            if (!said.Add(KeyOf(row))) continue;

            rows.Add(row);
            if (!known.TryGetValue(item.DeliveryId, out var events)) known[item.DeliveryId] = events = [];
            events.Add(row);
        }

        if (rows.Count == 0) return new CallsApplied(0, news.Count - strangers.Count, strangers, [], false);

        var concerned = rows.Select(row => row.DeliveryId).ToHashSet();
        var changes = await MoveOnAsync(sql, found.Where(pair => concerned.Contains(pair.Key)).ToDictionary(), known, news, batch, cancellationToken);
        await CallSql.InsertAsync(sql, rows, cancellationToken);
        var archived = concerned.Where(id => found[id].At.Length > 0).ToList();
        if (archived.Count > 0) await ArchiveSql.MoveAsync<CallEvent>(sql, "delivery_id", archived, cancellationToken);
        using var hash = new RowsHash();
        foreach (var row in rows) hash.Add(row);
        await sql.RecordAsync(
            clock.GetUtcNow(), BatchedRows.CallEvents.Action, BatchedRows.CallEvents.Subject(batch),
            new { count = hash.Count, sha256 = hash.Finish(), moved = changes.Count, unknown = strangers.Count }, cancellationToken);

        return new CallsApplied(
            rows.Count, news.Count - rows.Count - strangers.Count, strangers,
            [.. rows.Where(row => row.Kind == CallEventKind.Ended && row.Number == found[row.DeliveryId].Delivery.Number).Select(row => row.DeliveryId).Distinct()],
            concerned.Any(id => found[id].Delivery.State == DeliveryState.Claimed));
    }

    private async Task<int> SettleAsync(DeliverySql sql, List<long> ids, CancellationToken cancellationToken)
    {
        var found = await CallSql.LockAsync(sql, ids, clock.GetUtcNow(), cancellationToken);
        var changes = await MoveOnAsync(sql, found, await CallSql.EventsAsync(sql, found, cancellationToken), [], null, cancellationToken);
        if (changes.Count > 0)
            await sql.RecordAsync(clock.GetUtcNow(), "deliveries.calls-settled", "deliveries", new { count = changes.Count }, cancellationToken);

        return changes.Count;
    }

    /// <summary>What is in a worker's hands is left alone: its start is written down in a moment.</summary>
    /// <param name="batch">Of the events that are new.</param>
    private async Task<List<long>> MoveOnAsync(
        DeliverySql sql, Dictionary<long, CallSql.Found> found, Dictionary<long, List<CallEvent>> known, IReadOnlyList<CallNews> news, string? batch, CancellationToken cancellationToken)
    {
        var (changes, now) = (new SortedDictionary<long, CallSql.Change>(), clock.GetUtcNow());
        foreach (var (id, called) in found)
        {
            if (called.Delivery.State == DeliveryState.Claimed || !known.TryGetValue(id, out var events)) continue;

            var byHand = called.Delivery.Tier <= CallRules.LastTierByHand && called.At.Length == 0 ? providers.ByHand?.Name : null;
            if (CallRules.After(called.Delivery, events, now, options, byHand is not null, [.. events.Where(one => one.Batch != batch)]) is not { } end) continue;

            var told = news.LastOrDefault(item => item.DeliveryId == id && item.Number == called.Delivery.Number);
            changes[id] = new CallSql.Change(called, end, end.Reason == DeliveryReasons.ByHand ? byHand : told?.Provider, told?.ProviderCallId);
        }

        await CallSql.UpdateAsync(sql, changes, cancellationToken);
        await CallSql.AnswerRelaysAsync(sql, [.. changes.Keys], known, cancellationToken);
        await sql.SettleRecipientsAsync([.. changes.Where(change => !change.Value.Called.IsSettled).Select(change => change.Key)], cancellationToken);
        await ArchiveSql.SettleRecipientsAsync(sql, [.. changes.Where(change => change.Value.Called.IsSettled).Select(change => change.Key)], cancellationToken);

        return [.. changes.Keys];
    }

    private static (long Delivery, short Number, CallEventKind Kind, short Part, string Value) KeyOf(CallEvent row) =>
        // A call is answered once and ends once, whatever else is said of it later.
        (row.DeliveryId, row.Number, row.Kind, row.Part, row.Kind == CallEventKind.Ended ? "" : row.Value);
}
