using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Notices.Audit;
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
/// <param name="Unknown">About no message of ours.</param>
public sealed record ReceiptsApplied(int Applied, int Repeated, int Unknown);

/// <summary>Applies receipts in batches, in whatever order they come: news never makes a message worse than something better already known.</summary>
public sealed class DeliveryReceipts
{
    private readonly Func<NoticesDb> _open;
    private readonly TimeProvider _clock;

    internal DeliveryReceipts(Func<NoticesDb> open, TimeProvider clock) => (_open, _clock) = (open, clock);

    /// <summary>One transaction and one audit entry for all of them; durable when it returns.</summary>
    public Task<ReceiptsApplied> ApplyAsync(IReadOnlyList<ReceiptNews> news, CancellationToken cancellationToken) =>
        news.Count == 0 ? Task.FromResult(new ReceiptsApplied(0, 0, 0)) : DeliverySql.RunAsync(_open, sql => ApplyAsync(sql, news, cancellationToken), cancellationToken);

    private async Task<ReceiptsApplied> ApplyAsync(DeliverySql sql, IReadOnlyList<ReceiptNews> news, CancellationToken cancellationToken)
    {
        var named = await ByMessageIdAsync(sql, news, cancellationToken);
        var about = news.Select(item => (News: item, Id: item.DeliveryId ?? named.GetValueOrDefault((item.Provider, item.ProviderMessageId ?? "")))).ToList();
        var states = await LockAsync(sql, about.Select(pair => pair.Id).Where(id => id != 0).Distinct().ToList(), cancellationToken);
        var said = await SaidAsync(sql, states.Keys, cancellationToken);

        var (rows, changes, unknown) = (new List<Receipt>(), new SortedDictionary<long, Change>(), 0);
        var batch = OutcomeBatch.NewId();
        foreach (var (item, id) in about.OrderBy(pair => pair.News.At))
        {
            if (!states.TryGetValue(id, out var state)) unknown++;
            else if (item.State is DeliveryState.Failed or >= DeliveryState.Accepted && said.Add((id, item.State)))
            {
                rows.Add(new Receipt { DeliveryId = id, Batch = batch, At = item.At, State = item.State, Detail = item.Detail });
                if (After(state, item.State) is not { } becomes) continue;

                states[id] = becomes;
                changes[id] = new Change(becomes, item, changes.GetValueOrDefault(id)?.DeliveredAt ?? (item.State >= DeliveryState.Delivered ? item.At : null), ReasonOf(item));
            }
        }

        if (rows.Count > 0) await WriteAsync(sql, batch, rows, changes, unknown, cancellationToken);

        return new ReceiptsApplied(rows.Count, news.Count - rows.Count - unknown, unknown);
    }

    /// <summary>What a message becomes by the news, or null where it stays. A failure is news for a message that is on its way or counted as sent;
    /// it says nothing about one that waits for another try. "On its way" settles whether it left, no more.</summary>
    private static DeliveryState? After(DeliveryState now, DeliveryState news) => news switch
    {
        DeliveryState.Failed => now is DeliveryState.Unconfirmed or DeliveryState.Claimed or DeliveryState.Accepted or DeliveryState.Sent ? news : null,
        DeliveryState.Accepted or DeliveryState.Sent => now is DeliveryState.Unconfirmed or DeliveryState.Waiting or DeliveryState.Claimed ? DeliveryState.Accepted : null,
        _ => news > now ? news : null,
    };

    private static string? ReasonOf(ReceiptNews item) => item.State != DeliveryState.Failed ? null
        : item.Detail is { } detail && DeliveryReasons.CallResults.Contains(detail) ? detail : DeliveryReasons.NotDelivered;

    private static async Task<Dictionary<(string, string), long>> ByMessageIdAsync(DeliverySql sql, IReadOnlyList<ReceiptNews> news, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(string, string), long>();
        await using var find = sql.Command($"SELECT id FROM deliveries WHERE state >= {(int)DeliveryState.Accepted} AND provider_message_id = @message AND provider = @provider");
        foreach (var item in news.Where(item => item.DeliveryId is null && item.ProviderMessageId is not null))
        {
            find.Parameters.Clear();
            find.With("@message", item.ProviderMessageId).With("@provider", item.Provider);
            if (await find.ExecuteScalarAsync(cancellationToken) is long id) found[(item.Provider, item.ProviderMessageId!)] = id;
        }

        return found;
    }

    /// <summary>In id order, so that two batches never wait for each other.</summary>
    private static async Task<Dictionary<long, DeliveryState>> LockAsync(DeliverySql sql, List<long> ids, CancellationToken cancellationToken)
    {
        var states = new Dictionary<long, DeliveryState>(ids.Count);
        await using var find = sql.Command($"SELECT d.id, d.state FROM deliveries d WHERE d.id {sql.Among("@ids")} ORDER BY d.id{sql.Locked}");
        await using var rows = await find.With("@ids", sql.Ids(ids)).ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) states[rows.GetInt64(0)] = (DeliveryState)rows.GetInt16(1);

        return states;
    }

    private static async Task<HashSet<(long, DeliveryState)>> SaidAsync(DeliverySql sql, IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        var said = new HashSet<(long, DeliveryState)>();
        await using var find = sql.Command($"SELECT delivery_id, state FROM receipts WHERE delivery_id {sql.Among("@ids")}");
        await using var rows = await find.With("@ids", sql.Ids(ids)).ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) said.Add((rows.GetInt64(0), (DeliveryState)rows.GetInt16(1)));

        return said;
    }

    private async Task WriteAsync(
        DeliverySql sql, string batch, List<Receipt> rows, SortedDictionary<long, Change> changes, int unknown, CancellationToken cancellationToken)
    {
        await UpdateAsync(sql, changes, cancellationToken);
        await InsertAsync(sql, rows, cancellationToken);
        await sql.SettleRecipientsAsync(changes.Keys, cancellationToken);
        using var hash = new RowsHash();
        foreach (var row in rows) hash.Add(row);
        await sql.RecordAsync(
            _clock.GetUtcNow(), "deliveries.receipts", $"receipts/{batch}", new { count = hash.Count, sha256 = hash.Finish(), unknown }, cancellationToken);
    }

    private static Task UpdateAsync(DeliverySql sql, IEnumerable<KeyValuePair<long, Change>> changes, CancellationToken cancellationToken) => sql.ForEachAsync(
        """
        UPDATE deliveries SET state = @state, reason = COALESCE(@reason, CASE WHEN reason = 'sent-again' THEN reason END), accepted_at = COALESCE(accepted_at, @accepted),
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

    private sealed record Change(DeliveryState State, ReceiptNews News, DateTimeOffset? DeliveredAt, string? Reason);
}

/// <summary>Where a channel that hears from its carrier in this process leaves what it heard.</summary>
public interface IReceiptSink
{
    /// <summary>Waits while the inbox is full.</summary>
    ValueTask PostAsync(ReceiptNews news, CancellationToken cancellationToken);
}

/// <summary>Gathers receipts for a moment, so that a thousand of them are one transaction. A web hook, which must not lose what it has answered,
/// calls <see cref="DeliveryReceipts"/> itself.</summary>
internal sealed class ReceiptInbox(DeliveryReceipts receipts, [FromKeyedServices("machine")] TimeProvider machine, ILogger<ReceiptInbox> log) : BackgroundService, IReceiptSink
{
    private const int Batch = 1000;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);

    private readonly Channel<ReceiptNews> _inbox = Channel.CreateBounded<ReceiptNews>(new BoundedChannelOptions(20_000) { SingleReader = true });

    public ValueTask PostAsync(ReceiptNews news, CancellationToken cancellationToken) => _inbox.Writer.WriteAsync(news, cancellationToken);

    /// <summary>Applies what is there now.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        var batch = new List<ReceiptNews>();
        while (batch.Count < Batch && _inbox.Reader.TryRead(out var news)) batch.Add(news);
        while (batch.Count > 0)
        {
            try
            {
                await receipts.ApplyAsync(batch, cancellationToken);
                batch.Clear();
            }
            catch (DbException fault)
            {
                log.LogWarning(fault, "{Count} receipts could not be written yet", batch.Count);
                await Task.Delay(TimeSpan.FromSeconds(1), machine, cancellationToken);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _inbox.Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(Gather, machine, stoppingToken);
                await FlushAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            await FlushAsync(CancellationToken.None);
        }
    }
}
