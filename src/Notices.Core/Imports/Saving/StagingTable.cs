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
        if (db.Database.GetDbConnection() is NpgsqlConnection connection) await CopyAsync(connection, rows, cancellationToken);
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

    private async Task CopyAsync(NpgsqlConnection connection, IEnumerable<object?[]> rows, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"COPY {Name} ({string.Join(", ", Columns.Select(c => c.Name))}) FROM STDIN (FORMAT BINARY)", cancellationToken);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            foreach (var value in row) await WriteAsync(copy, value, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter copy, object? value, CancellationToken cancellationToken) => value switch
    {
        null => copy.WriteNullAsync(cancellationToken),
        string text => copy.WriteAsync(text, cancellationToken),
        long number => copy.WriteAsync(number, cancellationToken),
        int number => copy.WriteAsync(number, cancellationToken),
        short number => copy.WriteAsync(number, cancellationToken),
        _ => throw new ArgumentException($"No column holds a {value.GetType().Name}.", nameof(value)),
    };

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
