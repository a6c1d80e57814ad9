using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Testing;

namespace Notices.Outages;

/// <summary>What a shift sees first.</summary>
public class OverviewTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task What_waits_falls_due_runs_and_is_at_risk_stands_in_its_place_and_only_for_ones_own(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        await life.AddNeighboursAsync();
        var waiting = await life.DraftAsync(Life.Plan(TestCounty.Feeder, "2026-11-24T12:00:00", "2026-11-24T18:00:00"));
        await life.DoAsync(waiting, "submit", new { lateReason = "storm damage" });
        var fault = (string)(await life.Host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies", new { kind = "fault", organisation = TestCounty.Code, feeders = (string[])["JX-F04"], nextUpdateBy = Life.At("2026-11-16T10:00:00") }, 202))["number"]!;
        await life.GoToAsync(Life.At("2026-11-16T09:45:00")); // a quarter of an hour before the next word is owed

        var seen = await ReadAsync(life, Ours);
        Assert.Equal((waiting, "dispatcher"), (Assert.Single(seen.Waiting).Number, seen.Waiting[0].By));
        Assert.Equal((fault, "城关032线", "Chengguan 032"), (Assert.Single(seen.Running).Number, seen.Running[0].Feeders[0].Chinese, seen.Running[0].Feeders[0].English));
        Assert.Equal(fault, Assert.Single(seen.ReviewsOwed).Number);
        Assert.Contains(seen.AtRisk, one => one is { Why: "promise", IsPast: false } && one.Outage.Number == fault);
        Assert.Equal(TimeSpan.FromHours(8), seen.Now.Offset);

        await life.GoToAsync(Life.At("2026-11-16T10:05:00"));
        await Task.Delay(TimeSpan.FromSeconds(1.1), TimeProvider.System); // A reading serves for a second.
        Assert.Contains((await ReadAsync(life, Ours)).AtRisk, one => one is { Why: "promise", IsPast: true });

        var neighbour = await ReadAsync(life, "/987654/");
        Assert.Empty(neighbour.Waiting.Concat(neighbour.Running).Concat(neighbour.ReviewsOwed));
        Assert.Empty(neighbour.AtRisk);
        Assert.Empty(neighbour.Rounds);
    }

    [Fact]
    public async Task A_round_under_way_says_when_its_last_recipient_is_reached_at_the_pace_of_its_carrier()
    {
        await using var life = await Life.StartAsync(settings: new Dictionary<string, string?> { ["Providers:main:MessagesPerSecond"] = "0.01", ["Providers:main:CallsPerSecond"] = "0.01" }); // A hundred seconds a message.
        await life.Host.PostAsync(Role.Dispatcher, "/api/v1/emergencies", new { kind = "fault", organisation = TestCounty.Code, feeders = (string[])[TestCounty.Feeder], nextUpdateBy = Life.At("2026-11-16T10:00:00") }, 202);
        await life.Host.AdvanceAsync(TimeSpan.FromMinutes(5)); // A fault is told once it is not over at once.

        OverviewRound? round = null;
        await TestHost.UntilAsync(async () => (round = (await ReadAsync(life, Ours)).Rounds is [var first, ..] ? first : null) is { Recipients: 12, ReachedBy: not null }, "drawn, and its end foreseen");
        Assert.Equal(TimeSpan.FromHours(8), round!.ReachedBy!.Value.Offset);
        Assert.InRange(round.ReachedBy.Value, Life.At("2026-11-16T08:40:00"), Life.At("2026-11-16T10:30:00"));
    }

    private const string Ours = "/1/";

    private static async Task<OverviewView> ReadAsync(Life life, string path)
    {
        await using var scope = life.Host.Services.CreateAsyncScope();

        return await scope.ServiceProvider.GetRequiredService<OutageOverview>().ReadAsync(new Actor("a", new HashSet<Role> { Role.Auditor }, path), default);
    }
}
