using Notices.Testing;

namespace Notices.Crash;

/// <summary><c>kill -9</c> around a due moment: published exactly once, nobody lost, nothing sent twice.</summary>
public class KillTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Killed_before_the_due_moment_it_publishes_after_the_restart(DatabaseKind kind)
    {
        await using var county = await CrashCounty.SeedAsync(kind);
        await using (var first = await ServiceProcess.StartAsync(county.Settings))
        {
            await county.PlanAsync(CrashCounty.Now.AddSeconds(3));
            await first.KillAsync();
        }

        Assert.Equal(0, await county.PublishedAsync());
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);

        await using var second = await ServiceProcess.StartAsync(county.Settings);
        await county.AllToldOnceAsync(1);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Killed_while_many_fall_due_it_publishes_each_once(DatabaseKind kind)
    {
        const int Plans = 12;
        await using var county = await CrashCounty.SeedAsync(kind);
        await using (var first = await ServiceProcess.StartAsync(county.Settings))
        {
            var due = CrashCounty.Now;
            for (var i = 0; i < Plans; i++) await county.PlanAsync(due.AddMilliseconds(200 * i));
            await county.UntilPublishedAsync(Plans / 3);
            await first.KillAsync();
        }

        await using var second = await ServiceProcess.StartAsync(county.Settings);
        await county.AllToldOnceAsync(Plans);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Killed_right_after_publishing_it_draws_and_sends_after_the_restart(DatabaseKind kind)
    {
        await using var county = await CrashCounty.SeedAsync(kind);
        await using (var first = await ServiceProcess.StartAsync(county.Settings))
        {
            await county.PlanAsync(CrashCounty.Now);
            await county.UntilPublishedAsync(1);
            await first.KillAsync();
        }

        await using var second = await ServiceProcess.StartAsync(county.Settings);
        await county.AllToldOnceAsync(1);
    }

    [Fact]
    public async Task Two_processes_on_one_PostgreSQL_publish_each_notice_once()
    {
        const int Plans = 10;
        await using var county = await CrashCounty.SeedAsync(DatabaseKind.PostgreSql);
        await using var one = await ServiceProcess.StartAsync(county.Settings);
        await using var other = await ServiceProcess.StartAsync(county.Settings);
        var due = CrashCounty.Now.AddSeconds(4);
        for (var i = 0; i < Plans; i++) await county.PlanAsync(due.AddMilliseconds(100 * i));

        await county.AllToldOnceAsync(Plans);
    }

    [Fact]
    public async Task A_second_service_on_one_SQLite_file_refuses_and_a_command_beside_it_works()
    {
        await using var county = await CrashCounty.SeedAsync(DatabaseKind.Sqlite);
        await using var service = await ServiceProcess.StartAsync(county.Settings);
        await using var second = ServiceProcess.Launch(county.Settings);

        Assert.Equal(2, await second.EndAsync());
        Assert.Contains("Another service runs on", second.Said, StringComparison.Ordinal);
        var (status, said) = await ServiceProcess.RunAsync(county.Settings, "migrate");
        Assert.True(status == 0, said);

        await county.PlanAsync(CrashCounty.Now);
        await county.AllToldOnceAsync(1);
    }
}
