using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Crash;

/// <summary>Several processes on one PostgreSQL: any may go, come, be older or be told to stop.</summary>
public class ClusterTests
{
    [Fact]
    public async Task What_one_process_seals_another_opens()
    {
        await using var first = await TestHost.StartAsync(DatabaseKind.PostgreSql);
        await using var second = await TestHost.BesideAsync(first);
        await using var stranger = await TestHost.StartAsync(DatabaseKind.PostgreSql);

        var letter = Protector(first).Protect("a session");

        Assert.Equal("a session", Protector(second).Unprotect(letter));
        Assert.Throws<CryptographicException>(() => Protector(stranger).Unprotect(letter));
    }

    [Fact]
    public async Task An_older_process_goes_on_and_starts_beside_a_newer_schema_but_not_beside_an_older_one()
    {
        await using var county = await CrashCounty.SeedAsync(DatabaseKind.PostgreSql);
        await using var running = await ServiceProcess.StartAsync(county.Settings);
        await county.Database.ExecuteAsync("""
            INSERT INTO "__EFMigrationsHistory" VALUES ('99990101000000_Later', '99.0.0');
            ALTER TABLE scheduled_notices ADD COLUMN later_note text;
            ALTER TABLE rounds ADD COLUMN later_lane int NOT NULL DEFAULT 0;
            ALTER TABLE deliveries ADD COLUMN later_parts int NOT NULL DEFAULT 1;
            ALTER TABLE recipients ADD COLUMN later_note text;
            CREATE TABLE later_things (id bigint PRIMARY KEY);
            """);
        await county.PlanAsync(CrashCounty.Now);
        await county.AllToldOnceAsync(1);
        Assert.Equal("healthy", (await running.HealthAsync())!.Status);

        await using var joining = await ServiceProcess.StartAsync(county.Settings);
        await running.KillAsync();
        await county.PlanAsync(CrashCounty.Now);
        await county.AllToldOnceAsync(2);

        await county.Database.ExecuteAsync("""DELETE FROM "__EFMigrationsHistory" WHERE "MigrationId" = (SELECT MAX("MigrationId") FROM "__EFMigrationsHistory" WHERE "MigrationId" < '9')""");
        await using var late = ServiceProcess.Launch(county.Settings);
        Assert.Equal(2, await late.EndAsync());
        Assert.Contains("notices migrate", late.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PostgreSQL_away_for_a_while_is_told_by_both_processes_and_both_come_back()
    {
        var server = await PostgreSqlServer.StartAsync(durable: false);
        try
        {
            await using var county = await CrashCounty.SeedAsync(await TestDatabase.CreateAsync(server));
            await using var web = await ServiceProcess.StartAsync(county.Settings, "--role", "web");
            await using var worker = await ServiceProcess.StartAsync(county.Settings, "--role", "worker");
            await county.PlanAsync(CrashCounty.Now);
            await county.UntilPublishedAsync(1);
            await county.PlanAsync(CrashCounty.Now.AddSeconds(5));

            await server.TakeDownAsync();
            Npgsql.NpgsqlConnection.ClearAllPools();
            await web.UntilNotReadyAsync("storage-unreachable");
            await worker.UntilNotReadyAsync("storage-unreachable");
            // Long enough for Hangfire's own attempts to fail several times.
            await Task.Delay(TimeSpan.FromSeconds(20), TimeProvider.System);
            Assert.False(web.HasEnded || worker.HasEnded);

            await server.BringUpAsync();
            await web.UntilReadyAsync();
            await worker.UntilReadyAsync();
            await county.AllToldOnceAsync(2);
        }
        finally
        {
            server.Stop();
        }
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Told_to_stop_it_ends_what_it_has_in_hand_and_leaves_the_rest(DatabaseKind kind)
    {
        await using var county = await CrashCounty.SeedAsync(kind);
        county.CarrierDelay = TimeSpan.FromSeconds(3);
        var settings = new Dictionary<string, string?>(county.Settings) { ["Delivery:Concurrency"] = "2" };
        await using (var service = await ServiceProcess.StartAsync(settings))
        {
            await county.PlanAsync(CrashCounty.Now);
            await TestHost.UntilAsync(() => Task.FromResult(county.Carried > 0), "the first message", 60);

            await service.SignalAsync("TERM");

            Assert.Equal(0, await service.EndAsync());
        }

        await using (var db = county.Database.Open())
        {
            Assert.Equal(0, await db.Deliveries.CountAsync(d => d.State == DeliveryState.Claimed || d.State == DeliveryState.Unconfirmed));
            Assert.Equal(county.Carried, await db.Attempts.CountAsync());
            Assert.True(await db.Deliveries.AnyAsync(d => d.State == DeliveryState.Waiting));
        }

        county.CarrierDelay = TimeSpan.Zero;
        await using var next = await ServiceProcess.StartAsync(settings);
        await county.AllToldOnceAsync(1);
    }

    private static IDataProtector Protector(TestHost host) => host.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("sign-in");
}
