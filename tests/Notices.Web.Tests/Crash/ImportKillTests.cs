using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Audit;
using Notices.Setup;
using Notices.Testing;

namespace Notices.Crash;

/// <summary><c>kill -9</c> of <c>import customers</c>: whole batches are left or nothing, the record verifies, and a second run finishes.</summary>
public class ImportKillTests
{
    // Over 8 MiB: a large file, as a county's is.
    private const int Rows = 130_000;

    [Theory]
    [InlineData(DatabaseKind.Sqlite, 0)]
    [InlineData(DatabaseKind.Sqlite, 12)]
    [InlineData(DatabaseKind.PostgreSql, 12)] // Something is there already, so it goes batch by batch, as on SQLite.
    public async Task Killed_between_batches_it_leaves_whole_ones_and_a_second_run_finishes(DatabaseKind kind, int before)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        await TestCounty.SeedAsync(database, before);
        using var file = new CountyFile();
        var some = before + 10_000 + Random.Shared.Next(40_000);
        await KillAsync(database, file, async () => await CountAsync(database, "customers") >= some);

        var left = await CountAsync(database, "supply_points") - before;
        Assert.InRange(left, 10_000, Rows - 1);
        Assert.Equal(0, left % (kind == DatabaseKind.PostgreSql ? 5_000 : 2_000));
        await FinishAsync(database, file, before, left);
    }

    [Theory]
    [InlineData("COPY customers%")]
    [InlineData("COPY contacts%")]
    [InlineData("CREATE %INDEX%")]
    public async Task Killed_while_it_fills_empty_tables_it_leaves_nothing_and_a_second_run_finishes(string statement)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.PostgreSql);
        await TestCounty.SeedAsync(database, 0);
        using var file = new CountyFile();
        await KillAsync(database, file, async () => await ScalarAsync(
            database, $"SELECT count(*) AS \"Value\" FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '{statement}'") > 0);

        Assert.Equal(0, await CountAsync(database, "customers"));
        await FinishAsync(database, file, 0, 0);
    }

    /// <summary>Starts the import and kills it once that holds; the tables have their indexes and keys then.</summary>
    private static async Task KillAsync(TestDatabase database, CountyFile file, Func<Task<bool>> holds)
    {
        var definitions = await DefinitionsAsync(database);
        await using (var import = ServiceProcess.Begin(TestHost.Settings(database), Words(file)))
        {
            await TestHost.UntilAsync(
                async () =>
                {
                    Assert.False(import.HasEnded, import.Said);

                    return await holds();
                },
                "half-way", 120);
            await import.KillAsync();
        }

        // A server in the middle of a statement sees only at its end that nobody is there.
        if (database.Kind == DatabaseKind.PostgreSql)
        {
            await TestHost.UntilAsync(
                async () => await ScalarAsync(database, "SELECT count(*) AS \"Value\" FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") == 0,
                "the session has ended", 60);
        }

        Assert.Equal(definitions, await DefinitionsAsync(database));
        await VerifyAsync(database);
    }

    /// <summary>Runs it again; then every customer is there once, on every table, and nothing else has changed.</summary>
    private static async Task FinishAsync(TestDatabase database, CountyFile file, long before, long left)
    {
        var definitions = await DefinitionsAsync(database);
        var (status, said) = await ServiceProcess.RunAsync(TestHost.Settings(database), Words(file));

        Assert.True(status == 0, said);
        Assert.Contains($"{Rows} rows: {Rows - left} added, 0 changed, {left} unchanged, 0 rejected.", said, StringComparison.Ordinal);
        foreach (var table in (string[])["customers", "supply_points", "contacts"]) Assert.Equal(before + Rows, await CountAsync(database, table));
        Assert.Equal(Rows, await ScalarAsync(database, """
            SELECT count(*) AS "Value" FROM customers c JOIN supply_points p ON p.customer_id = c.id JOIN contacts k ON k.customer_id = c.id
            WHERE p.account_no = 'A' || substr(c.customer_no, 2) AND k.address = '+86138' || substr(c.customer_no, 2) AND c.customer_no LIKE 'K%'
            """));
        Assert.Equal(definitions, await DefinitionsAsync(database));
        await VerifyAsync(database);
    }

    private static string[] Words(CountyFile file) => ["import", "customers", file.Path, "--organisation", TestCounty.Code];

    private static async Task<List<string>> DefinitionsAsync(TestDatabase database)
    {
        await using var db = database.Open();

        return await db.Database.SqlQueryRaw<string>(database.Kind == DatabaseKind.Sqlite ? "SELECT sql AS \"Value\" FROM sqlite_master WHERE sql IS NOT NULL ORDER BY sql" : """
            SELECT definition AS "Value" FROM (
                SELECT indexdef AS definition FROM pg_indexes WHERE schemaname = 'public'
                UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, convalidated, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = 'public'::regnamespace) AS d
            ORDER BY definition
            """).ToListAsync();
    }

    private static Task<long> CountAsync(TestDatabase database, string table) => ScalarAsync(database, $"SELECT count(*) AS \"Value\" FROM {table}");

    private static async Task<long> ScalarAsync(TestDatabase database, string sql)
    {
        await using var db = database.Open();

        return (await db.Database.SqlQueryRaw<long>(sql).ToListAsync())[0];
    }

    private static async Task VerifyAsync(TestDatabase database)
    {
        await using var app = NoticesHost.Create(new HostRequest(Role: HostRole.Web, Settings: TestHost.Settings(database), Quiet: true));
        await using var scope = app.Services.CreateAsyncScope();
        var verdict = await scope.ServiceProvider.GetRequiredService<AuditVerifier>().VerifyAsync(Actor.System, null, null, default);
        Assert.True(verdict.Value?.Ok, verdict.Value?.Fault?.ToString());
    }

    /// <summary>Customers <c>K00000000</c> and so on, each with an account and a mobile number of the same digits.</summary>
    private sealed class CountyFile : IDisposable
    {
        internal CountyFile()
        {
            using var to = new StreamWriter(Path);
            to.Write("account_no,customer_id,name,transformer_code,phone,address\n");
            for (var i = 0; i < Rows; i++) to.Write(string.Create(CultureInfo.InvariantCulture, $"A{i:00000000},K{i:00000000},用户{i},JX-T{i % 4},138{i:00000000},城关镇第一村{i}号\n"));
        }

        internal string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
