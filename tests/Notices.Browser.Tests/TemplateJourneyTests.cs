using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Notices.Access;
using Notices.Publishing;
using Notices.Testing;

namespace Notices;

/// <summary>A text is changed, approved by another, and read by customers.</summary>
public sealed class TemplateJourneyTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite, "zh-CN", 1280)]
    [InlineData(DatabaseKind.PostgreSql, "en-GB", 1280)]
    [InlineData(DatabaseKind.Sqlite, "en-GB", 390)]
    public async Task A_text_changed_and_approved_is_what_the_next_notice_says(DatabaseKind kind, string locale, int width)
    {
        const string path = "/console/templates/initial/zh-CN/feed.txt";
        await using var world = await World.StartAsync(kind);
        var number = (string)(await world.Host.PostAsync(Role.Dispatcher, "/api/v1/outages", TestCounty.Plan(DateTimeOffset.Parse("2026-12-01T08:00:00+08:00", System.Globalization.CultureInfo.InvariantCulture)), 201))["number"]!;
        var writer = await world.OpenAsync("sun", locale, width);
        writer.Dialog += (_, _) => Assert.Fail("A script ran.");
        await World.GoAsync(writer, "/console/templates?language=zh-CN");
        await World.LookAsync(writer, $"templates-{locale}-{width}");
        await World.GoAsync(writer, path);
        await Assertions.Expect(writer.Locator("#text")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("停电"));
        await Assertions.Expect(writer.Locator("#preview ~ div .text")).ToContainTextAsync("城关031线");

        // Wrong: said at once beside the text as it is typed, and when it is saved, all of it.
        var shipped = await writer.InputValueAsync("#text");
        await writer.FillAsync("#text", shipped + "{{ nothing_known }}\n见 www.example.org");
        await Assertions.Expect(writer.Locator("#preview ~ div .problems")).ToBeVisibleAsync();
        await writer.ClickAsync("#save");
        await Assertions.Expect(writer.Locator("#problems .problems")).ToContainTextAsync("nothing_known");
        await Assertions.Expect(writer.Locator("#text")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("nothing_known")); // What is typed stays.

        await writer.FillAsync("#text", shipped.TrimEnd() + "请邻里相互转告<b>一</b>。\n");
        await Assertions.Expect(writer.Locator("#preview ~ div .text")).ToContainTextAsync("请邻里相互转告<b>一</b>。");
        await writer.FillAsync("#outage", number);
        await writer.Locator("#outage").PressAsync("Tab");
        await Assertions.Expect(writer.Locator("#preview ~ div .text")).ToContainTextAsync("12月1日");
        await writer.ClickAsync("#save");
        await writer.WaitForSelectorAsync("#submit");
        await World.LookAsync(writer, $"template-draft-{locale}-{width}");
        await writer.ClickAsync("#submit");
        await Assertions.Expect(writer.Locator("#open")).ToContainTextAsync(locale == "zh-CN" ? "待批" : "waits");
        Assert.Equal(0, await writer.Locator("#approve").CountAsync()); // Not by whoever wrote it.

        var approver = await world.OpenAsync("wang", locale, width);
        await World.GoAsync(approver, "/console/templates?state=waiting");
        await approver.ClickAsync("td a");
        await approver.WaitForSelectorAsync("#approve");
        Assert.Equal(0, await approver.Locator("#save").CountAsync());
        await World.LookAsync(approver, $"template-approve-{locale}-{width}");
        await approver.ClickAsync("#reject"); // Rejecting needs a reason.
        await Assertions.Expect(approver.Locator("#problems .problems")).ToBeVisibleAsync();
        await approver.ClickAsync("#approve");
        await Assertions.Expect(approver.Locator("#in-force.chip")).ToBeVisibleAsync();

        await world.Host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{number}/submit");
        await world.Host.PostAsync(Role.Approver, $"/api/v1/outages/{number}/approve");
        await world.LiveThroughAsync("2026-11-23T09:00:00");
        await using var db = world.Host.Database.Open();
        Assert.Contains("请邻里相互转告", db.NoticeTexts.Single(text => text.Language == "zh-CN").Body, StringComparison.Ordinal);
        Assert.Equal(1, db.AuditEntries.Count(entry => entry.Action == "template.approved"));
        Assert.True((bool)(await world.Host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
    }

    [Fact]
    public async Task Two_who_write_at_once_see_each_others_text_and_neither_is_lost()
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var page = await world.OpenAsync("sun", "en-GB");
        await World.GoAsync(page, "/console/templates/initial/en/crawl.txt");
        var shipped = await page.InputValueAsync("#text");
        await page.FillAsync("#text", shipped.TrimEnd() + " Mine.");
        await using (var scope = world.Host.Services.CreateAsyncScope())
        {
            var desk = scope.ServiceProvider.GetRequiredService<TemplateDesk>();
            Assert.True((await desk.SaveAsync(new SaveTemplate("initial/en/crawl.txt", 0, shipped.TrimEnd() + " Theirs."), new Actor("qian", new HashSet<Role> { Role.Administrator }, "/"), default)).Ok);
        }

        await page.ClickAsync("#save");
        await Assertions.Expect(page.Locator("#theirs")).ToContainTextAsync("qian");
        await Assertions.Expect(page.Locator("#text")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("Mine"));
        await World.LookAsync(page, "template-both-en-GB");
        await page.ClickAsync("#keep-mine");
        await page.ClickAsync("#save");
        await Assertions.Expect(page.Locator("#open")).ToContainTextAsync("version 2", new LocatorAssertionsToContainTextOptions { IgnoreCase = true });
        await using var db = world.Host.Database.Open();
        Assert.Equal(["qian", "sun"], db.TemplateOverrides.OrderBy(t => t.Version).Select(t => t.EditedBy));
    }

    [Fact]
    public async Task A_mail_is_shown_in_a_frame_in_which_nothing_runs()
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var page = await world.OpenAsync("sun", "en-GB");
        page.Dialog += (_, _) => Assert.Fail("A script ran.");
        await World.GoAsync(page, "/console/templates/initial/en/email.html");
        var text = await page.InputValueAsync("#text");
        await page.FillAsync("#text", text.Replace("<body>", "<body><script>alert(1)</script><img src=x onerror=alert(2)><h1>Notice</h1>", StringComparison.Ordinal));
        await Assertions.Expect(page.FrameLocator("iframe").Locator("h1")).ToHaveTextAsync("Notice");
        Assert.Equal("", await page.Locator("iframe").GetAttributeAsync("sandbox"));

        var reader = await world.OpenAsync("li", "en-GB");
        await World.GoAsync(reader, "/console/templates/initial/en/email.html");
        Assert.Equal(0, await reader.Locator("#save").CountAsync());
        Assert.False(await reader.Locator("#text").IsEditableAsync());
        Assert.Equal(200, (await reader.GotoAsync("/console/templates/no/such/text.txt"))!.Status);
        await Assertions.Expect(reader.Locator("h1")).ToBeVisibleAsync();
    }
}
