using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Retention;

/// <summary>Old deliveries lie in tables of the same columns beside the working ones; a row is in one of the two, never in both. Rounds that share a publishing moment move together
/// and only once all are closed, so whatever concerns an open round is in the working tables alone.</summary>
internal static class ArchiveSql
{
    /// <summary>What stands behind a working table's name.</summary>
    internal const string Suffix = "_archive";

    /// <summary>One query over the working tables and, where asked, over the archive: a single statement, so that a row that moves meanwhile is seen exactly once.</summary>
    /// <param name="select">Makes the query; given what stands behind the names of the tables.</param>
    internal static string Over(bool archive, Func<string, string> select) => archive ? $"{select("")} UNION ALL {select(Suffix)}" : select("");

    /// <summary>Whole rows of both, for <c>FromSqlRaw</c>.</summary>
    /// <param name="condition">On columns of the one table.</param>
    internal static string Rows<T>(NoticesDb db, string condition)
    {
        var (table, columns) = Of<T>(db);

        return Over(true, at => $"SELECT {columns} FROM {table}{at} WHERE {condition}");
    }

    /// <summary>Takes rows out of a working table into the archive, within the caller's transaction.</summary>
    /// <param name="key">The column among whose values <paramref name="ids"/> are.</param>
    /// <returns>How many.</returns>
    internal static async Task<int> MoveAsync<T>(DeliverySql sql, string key, IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        var (table, columns) = Of<T>(sql.Db);
        var (into, theirs) = ($"INSERT INTO {table}{Suffix} ({columns}) SELECT {columns} FROM", $"{table} WHERE {key} {sql.Among("@ids")}");
        if (sql.Db is PostgreSqlNoticesDb) return await RunAsync($"WITH gone AS (DELETE FROM {theirs} RETURNING {columns}) {into} gone");

        var copied = await RunAsync($"{into} {theirs}");
        var gone = await RunAsync($"DELETE FROM {theirs}");

        return copied == gone ? copied : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{copied} rows of {table} were copied into the archive, {gone} deleted."));

        async Task<int> RunAsync(string text)
        {
            await using var command = sql.Command(text);

            return await command.With("@ids", sql.Ids(ids)).ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>As <see cref="DeliverySql.SettleRecipientsAsync"/>, for recipients some of whose deliveries may lie in the archive.</summary>
    internal static async Task SettleRecipientsAsync(DeliverySql sql, IReadOnlyCollection<long> deliveryIds, CancellationToken cancellationToken)
    {
        if (deliveryIds.Count == 0) return;

        var theirs = Over(true, at => $"SELECT l.recipient_id FROM delivery_recipients{at} l WHERE l.delivery_id {sql.Among("@ids")}");
        if (sql.Db is PostgreSqlNoticesDb)
        {
            // Before the statement below takes its snapshot, and in id order, as there.
            await using var first = sql.Command($"SELECT count(*) FROM (SELECT 1 FROM recipients WHERE id = ANY(ARRAY({theirs})) ORDER BY id FOR NO KEY UPDATE) locked");
            await first.With("@ids", sql.Ids(deliveryIds)).ExecuteScalarAsync(cancellationToken);
        }

        var states = Over(true, at => $"SELECT d.state, d.reason FROM delivery_recipients{at} l JOIN deliveries{at} d ON d.id = l.delivery_id WHERE l.recipient_id = recipients.id");
        await using var settle = sql.Command($"""
            UPDATE recipients SET (state, reason) = (
              SELECT s.state, CASE WHEN s.state <= {(int)DeliveryState.Unconfirmed} THEN s.reason END FROM ({states}) s ORDER BY s.state DESC LIMIT 1)
            WHERE id IN ({theirs})
            """);
        await settle.With("@ids", sql.Ids(deliveryIds)).ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A working table and its columns in one order, since an older table keeps them in another than the archive.</summary>
    private static (string Table, string Columns) Of<T>(NoticesDb db)
    {
        var row = db.Model.FindEntityType(typeof(T))!;

        return (row.GetTableName()!, string.Join(", ", row.GetProperties().Select(property => property.GetColumnName())));
    }
}
