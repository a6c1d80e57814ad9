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
    /// <summary>Must run in the batch's transaction; the rows are gone with it.</summary>
    internal async Task FillAsync(NoticesDb db, IEnumerable<object?[]> rows, CancellationToken cancellationToken)
    {
        var definition = string.Join(", ", Columns.Select(c => $"{c.Name} {c.Type}"));
        await ExecuteAsync(db, $"CREATE TEMPORARY TABLE IF NOT EXISTS {Name} ({definition})", cancellationToken);
        await ExecuteAsync(db, $"DELETE FROM {Name}", cancellationToken);
        if (db.Database.GetDbConnection() is NpgsqlConnection connection)
        {
            await CopyAsync(connection, Name, Columns.Select(c => c.Name), rows, cancellationToken);
            // A new temporary table has no statistics, and without them the joins become loops.
            await ExecuteAsync(db, $"ANALYZE {Name}", cancellationToken);
        }
        else await InsertAsync((SqliteConnection)db.Database.GetDbConnection(), db.Database.CurrentTransaction!.GetDbTransaction(), rows, cancellationToken);
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

    /// <summary>PostgreSQL's bulk way into a table.</summary>
    internal static async Task CopyAsync(NpgsqlConnection connection, string table, IEnumerable<string> columns, IEnumerable<object?[]> rows, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"COPY {table} ({string.Join(", ", columns)}) FROM STDIN (FORMAT BINARY)", cancellationToken);
        WriteAll(copy, rows);
        await copy.CompleteAsync(cancellationToken);
    }

    // A task for each of some hundred thousand fields would cost more than the fields.
    private static void WriteAll(NpgsqlBinaryImporter copy, IEnumerable<object?[]> rows)
    {
        foreach (var row in rows)
        {
            copy.StartRow();
            foreach (var value in row) Write(copy, value);
        }
    }

    private static void Write(NpgsqlBinaryImporter copy, object? value)
    {
        switch (value)
        {
            case null: copy.WriteNull(); break;
            case string text: copy.Write(text); break;
            case long number: copy.Write(number); break;
            case int number: copy.Write(number); break;
            case short number: copy.Write(number); break;
            case bool yes: copy.Write(yes); break;
            default: throw new ArgumentException($"No column holds a {value.GetType().Name}.", nameof(value));
        }
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
