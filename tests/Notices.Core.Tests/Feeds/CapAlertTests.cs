using System.Xml.Linq;
using Notices.Network;
using Notices.Outages;
using Notices.Publishing;
using Xunit;

namespace Notices.Feeds;

public sealed class CapAlertTests : FeedTest
{
    public static readonly TheoryData<OutageKind> Kinds = [.. Enum.GetValues<OutageKind>()];

    private static readonly NoticeType[] Types = [.. Enum.GetValues<NoticeType>().Except([NoticeType.Announcement])];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_notice_of_every_kind_is_a_valid_alert_that_keeps_all_rules(OutageKind kind)
    {
        var outage = await Press.OutageAsync(await Press.OrganisationAsync(), kind);
        var at = Press.Morning;
        foreach (var type in Types)
        {
            var notice = await Press.NoticeAsync(outage, type, at = at.AddMinutes(7).AddMilliseconds(700));
            var alert = await AlertAsync(notice.Identifier);

            Assert.Empty(CapRules.Check(alert));
            Standards.AssertValid(alert);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_notice_that_stands_alone_is_a_valid_alert_too(OutageKind kind)
    {
        var organisation = await Press.OrganisationAsync(adcode: null);
        foreach (var type in Types)
        {
            var notice = await Press.NoticeAsync(await Press.OutageAsync(organisation, kind), type);
            var alert = await AlertAsync(notice.Identifier);

            Assert.Empty(CapRules.Check(alert));
            Assert.Equal("Alert", Value(alert, "msgType"));
            Standards.AssertValid(alert);
        }
    }

    [Theory]
    [InlineData(NoticeType.Changed, "Update", "Prepare", "Future")]
    [InlineData(NoticeType.Postponed, "Update", "Monitor", "Future")]
    [InlineData(NoticeType.Corrected, "Update", "Prepare", "Future")]
    [InlineData(NoticeType.Reminder, "Update", "Prepare", "Future")]
    [InlineData(NoticeType.Started, "Update", "Monitor", "Immediate")]
    [InlineData(NoticeType.Overrun, "Update", "Monitor", "Immediate")]
    [InlineData(NoticeType.Restored, "Update", "AllClear", "Past")]
    [InlineData(NoticeType.Cancelled, "Cancel", "AllClear", "Past")]
    public async Task A_later_notice_updates_or_cancels_the_earlier(NoticeType type, string message, string response, string urgency)
    {
        var outage = await Press.OutageAsync(await Press.OrganisationAsync());
        await Press.NoticeAsync(outage);
        var later = await Press.NoticeAsync(outage, type, Press.Morning.AddHours(1));

        var alert = await AlertAsync(later.Identifier);

        Assert.Equal(message, Value(alert, "msgType"));
        Assert.Equal("notices@example.org,JX-2026-0001.1,2026-11-23T09:00:00+08:00", Value(alert, "references"));
        Assert.All(alert.Descendants(Cap + "responseType"), e => Assert.Equal(response, e.Value));
        Assert.All(alert.Descendants(Cap + "urgency"), e => Assert.Equal(urgency, e.Value));
    }

    [Fact]
    public async Task A_message_refers_to_all_earlier_ones_of_its_outage_that_had_not_expired()
    {
        var organisation = await Press.OrganisationAsync();
        var (outage, other) = (await Press.OutageAsync(organisation), await Press.OutageAsync(organisation));
        await Press.NoticeAsync(outage, expires: Press.Morning.AddMinutes(30));
        await Press.NoticeAsync(outage, NoticeType.Changed, Press.Morning.AddMinutes(10));
        await Press.NoticeAsync(other);
        await Press.NoticeAsync(outage, NoticeType.Changed, Press.Morning.AddMinutes(20));
        await Press.NoticeAsync(outage, NoticeType.Cancelled, Press.Morning.AddMinutes(40));

        var references = Value(await AlertAsync("JX-2026-0001.4"), "references").Split(' ');

        Assert.Equal(["JX-2026-0001.2", "JX-2026-0001.3"], references.Select(r => r.Split(',')[1]));
    }

    [Fact]
    public async Task What_was_said_stays_the_same_when_later_messages_follow_and_time_passes()
    {
        var outage = await Press.OutageAsync(await Press.OrganisationAsync());
        await Press.NoticeAsync(outage);
        await Press.NoticeAsync(outage, NoticeType.Changed, Press.Morning.AddMinutes(10));
        var before = await AlertAsync("JX-2026-0001.2");

        await Press.NoticeAsync(outage, NoticeType.Cancelled, Press.Morning.AddMinutes(20));
        Clock.Advance(TimeSpan.FromDays(100));

        Assert.Equal(before.ToString(), (await AlertAsync("JX-2026-0001.2")).ToString());
    }

    [Fact]
    public async Task Sent_and_expires_within_one_second_still_differ()
    {
        var at = Press.Morning.AddMilliseconds(100);
        var notice = await Press.NoticeAsync(await Press.OutageAsync(await Press.OrganisationAsync()), NoticeType.Restored, at, at.AddMilliseconds(200));

        Assert.Empty(CapRules.Check(await AlertAsync(notice.Identifier)));
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("东街&amp;西街 <b>粗</b> ]]> \u0001\uFFFF")]
    [InlineData("见https://evil.example/x?a=1&b=2了解www.evil.example详情")]
    [InlineData("\u202E倒写\u2066 \"引号\" 'a' , ; \uD800")]
    [InlineData("很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字很长的名字")]
    public async Task A_hostile_place_name_harms_neither_alert_nor_feed(string place)
    {
        Press.Place = place;
        var notice = await Press.NoticeAsync(await Press.OutageAsync(await Press.OrganisationAsync()));

        var alert = await AlertAsync(notice.Identifier);
        Assert.Empty(CapRules.Check(alert));
        Standards.AssertValid(alert);
        Standards.AssertValid(await WriteAsync(AtomFeed));
        Standards.AssertValid(await WriteAsync(AtomFeed, new FeedRequest(Language: "en")));
        Standards.AssertValid(await WriteAsync(Alerts));
    }

    [Fact]
    public async Task A_place_is_shown_by_its_polygon_and_county_code()
    {
        Db.Add(new Area { Code = "a", Name = "井陉县", Geocode = "130121000000", Rings = "38.0,114.1 38.1,114.2 38.0,114.3 38.0,114.1\n114.1,38.0 114.2,38.1 114.3,38.0 114.1,38.0" });
        Db.Add(new Area { Code = "b", Name = "东街村", Geocode = "130121100201", Rings = "38.03,114.14 38.04,114.15 38.03,114.16 38.03,114.14" });
        var outage = await Press.OutageAsync(await Press.OrganisationAsync());
        await Press.NoticeAsync(outage);
        await Press.NoticeAsync(outage, NoticeType.Changed, facts: f => f with { Places = [new PlaceFacts("东街村", "城关镇", "130121100201")] });

        var (county, village) = (await AlertAsync("JX-2026-0001.1"), await AlertAsync("JX-2026-0001.2"));

        // The second ring has longitude first: out of range, left out.
        Assert.Equal("38.0,114.1 38.1,114.2 38.0,114.3 38.0,114.1", Assert.Single(county.Descendants(Cap + "info").First().Descendants(Cap + "polygon")).Value);
        Assert.Equal("38.03,114.14 38.04,114.15 38.03,114.16 38.03,114.14", Assert.Single(village.Descendants(Cap + "info").First().Descendants(Cap + "polygon")).Value);
        Assert.All([county, village], alert => Assert.All(alert.Descendants(Cap + "geocode"), g => Assert.Equal("130121000000", g.Element(Cap + "value")!.Value)));
        Assert.Equal(["城关镇东街村", "东街村 (城关镇)"], village.Descendants(Cap + "areaDesc").Select(e => e.Value));
        Assert.Empty(CapRules.Check(county).Concat(CapRules.Check(village)));
    }

    [Fact]
    public async Task Texts_that_are_the_same_in_both_languages_get_headlines_that_differ()
    {
        var notice = await Press.NoticeAsync(await Press.OutageAsync(await Press.OrganisationAsync()));
        foreach (var text in notice.Texts) text.Headline = "Same";
        await Db.SaveChangesAsync();

        Assert.Empty(CapRules.Check(await AlertAsync(notice.Identifier)));
    }

    [Fact]
    public async Task In_a_zone_without_offset_the_time_says_so_as_CAP_wants_it()
    {
        var notice = await Press.NoticeAsync(await Press.OutageAsync(await Press.OrganisationAsync()), facts: f => f with { TimeZone = "Europe/London" });

        Assert.Equal("2026-11-23T01:00:00-00:00", Value(await AlertAsync(notice.Identifier), "sent"));
    }

    private static string Value(XDocument alert, string name) => alert.Root!.Element(Cap + name)?.Value ?? "";
}
