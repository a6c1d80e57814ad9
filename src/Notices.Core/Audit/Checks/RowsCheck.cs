using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Notices.Deliveries;
using Notices.Retention;
using Notices.Storage;

namespace Notices.Audit;

/// <summary>Entries that speak for many rows of another table: those rows are read again and must give the digest they gave then.</summary>
internal sealed class RowsCheck(NoticesDb db)
{
    /// <summary>How an entry names attempts written together; the batch stands after the stroke.</summary>
    internal const string Attempted = "deliveries.attempted", AttemptsPrefix = "attempts/";

    /// <summary>How an entry names receipts written together.</summary>
    internal const string Received = "deliveries.receipts", ReceiptsPrefix = "receipts/";

    private const int BatchesAtOnce = 100;

    private const string AttemptColumns = "batch, delivery_id, number, started_at, ended_at, provider, outcome, detail, provider_message_id, call_result, keys_pressed, seconds";

    private const string ReceiptColumns = "batch, delivery_id, at, state, detail";

    /// <summary>The digest of no row: news that concerned none of ours.</summary>
    private static readonly string Nothing = AuditChain.Hash("");

    private readonly bool _postgreSql = db is PostgreSqlNoticesDb;

    /// <summary>Rows that entries in order spoke for.</summary>
    private long _attempts, _receipts;

    /// <returns>The first fault among the entries, by sequence.</returns>
    internal async Task<AuditFault?> CheckAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var chunk in entries.Chunk(BatchesAtOnce))
        {
            var attempts = await HashAsync("attempts", AttemptColumns, Batches(chunk, Attempted, AttemptsPrefix), AddAttempt, cancellationToken);
            var receipts = await HashAsync("receipts", ReceiptColumns, Batches(chunk, Received, ReceiptsPrefix), AddReceipt, cancellationToken);
            foreach (var entry in chunk)
            {
                var (found, prefix) = entry.Action == Attempted ? (attempts, AttemptsPrefix) : (receipts, ReceiptsPrefix);
                if (Compare(entry, found, prefix) is { } fault) return fault;
            }

            _attempts += attempts.Values.Sum(batch => batch.Count);
            _receipts += receipts.Values.Sum(batch => batch.Count);
        }

        return null;
    }

    /// <summary>Rows no entry speaks for: put in by hand, or their entry was cut off. Looked for only where there are more rows than were spoken for.</summary>
    internal async Task<AuditFault?> UnspokenAsync(CancellationToken cancellationToken)
    {
        if (await db.Attempts.LongCountAsync(cancellationToken) + await db.AttemptsArchive.LongCountAsync(cancellationToken) != _attempts)
        {
            var batch = await db.Attempts.Select(a => a.Batch).Union(db.AttemptsArchive.Select(a => a.Batch))
                .Where(b => !db.AuditEntries.Any(e => e.Subject == AttemptsPrefix + b && e.Action == Attempted)).OrderBy(b => b).FirstOrDefaultAsync(cancellationToken);
            if (batch is not null) return Unspoken(AttemptsPrefix + batch);
        }

        if (await db.Receipts.LongCountAsync(cancellationToken) + await db.ReceiptsArchive.LongCountAsync(cancellationToken) == _receipts) return null;

        var receipts = await db.Receipts.Select(r => r.Batch).Union(db.ReceiptsArchive.Select(r => r.Batch))
            .Where(b => !db.AuditEntries.Any(e => e.Subject == ReceiptsPrefix + b && e.Action == Received)).OrderBy(b => b).FirstOrDefaultAsync(cancellationToken);

        return receipts is null ? null : Unspoken(ReceiptsPrefix + receipts);
    }

    internal static bool Concerns(AuditEntry entry) => entry.Action is Attempted or Received;

    private static AuditFault? Compare(AuditEntry entry, Dictionary<string, (long Count, string Hash)> found, string prefix)
    {
        var line = AuditLine.Of(entry);
        var rows = entry.Subject.StartsWith(prefix, StringComparison.Ordinal) ? found.GetValueOrDefault(entry.Subject[prefix.Length..]) : default;
        var (count, hash) = (line?.AfterNumber("count") ?? -1, line?.AfterText("sha256"));
        if (rows.Count == count && (rows.Hash ?? Nothing) == hash) return null;
        var code = rows.Count == count ? "audit-attempts-changed" : rows.Count < count ? "audit-attempts-removed" : "audit-attempts-added";

        return new AuditFault(
            entry.Sequence, AuditFaultKind.Attempts, new Problem(code, null, new { sequence = entry.Sequence, subject = entry.Subject, count, found = rows.Count }, ProblemKind.State));
    }

    private static AuditFault Unspoken(string subject) =>
        new(null, AuditFaultKind.Attempts, new Problem("audit-attempts-unspoken", null, new { subject }, ProblemKind.State));

    private static List<string> Batches(AuditEntry[] entries, string action, string prefix) =>
        [.. entries.Where(e => e.Action == action && e.Subject.StartsWith(prefix, StringComparison.Ordinal)).Select(e => e.Subject[prefix.Length..]).Distinct()];

    /// <summary>Rows straight from the reader into the digest, none kept.</summary>
    private async Task<Dictionary<string, (long Count, string Hash)>> HashAsync(
        string table, string columns, List<string> batches, Action<RowsHash, DbDataReader> add, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, (long Count, string Hash)>(StringComparer.Ordinal);
        if (batches.Count == 0) return found;

        using var hash = new RowsHash();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        command.CommandTimeout = 600;
        // A batch may lie in the archive in part or whole; its rows keep their ids, and so their order. PostgreSQL merges what it is told to sort by batch, and would otherwise sort it all; SQLite merges by itself.
        const string InOrder = " ORDER BY batch, id";
        var (before, after) = _postgreSql ? ("(", $"= ANY(@batches){InOrder})") : ("", "IN (SELECT value FROM json_each(@batches))");
        command.CommandText = ArchiveSql.Over(true, at => $"{before}SELECT {columns}, id FROM {table}{at} WHERE batch {after}") + InOrder;
        command.With("@batches", _postgreSql ? batches.ToArray() : JsonSerializer.Serialize(batches));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        string? batch = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            var now = reader.GetString(0);
            if (batch is not null && batch != now) found[batch] = (hash.Count, hash.Finish());
            batch = now;
            add(hash, reader);
        }

        if (batch is not null) found[batch] = (hash.Count, hash.Finish());

        return found;
    }

    private void AddAttempt(RowsHash hash, DbDataReader row) => hash.AddAttempt(
        row.GetInt64(1), row.GetInt16(2), Ticks(row, 3), Ticks(row, 4), row.GetString(5), row.GetInt16(6), Text(row, 7), Text(row, 8), Text(row, 9), Text(row, 10), row.IsDBNull(11) ? null : row.GetInt32(11));

    private void AddReceipt(RowsHash hash, DbDataReader row) => hash.AddReceipt(row.GetInt64(1), Ticks(row, 2), row.GetInt16(3), Text(row, 4));

    /// <summary>Of UTC, without boxing: millions pass through.</summary>
    private long Ticks(DbDataReader row, int column) => _postgreSql ? row.GetDateTime(column).Ticks : row.GetInt64(column);

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
