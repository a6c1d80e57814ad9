using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Notices.Storage;

/// <summary>One moment's view of every table, so that several queries agree while writers go on.</summary>
internal static class ReadSnapshot
{
    internal static async Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken) => connection is SqliteConnection sqlite
        ? sqlite.BeginTransaction(true) // Deferred: reads only, holds up no writer.
        : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
}
