using System.Data.Common;
using Notices.Audit;
using Notices.Evidence;
using Notices.Outages;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>What is the same on both databases; how rows are claimed and written in bulk differs.</summary>
internal abstract partial class DeliveryQueue(Func<NoticesDb> open, TimeProvider clock) : IDeliveryQueue
{
    private const int Suppressed = (int)DeliveryState.Suppressed;
    private const int Waiting = (int)DeliveryState.Waiting;
    private const int Claimed = (int)DeliveryState.Claimed;
    private const int Accepted = (int)DeliveryState.Accepted;

    private const string RunningRound = "(r.state = 'Running' OR r.state = 'Expanding')";

    private const string UrgentRound = "EXISTS (SELECT 1 FROM notices n WHERE n.id = r.notice_id AND n.kind IN ('emergency', 'fault'))";

    // A scalar, since PostgreSQL may turn NOT EXISTS within OR into a reading of the whole table.
    private static readonly string NothingBefore =
        $"CASE WHEN d.after_id IS NULL THEN TRUE ELSE COALESCE((SELECT b.state FROM deliveries b WHERE b.id = d.after_id), 0) NOT IN ({Waiting}, {Claimed}) END";

    /// <summary>1 where everybody a row of <c>deliveries</c> stands for has another supply that is not cut.</summary>
    internal const string BackupStays =
        "(SELECT MIN(CASE WHEN p.backup_stays THEN 1 ELSE 0 END) FROM delivery_recipients l JOIN recipients p ON p.id = l.recipient_id WHERE l.delivery_id = deliveries.id)";

    protected const string ClaimColumns = "id, round_id, text_id, medium, address, place_name, accounts, tier, attempts, due_at, expires_at, " + BackupStays + ", purpose";

    /// <summary>Due rows of one group, the longest due first. A group is what of one round has one tier and one medium; the index of waiting rows is entered at its
    /// first row and left at the last that is due.</summary>
    protected static string DueOf(string tier, string round, string medium, string limit) => $"""
        SELECT d.id FROM deliveries d
        WHERE d.state = {Waiting} AND d.tier = {tier} AND d.round_id = {round} AND d.medium = {medium} AND d.due_at <= @now AND d.expires_at > @now AND {NothingBefore}
        ORDER BY d.due_at LIMIT {limit}
        """;

    /// <summary>When the first row of a group is due.</summary>
    protected static string FirstOf(string tier, string round, string medium) => $"""
        SELECT d.due_at FROM deliveries d
        WHERE d.state = {Waiting} AND d.tier = {tier} AND d.round_id = {round} AND d.medium = {medium} AND d.expires_at > d.due_at AND {NothingBefore}
        ORDER BY d.due_at LIMIT 1
        """;

    /// <summary>The last tier of a round <c>r</c> of which messages may leave. A tier leaves once it is wholly drawn: until then one of its messages may still get another
    /// account to name. A dispatcher may have left the lower tiers to the public feed; who is sent to all customers is sent to subscribers after them.</summary>
    internal const string LastTier = "CASE WHEN r.state = 'Expanding' AND r.next_tier <= r.last_tier THEN r.next_tier - 1 WHEN r.last_tier = 2 THEN 3 ELSE r.last_tier END";

    /// <summary>Rounds <c>r</c> of which messages of a lane may leave.</summary>
    protected static string OpenRound(Lane? lane) => lane switch
    {
        Lane.Urgent => $"{RunningRound} AND {UrgentRound}",
        Lane.Ordinary => $"{RunningRound} AND NOT {UrgentRound}",
        _ => RunningRound,
    };

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

    public Task<IReadOnlyCollection<long>> HeldAsync(IReadOnlyCollection<long> rounds, CancellationToken cancellationToken) => DeliverySql.ReadAsync<IReadOnlyCollection<long>>(
        open,
        async sql =>
        {
            await using var find = sql.Command($"SELECT r.id FROM rounds r WHERE r.id {sql.Among("@ids")} AND NOT {RunningRound}");

            return await IdsAsync(find.With("@ids", sql.Ids(rounds)), cancellationToken);
        },
        cancellationToken);

    public Task<int> GiveBackAllAsync(string worker, CancellationToken cancellationToken) => RunAsync(
        async sql =>
        {
            await using var give = sql.Command($"UPDATE deliveries SET state = {Waiting}, attempts = attempts - 1, lease_owner = NULL, lease_until = NULL WHERE state = {Claimed} AND lease_owner = @worker");

            return await give.With("@worker", worker).ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);

    public Task<DateTimeOffset?> NextDueAsync(IReadOnlySet<Medium> media, Lane? lane, CancellationToken cancellationToken) =>
        media.Count == 0 ? Task.FromResult<DateTimeOffset?>(null) : DeliverySql.ReadAsync(open, sql => FirstDueAsync(sql, media, lane, cancellationToken), cancellationToken);

    public Task<RoundCounts> RoundCountsAsync(long roundId, CancellationToken cancellationToken) =>
        DeliverySql.ReadAsync(open, sql => CountsAsync(sql, roundId, cancellationToken), cancellationToken);

    protected static string OneOf(IReadOnlySet<Medium> media) => $"IN ({string.Join(", ", media.Order().Select(medium => $"'{medium}'"))})";

    protected virtual Task<T> RunAsync<T>(Func<DeliverySql, Task<T>> work, CancellationToken cancellationToken) => DeliverySql.RunAsync(open, work, cancellationToken);

    /// <summary>An expression for the end of a lease that starts now, in machine time.</summary>
    protected abstract string LeaseEnd { get; }

    /// <summary>An expression for machine time.</summary>
    protected abstract string MachineNow { get; }

    /// <summary>Adds the parameters the two expressions name.</summary>
    protected abstract DbCommand WithLease(DbCommand command, TimeSpan lease);

    protected abstract Task<IReadOnlyList<ClaimedDelivery>> ClaimRowsAsync(DeliverySql sql, ClaimRequest request, CancellationToken cancellationToken);

    protected abstract Task<DateTimeOffset?> FirstDueAsync(DeliverySql sql, IReadOnlySet<Medium> media, Lane? lane, CancellationToken cancellationToken);

    /// <summary>Gives untried messages back, updates the tried ones and inserts their attempts, in the order of the list.</summary>
    protected abstract Task WriteRowsAsync(DeliverySql sql, IReadOnlyList<DeliveryOutcome> untried, IReadOnlyList<DeliveryOutcome> tried, IReadOnlyList<Attempt> attempts, CancellationToken cancellationToken);

    protected static readonly Comparison<ClaimedDelivery> InOrder =
        (a, b) => a.Tier != b.Tier ? a.Tier.CompareTo(b.Tier) : a.DueAt != b.DueAt ? a.DueAt.CompareTo(b.DueAt) : a.Id.CompareTo(b.Id);

    protected static ClaimedDelivery Read(DeliverySql sql, DbDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), MediumOf(row.GetString(3)), row.IsDBNull(4) ? null : row.GetString(4), row.IsDBNull(5) ? null : row.GetString(5),
        row.GetString(6), row.GetInt16(7), row.GetInt16(8), sql.ReadAt(row, 9), sql.ReadAt(row, 10))
    {
        BackupStays = !row.IsDBNull(11) && row.GetInt32(11) == 1,
        ForSubscriber = row.GetInt16(12) == (short)DeliveryPurpose.Subscribers,
    };

    private static Medium MediumOf(string word) => word switch
    {
        nameof(Medium.Sms) => Medium.Sms,
        nameof(Medium.Voice) => Medium.Voice,
        nameof(Medium.Email) => Medium.Email,
        _ => Enum.Parse<Medium>(word),
    };

    private static async Task<List<long>> IdsAsync(DbCommand find, CancellationToken cancellationToken)
    {
        var ids = new List<long>();
        await using var reader = await find.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) ids.Add(reader.GetInt64(0));

        return ids;
    }

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
            clock.GetUtcNow(), BatchedRows.Attempts.Action, BatchedRows.Attempts.Subject(batch.Id), new { count = hash.Count, sha256 = hash.Finish(), outcomes }, cancellationToken);
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

    private static async Task<RoundCounts> CountsAsync(DeliverySql sql, long roundId, CancellationToken cancellationToken)
    {
        var states = new Dictionary<DeliveryState, int>();
        await using var count = sql.Command("SELECT state, COUNT(*) FROM recipients WHERE round_id = @round GROUP BY state");
        await using var rows = await count.With("@round", roundId).ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) states[(DeliveryState)rows.GetInt16(0)] = (int)rows.GetInt64(1);

        return RoundCounts.Of(roundId, states);
    }
}
