using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Notices.Storage;

namespace Notices.Audit;

/// <summary>Entries in pages, in order, by raw SQL: millions pass through.</summary>
internal static class AuditReading
{
    private const int Page = 4_000;

    /// <summary>Before every entry, those with numbers nobody gives among them.</summary>
    internal const long Beginning = long.MinValue;

    /// <summary>The next entries after a sequence; empty at the end.</summary>
    internal static async Task<List<AuditEntry>> PageAsync(NoticesDb db, long after, long last, CancellationToken cancellationToken)
    {
        // A range of the key, as without statistics PostgreSQL would sort all that follows; across a gap, whatever comes.
        var near = after == Beginning ? [] : await ReadAsync(db, after, Math.Min(last, after + Page), cancellationToken);

        return near.Count > 0 ? near : await ReadAsync(db, after, last, cancellationToken);
    }

    private static async Task<List<AuditEntry>> ReadAsync(NoticesDb db, long after, long last, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.Transaction = (db.Database.CurrentTransaction as Microsoft.EntityFrameworkCore.Infrastructure.IInfrastructure<DbTransaction>)?.Instance;
            command.CommandText = "SELECT sequence, at, actor, action, subject, line, hash FROM audit_entries WHERE sequence > @after AND sequence <= @last ORDER BY sequence LIMIT @page";
            command.With("@after", after).With("@last", last).With("@page", Page);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<AuditEntry>(Page);
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(new AuditEntry
                {
                    Sequence = reader.GetInt64(0),
                    At = reader.Instant(1),
                    Actor = reader.GetString(2),
                    Action = reader.GetString(3),
                    Subject = reader.GetString(4),
                    Line = reader.GetString(5),
                    Hash = reader.GetString(6),
                });
            }

            return rows;
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }
}
