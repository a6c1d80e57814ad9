using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Operation;
using Notices.Storage;
using Notices.Testing;

namespace Notices.Crash;

/// <summary><c>/health/ready</c> says what is wrong with the database, whoever writes meanwhile is told the same, nothing is half saved, and it mends by itself.</summary>
public class HealthTests
{
    private const string Plans = "/api/v1/outages";

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_full_disk_is_told_and_nothing_is_half_saved(DatabaseKind kind)
    {
        using var disk = SmallDisk.TryMake(kind == DatabaseKind.Sqlite ? 24 : 320);
        if (disk is null) Assert.Skip("Making a small disk needs the right to mount.");
        var server = kind == DatabaseKind.PostgreSql ? await PostgreSqlServer.StartAsync(durable: false, disk.Folder) : null;
        try
        {
            await using var county = await CrashCounty.SeedAsync(server is null ? await TestDatabase.CreateInAsync(disk.Folder) : await TestDatabase.CreateAsync(server));
            await using var service = await ServiceProcess.StartAsync(county.Settings);
            var key = await county.KeyAsync(Role.Dispatcher);
            var before = await EntriesAsync(county);
            if (server is not null) await ReserveLogAsync(county);

            disk.Fill();
            Assert.Equal("writes", (await service.UntilNotReadyAsync("storage-full")).Name);

            // What fits into a page that is there still goes; sooner or later one more page is needed.
            var (saved, refused) = (0, (string?)null);
            for (var i = 0; i < 300 && refused is null; i++)
            {
                var (status, body) = await service.PostAsync(key, Plans, CrashCounty.Plan(CrashCounty.Now.AddDays(1)));
                if (status == HttpStatusCode.Created) saved++;
                else refused = status == HttpStatusCode.ServiceUnavailable ? Code(body) : $"{status} {body}";
            }

            Assert.Equal("storage-full", refused);
            Assert.Equal((saved, before + saved), (await OutagesAsync(county), await EntriesAsync(county)));

            disk.Free();
            await service.UntilReadyAsync();
            Assert.Equal(HttpStatusCode.Created, (await service.PostAsync(key, Plans, CrashCounty.Plan(CrashCounty.Now.AddDays(1)))).Status);
            await county.VerifyAsync();
        }
        finally
        {
            server?.Stop();
        }
    }

    [Fact]
    public async Task A_PostgreSQL_that_may_only_be_read_is_told_in_both_languages()
    {
        await using var county = await CrashCounty.SeedAsync(DatabaseKind.PostgreSql);
        await using var service = await ServiceProcess.StartAsync(new Dictionary<string, string?>(county.Settings) { ["Logging:Format"] = "json" });
        var key = await county.KeyAsync(Role.Dispatcher);

        await SetReadOnlyAsync(county.Database, "on");
        Assert.Equal("writes", (await service.UntilNotReadyAsync("storage-read-only")).Name);
        Assert.Contains("数据库当前只读", (await service.HealthAsync("zh-CN"))!.Message, StringComparison.Ordinal);
        var (status, body) = await service.PostAsync(key, Plans, CrashCounty.Plan(CrashCounty.Now.AddDays(1)), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "storage-read-only"), (status, Code(body)));
        // The log says so too, a line of JSON an event, under the trace of the request.
        await TestHost.UntilAsync(
            () =>
            {
                var lines = service.Said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.ToJsonString()).ToList();

                return Task.FromResult(((string[])["4bf92f3577b34da6a3ce929d0e0e4736", "Not ready, storage-read-only"]).All(words => lines.Exists(line => line.Contains(words, StringComparison.Ordinal))));
            },
            "in the log", 30);
        Assert.Equal(0, await OutagesAsync(county));

        await SetReadOnlyAsync(county.Database, "off");
        await service.UntilReadyAsync();
        Assert.Equal(HttpStatusCode.Created, (await service.PostAsync(key, Plans, CrashCounty.Plan(CrashCounty.Now.AddDays(1)))).Status);
    }

    [Fact]
    public async Task A_SQLite_file_that_nobody_may_write_stops_the_start_with_a_sentence()
    {
        await using var county = await CrashCounty.SeedAsync(DatabaseKind.Sqlite);
#pragma warning disable CA1416 // These tests need a Unix as it is.
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(File(county))!)) System.IO.File.SetUnixFileMode(file, UnixFileMode.UserRead);
#pragma warning restore CA1416

        var (status, said) = await ServiceProcess.RunAsOrdinaryAsync(county.Settings, "serve", "--urls", "http://127.0.0.1:0");

        Assert.True(status == 2, said);
        Assert.Contains("storage-read-only", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_SQLite_file_that_may_only_be_read_is_told()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.Sqlite);
        var options = new DbContextOptionsBuilder<SqliteNoticesDb>().UseSqlite(database.ConnectionString + ";Mode=ReadOnly").Options;
        await using var services = new ServiceCollection().AddSingleton<Func<NoticesDb>>(() => new SqliteNoticesDb(options))
            .AddSingleton(new StorageOptions { ConnectionString = database.ConnectionString }).AddKeyedSingleton(CoreServices.Machine, TimeProvider.System).BuildServiceProvider();

        var report = await StorageWatch.Make(services, "all").LookAsync(default);

        Assert.False(report.Ready);
        Assert.Equal(("storage-read-only", StorageState.Good), (report[StorageReport.Writes].Problem?.Code, report[StorageReport.Answers].State));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task An_older_schema_put_under_the_service_is_told(DatabaseKind kind)
    {
        await using var county = await CrashCounty.SeedAsync(kind);
        await using var service = await ServiceProcess.StartAsync(county.Settings);

        await county.Database.ExecuteAsync("""UPDATE "__EFMigrationsHistory" SET "MigrationId" = 'x' || "MigrationId" WHERE "MigrationId" = (SELECT MAX("MigrationId") FROM "__EFMigrationsHistory")""");
        Assert.Equal("schema", (await service.UntilNotReadyAsync("storage-schema-old")).Name);

        await county.Database.ExecuteAsync("""UPDATE "__EFMigrationsHistory" SET "MigrationId" = substr("MigrationId", 2) WHERE "MigrationId" LIKE 'x%'""");
        await service.UntilReadyAsync();
    }

    /// <summary>PostgreSQL stops when its log cannot grow, which is another fault than the one meant here: so its log has room already.</summary>
    private static async Task ReserveLogAsync(CrashCounty county)
    {
        for (var i = 0; i < 4; i++) await county.Database.ExecuteAsync("CREATE TABLE filler (a int); DROP TABLE filler; SELECT pg_switch_wal()");
        await county.Database.ExecuteAsync("CHECKPOINT");
    }

    private static async Task SetReadOnlyAsync(TestDatabase database, string value)
    {
        await using var db = database.Open();
        await db.Database.OpenConnectionAsync();
        var name = db.Database.GetDbConnection().Database;
        await db.Database.ExecuteSqlRawAsync("SET default_transaction_read_only = off");
#pragma warning disable EF1002 // The name is ours.
        await db.Database.ExecuteSqlRawAsync($"ALTER DATABASE {name} SET default_transaction_read_only = {value}");
#pragma warning restore EF1002
        await db.Database.ExecuteSqlRawAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        Npgsql.NpgsqlConnection.ClearAllPools();
    }

    private static string File(CrashCounty county) => county.Database.ConnectionString["Data Source=".Length..];

    private static async Task<int> OutagesAsync(CrashCounty county)
    {
        await using var db = county.Database.Open();

        return await db.Outages.CountAsync();
    }

    private static async Task<int> EntriesAsync(CrashCounty county)
    {
        await using var db = county.Database.Open();

        return await db.AuditEntries.CountAsync(entry => entry.Action.StartsWith("outage."));
    }

    private static string? Code(string body) => JsonNode.Parse(body)?["code"]?.GetValue<string>();
}
