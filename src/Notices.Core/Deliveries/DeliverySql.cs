using System.Data.Common;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Notices.Access;
using Notices.Audit;
using Notices.Storage;
using Npgsql;

namespace Notices.Deliveries;

/// <summary>One short transaction of raw set statements, and the few words in which the two databases differ.</summary>
internal sealed class DeliverySql
{
    private readonly bool _postgreSql;

    private DeliverySql(NoticesDb db, DbConnection connection, DbTransaction? transaction) =>
        (Db, Connection, Transaction, _postgreSql) = (db, connection, transaction, db is PostgreSqlNoticesDb);

    internal NoticesDb Db { get; }

    internal DbConnection Connection { get; }

    /// <summary>Null while only reading.</summary>
    internal DbTransaction? Transaction { get; }

    /// <summary>Runs and commits; a deadlock between two writers is tried again, since nothing of it was kept.</summary>
    internal static async Task<T> RunAsync<T>(Func<NoticesDb> open, Func<DeliverySql, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var db = open();
                await db.Database.OpenConnectionAsync(cancellationToken);
                var connection = db.Database.GetDbConnection();
                await WaitForTheWriterAsync(connection, cancellationToken);
                // On SQLite this is BEGIN IMMEDIATE: the one writer from here on.
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                var result = await work(new DeliverySql(db, connection, transaction.GetDbTransaction()));
                await transaction.CommitAsync(cancellationToken);

                return result;
            }
            catch (DbException fault) when (fault.SqlState is "40P01" or "40001" && attempt < 6)
            {
                // The other one has gone on; so can we.
            }
        }
    }

    /// <summary>One or a few queries, without holding anybody up.</summary>
    internal static async Task<T> ReadAsync<T>(Func<NoticesDb> open, Func<DeliverySql, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var db = open();
        await db.Database.OpenConnectionAsync(cancellationToken);

        return await read(new DeliverySql(db, db.Database.GetDbConnection(), null));
    }

    /// <summary>In the transaction a context has begun, where it has.</summary>
    internal static async Task<DeliverySql> WithinAsync(NoticesDb db, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);

        return new DeliverySql(db, db.Database.GetDbConnection(), db.Database.CurrentTransaction?.GetDbTransaction());
    }

    /// <summary>Several queries that must agree with each other.</summary>
    internal static async Task<T> ReadTogetherAsync<T>(Func<NoticesDb> open, Func<DeliverySql, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var db = open();
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await ReadSnapshot.BeginAsync(db.Database.GetDbConnection(), cancellationToken);
        await using var joined = await db.Database.UseTransactionAsync(snapshot, cancellationToken);

        return await read(new DeliverySql(db, db.Database.GetDbConnection(), snapshot));
    }

    internal DbCommand Command(string sql)
    {
        var command = Connection.CreateCommand();
        command.Transaction = Transaction;
        command.CommandText = sql;

        return command;
    }

    /// <summary>One statement for each row, in order: prepared on SQLite, in one journey on PostgreSQL.</summary>
    internal async Task ForEachAsync<T>(string text, IEnumerable<T> rows, Action<T, Action<string, object?>> bind, CancellationToken cancellationToken)
    {
        if (Connection is NpgsqlConnection connection)
        {
            await using var batch = new NpgsqlBatch(connection, (NpgsqlTransaction?)Transaction);
            foreach (var row in rows)
            {
                var one = new NpgsqlBatchCommand(text);
                bind(row, (name, value) => one.Parameters.Add(new NpgsqlParameter(name, value ?? DBNull.Value)));
                batch.BatchCommands.Add(one);
            }

            if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellationToken);

            return;
        }

        await using var command = Command(text);
        foreach (var row in rows)
        {
            bind(row, (name, value) =>
            {
                if (command.Parameters.Contains(name)) command.Parameters[name].Value = value ?? DBNull.Value;
                else command.With(name, value);
            });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>What people did, tries like a machine's; in their order, which the digest of the batch is taken in.</summary>
    internal Task InsertAsync(IEnumerable<Attempt> attempts, CancellationToken cancellationToken) => ForEachAsync(
        """
        INSERT INTO attempts (delivery_id, batch, number, started_at, ended_at, provider, outcome, detail, call_result, keys_pressed, seconds)
        VALUES (@delivery, @batch, @number, @started, @ended, @provider, @outcome, @detail, @result, @keys, @seconds)
        """,
        attempts,
        (row, set) =>
        {
            set("@delivery", row.DeliveryId);
            set("@batch", row.Batch);
            set("@number", row.Number);
            set("@started", At(row.StartedAt));
            set("@ended", At(row.EndedAt));
            set("@provider", row.Provider);
            set("@outcome", row.Outcome);
            set("@detail", row.Detail);
            set("@result", row.CallResult);
            set("@keys", row.KeysPressed);
            set("@seconds", row.Seconds);
        },
        cancellationToken);

    internal object At(DateTimeOffset value) => Db.Instant(value);

    internal object? At(DateTimeOffset? value) => value is { } at ? Db.Instant(at) : null;

    internal DateTimeOffset ReadAt(DbDataReader reader, int column) =>
        _postgreSql ? reader.GetFieldValue<DateTimeOffset>(column) : new DateTimeOffset(reader.GetInt64(column), TimeSpan.Zero);

    /// <summary><c>id</c> + this: among the ids of a parameter made by <see cref="Ids"/>.</summary>
    internal string Among(string parameter) => _postgreSql ? $"= ANY({parameter})" : $"IN (SELECT value FROM json_each({parameter}))";

    internal object Ids(IEnumerable<long> ids) => _postgreSql ? ids.ToArray() : JsonSerializer.Serialize(ids);

    internal object Texts(IEnumerable<string> texts) => _postgreSql ? texts.ToArray() : JsonSerializer.Serialize(texts);

    /// <summary><c>id</c> + this: the rows a query picks, locked; rows another worker has locked are passed over. An array, because PostgreSQL
    /// reads the whole table for <c>IN (SELECT … LIMIT)</c>.</summary>
    internal string Picked(string select) => _postgreSql ? $"= ANY(ARRAY({select} FOR UPDATE OF d SKIP LOCKED))" : $"IN ({select})";

    /// <summary>Rows this transaction reads in order to change them.</summary>
    internal string Locked => _postgreSql ? " FOR UPDATE OF d" : "";

    internal string LockedSkipping => _postgreSql ? " FOR UPDATE OF d SKIP LOCKED" : "";

    /// <summary>A recipient is what the best of its deliveries is, and says why where that is a poor end.</summary>
    internal async Task SettleRecipientsAsync(IReadOnlyCollection<long> deliveryIds, CancellationToken cancellationToken)
    {
        if (deliveryIds.Count == 0) return;

        var ids = Ids(deliveryIds);
        if (_postgreSql)
        {
            // Two workers may each write one delivery of the same recipient: the second must see the first's, so it waits here, before its
            // statement below takes its snapshot; in id order, so that they never wait for each other. Most have one message and need no lock.
            await using var first = Command("""
                SELECT count(*) FROM (
                  SELECT 1 FROM recipients WHERE id = ANY(ARRAY(
                    SELECT l.recipient_id FROM delivery_recipients l WHERE l.delivery_id = ANY(@ids)
                      AND EXISTS (SELECT 1 FROM delivery_recipients o WHERE o.recipient_id = l.recipient_id AND o.delivery_id <> l.delivery_id)))
                  ORDER BY id FOR NO KEY UPDATE) locked
                """);
            await first.With("@ids", ids).ExecuteScalarAsync(cancellationToken);
        }

        // SQLite takes the reason from the row of the greatest state, and does not have to sort for it. In shadow one message is left out for a need and another would have left:
        // both are suppressed, and the recipient would have been told.
        var (best, last, theirs) = _postgreSql
            ? ("d.state", $"ORDER BY d.state DESC, d.reason IS NOT DISTINCT FROM '{DeliveryReasons.Shadow}' DESC LIMIT 1", "= ANY(ARRAY(SELECT l.recipient_id FROM delivery_recipients l WHERE l.delivery_id = ANY(@ids)))")
            : ($"MAX(d.state * 2 + (d.reason IS '{DeliveryReasons.Shadow}')) / 2", "", $"IN (SELECT l.recipient_id FROM delivery_recipients l WHERE l.delivery_id {Among("@ids")})");
        await using var settle = Command($"""
            UPDATE recipients SET (state, reason) = (
              SELECT {best}, CASE WHEN d.state <= {(int)DeliveryState.Unconfirmed} THEN d.reason END
              FROM delivery_recipients l JOIN deliveries d ON d.id = l.delivery_id
              WHERE l.recipient_id = recipients.id {last})
            WHERE id {theirs}
            """);
        await settle.With("@ids", ids).ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The last statement before the commit: it locks the head of the record.</summary>
    internal Task RecordAsync(DateTimeOffset at, string action, string subject, object after, CancellationToken cancellationToken) =>
        AuditTrail.AppendAsync(
            Db, Connection, Transaction!, at, [new AuditTrail.Pending(Actor.System.Name, action, subject, null, JsonSerializer.Serialize(after, Json.Stored))], cancellationToken);

    /// <summary>Without it a second writer sleeps 150 ms between looks; SQLite's own wait is finer.</summary>
    private static async Task WaitForTheWriterAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        if (connection is not SqliteConnection) return;

        await using var pragma = connection.CreateCommand();
        pragma.CommandText = "PRAGMA busy_timeout = 10000";
        await pragma.ExecuteNonQueryAsync(cancellationToken);
    }
}
