using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Outages;

/// <summary>A restored outage closes by itself, when nothing is owed about it any more.</summary>
public class ClosingTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_restored_outage_closes_a_day_after_and_the_record_says_so(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var number = await life.PublishedAsync();
        await life.GoToAsync(Life.At("2026-12-01T08:00:00"));
        await life.GoToAsync(Life.At("2026-12-01T17:00:00"));
        await life.DoAsync(number, "restore");
        await life.SettleAsync();
        await DrawnToTheEndAsync(life);

        var closes = Moment(await ScheduleAsync(life, number));
        Assert.Equal("2026-12-02T17:00:00+08:00", (string)closes["dueAt"]!);
        Assert.Equal("Waiting", (string)closes["state"]!);

        await life.GoToAsync(Life.At("2026-12-02T16:59:00"));
        Assert.Equal("restored", await life.StatusAsync(number));
        await life.GoToAsync(Life.At("2026-12-02T17:00:00"));
        Assert.Equal("closed", await life.StatusAsync(number));
        Assert.Equal("Done", (string)Moment(await ScheduleAsync(life, number))["state"]!);

        var last = (await life.FindAsync(number))["history"]!.AsArray()[^1]!;
        Assert.Equal(("system", "outage.closed"), ((string)last["by"]!, (string)last["what"]!));
        Assert.Equal(["state-forbids"], Life.Codes(await life.DoAsync(number, "restore", null, 409)));
        await life.ProveAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task It_waits_for_the_review_it_owes_and_for_its_rounds(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var number = (string)(await life.Host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies", new { kind = "emergency", organisation = TestCounty.Code, feeders = (string[])[TestCounty.Feeder], nextUpdateBy = Life.At("2026-11-16T12:00:00") }, 202))["number"]!;
        await life.SettleAsync();
        await life.DoAsync(number, "restore");
        await life.SettleAsync();
        await SetRoundsAsync(life, RoundState.Closed, RoundState.Paused);

        await life.GoToAsync(Life.At("2026-11-17T08:30:00"));
        Assert.Equal("restored", await life.StatusAsync(number));
        Assert.Equal("closes-after-review", (string)Moment(await ScheduleAsync(life, number))["rule"]!);
        await life.DoAsync(number, "review");
        await life.SettleAsync();
        Assert.Equal("restored", await life.StatusAsync(number)); // a round is held

        await SetRoundsAsync(life, RoundState.Paused, RoundState.Closed);
        await life.GoToAsync(Life.At("2026-11-17T08:36:00"));
        Assert.Equal("closed", await life.StatusAsync(number));
    }

    private static Task<System.Text.Json.Nodes.JsonObject> ScheduleAsync(Life life, string number) => life.Host.GetAsync(Role.Auditor, $"/api/v1/outages/{number}/schedule");

    private static System.Text.Json.Nodes.JsonNode Moment(System.Text.Json.Nodes.JsonObject schedule) => Assert.Single(schedule["moments"]!.AsArray(), m => (string)m!["kind"]! == "closes")!;

    /// <summary>Rounds are closed by a sweep, in machine time.</summary>
    private static Task DrawnToTheEndAsync(Life life) => TestHost.UntilAsync(
        async () =>
        {
            await using var db = life.Host.Database.Open();

            return !await db.Rounds.AnyAsync(r => r.State == RoundState.Running);
        },
        "rounds are closed", 60);

    private static async Task SetRoundsAsync(Life life, RoundState from, RoundState to)
    {
        await DrawnToTheEndAsync(life);
        await using var db = life.Host.Database.Open();
        Assert.NotEqual(0, await db.Rounds.Where(r => r.State == from).ExecuteUpdateAsync(set => set.SetProperty(r => r.State, to)));
    }
}
