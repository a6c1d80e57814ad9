using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Notices.Storage;

/// <summary>Lets SQLite itself wait for the one writer, a few milliseconds at a time; the driver would come back only every 150 ms, however soon the writer is done.</summary>
internal sealed class SqliteWaiting : DbConnectionInterceptor
{
    /// <summary>Milliseconds; the driver waits on after it.</summary>
    private const string Pragma = "PRAGMA busy_timeout = 5000";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragma;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Pragma;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
