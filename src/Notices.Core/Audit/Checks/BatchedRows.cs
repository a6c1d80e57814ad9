using System.Data.Common;

namespace Notices.Audit;

/// <summary>A table whose rows are written in batches, each with one entry of the record that speaks for all of them by count and SHA-256. The table and its archive have a column <c>batch</c>.</summary>
/// <param name="Action">Of those entries.</param>
/// <param name="Prefix">Of their subject; the batch stands behind it.</param>
/// <param name="Columns">What <paramref name="Add"/> reads, after the batch at 0; the id stands behind them.</param>
/// <param name="Add">Puts one row into the digest, field by field as it was when it was written.</param>
internal sealed record BatchedRows(string Action, string Prefix, string Table, string Columns, Action<RowsHash, BatchedRow> Add)
{
    internal static readonly BatchedRows Attempts = new(
        "deliveries.attempted", "attempts/", "attempts", "delivery_id, number, started_at, ended_at, provider, outcome, detail, provider_message_id, call_result, keys_pressed, seconds",
        (hash, row) => hash.AddAttempt(
            row.Number(1), (short)row.Number(2), row.Ticks(3), row.Ticks(4), row.Text(5)!, (short)row.Number(6), row.Text(7), row.Text(8), row.Text(9), row.Text(10), row.NumberOrNull(11)));

    internal static readonly BatchedRows Receipts = new(
        "deliveries.receipts", "receipts/", "receipts", "delivery_id, at, state, detail",
        (hash, row) => hash.AddReceipt(row.Number(1), row.Ticks(2), (short)row.Number(3), row.Text(4)));

    internal static readonly BatchedRows CallEvents = new(
        "deliveries.call-events", "call-events/", "call_events", "delivery_id, number, kind, part, value, at, seconds",
        (hash, row) => hash.AddCallEvent(row.Number(1), (short)row.Number(2), (short)row.Number(3), (short)row.Number(4), row.Text(5), row.Ticks(6), row.NumberOrNull(7)));

    /// <summary>Without number and text, which are erased at their time.</summary>
    internal static readonly BatchedRows Replies = new(
        "replies.applied", "replies/", "replies", "provider, message_key, at, kind, delivery_id",
        (hash, row) => hash.AddReply(row.Number(6), row.Text(1)!, row.Text(2)!, row.Ticks(3), (short)row.Number(4), row.LongOrNull(5)));

    /// <summary>Every table of the kind.</summary>
    internal static readonly IReadOnlyList<BatchedRows> All = [Attempts, Receipts, CallEvents, Replies];

    internal static BatchedRows? Of(AuditEntry entry) => All.FirstOrDefault(rows => rows.Action == entry.Action);

    internal string Subject(string batch) => Prefix + batch;

    /// <returns>Null where the subject names no batch of these.</returns>
    internal string? BatchOf(AuditEntry entry) => entry.Subject.StartsWith(Prefix, StringComparison.Ordinal) ? entry.Subject[Prefix.Length..] : null;
}

/// <summary>A row as both databases give it, without boxing: millions pass through.</summary>
internal readonly struct BatchedRow(DbDataReader row, bool postgreSql)
{
    internal long Number(int column) => row.GetInt64(column);

    internal int? NumberOrNull(int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

    internal long? LongOrNull(int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    /// <summary>Of UTC.</summary>
    internal long Ticks(int column) => postgreSql ? row.GetDateTime(column).Ticks : row.GetInt64(column);

    internal string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
