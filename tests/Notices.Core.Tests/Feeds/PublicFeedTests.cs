using System.Xml.Linq;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Testing;
using Xunit;

namespace Notices.Feeds;

public abstract class PublicFeedTests(DatabaseKind kind) : FeedTest(kind)
{
    public sealed class OnSqlite() : PublicFeedTests(DatabaseKind.Sqlite);

    public sealed class OnPostgreSql() : PublicFeedTests(DatabaseKind.PostgreSql);

    [Fact]
    public async Task An_empty_feed_is_valid_and_says_so()
    {
        foreach (var format in (IFeedFormat[])[AtomFeed, Alerts])
        {
            var feed = await WriteAsync(format);

            Standards.AssertValid(feed);
            Assert.Equal("0", feed.Root!.Element(Own + "count")!.Value);
            Assert.Empty(feed.Root.Elements(Atom + "entry"));
        }
    }

    [Fact]
    public async Task It_says_how_many_it_holds_and_as_of_when()
    {
        var outage = await Press.OutageAsync(await Press.OrganisationAsync());
        await Press.NoticeAsync(outage);
        await Press.NoticeAsync(outage, NoticeType.Changed, Press.Morning.AddHours(1));

        var feed = await WriteAsync(AtomFeed);

        Standards.AssertValid(feed);
        Assert.Equal("2", feed.Root!.Element(Own + "count")!.Value);
        Assert.Equal("2026-11-24T09:00:00+08:00", feed.Root.Element(Own + "asOf")!.Value);
        Assert.Equal("本页2条，截至2026年11月24日09:00（UTC+08:00） / 2 notices as of 09:00 24 Nov 2026 (UTC+08:00)", feed.Root.Element(Atom + "subtitle")!.Value);
        Assert.Equal("2026-11-23T10:00:00+08:00", feed.Root.Element(Atom + "updated")!.Value);
        Assert.Equal(["JX-2026-0001.2"], feed.Descendants(Own + "supersededBy").Select(e => e.Value));
    }

    [Fact]
    public async Task Entries_carry_both_languages_stable_ids_and_absolute_links()
    {
        await Press.NoticeAsync(await Press.OutageAsync(await Press.OrganisationAsync()));

        var feed = await WriteAsync(AtomFeed);
        var entry = Assert.Single(feed.Root!.Elements(Atom + "entry"));

        Assert.Equal("tag:notices.example.org,2026:notices/JX-2026-0001.1", entry.Element(Atom + "id")!.Value);
        Assert.Equal(["zh-CN", "en"], entry.Element(Atom + "content")!.Descendants().Select(e => e.Attribute(XNamespace.Xml + "lang")?.Value).OfType<string>());
        Assert.Equal("https://notices.example.org/feeds/notices.atom", Self(feed));
        Assert.Contains("https://notices.example.org/feeds/cap/JX-2026-0001.1.xml", entry.Elements(Atom + "link").Select(l => l.Attribute("href")!.Value));
        Assert.Equal(["planned", "initial"], entry.Elements(Atom + "category").Select(c => c.Attribute("term")!.Value));
    }

    [Fact]
    public async Task One_language_may_be_asked_for()
    {
        await Press.NoticeAsync(await Press.OutageAsync(await Press.OrganisationAsync()));

        var feed = await WriteAsync(AtomFeed, FeedRequest.Read(null, null, null, "en-GB").Value);
        var entry = Assert.Single(feed.Root!.Elements(Atom + "entry"));

        Standards.AssertValid(feed);
        Assert.Equal("Initial: power cut, line Chengguan 031, 城关镇东街村", entry.Element(Atom + "title")!.Value);
        Assert.Equal("en", entry.Element(Atom + "content")!.Attribute(XNamespace.Xml + "lang")!.Value);
        Assert.Equal("https://notices.example.org/feeds/notices.atom?lang=en", Self(feed));
    }

    [Fact]
    public async Task Nothing_is_shown_before_it_is_published_or_after_it_has_expired()
    {
        var organisation = await Press.OrganisationAsync();
        var outage = await Press.OutageAsync(organisation);
        Db.Add(new ScheduledNotice { OutageId = outage.Id, Type = NoticeType.Reminder, Key = "r", DueAt = Clock.GetUtcNow(), Rule = "r", Source = "s" });
        await Press.NoticeAsync(outage, at: Clock.GetUtcNow().AddSeconds(1));
        var expiring = await Press.NoticeAsync(await Press.OutageAsync(organisation), expires: Clock.GetUtcNow().AddSeconds(1));
        await Press.NoticeAsync(await Press.OutageAsync(organisation), expires: Clock.GetUtcNow());

        Assert.Equal([expiring.Identifier], (await ReadAsync()).Items.Select(i => i.Identifier));
        Assert.Null(await Feed.FindAsync("JX-2026-0001.1", default));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["JX-2026-0001.1"], (await ReadAsync()).Items.Select(i => i.Identifier));
    }

    [Fact]
    public async Task An_announcement_stands_in_Atom_and_not_among_the_alerts()
    {
        var organisation = await Press.OrganisationAsync();
        await Press.AnnouncementAsync(organisation);
        await Press.NoticeAsync(await Press.OutageAsync(organisation));

        var (notices, alerts) = (await WriteAsync(AtomFeed), await WriteAsync(Alerts));

        Standards.AssertValid(notices);
        Standards.AssertValid(alerts);
        Assert.Equal(2, notices.Root!.Elements(Atom + "entry").Count());
        Assert.Equal("1", alerts.Root!.Element(Own + "count")!.Value);
        Assert.Equal("https://notices.example.org/feeds/cap/JX-2026-0001.1.xml", Assert.Single(alerts.Root.Elements(Atom + "entry")).Element(Atom + "link")!.Attribute("href")!.Value);
    }

    [Fact]
    public async Task Filters_take_the_organisations_subtree_the_feeder_and_the_kind()
    {
        var city = await Press.OrganisationAsync("SJZ");
        var county = await Press.OrganisationAsync("JX", city);
        await Press.NoticeAsync(await Press.OutageAsync(city, OutageKind.Fault));
        await Press.NoticeAsync(await Press.OutageAsync(county), facts: f => f with { Feeders = [new FeederFacts("JX-F1", new("一", "1"), 10)] });
        await Press.NoticeAsync(await Press.OutageAsync(county), facts: f => f with { Feeders = [new FeederFacts("JX-F11", new("JX-F1", "11"), 10)] });

        async Task<int> Count(string? organisation, string? feeder, string? kind) => (await ReadAsync(FeedRequest.Read(organisation, feeder, kind, null).Value)).Count;
        Assert.Equal(3, await Count("SJZ", null, null));
        Assert.Equal(2, await Count("JX", null, null));
        Assert.Equal(1, await Count(null, "JX-F1", null));
        Assert.Equal(1, await Count("SJZ", null, "fault"));
        Assert.Equal(0, await Count("JX", null, "Fault"));
        Assert.Equal("not-found", Assert.Single((await Feed.ReadAsync(new FeedRequest("NO"), await Feed.StampAsync(default), default)).Problems).Code);
        Assert.Equal(["unknown-kind", "unknown-language"], FeedRequest.Read(null, null, "2", "tlh").Problems.Select(p => p.Code));
    }

    [Fact]
    public async Task The_stamp_changes_when_a_notice_comes_or_goes_and_only_then()
    {
        var outage = await Press.OutageAsync(await Press.OrganisationAsync());
        await Press.NoticeAsync(outage, expires: Clock.GetUtcNow().AddHours(1));
        var first = await TagAsync();
        Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(first, await TagAsync());
        Assert.NotEqual(first, await TagAsync(new FeedRequest(Language: "en")));

        Clock.Advance(TimeSpan.FromMinutes(1));
        var gone = await TagAsync();
        await Press.NoticeAsync(outage, NoticeType.Changed, Clock.GetUtcNow());
        var come = await TagAsync();

        Assert.Equal(3, new[] { first, gone, come }.Distinct().Count());
        Assert.Equal(Clock.GetUtcNow().AddSeconds(-1), (await Feed.StampAsync(default)).LastModified);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Clock.GetUtcNow().AddSeconds(-1), (await Feed.StampAsync(default)).LastModified);
    }

    [Fact]
    public void A_reader_who_has_it_gets_304()
    {
        var modified = Press.Morning;

        Assert.True(FeedStamp.IsFresh("W/\"a\"", modified, "\"b\", W/\"a\"", null));
        Assert.True(FeedStamp.IsFresh("W/\"a\"", modified, "\"a\"", null));
        Assert.True(FeedStamp.IsFresh("W/\"a\"", modified, "*", null));
        Assert.False(FeedStamp.IsFresh("W/\"a\"", modified, "\"b\"", modified));
        Assert.True(FeedStamp.IsFresh("W/\"a\"", modified, null, modified));
        Assert.False(FeedStamp.IsFresh("W/\"a\"", modified, null, modified.AddSeconds(-1)));
        Assert.False(FeedStamp.IsFresh("W/\"a\"", modified, null, null));
        Assert.False(FeedStamp.IsFresh("W/\"a\"", null, null, modified));
    }

    [Fact]
    public async Task It_holds_the_newest_two_hundred_and_says_how_many_there_are()
    {
        var outage = await Press.OutageAsync(await Press.OrganisationAsync());
        for (var i = 0; i < PublicFeed.Limit + 5; i++) await Press.NoticeAsync(outage, NoticeType.Reminder, Press.Morning.AddSeconds(i));

        var feed = await WriteAsync(AtomFeed);

        Assert.Equal("200", feed.Root!.Element(Own + "count")!.Value);
        Assert.Equal("205", feed.Root.Element(Own + "total")!.Value);
        Assert.EndsWith(".205", feed.Descendants(Atom + "entry").First().Element(Atom + "id")!.Value, StringComparison.Ordinal);
        Standards.AssertValid(feed);
    }

    [Fact]
    public async Task A_damaged_row_does_not_silence_the_others()
    {
        var organisation = await Press.OrganisationAsync();
        await Press.NoticeAsync(await Press.OutageAsync(organisation));
        (await Press.NoticeAsync(await Press.OutageAsync(organisation))).Facts = "{";
        await Db.SaveChangesAsync();

        Assert.Equal(1, (await ReadAsync()).Count);
    }

    [Fact]
    public void A_sender_or_address_that_cannot_stand_in_an_alert_is_refused()
    {
        Assert.Empty(Options.Faults());
        Assert.Single(new PublicOptions { Sender = "a b" }.Faults());
        Assert.Single(new PublicOptions { BaseAddress = new Uri("ftp://x/") }.Faults());
    }

    private async Task<string> TagAsync(FeedRequest? request = null) => (await Feed.StampAsync(default)).ETag(AtomFeed, request ?? FeedRequest.All);

    private static string Self(XDocument feed) => feed.Root!.Elements(Atom + "link").Single(l => l.Attribute("rel")!.Value == "self").Attribute("href")!.Value;
}
