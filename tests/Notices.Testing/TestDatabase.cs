using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Notices.Storage;

namespace Notices.Testing;

public enum DatabaseKind
{
    Sqlite,
    PostgreSql,
}

/// <summary>A fresh, migrated database on either provider, gone when disposed.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> SqliteTemplate = new(MakeSqliteTemplateAsync);

    private readonly PostgreSqlServer? _server;
    private readonly string _name;

    private TestDatabase(DatabaseKind kind, PostgreSqlServer? server, string name, string connectionString) =>
        (Kind, _server, _name, ConnectionString) = (kind, server, name, connectionString);

    public DatabaseKind Kind { get; }

    public string ConnectionString { get; }

    public static async Task<TestDatabase> CreateAsync(DatabaseKind kind)
    {
        if (kind == DatabaseKind.PostgreSql)
        {
            return await CreateAsync(await PostgreSqlServer.SharedAsync());
        }

        return await CreateInAsync(Path.GetTempPath());
    }

    /// <summary>A file in a folder of its own below another.</summary>
    public static async Task<TestDatabase> CreateInAsync(string parent)
    {
        var folder = Directory.CreateDirectory(Path.Combine(parent, $"notices-sqlite-{Guid.NewGuid():N}")).FullName;
        var file = Path.Combine(folder, "notices.db");
        File.Copy(await SqliteTemplate.Value, file);

        return new TestDatabase(DatabaseKind.Sqlite, null, folder, $"Data Source={file}");
    }

    /// <summary>On a server of the test's own.</summary>
    public static async Task<TestDatabase> CreateAsync(PostgreSqlServer server)
    {
        var name = await server.CreateDatabaseAsync();

        return new TestDatabase(DatabaseKind.PostgreSql, server, name, server.ConnectionString(name));
    }

    /// <summary>Runs one statement.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var db = Open();
        await db.Database.ExecuteSqlRawAsync(sql);
    }

    /// <summary>A context of its own, as each request has.</summary>
    public NoticesDb Open() => Kind == DatabaseKind.PostgreSql
        ? new PostgreSqlNoticesDb(new DbContextOptionsBuilder<PostgreSqlNoticesDb>().UseNpgsql(ConnectionString).Options)
        : new SqliteNoticesDb(new DbContextOptionsBuilder<SqliteNoticesDb>().UseSqlite(ConnectionString).Options);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DropDatabaseAsync(_name);

            return;
        }

        await using (var connection = new SqliteConnection(ConnectionString)) SqliteConnection.ClearPool(connection);
        Directory.Delete(_name, true);
    }

    private static async Task<string> MakeSqliteTemplateAsync()
    {
        var folder = Directory.CreateTempSubdirectory("notices-sqlite-template-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, true);
        var file = Path.Combine(folder, "template.db");
        // Not pooled, so that everything is in the one file when it is copied.
        var options = new DbContextOptionsBuilder<SqliteNoticesDb>().UseSqlite($"Data Source={file};Pooling=false").Options;
        await using (var db = new SqliteNoticesDb(options))
        {
            await db.Database.MigrateAsync();
        }

        return file;
    }
}
