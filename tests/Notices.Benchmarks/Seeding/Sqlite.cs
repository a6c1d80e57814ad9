using Microsoft.EntityFrameworkCore;
using Notices.Storage;
using Notices.Testing;

namespace Notices.Benchmarks.Seeding;

/// <summary>An embedded database as the service itself makes it.</summary>
internal static class Sqlite
{
    internal static string Connection(string file) => $"Data Source={file}";

    internal static async Task MakeAsync(string file)
    {
        await using var db = County.Open(DatabaseKind.Sqlite, Connection(file));
        await new StorageStartup(db).MigrateAsync(default);
    }
}
