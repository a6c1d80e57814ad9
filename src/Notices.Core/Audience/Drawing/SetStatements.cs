using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Notices.Storage;

namespace Notices.Audience;

/// <summary>Runs set statements in the context's transaction, each with those of the parameters that it names.</summary>
internal sealed class SetStatements(NoticesDb db)
{
    /// <summary>Seconds; a million rows take a while.</summary>
    private const int Timeout = 600;

    /// <summary>Planned once a connection: for the many small rounds, where planning costs more than doing. Large ones are planned for what they find.</summary>
    internal bool Prepared { get; set; }

    /// <returns>How many rows it changed.</returns>
    internal async Task<int> RunAsync(string sql, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
    {
        await using var command = Command(sql, parameters);
        if (Prepared) await command.PrepareAsync(cancellationToken);

        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>One after the other; on PostgreSQL in one journey.</summary>
    /// <returns>How many rows each changed.</returns>
    internal async Task<IReadOnlyList<int>> RunAllAsync(IReadOnlyList<string> statements, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
    {
        var connection = db.Database.GetDbConnection();
        var changed = new int[statements.Count];
        if (connection.CanCreateBatch)
        {
            await using var batch = connection.CreateBatch();
            (batch.Transaction, batch.Timeout) = (db.Database.CurrentTransaction?.GetDbTransaction(), Timeout);
            foreach (var sql in statements)
            {
                var one = batch.CreateBatchCommand();
                one.CommandText = sql;
                foreach (var (name, value) in Named(sql, parameters)) one.Parameters.Add(Parameter(one.CreateParameter(), name, value));
                batch.BatchCommands.Add(one);
            }

            if (Prepared) await batch.PrepareAsync(cancellationToken);
            await batch.ExecuteNonQueryAsync(cancellationToken);
            for (var i = 0; i < changed.Length; i++) changed[i] = batch.BatchCommands[i].RecordsAffected;

            return changed;
        }

        for (var i = 0; i < changed.Length; i++) changed[i] = await RunAsync(statements[i], parameters, cancellationToken);

        return changed;
    }

    /// <summary>The columns of every row as numbers.</summary>
    internal async Task<List<long[]>> NumbersAsync(string sql, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
    {
        var found = new List<long[]>();
        await using var command = Command(sql, parameters);
        if (Prepared) await command.PrepareAsync(cancellationToken);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            var row = new long[rows.FieldCount];
            for (var i = 0; i < row.Length; i++) row[i] = rows.GetInt64(i);
            found.Add(row);
        }

        return found;
    }

    private DbCommand Command(string sql, IReadOnlyDictionary<string, object?> parameters)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        (command.CommandText, command.CommandTimeout) = (sql, Timeout);
        foreach (var (name, value) in Named(sql, parameters)) command.With(name, value);

        return command;
    }

    private static IEnumerable<KeyValuePair<string, object?>> Named(string sql, IReadOnlyDictionary<string, object?> parameters) =>
        parameters.Where(parameter => sql.Contains(parameter.Key, StringComparison.Ordinal));

    private static DbParameter Parameter(DbParameter parameter, string name, object? value)
    {
        (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);

        return parameter;
    }
}
