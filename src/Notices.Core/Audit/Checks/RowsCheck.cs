using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Notices.Retention;
using Notices.Storage;

namespace Notices.Audit;

/// <summary>Entries that speak for many rows of another table: those rows are read again and must give the digest they gave then.</summary>
internal sealed class RowsCheck(NoticesDb db)
{
    private const int BatchesAtOnce = 100;

    /// <summary>The digest of no row: news that concerned none of ours.</summary>
    private static readonly string Nothing = AuditChain.Hash("");

    private readonly bool _postgreSql = db is PostgreSqlNoticesDb;

    /// <summary>Rows that entries in order spoke for.</summary>
    private readonly Dictionary<BatchedRows, long> _spokenFor = BatchedRows.All.ToDictionary(rows => rows, _ => 0L);

    /// <returns>The first fault among the entries, by sequence.</returns>
    internal async Task<AuditFault?> CheckAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var chunk in entries.Chunk(BatchesAtOnce))
        {
            var found = new Dictionary<BatchedRows, Dictionary<string, (long Count, string Hash)>>();
            foreach (var rows in BatchedRows.All) found[rows] = await HashAsync(rows, chunk, cancellationToken);
            foreach (var entry in chunk)
            {
                if (BatchedRows.Of(entry) is { } rows && Compare(entry, rows, found[rows]) is { } fault) return fault;
            }

            foreach (var (rows, batches) in found) _spokenFor[rows] += batches.Values.Sum(batch => batch.Count);
        }

        return null;
    }

    /// <summary>Rows no entry speaks for: put in by hand, or their entry was cut off. Looked for only where there are more rows than were spoken for.</summary>
    internal async Task<AuditFault?> UnspokenAsync(CancellationToken cancellationToken)
    {
        foreach (var rows in BatchedRows.All)
        {
            var count = await ScalarAsync($"SELECT SUM(n) FROM ({ArchiveSql.Over(true, at => $"SELECT COUNT(*) AS n FROM {rows.Table}{at}")}) both_tables", null, cancellationToken);
            if (Convert.ToInt64(count, CultureInfo.InvariantCulture) == _spokenFor[rows]) continue;

            var batch = await ScalarAsync(
                $"""
                SELECT MIN(b.batch) FROM ({ArchiveSql.Over(true, at => $"SELECT batch FROM {rows.Table}{at}")}) b
                WHERE NOT EXISTS (SELECT 1 FROM audit_entries e WHERE e.subject = '{rows.Prefix}' || b.batch AND e.action = @action)
                """,
                rows.Action,
                cancellationToken);
            if (batch is string unspoken)
                return new AuditFault(null, AuditFaultKind.Attempts, new Problem("audit-attempts-unspoken", null, new { subject = rows.Subject(unspoken) }, ProblemKind.State));
        }

        return null;
    }

    internal static bool Concerns(AuditEntry entry) => BatchedRows.Of(entry) is not null;

    private static AuditFault? Compare(AuditEntry entry, BatchedRows rows, Dictionary<string, (long Count, string Hash)> batches)
    {
        var line = AuditLine.Of(entry);
        var found = rows.BatchOf(entry) is { } batch ? batches.GetValueOrDefault(batch) : default;
        var (count, hash) = (line?.AfterNumber("count") ?? -1, line?.AfterText("sha256"));
        if (found.Count == count && (found.Hash ?? Nothing) == hash) return null;
        var code = found.Count == count ? "audit-attempts-changed" : found.Count < count ? "audit-attempts-removed" : "audit-attempts-added";

        return new AuditFault(
            entry.Sequence, AuditFaultKind.Attempts, new Problem(code, null, new { sequence = entry.Sequence, subject = entry.Subject, count, found = found.Count }, ProblemKind.State));
    }

    /// <summary>Rows straight from the reader into the digest, none kept.</summary>
    private async Task<Dictionary<string, (long Count, string Hash)>> HashAsync(BatchedRows rows, AuditEntry[] entries, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, (long Count, string Hash)>(StringComparer.Ordinal);
        var batches = entries.Where(entry => entry.Action == rows.Action).Select(rows.BatchOf).OfType<string>().Distinct().ToList();
        if (batches.Count == 0) return found;

        using var hash = new RowsHash();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        command.CommandTimeout = 600;
        // A batch may lie in the archive in part or whole; its rows keep their ids, and so their order. PostgreSQL merges what it is told to sort by batch, and would otherwise sort it all; SQLite merges by itself.
        const string InOrder = " ORDER BY batch, id";
        var (before, after) = _postgreSql ? ("(", $"= ANY(@batches){InOrder})") : ("", "IN (SELECT value FROM json_each(@batches))");
        command.CommandText = ArchiveSql.Over(true, at => $"{before}SELECT batch, {rows.Columns}, id FROM {rows.Table}{at} WHERE batch {after}") + InOrder;
        command.With("@batches", _postgreSql ? batches.ToArray() : JsonSerializer.Serialize(batches));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        string? batch = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            var now = reader.GetString(0);
            if (batch is not null && batch != now) found[batch] = (hash.Count, hash.Finish());
            batch = now;
            rows.Add(hash, new BatchedRow(reader, _postgreSql));
        }

        if (batch is not null) found[batch] = (hash.Count, hash.Finish());

        return found;
    }

    private async Task<object?> ScalarAsync(string sql, string? action, CancellationToken cancellationToken)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        command.CommandTimeout = 600;
        command.CommandText = sql;
        if (action is not null) command.With("@action", action);

        return await command.ExecuteScalarAsync(cancellationToken) is { } value and not DBNull ? value : null;
    }
}
