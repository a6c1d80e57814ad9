using Notices.Access;
using Notices.Publishing;
using Notices.Testing;

namespace Notices.Outages;

/// <summary>A fault over a planned outage is its own outage and says what becomes of the planned one.</summary>
public class FaultOverPlanTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_planned_outage_stays_as_announced_unless_the_declaration_says_otherwise(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var planned = await PublishedTodayAsync(life);

        var declared = await DeclareAsync(life, null);
        Assert.Equal([$"{planned} stays"], Overlaps(declared));
        await life.GoToAsync(Life.At("2026-12-01T07:20:00"));
        Assert.Equal("initial", await life.TypesAsync((string)declared["number"]!));
        Assert.Contains("此前通知的今日（12月1日）08:00-18:00停电照常进行。", life.Got(Life.Phone(3))[^1].Body, StringComparison.Ordinal);
        Assert.Contains("Cut announced for today 1 Dec 08:00-18:00 still goes ahead.", life.Got(Life.Phone(4))[^1].Body, StringComparison.Ordinal);
        Assert.Equal("published", await life.StatusAsync(planned));
        await life.ProveAsync();
    }

    [Theory]
    [InlineData("cancelled", "停电取消。")]
    [InlineData("postponed", "停电延期，时间另行通知。")]
    public async Task Called_off_with_the_declaration_it_is_so_and_both_texts_say_so(string fate, string said)
    {
        await using var life = await Life.StartAsync();
        var planned = await PublishedTodayAsync(life);

        Assert.Equal([$"{planned} {fate}"], Overlaps(await DeclareAsync(life, fate)));
        await life.GoToAsync(Life.At("2026-12-01T07:20:00"));
        Assert.Equal(fate, await life.StatusAsync(planned));
        Assert.EndsWith(" " + fate, await life.TypesAsync(planned), StringComparison.Ordinal);
        Assert.Contains(life.Got(Life.Phone(3)), message => message.Body.Contains($"此前通知的今日（12月1日）08:00-18:00{said}", StringComparison.Ordinal));
        await life.ProveAsync();
    }

    [Fact]
    public async Task What_runs_already_cannot_be_put_off_and_another_day_is_not_meant()
    {
        await using var life = await Life.StartAsync();
        var planned = await PublishedTodayAsync(life);
        await life.GoToAsync(Life.At("2026-12-01T08:30:00"));

        var refused = await DeclareAsync(life, "postponed", 409);
        Assert.Equal(["planned-outage-stays"], Life.Codes(refused));
        Assert.Equal("in-progress", await life.StatusAsync(planned));

        await life.GoToAsync(Life.At("2026-12-01T18:00:00"));
        await life.DoAsync(planned, "restore");
        Assert.Empty(Overlaps(await DeclareAsync(life, null)));
    }

    /// <summary>Told a week ago and the day before; it is ten past seven in the morning of its day, when quiet hours are over.</summary>
    private static async Task<string> PublishedTodayAsync(Life life)
    {
        var planned = await life.PublishedAsync();
        foreach (var moment in (string[])["2026-11-30T08:00:00", "2026-12-01T07:10:00"]) await life.GoToAsync(Life.At(moment));

        return planned;
    }

    private static Task<System.Text.Json.Nodes.JsonObject> DeclareAsync(Life life, string? fate, int expected = 202) => life.Host.PostAsync(
        Role.Dispatcher, "/api/v1/emergencies",
        new { kind = "fault", organisation = TestCounty.Code, feeders = new[] { TestCounty.Feeder }, nextUpdateBy = life.Host.Clock.GetUtcNow().AddHours(2), reason = "wind", plannedOutages = fate }, expected);

    private static IEnumerable<string> Overlaps(System.Text.Json.Nodes.JsonObject declared) => declared["overlaps"]!.AsArray().Select(plan => $"{plan!["number"]} {plan["fate"]}");
}
