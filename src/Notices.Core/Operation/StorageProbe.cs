using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Notices.Storage;

namespace Notices.Operation;

/// <summary>Tries on the database what the service needs of it: that it answers, has the schema, and takes a row and has room for more.</summary>
internal sealed class StorageProbe(Func<NoticesDb> open, StorageOptions storage, TimeProvider machine, string role)
{
    // Sorts more than it may keep in memory, so that PostgreSQL has to write about half a megabyte to the database's disk; an update alone fits into a page that is there.
    private const string NeedsRoom = "SELECT count(*) FROM (SELECT g FROM generate_series(1, 30000) g ORDER BY -g OFFSET 0) sorted";

    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private static readonly byte[] Filler = [.. Enumerable.Repeat((byte)'.', 256 * 1024)];

    private readonly string _id = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}";
    private readonly DateTimeOffset _startedAt = machine.GetUtcNow();

    internal async Task<StorageReport> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var db = open();
            await db.Database.OpenConnectionAsync(cancellationToken);
            var pending = await db.Database.GetPendingMigrationsAsync(cancellationToken);

            return pending.Any() ? StorageReport.OldSchema : StorageReport.Of(await WriteAsync(db, cancellationToken));
        }
        catch (Exception error) when (StorageTrouble.Of(error) is { } trouble)
        {
            return StorageTrouble.IsBusy(trouble) ? StorageReport.Of(trouble) : StorageReport.Silent(trouble);
        }
    }

    private async Task<Problem?> WriteAsync(NoticesDb db, CancellationToken cancellationToken)
    {
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            if (db is PostgreSqlNoticesDb)
            {
                await RunAsync(db, "SET LOCAL work_mem = '64kB'", cancellationToken);
                await RunAsync(db, NeedsRoom, cancellationToken);
            }

            await BeatAsync(db, cancellationToken);
            await transaction.CommitAsync(cancellationToken);

            return db is PostgreSqlNoticesDb ? null : await FillAsync(cancellationToken);
        }
        catch (Exception error) when (StorageTrouble.Of(error) is { } trouble)
        {
            return trouble;
        }
    }

    private async Task BeatAsync(NoticesDb db, CancellationToken cancellationToken)
    {
        var now = db is PostgreSqlNoticesDb ? "now()" : "@now";
        var old = db is PostgreSqlNoticesDb ? "now() - interval '1 day'" : "@old";
        await using var beat = Command(db, $"""
            INSERT INTO peers (id, role, version, started_at, seen_at) VALUES (@id, @role, @version, @started, {now})
            ON CONFLICT (id) DO UPDATE SET seen_at = {now}
            """);
        beat.With("@id", _id).With("@role", role).With("@version", typeof(StorageProbe).Assembly.GetName().Version!.ToString()).With("@started", db.Instant(_startedAt));
        await using var forget = Command(db, $"DELETE FROM peers WHERE seen_at < {old}");
        if (db is SqliteNoticesDb)
        {
            beat.With("@now", db.Instant(machine.GetUtcNow()));
            forget.With("@old", db.Instant(machine.GetUtcNow() - Kept));
        }

        await beat.ExecuteNonQueryAsync(cancellationToken);
        await forget.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>SQLite writes into its log where that has room, and so notices a full disk late.</summary>
    private async Task<Problem?> FillAsync(CancellationToken cancellationToken)
    {
        var file = storage.SqliteFile + ".probe";
        try
        {
            await using (var probe = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.DeleteOnClose))
            {
                await probe.WriteAsync(Filler, cancellationToken);
            }

            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            return StorageTrouble.OfFile(error);
        }
    }

    private static async Task RunAsync(NoticesDb db, string sql, CancellationToken cancellationToken)
    {
        await using var command = Command(db, sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static DbCommand Command(NoticesDb db, string sql)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        command.CommandText = sql;

        return command;
    }
}
