using System.Xml.Linq;
using Notices.Publishing;
using Xunit;

namespace Notices.Feeds;

public sealed class CapRulesTests : FeedTest
{
    [Theory]
    [InlineData("identifier", "a b")]
    [InlineData("sender", "a,b")]
    [InlineData("sent", "2026-11-23T10:00:00Z")]
    [InlineData("sent", "2026-11-23T10:00:00.5+08:00")]
    [InlineData("status", "Test")]
    [InlineData("references", "")]
    [InlineData("references", "one,two")]
    [InlineData("references", "notices@example.org,JX-2026-0001.2,2026-11-23T09:00:00+08:00")]
    [InlineData("references", "notices@example.org,JX-2026-0001.1,2027-11-23T09:00:00+08:00")]
    [InlineData("msgType", "Alert")]
    [InlineData("language", "fr")]
    [InlineData("expires", "2026-11-23T10:00:00+08:00")]
    [InlineData("onset", "2027-11-23T10:00:00+08:00")]
    [InlineData("headline", "")]
    [InlineData("headline", "Bold <b>claim</b>")]
    [InlineData("description", "see https://example.org")]
    [InlineData("description", "see www.example.org")]
    [InlineData("event", "a &#60; b")]
    [InlineData("severity", "Extreme")]
    [InlineData("responseType", "Prepare")]
    [InlineData("areaDesc", "")]
    [InlineData("senderName", "")]
    public async Task A_broken_rule_is_told(string element, string value)
    {
        var alert = await CancelAsync();
        // In the first info alone, so that agreement breaks too.
        alert.Descendants(Cap + element).First().Value = value;

        Assert.NotEmpty(CapRules.Check(alert));
    }

    [Fact]
    public async Task Same_or_long_headlines_polygons_and_effective_are_told()
    {
        Assert.NotEmpty(await BrokenAsync(a => { foreach (var e in a.Descendants(Cap + "headline")) e.Value = "Same"; }));
        Assert.NotEmpty(await BrokenAsync(a => a.Descendants(Cap + "headline").First().Value = new string('x', 161)));
        Assert.NotEmpty(await BrokenAsync(a => { foreach (var e in a.Descendants(Cap + "expires")) e.AddBeforeSelf(new XElement(Cap + "effective", "2026-11-23T10:00:00+08:00")); }));
        foreach (var polygon in (string[])["38,114 38,115 39,115", "38,114 38,115 39,115 38,116", "114,38 115,38 115,39 114,38", "a,b c,d e,f a,b"])
        {
            Assert.NotEmpty(await BrokenAsync(a => { foreach (var e in a.Descendants(Cap + "areaDesc")) e.AddAfterSelf(new XElement(Cap + "polygon", polygon)); }));
        }

        Assert.Empty(await BrokenAsync(a => { foreach (var e in a.Descendants(Cap + "areaDesc")) e.AddAfterSelf(new XElement(Cap + "polygon", "38,114 38,115 39,115 38,114")); }));
    }

    private async Task<IReadOnlyList<string>> BrokenAsync(Action<XDocument> how)
    {
        var alert = await CancelAsync();
        how(alert);

        return CapRules.Check(alert);
    }

    private async Task<XDocument> CancelAsync()
    {
        if (!Db.Notices.Any())
        {
            var outage = await Press.OutageAsync(await Press.OrganisationAsync());
            await Press.NoticeAsync(outage);
            await Press.NoticeAsync(outage, NoticeType.Cancelled, Press.Morning.AddHours(1));
        }

        return await AlertAsync("JX-2026-0001.2");
    }
}
