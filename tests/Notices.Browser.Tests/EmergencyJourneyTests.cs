using Microsoft.Playwright;
using Notices.Testing;

namespace Notices;

/// <summary>An emergency declared without a live page, followed on one, until the all-clear.</summary>
public sealed class EmergencyJourneyTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite, "zh-CN", 390, false)]
    [InlineData(DatabaseKind.PostgreSql, "en-GB", 1280, true)]
    public async Task It_is_declared_by_plain_forms_once_and_followed_to_the_all_clear(DatabaseKind kind, string locale, int width, bool script)
    {
        await using var world = await World.StartAsync(kind);
        var plain = await world.OpenAsync("li", locale, width, script: script);
        await plain.ClickAsync(".emergency");
        await plain.FillAsync("#feeders", "jx-f99");
        await plain.ClickAsync("form button");
        await Assertions.Expect(plain.Locator("#problems")).ToBeVisibleAsync();
        await plain.FillAsync("#feeders", "JX-F03");
        await plain.FillAsync("#minutesLeft", "60");
        if (script) await World.LookAsync(plain, $"emergency-{locale}-{width}");
        await plain.ClickAsync("form button");
        await Assertions.Expect(plain.Locator("table")).ToBeVisibleAsync();
        if (script) await World.LookAsync(plain, $"emergency-confirm-{locale}-{width}");
        await plain.FillAsync("#typed", "JX-F04");
        await plain.ClickAsync("form button");
        await Assertions.Expect(plain.Locator("#problems")).ToBeVisibleAsync(); // Another feeder's code is no yes.
        await using (var none = world.Host.Database.Open()) Assert.Equal(0, none.Outages.Count());
        await plain.FillAsync("#typed", "jx-f03");
        await plain.ClickAsync("form button");
        await World.AtAsync(plain, "/console/outages/JX-2026-00001");
        await plain.GoBackAsync();
        await plain.FillAsync("#typed", "jx-f03");
        await plain.ClickAsync("form button");
        await World.AtAsync(plain, "/console/outages/JX-2026-00001"); // Back and sent again: the same one.

        var live = await world.OpenAsync("li", locale, width);
        await World.GoAsync(live, "/console/outages/JX-2026-00001");
        await live.WaitForSelectorAsync("progress[value='12'][max='12']");
        await World.LookAsync(live, $"emergency-live-{locale}-{width}");
        await world.LiveThroughAsync("2026-11-16T09:40:00");
        await live.WaitForSelectorAsync("h1 .chip.t-red >> nth=1");
        await World.GoAsync(live, "/console");
        await World.LookAsync(live, $"overview-{locale}-{width}");
        await World.GoAsync(live, "/console/outages/JX-2026-00001");
        await live.ClickAsync(locale == "zh-CN" ? "button:text-is('恢复送电')" : "button:text-is('Restore')");
        await live.ClickAsync("#act-do");
        await live.WaitForSelectorAsync("h1 .chip.t-green");
        await using var db = world.Host.Database.Open();
        Assert.Equal(1, db.Outages.Count());
        Assert.Equal(1, db.AuditEntries.Count(entry => entry.Action == "emergency.declared"));
    }
}
