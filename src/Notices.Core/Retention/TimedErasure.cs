using Microsoft.EntityFrameworkCore;
using Notices.Deliveries;
using Notices.Policy;
using Notices.Storage;

namespace Notices.Retention;

/// <summary>Erases numbers, addresses and places of rounds that closed longer ago than the policy keeps them (<c>retention.years</c>), in working rows and in the archive. Where an outage of the batch is under
/// legal hold all of the batch stays, since one message may tell of several outages; once released it is erased with the next run.</summary>
public sealed class TimedErasure
{
    private const string Batch = "(SELECT r.id FROM rounds r WHERE r.batch = @batch)";

    /// <summary>What is erased: its word in the record, how its ids are found, how it is done.</summary>
    private static readonly (string What, string Select, Func<NoticesDb, long[], CancellationToken, Task<int>> Erase)[] Rows =
    [
        ("deliveries", ArchiveSql.Over(true, at => $"SELECT d.id FROM deliveries{at} d WHERE d.round_id IN {Batch} AND {ClearText.OfDeliveries}") + " ORDER BY 1", DeliveriesAsync),
        ("letter-names", ArchiveSql.Over(true, at => $"SELECT d.id FROM deliveries{at} d JOIN letter_names n ON n.delivery_id = d.id WHERE d.round_id IN {Batch}") + " ORDER BY 1", NamesAsync),
        ("recipients", $"SELECT p.id FROM recipients p WHERE p.round_id IN {Batch} AND {ClearText.OfRecipients} ORDER BY 1", RecipientsAsync),
    ];

    private readonly Func<NoticesDb> _open;
    private readonly AgedRounds _rounds;
    private readonly PolicyBook _policy;
    private readonly TimeProvider _clock;

    /// <param name="part">Rows in one transaction, where not the usual number.</param>
    internal TimedErasure(Func<NoticesDb> open, PolicyBook policy, TimeProvider clock, TimeProvider machine, int? part = null) =>
        (_open, _rounds, _policy, _clock) = (open, new AgedRounds(open, machine) { Part = part }, policy, clock);

    /// <summary>Erases what is due, in short transactions; a kill leaves the rest for the next run.</summary>
    /// <returns>How many deliveries and recipients were erased.</returns>
    public async Task<int> EraseDueAsync(CancellationToken cancellationToken)
    {
        var before = _clock.GetUtcNow().AddYears(-_policy.Options.Retention.Years);
        var erased = 0;
        foreach (var batch in await _rounds.BatchesAsync("erased_at", before, cancellationToken)) erased += await EraseAsync(batch, before, cancellationToken);

        return erased;
    }

    private async Task<int> EraseAsync(string batch, DateTimeOffset before, CancellationToken cancellationToken)
    {
        if (await DeliverySql.ReadAsync(_open, sql => IsHeldAsync(sql, batch, "", cancellationToken), cancellationToken)) return 0;

        var rounds = await _rounds.IdsAsync("SELECT r.id FROM rounds r WHERE r.batch = @batch ORDER BY r.id", batch, before, cancellationToken);
        var (erased, held) = (0, false);
        foreach (var (what, select, erase) in Rows)
        {
            erased += await _rounds.EachAsync(
                await _rounds.IdsAsync(select, batch, before, cancellationToken),
                async (sql, some) =>
                {
                    held = held || await IsHeldAsync(sql, batch, Locked(sql), cancellationToken);
                    var count = held ? 0 : await erase(sql.Db, some, cancellationToken);
                    if (count > 0) await sql.RecordAsync(_clock.GetUtcNow(), $"{what}.erased", what, new { count, rounds }, cancellationToken);

                    return count;
                },
                cancellationToken);
        }

        if (!held) await _rounds.MarkAsync("erased_at", batch, "TRUE", _clock.GetUtcNow(), cancellationToken);

        return erased;
    }

    /// <summary>Who puts an outage under hold waits for the part at work, and the next part sees the hold.</summary>
    private static string Locked(DeliverySql sql) => sql.Db is PostgreSqlNoticesDb ? " FOR SHARE OF o" : "";

    private static async Task<bool> IsHeldAsync(DeliverySql sql, string batch, string locked, CancellationToken cancellationToken)
    {
        await using var find = sql.Command(
            $"SELECT o.legal_hold FROM outages o WHERE o.id IN (SELECT n.outage_id FROM notices n JOIN rounds r ON r.notice_id = n.id WHERE r.batch = @batch) ORDER BY o.id{locked}");
        await using var rows = await find.With("@batch", batch).ExecuteReaderAsync(cancellationToken);
        var held = false;
        while (await rows.ReadAsync(cancellationToken)) held |= rows.GetBoolean(0);

        return held;
    }

    /// <summary>In both tables, the working one first: a row that moves meanwhile is met in the other.</summary>
    private static async Task<int> DeliveriesAsync(NoticesDb db, long[] some, CancellationToken cancellationToken) =>
        await ClearText.EraseAsync(db.Deliveries.Where(d => EF.Parameter(some).Contains(d.Id)), cancellationToken)
        + await ClearText.EraseAsync(db.DeliveriesArchive.Where(d => EF.Parameter(some).Contains(d.Id)), cancellationToken);

    private static Task<int> NamesAsync(NoticesDb db, long[] some, CancellationToken cancellationToken) =>
        db.LetterNames.Where(n => EF.Parameter(some).Contains(n.DeliveryId)).ExecuteDeleteAsync(cancellationToken);

    private static Task<int> RecipientsAsync(NoticesDb db, long[] some, CancellationToken cancellationToken) =>
        ClearText.EraseAsync(db.Recipients.Where(r => EF.Parameter(some).Contains(r.Id)), cancellationToken);
}
