using System.Net;
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
    public async Task A_service_started_before_its_PostgreSQL_waits_for_it()
    {
        var server = await PostgreSqlServer.StartAsync(durable: false);
        try
        {
            await using var county = await CrashCounty.SeedAsync(await TestDatabase.CreateAsync(server));
            await county.PlanAsync(CrashCounty.Now);
            await server.TakeDownAsync();
            Npgsql.NpgsqlConnection.ClearAllPools();

            await using var service = ServiceProcess.Launch(county.Settings);
            await TestHost.UntilAsync(() => Task.FromResult(service.Said.Contains("the start waits for it", StringComparison.Ordinal)), "said", 30);
            Assert.False(service.HasEnded, service.Said);

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
        await service.LimitFilesAsync("1");
        await county.PlanAsync(CrashCounty.Now);
        await TestHost.UntilAsync(() => Task.FromResult(service.Said.Contains("PublishingLoop failed", StringComparison.Ordinal)), "said");
        await service.UntilNotReadyAsync("storage-unwritable", "storage-full");
        Assert.Equal(0, await county.PublishedAsync());

        await service.LimitFilesAsync("unlimited");
        await county.AllToldOnceAsync(1);
    }

    [Fact]
    public async Task A_full_disk_while_approving_is_said_in_the_answer_and_the_plan_still_waits()
    {
        await using var county = await CrashCounty.SeedAsync(DatabaseKind.Sqlite);
        var (number, key) = (await county.SubmittedAsync(CrashCounty.Now), await county.KeyAsync(Access.Role.Approver));
        await using var service = await ServiceProcess.StartAsync(county.Settings);

        await service.LimitFilesAsync("1");
        var (status, answer) = await service.PostAsync(key, $"/api/v1/outages/{number}/approve", new { });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Matches("storage-(unwritable|full)", answer);

        await service.LimitFilesAsync("unlimited");
        (status, answer) = await service.PostAsync(key, $"/api/v1/outages/{number}/approve", new { });
        Assert.True(status == HttpStatusCode.OK, answer);
        await county.AllToldOnceAsync(1);
    }
}
