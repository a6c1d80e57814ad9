using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Retention;

/// <summary>Keeps the working tables small: deliveries of rounds that closed long ago move to the archive with their links, attempts and receipts, as they are. Recipients and rounds stay,
/// so a round's counts and its certificate do not change.</summary>
public sealed class DeliveryArchive
{
    /// <summary>Anything of the batch that a sweep or a worker may still change.</summary>
    private static readonly string Open = $"d.state IN ({(int)DeliveryState.Waiting}, {(int)DeliveryState.Claimed}, {(int)DeliveryState.Accepted}) OR d.expires_at > @before";

    private const string Theirs = "FROM deliveries d WHERE d.round_id IN (SELECT r.id FROM rounds r WHERE r.batch = @batch)";

    private readonly AgedRounds _rounds;
    private readonly RetentionOptions _options;
    private readonly TimeProvider _clock;

    /// <param name="part">Deliveries in one transaction, where not the usual number.</param>
    internal DeliveryArchive(Func<NoticesDb> open, RetentionOptions options, TimeProvider clock, TimeProvider machine, int? part = null) =>
        (_rounds, _options, _clock) = (new AgedRounds(open, machine) { Part = part }, options, clock);

    /// <summary>Moves what is due, in short transactions. A kill leaves whole parts moved and the rest for the next run; several processes share the work.</summary>
    /// <returns>How many deliveries were moved.</returns>
    public async Task<int> MoveDueAsync(CancellationToken cancellationToken)
    {
        var before = _clock.GetUtcNow().AddDays(-_options.ArchiveAfterDays);
        var moved = 0;
        foreach (var batch in await _rounds.BatchesAsync("archived_at", before, cancellationToken)) moved += await MoveAsync(batch, before, cancellationToken);

        return moved;
    }

    private async Task<int> MoveAsync(string batch, DateTimeOffset before, CancellationToken cancellationToken)
    {
        // What is not at rest yet (the service was down past its expiry) is left whole to a later run.
        if ((await _rounds.IdsAsync($"SELECT d.id {Theirs} AND ({Open}) LIMIT 1", batch, before, cancellationToken)).Count > 0) return 0;

        var ids = await _rounds.IdsAsync($"SELECT d.id {Theirs} ORDER BY d.id", batch, before, cancellationToken);
        var moved = await _rounds.EachAsync(ids, (sql, some) => MoveAsync(sql, some, cancellationToken), cancellationToken);
        await _rounds.MarkAsync("archived_at", batch, "NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.round_id = rounds.id)", _clock.GetUtcNow(), cancellationToken);

        return moved;
    }

    /// <returns>How many; those another process or a receipt has locked are left.</returns>
    private async Task<int> MoveAsync(DeliverySql sql, long[] some, CancellationToken cancellationToken)
    {
        if (sql.Db is PostgreSqlNoticesDb)
        {
            // With figures of a table that was just filled the planner would read it all for every part.
            await using var way = sql.Command("SET LOCAL enable_seqscan = off");
            await way.ExecuteNonQueryAsync(cancellationToken);
        }

        var (ids, rounds) = (new List<long>(some.Length), new SortedDictionary<long, int>());
        await using (var pick = sql.Command($"SELECT d.id, d.round_id FROM deliveries d WHERE d.id {sql.Among("@ids")} ORDER BY d.id{sql.LockedSkipping}"))
        {
            await using var rows = await pick.With("@ids", sql.Ids(some)).ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                ids.Add(rows.GetInt64(0));
                rounds[rows.GetInt64(1)] = rounds.GetValueOrDefault(rows.GetInt64(1)) + 1;
            }
        }

        if (ids.Count == 0) return 0;

        await ArchiveSql.MoveAsync<DeliveryRecipient>(sql, "delivery_id", ids, cancellationToken);
        var attempts = await ArchiveSql.MoveAsync<Attempt>(sql, "delivery_id", ids, cancellationToken);
        var receipts = await ArchiveSql.MoveAsync<Receipt>(sql, "delivery_id", ids, cancellationToken);
        await ArchiveSql.MoveAsync<CallEvent>(sql, "delivery_id", ids, cancellationToken);
        await ArchiveSql.MoveAsync<Delivery>(sql, "id", ids, cancellationToken);
        await sql.RecordAsync(_clock.GetUtcNow(), "deliveries.archived", "deliveries", new { count = ids.Count, attempts, receipts, rounds }, cancellationToken);

        return ids.Count;
    }
}
