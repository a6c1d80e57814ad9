using System.IO.Compression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Notices.Access;
using Notices.Audit;
using Notices.Testing;

namespace Notices;

/// <summary>An auditor looks something up, verifies the record and takes a copy home.</summary>
public sealed class AuditJourneyTests
{
    private const string Evil = "<img src=x onerror=alert(1)>=cmd|' /C calc'!A0";

    [Theory]
    [InlineData(DatabaseKind.Sqlite, "zh-CN", 1280)]
    [InlineData(DatabaseKind.PostgreSql, "en-GB", 1280)]
    [InlineData(DatabaseKind.Sqlite, "en-GB", 390)]
    public async Task An_auditor_searches_verifies_and_exports(DatabaseKind kind, string locale, int width)
    {
        await using var world = await World.StartAsync(kind);
        var number = (string)(await world.Host.PostAsync(Role.Dispatcher, "/api/v1/outages", TestCounty.Plan(DateTimeOffset.Parse("2026-12-01T08:00:00+08:00", System.Globalization.CultureInfo.InvariantCulture)), 201))["number"]!;
        await FillAsync(world);
        var page = await world.OpenAsync("zhao", locale, width);
        page.Dialog += (_, _) => Assert.Fail("A script ran.");
        await World.GoAsync(page, "/console/audit");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(AuditSearch.DefaultLimit);

        await page.ClickAsync("#older");
        await page.WaitForSelectorAsync("#newer");
        await page.ClickAsync("#newer");
        await Assertions.Expect(page.Locator("#newer")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(AuditSearch.DefaultLimit);

        await page.FillAsync("#text", Evil);
        await page.FillAsync("#from", "2026-11-16T00:00");
        await page.ClickAsync("form button");
        await World.LiveAsync(page);
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        Assert.Contains("text=", page.Url, StringComparison.Ordinal); // What is looked for stands in the address.
        await page.ClickAsync("tbody summary");
        await Assertions.Expect(page.Locator("pre")).ToContainTextAsync("onerror=alert(1)");
        Assert.Equal(0, await page.Locator("main img").CountAsync());
        await World.LookAsync(page, $"audit-found-{locale}-{width}");

        await World.GoAsync(page, "/console/audit?subject=outage/");
        await Assertions.Expect(page.Locator($"a[href='/console/outages/{number}']").First).ToBeVisibleAsync();
        await page.ClickAsync("#verify");
        await page.WaitForSelectorAsync("#verdict.t-green");
        await World.LookAsync(page, $"audit-{locale}-{width}");

        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("#csv"));
        await using var zip = await ZipFile.OpenReadAsync(await download.PathAsync());
        Assert.NotNull(zip.GetEntry("audit.csv"));
        Assert.NotNull(zip.GetEntry("manifest.json"));
        await World.GoAsync(page, "/console/audit?action=nothing.done&from=2026-99-99");
        await Assertions.Expect(page.Locator(".problems")).ToBeVisibleAsync();
        await World.GoAsync(page, "/console/audit?action=nothing.done");
        await Assertions.Expect(page.Locator(".empty")).ToBeVisibleAsync();
    }

    private static async Task FillAsync(World world)
    {
        await using var scope = world.Host.Services.CreateAsyncScope();
        var trail = scope.ServiceProvider.GetRequiredService<AuditTrail>();
        trail.Record(Actor.System, "test.done", "test/evil", null, new { text = Evil });
        for (var i = 0; i < AuditSearch.DefaultLimit + 5; i++) trail.Record(Actor.System, "test.done", $"test/{i}", null, new { count = i });
        await trail.CommitAsync(default);
    }
}
