using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.Playwright;
using Notices.Setup;
using Notices.Testing;
using Notices.Words;

namespace Notices;

/// <summary>What holds for every page of the console.</summary>
public sealed partial class ConsoleTests
{
    [Fact]
    public void No_page_lacks_a_rule_who_may_see_it()
    {
        var pages = typeof(NoticesHost).Assembly.GetTypes().Where(type => type.GetCustomAttributes<RouteAttribute>().Any()).ToList();
        Assert.True(pages.Count >= 4);
        Assert.All(pages, page =>
        {
            Assert.NotNull(page.GetCustomAttribute<AuthorizeAttribute>()?.Policy);
            Assert.EndsWith("Page", page.Name, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Every_word_of_the_console_is_there_in_both_languages_and_no_page_has_words_of_its_own()
    {
        var (chinese, english) = (Sentences.ConsoleCodes(Languages.Chinese), Sentences.ConsoleCodes(Languages.English));
        Assert.Equal(chinese.Order(), english.Order());
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Notices.Web"), "*.razor", SearchOption.AllDirectories).Select(file => (Name: Path.GetFileName(file), Text: File.ReadAllText(file))).ToList();
        Assert.All(files.SelectMany(file => Said().Matches(file.Text).Select(match => (file.Name, Code: match.Groups[1].Value))), said => Assert.True(english.Contains(said.Code), $"{said.Name} says {said.Code}"));
        Assert.All(files, file =>
        {
            var markup = string.Join('\n', file.Text.Split("@code")[0].Split('\n').Where(line => line is not ['@', >= 'a' and <= 'z', ..] || line.StartsWith("@if", StringComparison.Ordinal)));
            var own = Between().Matches(Expressions().Replace(markup, "")).Select(match => match.Groups[1].Value.Trim()).Where(text => text.Any(char.IsLetter) && text is not ("Notices" or "· Notices" or "中文" or "English")).ToList();
            Assert.True(own.Count == 0, $"{file.Name} has words of its own: {string.Join(" | ", own)}");
        });
    }

    [Theory]
    [InlineData(typeof(Outages.OutageStatus))]
    [InlineData(typeof(Publishing.TemplateMedium))]
    [InlineData(typeof(Publishing.TemplateState))]
    [InlineData(typeof(Policy.AnnounceRule))]
    [InlineData(typeof(Policy.ContactMode))]
    [InlineData(typeof(Customers.ContactKind))]
    [InlineData(typeof(Policy.MomentKind))]
    [InlineData(typeof(Access.Role))]
    [InlineData(typeof(Access.StaffPost))]
    [InlineData(typeof(Announcements.AnnouncementStatus))]
    [InlineData(typeof(Policy.ScheduledState), "state")]
    public void Every_value_has_a_word(Type values, string? prefix = null) =>
        Assert.All(Enum.GetNames(values), value => Assert.Contains($"{prefix ?? values.Name}-{value}", Sentences.ConsoleCodes(Languages.English)));

    /// <summary>A history shows whatever member of an outage changed.</summary>
    [Fact]
    public void Every_member_of_an_outage_has_a_word() =>
        Assert.All(
            typeof(Outages.OutageView).GetProperties().Select(property => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(property.Name)).Except(["version", "notices", "warnings", "history", "difference"]),
            member => Assert.Contains($"member-{member}", Sentences.ConsoleCodes(Languages.English)));

    /// <summary>What the certificate names too, each in the certificate's words.</summary>
    [Fact]
    public void What_is_proved_is_called_as_it_is_proved()
    {
        var (frame, codes) = (new Shared.ConsoleFrame(Languages.English, ""), Sentences.CertificateCodes(Languages.English));
        IEnumerable<string> said =
        [
            .. Enum.GetValues<Outages.OutageKind>().Select(frame.Say), .. Enum.GetValues<Publishing.NoticeType>().Select(frame.Say), .. Enum.GetValues<Deliveries.RoundState>().Select(frame.Say),
            .. Enum.GetValues<Deliveries.Medium>().Select(medium => frame.Say(medium)), .. Enum.GetNames<Policy.NoticeAudience>().Select(frame.Audience), .. codes.Where(code => code.StartsWith("audience-", StringComparison.Ordinal)).Select(code => frame.Audience(code["audience-".Length..])),
            frame.Tier(0), frame.Tier(1), frame.Tier(2),
        ];

        Assert.All(said, word => Assert.DoesNotMatch("^(kind|type|round|audience|tier|medium)-", word));
    }

    [Fact]
    public async Task Each_role_finds_its_own_and_is_told_no_where_it_may_not()
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var auditor = await world.OpenAsync("zhao", "en-GB");
        await World.LiveAsync(auditor);
        Assert.Equal(0, await auditor.Locator(".emergency").CountAsync());
        Assert.Equal(403, (await auditor.GotoAsync("/console/plan"))!.Status);
        await World.LookAsync(auditor, "no-en");
        await World.GoAsync(auditor, "/console/outages");
        await World.LookAsync(auditor, "outages-en");
        Assert.Equal(404, (await auditor.GotoAsync("/console/outages/nothing/at/all"))!.Status);
    }

    [Fact]
    public async Task Script_in_every_field_is_shown_as_it_was_typed_and_runs_nowhere()
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var page = await world.OpenAsync("li", "en-GB");
        page.Dialog += (_, _) => Assert.Fail("A script ran.");
        await World.GoAsync(page, "/console/plan");
        await page.Locator("#feeder").PressSequentiallyAsync("F03");
        await page.WaitForSelectorAsync("#found button");
        await page.Locator("#feeder").PressAsync("Enter");
        await World.AtAsync(page, "/edit");
        const string evil = "<img src=x onerror=alert(1)>=cmd|' /C calc'!A0";
        foreach (var field in (string[])["#reason", "#work", "#owner", "#places"]) await page.FillAsync(field, evil);
        await page.Locator("#places").PressAsync("Tab");
        await page.WaitForSelectorAsync("#explained");
        var number = page.Url.Split('/')[^2];
        await TestHost.UntilAsync(async () => (string?)(await world.Host.GetAsync(Access.Role.Auditor, $"/api/v1/outages/{number}"))["places"]![0] == evil, "kept as typed");
        await World.GoAsync(page, $"/console/outages/{number}");
        await Assertions.Expect(page.Locator("dl.facts")).ToContainTextAsync(evil);
        Assert.Equal(0, await page.Locator("main img").CountAsync());
    }

    [Fact]
    public async Task A_sheet_is_looked_at_before_it_is_imported_and_the_wrong_kind_of_file_is_refused_in_words()
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var page = await world.OpenAsync("li", "en-GB");
        await World.GoAsync(page, "/console/import");
        FilePayload Sheet(string name, string text) => new() { Name = name, MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(text) };
        await page.SetInputFilesAsync("#file", Sheet("picture.png", "\u0089PNG\r\n\u001a\n\0\0\0\rIHDR\0\0"));
        await Assertions.Expect(page.Locator(".problems").First).ToBeVisibleAsync();
        await page.SetInputFilesAsync("#file", Sheet("december.csv",
            "organisation,reference,kind,feeders,starts_at,ends_at,reason,work\n"
            + "JX,P-1,planned,JX-F03,2026-12-01T08:00:00+08:00,2026-12-01T18:00:00+08:00,line-maintenance,replace-switch\n"
            + "JX,P-2,planned,JX-F77,2026-12-02T08:00:00+08:00,2026-12-02T18:00:00+08:00,line-maintenance,<script>alert(1)</script>\n"));
        await page.WaitForSelectorAsync("#import-do");
        await World.LookAsync(page, "import-preview-en");
        await using (var before = world.Host.Database.Open()) Assert.Equal(0, before.Outages.Count()); // Looked at, no more.
        await page.ClickAsync("#import-do");
        await page.WaitForSelectorAsync("a[href='/console/outages/JX-2026-00001']");
        await using var db = world.Host.Database.Open();
        Assert.Equal("P-1", db.Outages.Single().Reference);
    }

    [Theory]
    [InlineData("zh-CN", 390)]
    [InlineData("en-GB", 1280)]
    public async Task The_months_sheet_comes_in_as_the_workbook_it_is(string locale, int width)
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var page = await world.OpenAsync("li", locale, width);
        await World.GoAsync(page, "/console/import");
        await page.SelectOptionAsync("#profile", "monthly-plan-xlsx");
        await page.SelectOptionAsync("#organisation", TestCounty.Code);
        FilePayload Book(Imports.XlsxFile sheet) => new() { Name = "12月停电计划.xlsx", MimeType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Buffer = sheet.Save().ToArray() };
        Imports.XlsxFile Sheet() => new Imports.XlsxFile().Row("井陉县供电公司2026年12月停电计划").Row("停电线路", "停电时间", "工作内容");
        await page.SetInputFilesAsync("#file", Book(Sheet().Row("10千伏城关031线", "12月8日8:00-18:00", "更换开关").Row("城关099线", "12月9日8:00-12:00", "线路检修")));
        await page.WaitForSelectorAsync("#import-do");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("城关099线"); // Refused by its name, before anything was changed.
        await World.LookAsync(page, $"import-month-{locale}-{width}");
        await page.ClickAsync("#import-do");
        await page.WaitForSelectorAsync("a[href='/console/outages/JX-2026-00001']");
        await using var db = world.Host.Database.Open();
        Assert.Equal(1, db.Outages.Count());
    }

    [Fact]
    public async Task An_administrator_opens_and_closes_accounts_and_a_key_is_seen_once()
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var page = await world.OpenAsync("sun", "en-GB");
        await World.GoAsync(page, "/console/accounts");
        await page.FillAsync("#name", "chen");
        await page.FillAsync("#password", "short");
        await page.ClickAsync("#add");
        await Assertions.Expect(page.Locator(".problems").First).ToContainTextAsync("12");
        await World.LookAsync(page, "accounts-en");
        await page.FillAsync("#password", "another four words here");
        await page.SelectOptionAsync("#organisation", TestCounty.Code);
        await page.CheckAsync("fieldset input >> nth=0");
        await page.ClickAsync("#add");
        await page.WaitForSelectorAsync("td:has-text('chen')");
        await page.FillAsync("#key-name", "scada");
        await page.SelectOptionAsync("#key-organisation", TestCounty.Code);
        await page.ClickAsync("#key-add");
        Assert.StartsWith("ntc_", await page.Locator("#key").InnerTextAsync(), StringComparison.Ordinal);
        var row = page.Locator("tr", new PageLocatorOptions { HasText = "chen" });
        await row.Locator("button").First.ClickAsync();
        await page.FillAsync("#edit-display", "陈坐席");
        await page.FillAsync("#edit-phone", "12");
        await page.ClickAsync("#edit-save");
        await Assertions.Expect(page.Locator("#user-edit .problems")).ToBeVisibleAsync();
        await World.LookAsync(page, "account-edit-en");
        await page.FillAsync("#edit-phone", "13800002222");
        await page.ClickAsync("#edit-save");
        await Assertions.Expect(row).ToContainTextAsync("陈坐席");
        await row.Locator("button").First.ClickAsync();
        await page.FillAsync("#edit-password", "yet another four words");
        await page.ClickAsync("#edit-reset");
        await Assertions.Expect(page.Locator("#user-edit")).ToHaveCountAsync(0);
        await row.Locator("button").Last.ClickAsync();
        await row.Locator("button").Last.ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("closed");
    }

    [Fact]
    public async Task An_approver_decides_without_script_and_a_second_decision_is_none()
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var plan = await world.Host.PostAsync(Access.Role.Dispatcher, "/api/v1/outages", TestCounty.Plan(DateTimeOffset.Parse("2026-12-01T08:00:00+08:00", System.Globalization.CultureInfo.InvariantCulture)), 201);
        await world.Host.PostAsync(Access.Role.Dispatcher, $"/api/v1/outages/{plan["number"]}/submit");
        var page = await world.OpenAsync("wang", "zh-CN", 390, script: false);
        await page.ClickAsync($"a[href='/console/outages/{plan["number"]}']");
        await page.ClickAsync($"a[href='/console/approve/{plan["number"]}']");
        await page.CheckAsync("input[value=reject]");
        await page.ClickAsync("form button");
        await Assertions.Expect(page.Locator("#problems")).ToBeVisibleAsync(); // Rejecting needs a reason.
        await page.ClickAsync("form button");
        await page.WaitForURLAsync($"**/console/outages/{plan["number"]}");
        await page.GotoAsync($"/console/approve/{plan["number"]}");
        await page.ClickAsync("form button");
        await Assertions.Expect(page.Locator("#problems")).ToBeVisibleAsync();
        await using var db = world.Host.Database.Open();
        Assert.Equal(1, db.AuditEntries.Count(entry => entry.Action == "outage.approved"));
    }

    [Fact]
    public async Task A_page_whose_line_is_cut_says_so_and_goes_on_once_it_is_back()
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var page = await world.OpenAsync("li", "en-GB");
        var (line, down) = ((IWebSocketRoute?)null, false);
        await page.RouteWebSocketAsync(new Regex("_blazor"), route =>
        {
            if (down) _ = route.CloseAsync();
            else (line = route).ConnectToServer();
        });
        await World.GoAsync(page, "/console/outages");
        down = true;
        await line!.CloseAsync();
        await Assertions.Expect(page.Locator("#components-reconnect-modal")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#components-reconnect-modal")).ToContainTextAsync("Nothing is sent twice");
        down = false;
        await Assertions.Expect(page.Locator("#components-reconnect-modal")).Not.ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 20_000 });
        await World.LiveAsync(page);
    }

    [Fact]
    public async Task In_the_dark_it_is_dark_and_readable()
    {
        await using var world = await World.StartAsync(DatabaseKind.Sqlite);
        var page = await world.OpenAsync("li", "zh-CN", dark: true);
        await World.GoAsync(page, "/console/plan");
        await World.LookAsync(page, "plan-dark-zh-CN");
    }

    [GeneratedRegex("""Say\("([a-z0-9-]+[a-z0-9])"[,)]""")]
    private static partial Regex Said();

    [GeneratedRegex(">([^<>@{}]+)<")]
    private static partial Regex Between();

    /// <summary>What is computed: it has its words from elsewhere.</summary>
    [GeneratedRegex("""@\*.*?\*@|@\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|"[^"]*"|=>""", RegexOptions.Singleline)]
    private static partial Regex Expressions();
}
