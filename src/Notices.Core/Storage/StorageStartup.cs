using Microsoft.EntityFrameworkCore;

namespace Notices.Storage;

/// <summary>Brings a database to the current schema and says whether it is.</summary>
public sealed class StorageStartup(NoticesDb db)
{
    /// <summary>Applies what is missing. SQLite is also set to write-ahead logging, so that readers never wait for the writer.</summary>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        if (db is SqliteNoticesDb) await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken);
        // Asked first: with nothing to apply, MigrateAsync still builds the model of the last migration and compares it, a tenth of a start.
        if (!await IsCurrentAsync(cancellationToken)) await db.Database.MigrateAsync(cancellationToken);
    }

    /// <summary>True when every migration this program knows is applied; a newer schema is fine, changes are additive.</summary>
    public async Task<bool> IsCurrentAsync(CancellationToken cancellationToken) => !(await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any();
}
