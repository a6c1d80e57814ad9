using Microsoft.EntityFrameworkCore;
using Notices.Deliveries;
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

    /// <summary>The digest of no row: news that concerned none of ours.</summary>
    private static readonly string Nothing = AuditChain.Hash("");

    /// <returns>The first fault among the entries, by sequence.</returns>
    internal async Task<AuditFault?> CheckAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var chunk in entries.Chunk(BatchesAtOnce))
        {
            var attempts = await AttemptsAsync(Batches(chunk, Attempted, AttemptsPrefix), cancellationToken);
            var receipts = await ReceiptsAsync(Batches(chunk, Received, ReceiptsPrefix), cancellationToken);
            foreach (var entry in chunk)
            {
                var (found, prefix) = entry.Action == Attempted ? (attempts, AttemptsPrefix) : (receipts, ReceiptsPrefix);
                if (Compare(entry, found, prefix) is { } fault) return fault;
            }
        }

        return null;
    }

    /// <summary>Rows no entry speaks for: put in by hand, or their entry was cut off.</summary>
    internal async Task<AuditFault?> UnspokenAsync(CancellationToken cancellationToken)
    {
        var attempts = await db.Attempts.Select(a => a.Batch).Distinct()
            .Where(b => !db.AuditEntries.Any(e => e.Subject == AttemptsPrefix + b && e.Action == Attempted)).OrderBy(b => b).FirstOrDefaultAsync(cancellationToken);
        if (attempts is not null) return Unspoken(AttemptsPrefix + attempts);
        var receipts = await db.Receipts.Select(r => r.Batch).Distinct()
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

    private Task<Dictionary<string, (long Count, string Hash)>> AttemptsAsync(List<string> batches, CancellationToken cancellationToken) =>
        batches.Count == 0 ? NoneAsync() : HashAsync(
            db.Attempts.AsNoTracking().Where(a => batches.Contains(a.Batch)).OrderBy(a => a.Batch).ThenBy(a => a.Id), a => a.Batch, (hash, row) => hash.Add(row), cancellationToken);

    private Task<Dictionary<string, (long Count, string Hash)>> ReceiptsAsync(List<string> batches, CancellationToken cancellationToken) =>
        batches.Count == 0 ? NoneAsync() : HashAsync(
            db.Receipts.AsNoTracking().Where(r => batches.Contains(r.Batch)).OrderBy(r => r.Batch).ThenBy(r => r.Id), r => r.Batch, (hash, row) => hash.Add(row), cancellationToken);

    private static Task<Dictionary<string, (long Count, string Hash)>> NoneAsync() => Task.FromResult(new Dictionary<string, (long Count, string Hash)>());

    private static async Task<Dictionary<string, (long Count, string Hash)>> HashAsync<T>(
        IQueryable<T> rows, Func<T, string> batchOf, Action<RowsHash, T> add, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, (long Count, string Hash)>(StringComparer.Ordinal);
        using var hash = new RowsHash();
        string? batch = null;
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (batch is not null && batch != batchOf(row)) Close();
            batch = batchOf(row);
            add(hash, row);
        }

        if (batch is not null) Close();

        return found;

        void Close() => found[batch!] = (hash.Count, hash.Finish());
    }
}
