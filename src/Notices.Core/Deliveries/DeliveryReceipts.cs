using System.Data.Common;
using Notices.Audit;
using Notices.Retention;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>What a carrier says later about a message.</summary>
/// <param name="ProviderMessageId">The provider's id; used where <paramref name="DeliveryId"/> is unknown.</param>
/// <param name="State"><see cref="DeliveryState.Failed"/>, <see cref="DeliveryState.Accepted"/> (on its way), <see cref="DeliveryState.Delivered"/>
/// or <see cref="DeliveryState.Acknowledged"/>; others tell nothing and are counted as repeated.</param>
/// <param name="Detail">The carrier's code, or the result of a call; no personal data.</param>
public sealed record ReceiptNews(string Provider, string? ProviderMessageId, long? DeliveryId, DeliveryState State, DateTimeOffset At, string? Detail = null);

/// <summary>What became of a batch of receipts.</summary>
/// <param name="Applied">Recorded, whether or not they changed a state.</param>
/// <param name="Repeated">Said before: no effect.</param>
/// <param name="Unknown">About no message of ours, also none of a check.</param>
public sealed record ReceiptsApplied(int Applied, int Repeated, int Unknown);

/// <summary>Applies receipts in batches, in whatever order they come: news never makes a message worse than something better already known. It may come so late that the message lies in the archive.</summary>
public sealed class DeliveryReceipts
{
    private readonly Func<NoticesDb> _open;
    private readonly TimeProvider _clock;

    internal DeliveryReceipts(Func<NoticesDb> open, TimeProvider clock) => (_open, _clock) = (open, clock);

    /// <summary>One transaction and one audit entry for all of them; durable when it returns.</summary>
    public Task<ReceiptsApplied> ApplyAsync(IReadOnlyList<ReceiptNews> news, CancellationToken cancellationToken) => ApplyAsync(news, null, cancellationToken);

    /// <param name="strangers">Takes those about no message of ours.</param>
    internal Task<ReceiptsApplied> ApplyAsync(IReadOnlyList<ReceiptNews> news, ICollection<ReceiptNews>? strangers, CancellationToken cancellationToken) => news.Count == 0
        ? Task.FromResult(new ReceiptsApplied(0, 0, 0))
        : DeliverySql.RunAsync(_open, sql => ApplyAsync(sql, news, strangers, cancellationToken), cancellationToken);

    /// <summary>The same in the caller's transaction.</summary>
    internal async Task<ReceiptsApplied> ApplyAsync(DeliverySql sql, IReadOnlyList<ReceiptNews> news, ICollection<ReceiptNews>? strangers, CancellationToken cancellationToken)
    {
        strangers?.Clear();
        var named = await ByMessageIdAsync(sql, news, cancellationToken);
        var about = news.Select(item => (News: item, Id: item.DeliveryId ?? named.GetValueOrDefault((item.Provider, item.ProviderMessageId ?? "")))).ToList();
        var messages = await LockAsync(sql, about.Select(pair => pair.Id).Where(id => id != 0).Distinct().ToList(), cancellationToken);
        var said = await SaidAsync(sql, messages, cancellationToken);

        var (rows, changes, others) = (new List<Receipt>(), new SortedDictionary<long, Change>(), new List<ReceiptNews>());
        var batch = OutcomeBatch.NewId();
        foreach (var (item, id) in about.OrderBy(pair => pair.News.At))
        {
            if (!messages.TryGetValue(id, out var message))
            {
                others.Add(item);
            }
            else if (item.State is DeliveryState.Failed or >= DeliveryState.Accepted && said.Add((id, item.State)))
            {
                rows.Add(new Receipt { DeliveryId = id, Batch = batch, At = item.At, State = item.State, Detail = item.Detail });
                if (After(message, item.State) is not { } becomes) continue;

                messages[id] = message with { State = becomes };
                changes[id] = new Change(becomes, item, message, changes.GetValueOrDefault(id)?.DeliveredAt ?? (item.State >= DeliveryState.Delivered ? item.At : null), ReasonOf(item));
            }
        }

        var tests = others.Count > 0 ? await TestReceipts.ApplyAsync(sql, others, cancellationToken) : [];
        foreach (var stranger in strangers is null ? [] : others.Except(tests.Select(test => test.News))) strangers!.Add(stranger);
        var (unknown, applied) = (others.Count - tests.Count, rows.Count + tests.Count(test => test.Fresh));
        if (rows.Count > 0) await WriteAsync(sql, batch, rows, changes, messages, unknown, cancellationToken);
        await TestReceipts.RecordAsync(sql, _clock.GetUtcNow(), tests, cancellationToken);

        return new ReceiptsApplied(applied, news.Count - applied - unknown, unknown);
    }

    /// <summary>What a message becomes by the news, or null where it stays. A failure is news for a message that is on its way or counted as sent;
    /// it says nothing about one that waits for another try. "On its way" settles whether it left, no more; long after expiry there is no other receipt to wait for.</summary>
    private static DeliveryState? After(Message message, DeliveryState news) => news switch
    {
        DeliveryState.Failed => message.State is DeliveryState.Unconfirmed or DeliveryState.Claimed or DeliveryState.Accepted or DeliveryState.Sent ? news : null,
        DeliveryState.Accepted or DeliveryState.Sent => message.State is DeliveryState.Unconfirmed or DeliveryState.Waiting or DeliveryState.Claimed
            ? message.IsSettled ? DeliveryState.Sent : DeliveryState.Accepted
            : null,
        _ => news > message.State ? news : null,
    };

    private static string? ReasonOf(ReceiptNews item) => item.State != DeliveryState.Failed ? null
        : item.Detail is { } detail && DeliveryReasons.CallResults.Contains(detail) ? detail : DeliveryReasons.NotDelivered;

    private static readonly string Named = $"state >= {(int)DeliveryState.Accepted} AND provider_message_id = @message AND provider = @provider";

    private static async Task<Dictionary<(string, string), long>> ByMessageIdAsync(DeliverySql sql, IReadOnlyList<ReceiptNews> news, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(string, string), long>();
        await using var find = sql.Command($"SELECT id FROM deliveries WHERE {Named}");
        await using var findOld = sql.Command($"SELECT id FROM deliveries{ArchiveSql.Suffix} WHERE {Named}");
        foreach (var item in news.Where(item => item.DeliveryId is null && item.ProviderMessageId is not null))
        {
            // The archive after the working table, as rows move.
            foreach (var command in (DbCommand[])[find, findOld])
            {
                command.Parameters.Clear();
                command.With("@message", item.ProviderMessageId).With("@provider", item.Provider);
                if (await command.ExecuteScalarAsync(cancellationToken) is not long id) continue;

                found[(item.Provider, item.ProviderMessageId!)] = id;
                break;
            }
        }

        return found;
    }

    /// <summary>In id order, so that two batches never wait for each other. What has gone into the archive, also while this waited for it, is looked for there.</summary>
    private async Task<Dictionary<long, Message>> LockAsync(DeliverySql sql, List<long> ids, CancellationToken cancellationToken)
    {
        var (messages, settled) = (new Dictionary<long, Message>(ids.Count), _clock.GetUtcNow() - RetentionOptions.Settled);
        await ReadAsync("", ids);
        if (messages.Count < ids.Count) await ReadAsync(ArchiveSql.Suffix, ids.FindAll(id => !messages.ContainsKey(id)));

        return messages;

        async Task ReadAsync(string at, List<long> some)
        {
            await using var find = sql.Command($"SELECT d.id, d.state, d.expires_at FROM deliveries{at} d WHERE d.id {sql.Among("@ids")} ORDER BY d.id{sql.Locked}");
            await using var rows = await find.With("@ids", sql.Ids(some)).ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken)) messages[rows.GetInt64(0)] = new Message((DeliveryState)rows.GetInt16(1), at, at.Length > 0 || sql.ReadAt(rows, 2) <= settled);
        }
    }

    private static async Task<HashSet<(long, DeliveryState)>> SaidAsync(DeliverySql sql, Dictionary<long, Message> messages, CancellationToken cancellationToken)
    {
        var said = new HashSet<(long, DeliveryState)>();
        foreach (var place in messages.GroupBy(message => message.Value.At, StringComparer.Ordinal))
        {
            await using var find = sql.Command($"SELECT delivery_id, state FROM receipts{place.Key} WHERE delivery_id {sql.Among("@ids")}");
            await using var rows = await find.With("@ids", sql.Ids(place.Select(message => message.Key))).ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken)) said.Add((rows.GetInt64(0), (DeliveryState)rows.GetInt16(1)));
        }

        return said;
    }

    private async Task WriteAsync(
        DeliverySql sql, string batch, List<Receipt> rows, SortedDictionary<long, Change> changes, Dictionary<long, Message> messages, int unknown, CancellationToken cancellationToken)
    {
        foreach (var place in changes.GroupBy(change => change.Value.Message.At, StringComparer.Ordinal)) await UpdateAsync(sql, place.Key, place, cancellationToken);
        await InsertAsync(sql, rows, cancellationToken);
        await sql.SettleRecipientsAsync([.. changes.Where(change => !change.Value.Message.IsSettled).Select(change => change.Key)], cancellationToken);
        await ArchiveSql.SettleRecipientsAsync(sql, [.. changes.Where(change => change.Value.Message.IsSettled).Select(change => change.Key)], cancellationToken);
        // Ids are given by the working table alone; from there they go to their delivery.
        var archived = rows.Select(row => row.DeliveryId).Where(id => messages[id].At.Length > 0).Distinct().ToList();
        if (archived.Count > 0) await ArchiveSql.MoveAsync<Receipt>(sql, "delivery_id", archived, cancellationToken);
        using var hash = new RowsHash();
        foreach (var row in rows) hash.Add(row);
        await sql.RecordAsync(
            _clock.GetUtcNow(), BatchedRows.Receipts.Action, BatchedRows.Receipts.Subject(batch), new { count = hash.Count, sha256 = hash.Finish(), unknown }, cancellationToken);
    }

    private static Task UpdateAsync(DeliverySql sql, string at, IEnumerable<KeyValuePair<long, Change>> changes, CancellationToken cancellationToken) => sql.ForEachAsync(
        $"""
        UPDATE deliveries{at} SET state = @state, reason = COALESCE(@reason, CASE WHEN reason = 'sent-again' THEN reason END), accepted_at = COALESCE(accepted_at, @accepted),
          delivered_at = COALESCE(delivered_at, @delivered), provider_message_id = COALESCE(provider_message_id, @message),
          provider = CASE WHEN @message IS NULL THEN provider ELSE @provider END, lease_owner = NULL, lease_until = NULL
        WHERE id = @id
        """,
        changes,
        (change, set) =>
        {
            set("@id", change.Key);
            set("@state", (short)change.Value.State);
            set("@reason", change.Value.Reason);
            set("@accepted", change.Value.State >= DeliveryState.Accepted ? sql.At(change.Value.News.At) : null);
            set("@delivered", sql.At(change.Value.DeliveredAt));
            set("@message", change.Value.News.ProviderMessageId);
            set("@provider", change.Value.News.Provider);
        },
        cancellationToken);

    private static Task InsertAsync(DeliverySql sql, List<Receipt> rows, CancellationToken cancellationToken) => sql.ForEachAsync(
        "INSERT INTO receipts (delivery_id, batch, at, state, detail) VALUES (@delivery, @batch, @at, @state, @detail)",
        rows,
        (row, set) =>
        {
            set("@delivery", row.DeliveryId);
            set("@batch", row.Batch);
            set("@at", sql.At(row.At));
            set("@state", (short)row.State);
            set("@detail", row.Detail);
        },
        cancellationToken);

    private sealed record Change(DeliveryState State, ReceiptNews News, Message Message, DateTimeOffset? DeliveredAt, string? Reason);

    /// <param name="At">What stands behind the names of the tables it lies in.</param>
    /// <param name="IsSettled">Others of its recipients' messages may lie elsewhere, or be moving.</param>
    private sealed record Message(DeliveryState State, string At, bool IsSettled);
}
