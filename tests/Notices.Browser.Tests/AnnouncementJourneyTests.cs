using Microsoft.Playwright;
using Notices.Testing;

namespace Notices;

/// <summary>From an empty announcement to the public page, by two people.</summary>
public sealed class AnnouncementJourneyTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite, "zh-CN", 390)]
    [InlineData(DatabaseKind.PostgreSql, "en-GB", 1280)]
    public async Task It_is_written_approved_published_and_withdrawn(DatabaseKind kind, string locale, int width)
    {
        await using var world = await World.StartAsync(kind);
        var writer = await world.OpenAsync("li", locale, width);
        await World.GoAsync(writer, "/console/announcements");
        await World.LookAsync(writer, $"announcements-empty-{locale}-{width}");
        await writer.ClickAsync("a.b.main");
        await World.LiveAsync(writer);
        await writer.FillAsync("#title-zh", "冬季用电提示");
        await writer.Locator("#title-zh").PressAsync("Tab");
        await World.AtAsync(writer, "/console/announcements/JX-2026-A00001"); // Kept as soon as there is something to keep.
        await Assertions.Expect(writer.Locator(".problems").First).ToBeVisibleAsync(); // What is still missing.
        await writer.FillAsync("#title-en", "Power in winter");
        await writer.FillAsync("#body-zh", "请错峰用电。<script>alert(1)</script>");
        await writer.FillAsync("#body-en", "Please shift heavy use to the night.");
        await writer.Locator("#body-en").PressAsync("Tab");
        await Assertions.Expect(writer.Locator("div.text").First).ToContainTextAsync(locale == "zh-CN" ? "冬季用电提示" : "Power in winter");
        await World.LookAsync(writer, $"announcement-{locale}-{width}");
        await writer.FillAsync("#body-zh", "请错峰用电。");
        await writer.Locator("#body-zh").PressAsync("Tab");
        await writer.ClickAsync("#act-Submit");
        await writer.WaitForSelectorAsync("h1 .chip.t-amber");

        var approver = await world.OpenAsync("wang", locale, width);
        await World.LiveAsync(approver);
        await approver.ClickAsync("a[href='/console/announcements/JX-2026-A00001']"); // It waits for them on the first page.
        await World.AtAsync(approver, "/console/announcements/JX-2026-A00001");
        await approver.ClickAsync("#act-Approve");
        await approver.WaitForSelectorAsync("h1 .chip.t-green");
        await world.LiveThroughAsync("2026-11-16T09:00:00");
        await World.GoAsync(writer, "/console/announcements/JX-2026-A00001");
        await World.LookAsync(writer, $"announcement-published-{locale}-{width}");
        var reader = await world.VisitAsync(locale, width);
        await reader.GotoAsync("/announcements/JX-2026-A00001");
        await Assertions.Expect(reader.Locator("main")).ToContainTextAsync(locale == "zh-CN" ? "请错峰用电" : "shift heavy use");

        await writer.ClickAsync("#act-Withdraw");
        await writer.ClickAsync("#act-do");
        await Assertions.Expect(writer.Locator(".problems")).ToBeVisibleAsync(); // Not without a reason.
        await writer.FillAsync("#because-zh", "内容有误");
        await writer.FillAsync("#because-en", "it was wrong");
        await writer.DblClickAsync("#act-do");
        await writer.WaitForSelectorAsync("h1 .chip.t-grey");
    }
}
