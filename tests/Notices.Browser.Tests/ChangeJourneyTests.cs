using Microsoft.Playwright;
using Notices.Access;
using Notices.Testing;

namespace Notices;

/// <summary>What people were told changes: seen before it is made, and found again in the calendar.</summary>
public sealed class ChangeJourneyTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite, "zh-CN", 390)]
    [InlineData(DatabaseKind.PostgreSql, "en-GB", 1280)]
    public async Task A_correction_is_seen_for_each_group_before_it_is_made(DatabaseKind kind, string locale, int width)
    {
        await using var world = await World.StartAsync(kind);
        var number = await world.ApprovedAsync();
        await world.LiveThroughAsync("2026-11-23T09:00:00");
        var page = await world.OpenAsync("li", locale, width);
        await World.GoAsync(page, $"/console/outages/{number}");
        await page.ClickAsync(locale == "zh-CN" ? "button:text-is('更正')" : "button:text-is('Correct')");
        Assert.Equal(0, await page.Locator("#act-do").CountAsync()); // Not before it was looked at.
        await page.FillAsync("#act-feeders", "JX-F04");
        await page.FillAsync("#act-places", "");
        await page.FillAsync("#act-reason", locale == "zh-CN" ? "线路录入有误" : "the wrong feeder was entered");
        await page.Locator("#act-reason").PressAsync("Tab");
        await page.ClickAsync("#act-foresee");
        await Assertions.Expect(page.Locator("#foreseen h3")).ToHaveCountAsync(3);
        await World.LookAsync(page, $"correct-{locale}-{width}");
        await page.FillAsync("#act-places", "城关镇西街村");
        await page.Locator("#act-places").PressAsync("Tab");
        await Assertions.Expect(page.Locator("#act-do")).ToHaveCountAsync(0); // What was typed since was not looked at.
        await page.FillAsync("#act-places", "");
        await page.Locator("#act-places").PressAsync("Tab");
        await page.ClickAsync("#act-do");
        await TestHost.UntilAsync(async () => (string?)(await world.Host.GetAsync(Role.Auditor, $"/api/v1/outages/{number}"))["feeders"]![0] == "JX-F04", "corrected");
    }

    [Theory]
    [InlineData("en-GB", 1280)]
    [InlineData("zh-CN", 390)]
    public async Task A_plan_that_comes_back_says_what_is_otherwise_and_stands_in_the_calendar(string locale, int width)
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var start = DateTimeOffset.Parse("2026-12-01T08:00:00+08:00", System.Globalization.CultureInfo.InvariantCulture);
        var number = (string)(await world.Host.PostAsync(Role.Dispatcher, "/api/v1/outages", TestCounty.Plan(start), 201))["number"]!;
        await world.Host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{number}/submit");
        await world.Host.PostAsync(Role.Approver, $"/api/v1/outages/{number}/reject", new { reason = "夜间施工更好" });
        await world.Host.PutAsync(Role.Dispatcher, $"/api/v1/outages/{number}", TestCounty.Plan(start.AddHours(1), 8), (int)(await world.Host.GetAsync(Role.Auditor, $"/api/v1/outages/{number}"))["version"]!);
        await world.Host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{number}/submit");

        var approver = await world.OpenAsync("wang", locale, width);
        await World.GoAsync(approver, $"/console/outages/{number}");
        await Assertions.Expect(approver.Locator("#difference del")).ToContainTextAsync("08:00");
        await Assertions.Expect(approver.Locator("#difference ins")).ToContainTextAsync("09:00");
        await World.LookAsync(approver, $"difference-{locale}-{width}");
        await approver.GotoAsync($"/console/approve/{number}");
        await Assertions.Expect(approver.Locator("ins")).ToContainTextAsync("09:00");
        await World.LookAsync(approver, $"approve-plain-{locale}-{width}");

        await World.GoAsync(approver, "/console/calendar?month=2026-12");
        await Assertions.Expect(approver.Locator($".calendar a[href='/console/outages/{number}']")).ToHaveCountAsync(1);
        await World.LookAsync(approver, $"calendar-{locale}-{width}");
        await approver.SelectOptionAsync("#kind", "Temporary");
        await approver.ClickAsync("form button");
        await World.LiveAsync(approver);
        await Assertions.Expect(approver.Locator($".calendar a[href='/console/outages/{number}']")).ToHaveCountAsync(0);
        await World.GoAsync(approver, "/console/outages?on=2026-12-01");
        await Assertions.Expect(approver.Locator("td a")).ToHaveTextAsync(number);
        await World.GoAsync(approver, "/console/outages?on=2026-12-02");
        await Assertions.Expect(approver.Locator("td a")).ToHaveCountAsync(0);
    }
}
