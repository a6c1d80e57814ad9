using Microsoft.Playwright;
using Notices.Access;
using Notices.Testing;

namespace Notices;

/// <summary>Several people at one thing, and what becomes of it meanwhile.</summary>
public sealed class TogetherTests
{
    [Fact]
    public async Task Two_who_change_one_plan_are_told_and_neither_loses_what_they_wrote()
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var number = (string)(await world.Host.PostAsync(Role.Dispatcher, "/api/v1/outages", TestCounty.Plan(DateTimeOffset.Parse("2026-12-01T08:00:00+08:00", System.Globalization.CultureInfo.InvariantCulture)), 201))["number"]!;
        var (first, second) = (await world.OpenAsync("li", "en-GB"), await world.OpenAsync("sun", "en-GB"));
        await World.GoAsync(first, $"/console/outages/{number}/edit");
        await World.GoAsync(second, $"/console/outages/{number}/edit");
        await OwnAsync(first, "written first");
        await OwnedAsync("written first");

        await OwnAsync(second, "written second");
        await Assertions.Expect(second.Locator("#stale")).ToBeVisibleAsync();
        await Assertions.Expect(second.Locator("#owner")).ToHaveValueAsync("written second");
        await World.LookAsync(second, "stale-en");
        await second.ClickAsync("#stale button >> nth=1");
        await OwnedAsync("written second");

        await OwnAsync(first, "written third");
        await Assertions.Expect(first.Locator("#stale")).ToBeVisibleAsync();
        await first.ClickAsync("#stale button >> nth=0");
        await Assertions.Expect(first.Locator("#owner")).ToHaveValueAsync("written second");
        await OwnAsync(first, "written fourth");
        await OwnedAsync("written fourth");

        async Task OwnAsync(IPage page, string owner)
        {
            await page.FillAsync("#owner", owner);
            await page.Locator("#owner").PressAsync("Tab");
        }

        Task OwnedAsync(string owner) => TestHost.UntilAsync(async () => (string?)(await world.Host.GetAsync(Role.Auditor, $"/api/v1/outages/{number}"))["owner"] == owner, owner);
    }

    [Fact]
    public async Task A_session_that_ends_in_mid_form_leads_back_to_what_was_typed()
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var page = await world.OpenAsync("li", "en-GB");
        await World.GoAsync(page, "/console/plan");
        await page.Locator("#feeder").PressSequentiallyAsync("F03");
        await page.WaitForSelectorAsync("#found button");
        await page.Locator("#feeder").PressAsync("Enter");
        await World.AtAsync(page, "/edit");
        var plan = new Uri(page.Url).AbsolutePath;
        await page.FillAsync("#owner", "half a form");
        await page.Locator("#owner").PressAsync("Tab");
        await TestHost.UntilAsync(async () => (string?)(await world.Host.GetAsync(Role.Auditor, $"/api/v1/outages/{plan.Split('/')[^2]}"))["owner"] == "half a form", "kept");

        await page.Context.ClearCookiesAsync(new BrowserContextClearCookiesOptions { Name = "notices" });
        await page.GotoAsync(plan);
        Assert.StartsWith("/sign-in", new Uri(page.Url).AbsolutePath, StringComparison.Ordinal);
        await page.FillAsync("#name", "li");
        await page.FillAsync("#password", "four unrelated words");
        await page.ClickAsync("button");
        await World.LiveAsync(page);
        Assert.Equal(plan, new Uri(page.Url).AbsolutePath);
        await Assertions.Expect(page.Locator("#owner")).ToHaveValueAsync("half a form");
    }

    [Fact]
    public async Task A_plan_whose_feeder_was_taken_out_of_the_network_says_so()
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var number = (string)(await world.Host.PostAsync(Role.Dispatcher, "/api/v1/outages", TestCounty.Plan(DateTimeOffset.Parse("2026-12-01T08:00:00+08:00", System.Globalization.CultureInfo.InvariantCulture), feeder: "JX-F04"), 201))["number"]!;
        var page = await world.OpenAsync("li", "en-GB");
        await World.GoAsync(page, $"/console/outages/{number}/edit");
        await using (var db = world.Host.Database.Open())
        {
            db.RemoveRange(db.Outages.Where(o => o.Number == number).SelectMany(o => o.Scope));
            db.RemoveRange(db.OutageTransformers.Where(cut => db.Transformers.Any(t => t.Id == cut.TransformerId && t.Feeder!.Code == "JX-F04")));
            db.RemoveRange(db.Transformers.Where(t => t.Feeder!.Code == "JX-F04"));
            await db.SaveChangesAsync();
            db.RemoveRange(db.Feeders.Where(f => f.Code == "JX-F04"));
            await db.SaveChangesAsync();
        }

        await page.FillAsync("#owner", "li.wei");
        await page.Locator("#owner").PressAsync("Tab");
        await Assertions.Expect(page.Locator(".wrong, .problems").First).ToContainTextAsync("JX-F04");
        Assert.Equal(0, await page.Locator(".fault").CountAsync());
    }

    [Fact]
    public async Task What_belongs_to_another_county_is_not_there_whatever_is_typed_into_the_address()
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var number = await world.ApprovedAsync();
        await using (var db = world.Host.Database.Open())
        {
            var other = new Network.Organisation { Code = "LZ", Name = "鹿泉供电公司", Signature = "鹿泉供电", Level = Network.OrganisationLevel.County, TimeZone = "Asia/Shanghai" };
            db.Add(other);
            await db.SaveChangesAsync();
            other.Path = $"/{other.Id}/";
            await db.SaveChangesAsync();
        }

        var page = await world.OpenAsync("qian", "en-GB", organisation: "LZ");
        foreach (var path in (string[])[$"/console/outages/{number}", $"/console/outages/{number}/edit", $"/console/plan?copy={number}"])
        {
            await World.GoAsync(page, path);
            await Assertions.Expect(page.Locator(".problems, .empty").First).ToBeVisibleAsync();
            Assert.DoesNotContain("城关", await page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        }
    }
}
