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
        // Migrating would have told of a file nobody may write, and a start on one must not look like a good one. SQLite makes a reader of BEGIN IMMEDIATE there.
        else if (db is SqliteNoticesDb) await db.Database.ExecuteSqlRawAsync("DELETE FROM audit_heads WHERE 1 = 0", cancellationToken);
    }

    /// <summary>True when every migration this program knows is applied; a newer schema is fine, changes are additive.</summary>
    public async Task<bool> IsCurrentAsync(CancellationToken cancellationToken) => !(await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any();
}
