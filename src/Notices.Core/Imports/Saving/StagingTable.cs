using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Notices.Storage;
using Npgsql;

namespace Notices.Imports;

/// <summary>A temporary table of the connection: a batch goes in at once, and set statements carry it on.</summary>
/// <param name="Columns">Name and type, the types being those both databases know.</param>
internal sealed record StagingTable(string Name, (string Name, string Type)[] Columns)
{
    private string Definition => $"CREATE TEMPORARY TABLE IF NOT EXISTS {Name} ({string.Join(", ", Columns.Select(c => $"{c.Name} {c.Type}"))})";

    /// <summary>Must run in the batch's transaction; the rows are gone with it.</summary>
    internal async Task FillAsync(NoticesDb db, IEnumerable<object?[]> rows, CancellationToken cancellationToken)
    {
        await ExecuteAsync(db, Definition, cancellationToken);
        await ExecuteAsync(db, $"DELETE FROM {Name}", cancellationToken);
        if (db.Database.GetDbConnection() is NpgsqlConnection connection)
        {
            await CopyAsync(connection, rows, cancellationToken);
            // A new temporary table has no statistics, and without them the joins become loops.
            await ExecuteAsync(db, $"ANALYZE {Name}", cancellationToken);
        }
        else await InsertAsync((SqliteConnection)db.Database.GetDbConnection(), db.Database.CurrentTransaction!.GetDbTransaction(), rows, cancellationToken);
    }

    /// <summary>For rows that come bit by bit, by <see cref="CopyAsync"/>; the table goes with the transaction.</summary>
    internal async Task CreateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var create = new NpgsqlCommand(Definition + " ON COMMIT DROP", connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>PostgreSQL's bulk way into the table.</summary>
    internal async Task CopyAsync(NpgsqlConnection connection, IEnumerable<object?[]> rows, CancellationToken cancellationToken)
    {
        using var copy = Rows();
        foreach (var row in rows) Add(copy, row);
        await copy.SendAsync(connection, cancellationToken);
    }

    /// <summary>Nothing yet, for <see cref="Add"/>.</summary>
    internal CopyRows Rows() => new(Name, [.. Columns.Select(c => c.Name)], false);

    internal static void Add(CopyRows to, params ReadOnlySpan<object?> row)
    {
        to.Row();
        foreach (var value in row) to.WriteAny(value);
    }

    /// <summary>Runs a statement in the context's transaction.</summary>
    internal static async Task<int> ExecuteAsync(NoticesDb db, string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.With(name, value);

        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task InsertAsync(SqliteConnection connection, DbTransaction transaction, IEnumerable<object?[]> rows, CancellationToken cancellationToken)
    {
        await using var insert = connection.CreateCommand();
        insert.Transaction = (SqliteTransaction)transaction;
        insert.CommandText = $"INSERT INTO {Name} VALUES ({string.Join(", ", Columns.Select(c => "@" + c.Name))})";
        foreach (var (name, _) in Columns) insert.Parameters.Add(new SqliteParameter { ParameterName = "@" + name });
        await insert.PrepareAsync(cancellationToken);
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++) insert.Parameters[i].Value = row[i] ?? DBNull.Value;
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
