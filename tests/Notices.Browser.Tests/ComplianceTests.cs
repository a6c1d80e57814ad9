using System.Globalization;
using System.Text.Json.Nodes;
using System.Web;
using Microsoft.Playwright;
using Notices.Access;
using Notices.Testing;

namespace Notices;

/// <summary>The report as an auditor reads it: every number opens what it is made of, and none differs from the API's.</summary>
public sealed class ComplianceTests
{
    private const string Evil = "=cmd|' /C calc'!A0<script>alert(1)</script>";

    [Theory]
    [InlineData(DatabaseKind.Sqlite, "zh-CN", 1280, false)]
    [InlineData(DatabaseKind.PostgreSql, "en-GB", 1280, true)]
    [InlineData(DatabaseKind.Sqlite, "en-GB", 390, false)]
    public async Task Every_number_of_the_report_opens_the_list_that_adds_up_to_it(DatabaseKind kind, string locale, int width, bool dark)
    {
        await using var world = await World.StartAsync(kind, new() { ["Providers:main:Rules:000003"] = "refuse" });
        await TellAsync(world);
        var page = await world.OpenAsync("zhao", locale, width, dark);
        page.Dialog += (_, _) => Assert.Fail("A script ran.");
        await World.GoAsync(page, "/console/compliance");
        await page.WaitForSelectorAsync(".figures");
        await World.LookAsync(page, $"compliance-{locale}-{width}");
        await page.FillAsync("#from", "2026-11-01");
        await page.FillAsync("#to", "2026-12-31");
        await page.SelectOptionAsync("#organisation", TestCounty.Code);
        await page.ClickAsync("form button[type=submit]");
        await World.AtAsync(page, "/console/compliance?from=2026-11-01&to=2026-12-31&organisation=JX");
        await World.LiveAsync(page);
        await page.WaitForSelectorAsync(".figures");
        await page.EvaluateAsync("document.querySelectorAll('main details').forEach(one => one.open = true)");
        await World.LookAsync(page, $"compliance-months-{locale}-{width}");

        var report = await world.Host.GetAsync(Role.Auditor, "/api/v1/compliance?from=2026-11-01T00:00:00%2B08:00&to=2027-01-01T00:00:00%2B08:00&organisation=JX");
        async Task<IEnumerable<int>> SumsAsync(int table) => (await page.Locator("tr.strong").Nth(table).Locator("td").AllInnerTextsAsync()).Select(Number);
        Assert.Equal(Numbers(report["totals"]!["publicClock"]!["notices"]!, "published", "onTime", "late", "emergency", "withoutDeadline"), await SumsAsync(0));
        Assert.Equal(Numbers(report["totals"]!["personalClock"]!["recipients"]!, "inTime", "late", "notHandedOver"), await SumsAsync(1));

        // Each number is asked of the API by the address it opens, and read to its last page.
        var links = await page.Locator(".figures td a").EvaluateAllAsync<string[][]>("all => all.map(one => [one.getAttribute('href'), one.innerText])");
        Assert.True(links.Length > 40, $"{links.Length} numbers");
        foreach (var (address, number) in links.Select(link => (link[0], Number(link[1]))).DistinctBy(link => link.Item1))
        {
            var (sum, after) = (0, "");
            do
            {
                var listed = await world.Host.GetAsync(Role.Auditor, address.Replace("/console/compliance/notices", "/api/v1/compliance/notices", StringComparison.Ordinal) + "&limit=2" + after);
                sum += listed["items"]!.AsArray().Sum(item => (int)item!["count"]!);
                after = listed["next"] is { } next ? $"&after={next}" : "";
            }
            while (after.Length > 0);

            Assert.True(sum == number, $"{HttpUtility.UrlDecode(address)}: {sum} in the list, {number} on the page");
        }

        var late = page.Locator(".figures td a[href*='number=late']").First;
        var count = Number(await late.InnerTextAsync());
        await late.ClickAsync();
        await World.LiveAsync(page);
        await page.WaitForSelectorAsync("tfoot");
        Assert.Equal(count, Number(await page.Locator("tfoot .num").InnerTextAsync()));
        await Assertions.Expect(page.Locator("tbody")).ToContainTextAsync(Evil); // Why it was late, as it was typed.
        await World.LookAsync(page, $"compliance-list-{locale}-{width}");
        await page.Locator("td.nowrap a").First.ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/console/outages/"));
        await page.WaitForSelectorAsync("article");
        await page.GoBackAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/console/compliance/notices"));
        await page.WaitForSelectorAsync("tfoot");

        await World.GoAsync(page, links.First(link => link[0].Contains("number=delivered", StringComparison.Ordinal))[0]);
        var certificate = await page.Locator("a[href^='/rounds/']").First.GetAttributeAsync("href");
        Assert.Equal(200, (await page.GotoAsync(certificate!))!.Status);
    }

    [Fact]
    public async Task The_table_is_downloaded_with_the_sign_in_alone_and_only_by_whoever_may()
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        await TellAsync(world);
        var page = await world.OpenAsync("zhao", "en-GB");
        await World.GoAsync(page, "/console/compliance?from=2026-11-01&to=2026-12-31");
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("a[download]"));
        Assert.Equal("compliance-2026-11-01-2026-12-31.csv", download.SuggestedFilename);
        var table = await File.ReadAllTextAsync(await download.PathAsync());
        var api = await (await world.Host.AsAsync(Role.Auditor)).GetStringAsync(new Uri("/api/v1/compliance.csv?from=2026-11-01T00:00:00%2B08:00&to=2027-01-01T00:00:00%2B08:00", UriKind.Relative));
        Assert.Equal(api.TrimStart('\uFEFF'), table.TrimStart('\uFEFF'));
        Assert.Contains(",'=cmd|", table, StringComparison.Ordinal); // No formula for whoever opens it.

        var stranger = await world.VisitAsync("en-GB");
        await stranger.GotoAsync("/console/compliance.csv");
        Assert.Contains("/sign-in", stranger.Url, StringComparison.Ordinal);
        await world.AddAsync("qian", "钱坐席", Role.Agent);
        var agent = await world.OpenAsync("qian", "en-GB");
        await World.LiveAsync(agent);
        Assert.Equal(0, await agent.Locator("a[href='/console/compliance']").CountAsync());
        Assert.Equal(403, (await agent.APIRequest.GetAsync(new Uri(world.Host.Address, "/console/compliance.csv").ToString())).Status);
        await World.GoAsync(agent, "/console/compliance");
        await Assertions.Expect(agent.Locator(".problems")).ToBeVisibleAsync();
        await World.LookAsync(agent, "compliance-no-en");
    }

    [Fact]
    public async Task Days_that_are_none_and_other_nonsense_in_the_address_are_answered_in_words()
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var page = await world.OpenAsync("zhao", "zh-CN");
        foreach (var (address, sign) in ((string, string)[])
        [
            ("?from=2026-12-02&to=2026-12-01", ".wrong"), ("?from=gestern", ".wrong"), ("?from=0001-01-01", ".wrong"), ("?to=9999-12-31", ".wrong"), ("?organisation=LZ'--", ".wrong"), ("?alone=x&organisation=", ".empty"),
            ("/notices?number=all", ".problems"), ("/notices?number=late&tier=1", ".problems"), ("/notices?from=x&after=-1", ".problems"), ("/notices", ".empty"), ("/notices?reason=&provider=&number=failed", ".empty"),
        ])
        {
            await World.GoAsync(page, "/console/compliance" + address);
            await Assertions.Expect(page.Locator(sign).First).ToBeVisibleAsync();
            Assert.Equal(0, await page.Locator(".fault").CountAsync());
        }

        await World.LookAsync(page, "compliance-nonsense-zh-CN");
        await World.GoAsync(page, "/console/compliance?from=2026-12-02&to=2026-12-01");
        await World.LookAsync(page, "compliance-reversed-zh-CN");
    }

    /// <summary>A cut announced too late, a planned one, an emergency and an announcement; a carrier refuses one number.</summary>
    private static async Task TellAsync(World world)
    {
        async Task<string> ApprovedAsync(object plan, object submit)
        {
            var number = (string)(await world.Host.PostAsync(Role.Dispatcher, "/api/v1/outages", plan, 201))["number"]!;
            await world.Host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{number}/submit", submit);
            await world.Host.PostAsync(Role.Approver, $"/api/v1/outages/{number}/approve");

            return number;
        }

        var late = await ApprovedAsync(
            new
            {
                kind = "temporary",
                organisation = TestCounty.Code,
                feeders = (string[])[TestCounty.Feeder],
                windows = new[] { new { startsAt = At("2026-11-16T20:00:00"), endsAt = At("2026-11-16T22:00:00") } },
                reason = "line-maintenance",
                work = "replace-switch",
                owner = "planner",
            },
            new { lateReason = Evil });
        await world.LiveThroughAsync("2026-11-16T21:00:00");
        await world.Host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{late}/restore");
        await ApprovedAsync(TestCounty.Plan(At("2026-12-01T08:00:00")), new { confirm = (string[])["repeated-outage"] });
        await world.LiveThroughAsync("2026-11-23T09:00:00");
        var declared = await world.Host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies", new { kind = "emergency", organisation = TestCounty.Code, feeders = (string[])[TestCounty.Feeder], minutesLeft = 20, estimatedRestoration = At("2026-11-23T12:00:00") }, 202);
        await world.LiveThroughAsync("2026-11-23T10:00:00");
        await world.Host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{declared["number"]}/restore");
        await world.LiveThroughAsync("2026-12-01T09:00:00");
        await TestHost.UntilAsync(
            async () => (int)(await world.Host.GetAsync(Role.Auditor, "/api/v1/compliance?from=2026-11-01T00:00:00%2B08:00&to=2027-01-01T00:00:00%2B08:00"))["totals"]!["recipients"]!["waiting"]! == 0, "everybody's message has left");
    }

    private static DateTimeOffset At(string local) => DateTimeOffset.Parse(local + "+08:00", CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    private static IEnumerable<int> Numbers(JsonNode of, params string[] names) => names.Select(name => (int)of[name]!);
}
