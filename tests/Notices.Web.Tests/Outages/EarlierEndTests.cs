using Notices.Access;

namespace Notices.Outages;

/// <summary>Supply comes back sooner than people were told: never told as a delay.</summary>
public class EarlierEndTests
{
    [Fact]
    public async Task An_earlier_end_is_told_as_a_change_and_a_later_one_after_it_as_late()
    {
        await using var life = await Life.StartAsync();
        var number = await life.PublishedAsync();
        foreach (var moment in (string[])["2026-11-30T08:00:00", "2026-12-01T07:30:00", "2026-12-01T08:00:00", "2026-12-01T12:00:00"]) await life.GoToAsync(Life.At(moment));

        await life.DoAsync(number, "extend", new { estimatedRestoration = Life.At("2026-12-01T16:00:00") });
        await life.SettleAsync();
        Assert.Equal("initial reminder reminder started changed", await life.TypesAsync(number));
        Assert.StartsWith("【国网井陉供电】停电时间调整：原定今日（12月1日）08:00-18:00的10千伏城关031线停电，改为今日（12月1日）08:00-16:00，", life.Got(Life.Phone(3))[^1].Body, StringComparison.Ordinal);
        Assert.StartsWith("JX Power: power cut of today 1 Dec 08:00-18:00 CHANGED to today 1 Dec 08:00-16:00, account ..", life.Got(Life.Phone(4))[^1].Body, StringComparison.Ordinal);

        await life.DoAsync(number, "extend", new { estimatedRestoration = Life.At("2026-12-01T17:00:00") });
        await life.SettleAsync();
        Assert.Equal("initial reminder reminder started changed overrun", await life.TypesAsync(number));
        Assert.Contains("未能按时完成，原定今日（12月1日）16:00送电，现预计17:00送电", life.Got(Life.Phone(3))[^1].Body, StringComparison.Ordinal);
        await life.ProveAsync();
    }

    [Fact]
    public async Task The_last_word_on_its_end_cannot_lie_before_the_last_window()
    {
        await using var life = await Life.StartAsync();
        var plan = Life.Plan(TestCounty.Feeder, "2026-12-01T08:00:00", "2026-12-01T12:00:00");
        plan["windows"]!.AsArray().Add(Life.Window("2026-12-01T14:00:00", "2026-12-01T18:00:00"));
        var number = await life.PublishedAsync(plan);

        Assert.Equal(["end-before-last-window"], Life.Codes(await life.DoAsync(number, "extend", new { estimatedRestoration = Life.At("2026-12-01T14:00:00") }, 422)));
        await life.DoAsync(number, "extend", new { estimatedRestoration = Life.At("2026-12-01T17:00:00") });
        await life.SettleAsync();
        Assert.Equal("initial changed", await life.TypesAsync(number));
        Assert.Contains("改为12月1日（周二）08:00-12:00、14:00-17:00", life.Got(Life.Phone(3))[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_emergency_over_sooner_than_said_is_not_called_late()
    {
        await using var life = await Life.StartAsync();
        var number = (string)(await life.Host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies", new { kind = "emergency", organisation = TestCounty.Code, feeders = new[] { TestCounty.Feeder }, estimatedRestoration = Life.At("2026-11-16T12:30:00") }, 202))["number"]!;
        await life.SettleAsync();

        await life.DoAsync(number, "extend", new { estimatedRestoration = Life.At("2026-11-16T11:00:00") });
        await life.SettleAsync();
        Assert.EndsWith(" changed", await life.TypesAsync(number), StringComparison.Ordinal);
        Assert.StartsWith("【国网井陉供电】停电时间更新：10千伏城关031线现预计今日（11月16日）11:00送电，", life.Got(Life.Phone(3))[^1].Body, StringComparison.Ordinal);
        await life.ProveAsync();
    }
}
