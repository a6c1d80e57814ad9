using Microsoft.EntityFrameworkCore;
using Notices.Deliveries;
using Notices.Policy;
using Notices.Replies;
using Notices.Storage;

namespace Notices.Retention;

/// <summary>Puts replies away that were applied long ago, and erases numbers and texts of replies, answers and enquiries at their time. What concerns an outage under legal hold keeps its words.</summary>
public sealed class ReplyRetention
{
    /// <summary>Rows of one transaction.</summary>
    private const int Part = 500;

    private readonly Func<NoticesDb> _open;
    private readonly RetentionOptions _options;
    private readonly PolicyBook _policy;
    private readonly TimeProvider _clock;

    internal ReplyRetention(Func<NoticesDb> open, RetentionOptions options, PolicyBook policy, TimeProvider clock) => (_open, _options, _policy, _clock) = (open, options, policy, clock);

    /// <summary>Moves what is due into the archive, in short transactions; a kill leaves whole parts moved.</summary>
    /// <returns>How many.</returns>
    public Task<int> MoveDueAsync(CancellationToken cancellationToken) => PartsAsync(
        async sql =>
        {
            var ids = new List<long>();
            await using (var find = sql.Command($"SELECT d.id FROM replies d WHERE d.batch IS NOT NULL AND d.received_at < @before ORDER BY d.id LIMIT {Part}{sql.LockedSkipping}"))
            {
                await using var rows = await find.With("@before", sql.At(_clock.GetUtcNow().AddDays(-_options.ArchiveAfterDays))).ExecuteReaderAsync(cancellationToken);
                while (await rows.ReadAsync(cancellationToken)) ids.Add(rows.GetInt64(0));
            }

            if (ids.Count == 0) return 0;

            var moved = await ArchiveSql.MoveAsync<Reply>(sql, "id", ids, cancellationToken);
            await sql.RecordAsync(_clock.GetUtcNow(), "replies.archived", "replies", new { count = moved }, cancellationToken);

            return moved;
        },
        cancellationToken);

    /// <summary>Erases what is older than the policy keeps it, in short transactions.</summary>
    /// <returns>How many rows.</returns>
    public async Task<int> EraseDueAsync(CancellationToken cancellationToken)
    {
        var before = _clock.GetUtcNow().AddYears(-_policy.Options.Retention.Years);
        var erased = 0;
        foreach (var (table, set, due) in Rows) erased += await EraseAsync(table, set, due, before, cancellationToken);

        return erased;
    }

    /// <summary>What people with these numbers wrote and were answered, where the numbers are no other customer's; in the caller's transaction.</summary>
    internal static async Task EraseAsync(NoticesDb db, IReadOnlyCollection<string> numbers, CancellationToken cancellationToken)
    {
        var theirs = numbers.ToList();
        await db.Replies.Where(r => theirs.Contains(r.Sender!) && !db.Contacts.Any(c => c.Address == r.Sender))
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.Sender, (string?)null).SetProperty(r => r.Body, (string?)null), cancellationToken);
        await db.RepliesArchive.Where(r => theirs.Contains(r.Sender!) && !db.Contacts.Any(c => c.Address == r.Sender))
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.Sender, (string?)null).SetProperty(r => r.Body, (string?)null), cancellationToken);
        await db.Enquiries.Where(e => theirs.Contains(e.Phone!) && !db.Contacts.Any(c => c.Address == e.Phone))
            .ExecuteUpdateAsync(set => set.SetProperty(e => e.Phone, (string?)null).SetProperty(e => e.Text, (string?)null), cancellationToken);
        await db.ReplyAnswers.Where(a => theirs.Contains(a.Address!) && !db.Contacts.Any(c => c.Address == a.Address))
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.Address, (string?)null).SetProperty(a => a.Body, ""), cancellationToken);
    }

    private static readonly IReadOnlyList<(string Table, string Set, string Due)> Rows =
    [
        .. Both("replies").Select(table => (table, "sender = NULL, body = NULL", $"(d.sender IS NOT NULL OR d.body IS NOT NULL) AND d.batch IS NOT NULL AND d.received_at < @before AND {NotHeld("")} AND {NotHeld(ArchiveSql.Suffix)}")),
        ("enquiries", "phone = NULL, text = NULL", "(d.phone IS NOT NULL OR d.text IS NOT NULL) AND d.at < @before AND NOT EXISTS (SELECT 1 FROM outages o WHERE o.id = d.outage_id AND o.legal_hold)"),
        ("reply_answers", "address = NULL, body = ''", "d.address IS NOT NULL AND d.ended_at IS NOT NULL AND d.created_at < @before"),
    ];

    private static IEnumerable<string> Both(string table) => [table, table + ArchiveSql.Suffix];

    private static string NotHeld(string at) =>
        $"NOT EXISTS (SELECT 1 FROM deliveries{at} m JOIN rounds r ON r.id = m.round_id JOIN notices n ON n.id = r.notice_id JOIN outages o ON o.id = n.outage_id WHERE m.id = d.delivery_id AND o.legal_hold)";

    private Task<int> EraseAsync(string table, string set, string due, DateTimeOffset before, CancellationToken cancellationToken) => PartsAsync(
        async sql =>
        {
            await using var update = sql.Command($"UPDATE {table} SET {set} WHERE id {sql.Picked($"SELECT d.id FROM {table} d WHERE {due} ORDER BY d.id LIMIT {Part}")}");
            var erased = await update.With("@before", sql.At(before)).ExecuteNonQueryAsync(cancellationToken);
            if (erased > 0) await sql.RecordAsync(_clock.GetUtcNow(), $"{table.Replace('_', '-')}.erased", table, new { count = erased }, cancellationToken);

            return erased;
        },
        cancellationToken);

    private async Task<int> PartsAsync(Func<DeliverySql, Task<int>> work, CancellationToken cancellationToken)
    {
        var all = 0;
        for (var part = Part; part == Part; all += part)
        {
            cancellationToken.ThrowIfCancellationRequested();
            part = await DeliverySql.RunAsync(_open, work, cancellationToken);
        }

        return all;
    }
}
