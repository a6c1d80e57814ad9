using Microsoft.Playwright;
using Notices.Testing;

namespace Notices;

/// <summary>From an empty form to a certificate, by two people.</summary>
public sealed class PlanJourneyTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite, "zh-CN", 1280)]
    [InlineData(DatabaseKind.PostgreSql, "en-GB", 1280)]
    [InlineData(DatabaseKind.Sqlite, "en-GB", 390)]
    public async Task A_plan_is_typed_approved_published_told_and_put_off(DatabaseKind kind, string locale, int width)
    {
        await using var world = await World.StartAsync(kind);
        var dispatcher = await world.OpenAsync("li", locale, width);
        await World.LiveAsync(dispatcher);
        await World.LookAsync(dispatcher, $"overview-empty-{locale}-{width}");

        await World.GoAsync(dispatcher, "/console/plan");
        await World.LookAsync(dispatcher, $"plan-empty-{locale}-{width}");
        await dispatcher.Locator("#feeder").PressSequentiallyAsync("F03");
        await dispatcher.WaitForSelectorAsync("#found button");
        await dispatcher.Locator("#feeder").PressAsync("Enter");
        await World.AtAsync(dispatcher, "/edit"); // Kept as soon as there is something to keep.
        await dispatcher.FillAsync("#starts0", "2026-12-01T08:00");
        await dispatcher.FillAsync("#ends0", "2026-12-01T18:00");
        await dispatcher.Locator("#ends0").PressAsync("Tab");
        await dispatcher.WaitForSelectorAsync("time:has-text('2026-11-23')"); // when its first notice goes out
        await Assertions.Expect(dispatcher.Locator(".text").First).ToContainTextAsync(locale == "zh-CN" ? "停电" : "Power");
        await World.LookAsync(dispatcher, $"plan-{locale}-{width}");
        var number = dispatcher.Url.Split('/')[^2];
        await dispatcher.ClickAsync("#submit");
        await World.AtAsync(dispatcher, $"/console/outages/{number}");

        var approver = await world.OpenAsync("wang", locale, width);
        await World.LiveAsync(approver);
        await approver.ClickAsync($"a[href='/console/outages/{number}']");
        await World.LiveAsync(approver);
        await approver.ClickAsync("role=group >> button >> nth=0");
        await World.LookAsync(approver, $"approve-{locale}-{width}");
        await approver.ClickAsync("#act-do");
        await approver.WaitForSelectorAsync("h1 .chip.t-green");

        await world.LiveThroughAsync("2026-11-23T09:00:00");
        await dispatcher.WaitForSelectorAsync("progress[value='12'][max='12']"); // Seen without loading the page again.
        await World.LookAsync(dispatcher, $"published-{locale}-{width}");
        var certificate = await dispatcher.Context.NewPageAsync();
        await certificate.GotoAsync(await dispatcher.Locator(".round a").First.GetAttributeAsync("href") ?? "");
        Assert.Contains(number, await certificate.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        await World.LookAsync(certificate, $"certificate-{locale}-{width}");

        await dispatcher.ClickAsync(locale == "zh-CN" ? "button:text-is('推迟')" : "button:text-is('Postpone')");
        await dispatcher.FillAsync("#act-reason", locale == "zh-CN" ? "天气原因" : "weather");
        await dispatcher.Locator("#act-reason").PressAsync("Tab");
        await World.LookAsync(dispatcher, $"postpone-{locale}-{width}");
        await dispatcher.DblClickAsync("#act-do"); // A double click puts it off once.
        await dispatcher.WaitForSelectorAsync("h1 .chip.t-amber");
        await using var db = world.Host.Database.Open();
        Assert.Equal(1, db.AuditEntries.Count(entry => entry.Action == "outage.postponed"));
        Assert.True((bool)(await world.Host.GetAsync(Access.Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
    }
}
