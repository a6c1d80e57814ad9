using Microsoft.EntityFrameworkCore;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>Receipts about messages of <c>notices check</c>, found among those about no delivery.</summary>
internal static class TestReceipts
{
    /// <summary>Marks them, in the caller's transaction; <see cref="RecordAsync"/> puts that on record as its last statements.</summary>
    /// <returns>Those that were about a test message, whether or not they were new.</returns>
    internal static async Task<IReadOnlyList<(ReceiptNews News, TestMessage Message, bool Fresh)>> ApplyAsync(DeliverySql sql, IEnumerable<ReceiptNews> news, CancellationToken cancellationToken)
    {
        var told = new List<(ReceiptNews, TestMessage, bool)>();
        foreach (var item in news)
        {
            if (await FindAsync(sql.Db, item, cancellationToken) is not { } message) continue;

            var fresh = TestMessage.SaysMore(item.State, message.Told);
            if (fresh) (message.Told, message.ToldAt, message.ToldDetail) = (item.State, item.At, item.Detail);
            told.Add((item, message, fresh));
        }

        if (told.Count > 0) await sql.Db.SaveChangesAsync(cancellationToken);

        return told;
    }

    internal static async Task RecordAsync(DeliverySql sql, DateTimeOffset at, IReadOnlyList<(ReceiptNews News, TestMessage Message, bool Fresh)> told, CancellationToken cancellationToken)
    {
        foreach (var batch in told.Where(one => one.Fresh).GroupBy(one => one.Message.Batch, StringComparer.Ordinal))
        {
            await sql.RecordAsync(
                at, "check.told", TestMessage.Subject(batch.Key),
                new { receipts = batch.Select(one => new { one.Message.Id, one.News.Provider, one.News.State, one.News.Detail }).ToList() }, cancellationToken);
        }
    }

    /// <summary>Locked, so that of two processes that are told at once the second sees what the first has written.</summary>
    private static async Task<TestMessage?> FindAsync(NoticesDb db, ReceiptNews news, CancellationToken cancellationToken)
    {
        var (where, key) = news.DeliveryId is { } number ? ("t.id = {0}", number - TestMessage.FirstNumber) : ("t.provider_message_id = {0}", (object?)news.ProviderMessageId);
        if (key is null or <= 0L) return null;

        var sql = "SELECT * FROM test_messages t WHERE " + where + " AND t.provider = {1}" + (db is PostgreSqlNoticesDb ? " FOR UPDATE OF t" : "");
        var found = await db.TestMessages.FromSqlRaw(sql, key, news.Provider).ToListAsync(cancellationToken);

        return found.Count > 0 ? found[0] : null;
    }
}
