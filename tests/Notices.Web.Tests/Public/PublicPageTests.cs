using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Publishing;
using Notices.Testing;

namespace Notices.Public;

/// <summary>What customers see without signing in: true, small, harmless, and nothing of anybody.</summary>
public partial class PublicPageTests
{
    private static readonly string[] Feeders = [TestCounty.Feeder];

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task An_outage_stands_as_planned_then_as_off_then_as_over_and_its_page_tells_the_whole_story(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        Assert.Contains("目前没有停电公告", await life.Host.TextAsync("/"), StringComparison.Ordinal);
        var number = await life.PublishedAsync();

        Assert.Equal(["Planned"], await GroupsAsync(life, number));
        await life.GoToAsync(Life.At("2026-12-01T08:00:00"));
        Assert.Equal(["Off now"], await GroupsAsync(life, number));
        await life.DoAsync(number, "restore");
        await life.SettleAsync();
        Assert.Equal(["Over or not taking place"], await GroupsAsync(life, number));

        var page = await life.Host.TextAsync($"/outages/{number}?lang=zh-CN");
        var said = await life.Host.GetAsync(Role.Auditor, $"/api/v1/notices?number={number}");
        var versions = Identifiers().Matches(page).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(said["items"]!.AsArray().Count, versions.Count);
        Assert.Equal(versions.OrderByDescending(v => v, StringComparer.Ordinal), versions);
        Assert.Equal(versions.Count - 1, page.Split("<strong>已被代替</strong>").Length - 1);
        Assert.Contains("2026年11月23日（星期一）09:00 UTC+08:00", page, StringComparison.Ordinal);
        Assert.Contains("请始终视线路和设备带电", page, StringComparison.Ordinal);
        Assert.Contains($"hreflang=\"en\" href=\"http://localhost:5080/outages/{number}?lang=en\"", page, StringComparison.Ordinal);
        Assert.Contains("Earlier notices", await life.Host.TextAsync($"/outages/{number}?lang=en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_comes_first_and_is_off_whatever_is_planned()
    {
        await using var life = await Life.StartAsync();
        var planned = await life.PublishedAsync(Life.Plan("JX-F04", "2026-12-01T08:00:00", "2026-12-01T18:00:00"));
        var fault = (string)(await life.Host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies", new { kind = "fault", organisation = TestCounty.Code, feeders = Feeders, startsAt = Life.At("2026-11-23T08:50:00"), nextUpdateBy = Life.At("2026-11-23T11:00:00"), reason = "wind" }, 202))["number"]!;
        await life.GoToAsync(Life.At("2026-11-23T09:10:00"));

        var page = await life.Host.TextAsync("/?lang=en");
        Assert.True(page.IndexOf($"/outages/{fault}", StringComparison.Ordinal) is var first and > 0 && first < page.IndexOf($"/outages/{planned}", StringComparison.Ordinal), page);
        Assert.Matches($"class=\"urgent\"><h3><a href=\"/outages/{fault}", page);
        Assert.Contains("next update by Monday 23 November 2026, 11:00 UTC+08:00", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 3)]
    [InlineData("organisation=JX", 3)]
    [InlineData("organisation=jx", 3)]
    [InlineData("organisation=LZ", 0)] // another county
    [InlineData("feeder=JX-X001", 1)]
    [InlineData("feeder=城关002", 1)]
    [InlineData("feeder=chengguan", 3)]
    [InlineData("place=东街1-", 1)]
    [InlineData("place=dongjie+2", 1)]
    [InlineData("place=城关镇东街0", 1)]
    [InlineData("place=东街&feeder=JX-X002&organisation=JX", 1)]
    [InlineData("place=%27+or+1=1", 0)]
    [InlineData("feeder=++", 3)] // an empty field
    public async Task A_filter_shows_what_the_notices_say_and_no_more(string query, int lines)
    {
        await using var host = await HostAsync(3);

        Assert.Equal(lines, Identifiers().Count(await host.TextAsync("/?lang=en&" + query)));
    }

    [Fact]
    public async Task Script_in_every_field_is_text()
    {
        const string Script = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
        await using var host = await HostAsync(
            1, (facts, _) => facts with { Feeders = [new FeederFacts(Script, new(Script, Script), 10)], Places = [new PlaceFacts(Script, Script, EnglishName: Script)], Organisation = facts.Organisation with { Name = new(Script, Script) } },
            (_, _) => Script);
        await using (var db = host.Database.Open()) await db.Organisations.ExecuteUpdateAsync(set => set.SetProperty(o => o.Name, Script).SetProperty(o => o.NameEn, Script));
        using var client = Client(host);
        var typed = Uri.EscapeDataString(Script);

        foreach (var path in (string[])["/", $"/?feeder={typed}&place={typed}&organisation={typed}&lang=en", "/outages/JX-2026-90000", $"/outages/{typed}", $"/?page={typed}", $"/?account={typed}", $"/?lang={typed}"])
        {
            var page = await (await client.GetAsync(new Uri(path, UriKind.Relative))).Content.ReadAsStringAsync();
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("\"'>", page, StringComparison.Ordinal);
        }

        Assert.Contains("&lt;script&gt;alert(1)", await host.TextAsync("/?lang=en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_hundred_notices_are_read_in_pages_below_50_kB_that_together_show_each_once()
    {
        await using var host = await HostAsync(200);
        var seen = new List<string>();
        foreach (var language in (string[])["zh-CN", "en"])
        {
            seen.Clear();
            for (var path = $"/?lang={language}"; path is not null;)
            {
                var page = await host.TextAsync(path);
                Assert.InRange(Encoding.UTF8.GetByteCount(page), 1000, 50_000);
                seen.AddRange(Identifiers().Matches(page).Select(m => m.Groups[1].Value));
                path = Next().Match(page) is { Success: true } next ? WebUtility.HtmlDecode(next.Groups[1].Value) : null;
            }

            Assert.Equal((200, 200), (seen.Count, seen.Distinct().Count()));
        }
    }

    [Fact]
    public async Task Who_has_the_page_gets_304_until_something_is_published_and_each_language_has_its_own()
    {
        await using var host = await HostAsync(2);
        using var client = Client(host);
        using var first = await GetAsync(client, "zh-CN");
        Assert.Equal(("public, max-age=10, stale-if-error=600", "Accept-Language, Accept-Encoding"), (Assert.Single(first.Headers.GetValues("Cache-Control")), string.Join(", ", first.Headers.Vary)));
        var tag = first.Headers.ETag!;
        using (var again = await GetAsync(client, "zh-CN", tag)) Assert.Equal((HttpStatusCode.NotModified, tag), (again.StatusCode, again.Headers.ETag));
        using (var other = await GetAsync(client, "en", tag)) Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Contains("lang=\"zh-CN\"", await first.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await using (var db = host.Database.Open())
        {
            var notice = await db.Notices.OrderBy(n => n.Id).FirstAsync();
            await db.Notices.Where(n => n.Id == notice.Id).ExecuteUpdateAsync(set => set.SetProperty(n => n.ExpiresAt, TestHost.Monday));
        }

        await Task.Delay(300); // longer than a board is trusted
        using var changed = await GetAsync(client, "zh-CN", tag);
        Assert.Equal((HttpStatusCode.OK, 1), (changed.StatusCode, Identifiers().Count(await changed.Content.ReadAsStringAsync())));
    }

    [Fact]
    public async Task Packed_and_plain_are_the_same_page_and_a_head_has_its_length()
    {
        await using var host = await HostAsync(5);
        using var packing = new HttpClient(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.GZip }) { BaseAddress = host.Address };
        using var client = Client(host);
        using var packed = new HttpRequestMessage(HttpMethod.Get, "/");
        packed.Headers.AcceptEncoding.ParseAdd("gzip");
        using var raw = await client.SendAsync(packed);
        Assert.Equal("gzip", Assert.Single(raw.Content.Headers.ContentEncoding));

        var plain = await client.GetStringAsync(new Uri("/", UriKind.Relative));
        Assert.Equal(plain, await packing.GetStringAsync(new Uri("/", UriKind.Relative)));
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/"));
        Assert.Equal((HttpStatusCode.OK, Encoding.UTF8.GetByteCount(plain)), (head.StatusCode, (int)head.Content.Headers.ContentLength!));
    }

    [Theory]
    [InlineData("/outages/JX-2026-00001", "zh-CN", "没有找到")]
    [InlineData("/nothing/here", "en", "Not found")]
    [InlineData("/announcements/JX-2026-90000", "en", "Not found")] // an outage is no announcement
    public async Task What_is_not_there_is_said_in_words_with_a_way_back(string path, string language, string words)
    {
        await using var host = await HostAsync(1);
        using var client = Client(host);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/html");
        request.Headers.AcceptLanguage.ParseAdd(language);
        using var answer = await client.SendAsync(request);
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Contains($"<h1>{words}</h1>", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/?lang=", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_announcement_stands_on_the_first_page_on_outages_pages_and_on_its_own_until_it_is_over()
    {
        await using var life = await Life.StartAsync();
        var outage = await life.PublishedAsync();
        var written = await life.Host.PostAsync(
            Role.Dispatcher, "/api/v1/announcements",
            new { organisation = TestCounty.Code, title = Both("电价调整", "New tariff & terms"), body = Both("自一月起。", "From January."), expiresAt = Life.At("2026-11-30T00:00:00") }, 201);
        var number = (string)written["number"]!;
        await life.Host.PostAsync(Role.Dispatcher, $"/api/v1/announcements/{number}/submit");
        await life.Host.PostAsync(Role.Approver, $"/api/v1/announcements/{number}/approve");
        await life.SettleAsync();
        await Task.Delay(300); // longer than a board is trusted

        foreach (var path in (string[])["/?lang=en", $"/outages/{outage}?lang=en"])
        {
            var page = await life.Host.TextAsync(path);
            Assert.Contains($"<a href=\"/announcements/{number}?lang=en\">", page, StringComparison.Ordinal);
            Assert.Contains("New tariff &amp; terms", page, StringComparison.Ordinal);
        }

        var own = await life.Host.TextAsync($"/announcements/{number}?lang=zh-CN");
        Assert.Contains("自一月起。", own, StringComparison.Ordinal);
        Assert.DoesNotContain("已无当前公告", own, StringComparison.Ordinal);

        await life.GoToAsync(Life.At("2026-11-30T00:00:01"));
        await Task.Delay(300);
        Assert.DoesNotContain(number, await life.Host.TextAsync("/?lang=en"), StringComparison.Ordinal);
        Assert.Contains("自一月起。", await life.Host.TextAsync($"/announcements/{number}?lang=zh-CN"), StringComparison.Ordinal); // said is said

        static Dictionary<string, string> Both(string chinese, string english) => new() { ["zh-CN"] = chinese, ["en"] = english };
    }

    [Fact]
    public async Task The_calendar_holds_each_window_and_strikes_out_what_is_cancelled()
    {
        await using var life = await Life.StartAsync();
        var number = await life.PublishedAsync();
        Assert.Contains($"UID:{number}-1@localhost\r\n", await life.Host.TextAsync("/feeds/notices.ics?lang=en"), StringComparison.Ordinal);
        await life.DoAsync(number, "cancel", new { reason = "weather" });
        await life.SettleAsync();

        var calendar = await life.Host.TextAsync("/feeds/notices.ics?organisation=JX");
        Assert.Equal((1, true), (calendar.Split("BEGIN:VEVENT").Length - 1, calendar.Contains("STATUS:CANCELLED", StringComparison.Ordinal)));
    }

    internal static async Task<TestHost> HostAsync(int notices, Func<NoticeFacts, int, NoticeFacts>? shape = null, Func<int, string, string>? say = null)
    {
        var host = await TestHost.StartAsync(DatabaseKind.Sqlite);
        await TestCounty.SeedAsync(host.Database);
        await using var db = host.Database.Open();
        await PublicPress.PrintAsync(db, notices, shape, say);

        return host;
    }

    internal static HttpClient Client(TestHost host) => new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = host.Address };

    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, string language, EntityTagHeaderValue? tag = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.AcceptLanguage.ParseAdd(language);
        if (tag is not null) request.Headers.IfNoneMatch.Add(tag);

        return await client.SendAsync(request);
    }

    /// <summary>Under which headings the outage stands.</summary>
    private static async Task<List<string>> GroupsAsync(Life life, string number)
    {
        await Task.Delay(300); // longer than a board is trusted
        var page = await life.Host.TextAsync("/?lang=en");

        return [.. Groups().Matches(page).Where(m => m.Value.Contains($"/outages/{number}?", StringComparison.Ordinal)).Select(m => m.Groups["name"].Value)];
    }

    [GeneratedRegex("<article id=\"([^\"]+)\"")]
    private static partial Regex Identifiers();

    [GeneratedRegex("<section><h2>(?<name>[^<]+) <.*?</section>", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Groups();

    [GeneratedRegex("rel=\"next\" href=\"([^\"]+)\"")]
    private static partial Regex Next();
}
