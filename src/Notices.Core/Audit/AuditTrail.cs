using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Notices.Access;
using Notices.Storage;

namespace Notices.Audit;

/// <summary>Writes the record in the caller's transaction: the change and its entry commit together or not at all.
/// One instance a scope, beside one <see cref="NoticesDb"/>.</summary>
public sealed class AuditTrail(NoticesDb db, TimeProvider clock)
{
    /// <summary>Entries written in one statement.</summary>
    private const int LinesAStatement = 50;

    private readonly List<Pending> _pending = [];
    private readonly List<Action> _afterCommit = [];

    /// <summary>Notes an entry; it is written by <see cref="CommitAsync"/>.</summary>
    /// <param name="action">What was done, <c>thing.verb</c>.</param>
    /// <param name="subject">To what, <c>thing/number</c>; no personal data.</param>
    public void Record(Actor actor, string action, string subject, object? before = null, object? after = null) =>
        _pending.Add(new Pending(actor.Name, action, subject, Text(before), Text(after)));

    /// <summary>Something to do once the transaction has committed (re-set the alarm); it must not throw.</summary>
    public void AfterCommit(Action action) => _afterCommit.Add(action);

    /// <summary>Opens the transaction early, for set statements that precede the commit.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is null) await db.Database.BeginTransactionAsync(cancellationToken);
    }

    /// <summary>Saves what changed, appends the entries and commits. The head row is locked last, so writers queue only for the moment of the commit.</summary>
    /// <exception cref="DbUpdateConcurrencyException">Somebody changed a row with a version meanwhile; everything is rolled back.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await using var transaction = db.Database.CurrentTransaction ?? await db.Database.BeginTransactionAsync(cancellationToken);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            if (_pending.Count > 0) await AppendAsync(transaction, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch
        {
            _pending.Clear();
            _afterCommit.Clear();
            throw;
        }

        _pending.Clear();
        foreach (var action in _afterCommit) action();
        _afterCommit.Clear();
    }

    private async Task AppendAsync(IDbContextTransaction transaction, CancellationToken cancellationToken)
    {
        var (connection, inner) = (db.Database.GetDbConnection(), transaction.GetDbTransaction());
        await AppendAsync(db, connection, inner, clock.GetUtcNow(), _pending, cancellationToken);
    }

    /// <summary>Appends within a transaction that raw SQL opened; for the hot path of deliveries.</summary>
    internal static async Task AppendAsync(
        NoticesDb db, DbConnection connection, DbTransaction transaction, DateTimeOffset at, IReadOnlyList<Pending> entries, CancellationToken cancellationToken)
    {
        var (sequence, hash, mode) = await LockHeadAsync(db, connection, transaction, cancellationToken);

        foreach (var part in entries.Chunk(LinesAStatement))
        {
            await using var insert = connection.CreateCommand();
            insert.Transaction = transaction;
            for (var i = 0; i < part.Length; i++)
            {
                var entry = part[i];
                var line = AuditChain.Line(++sequence, at, entry.Actor, entry.Action, entry.Subject, entry.Before, entry.After, hash, mode);
                hash = AuditChain.Hash(line);
                insert.With($"@sequence{i}", sequence).With($"@at{i}", db.Instant(at)).With($"@actor{i}", entry.Actor).With($"@action{i}", entry.Action)
                    .With($"@subject{i}", entry.Subject).With($"@line{i}", line).With($"@hash{i}", hash);
            }

            insert.CommandText = "INSERT INTO audit_entries (sequence, at, actor, action, subject, line, hash) VALUES "
                + string.Join(", ", part.Select((_, i) => $"(@sequence{i}, @at{i}, @actor{i}, @action{i}, @subject{i}, @line{i}, @hash{i})"));
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var head = connection.CreateCommand();
        head.Transaction = transaction;
        head.CommandText = "UPDATE audit_heads SET sequence = @sequence, hash = @hash WHERE id = 1";
        await head.With("@sequence", sequence).With("@hash", hash).ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<(long Sequence, string Hash, string? Mode)> LockHeadAsync(
        NoticesDb db, DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        // SQLite's transaction is the only writer already.
        command.CommandText = "SELECT sequence, hash, mode FROM audit_heads WHERE id = 1" + (db is PostgreSqlNoticesDb ? " FOR UPDATE" : "");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) throw new InvalidOperationException("The head row of the audit record is missing.");

        return (reader.GetInt64(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2));
    }

    private static string? Text(object? value) => value switch
    {
        null => null,
        _ => JsonSerializer.Serialize(value, Json.Stored),
    };

    internal sealed record Pending(string Actor, string Action, string Subject, string? Before, string? After);
}
