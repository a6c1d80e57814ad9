using System.Diagnostics;
using Notices.Testing;

namespace Notices.Crash;

/// <summary>A database that is gone, or takes nothing more, for a while: the service says so, keeps what it had and goes on.</summary>
public class DatabaseTroubleTests
{
    [Fact]
    public async Task PostgreSQL_taken_down_over_a_due_moment_loses_nothing()
    {
        var server = await PostgreSqlServer.StartAsync(durable: false);
        try
        {
            await using var county = await CrashCounty.SeedAsync(await TestDatabase.CreateAsync(server));
            await using var service = await ServiceProcess.StartAsync(county.Settings);
            await county.PlanAsync(CrashCounty.Now.AddSeconds(2));

            await server.TakeDownAsync();
            Npgsql.NpgsqlConnection.ClearAllPools();
            await service.UntilNotReadyAsync("storage-unreachable");
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);

            await server.BringUpAsync();
            await county.AllToldOnceAsync(1);
            await service.UntilReadyAsync();
        }
        finally
        {
            server.Stop();
        }
    }

    [Fact]
    public async Task A_full_disk_over_a_due_moment_is_said_and_loses_nothing()
    {
        await using var county = await CrashCounty.SeedAsync(DatabaseKind.Sqlite);
        await using var service = await ServiceProcess.StartAsync(county.Settings);
        await LimitAsync(service, "1");
        await county.PlanAsync(CrashCounty.Now);
        await TestHost.UntilAsync(() => Task.FromResult(service.Said.Contains("PublishingLoop failed", StringComparison.Ordinal)), "said");
        await service.UntilNotReadyAsync("storage-unwritable", "storage-full");
        Assert.Equal(0, await county.PublishedAsync());

        await LimitAsync(service, "unlimited");
        await county.AllToldOnceAsync(1);
    }

    /// <summary>The largest file the process may write: what a disk that is full looks like.</summary>
    private static async Task LimitAsync(ServiceProcess service, string bytes)
    {
        using var prlimit = Process.Start("prlimit", ["--pid", $"{service.Id}", $"--fsize={bytes}:unlimited"]);
        await prlimit.WaitForExitAsync();
        Assert.Equal(0, prlimit.ExitCode);
    }
}
