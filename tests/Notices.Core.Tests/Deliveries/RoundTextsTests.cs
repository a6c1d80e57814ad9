using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Feeds;
using Notices.Publishing;
using Notices.Testing;
using Xunit;

namespace Notices.Deliveries;

public class RoundTextsTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_mail_takes_the_calendar_of_what_its_notices_froze_and_of_nothing_else(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var (first, second, short_, broken) = (
            await desk.RoundAsync(1, medium: Medium.Email), await desk.RoundAsync(1, medium: Medium.Email), await desk.RoundAsync(1), await desk.RoundAsync(1, medium: Medium.Email));
        long joint;
        await using (var db = desk.Open())
        {
            await FreezeAsync(first, NoticeFixtures.Planned);
            await FreezeAsync(second, NoticeFixtures.Planned with { Number = "2026-9" });
            await FreezeAsync(short_, NoticeFixtures.Planned);
            var text = new RoundText { RoundId = first.Id, Language = "en", Medium = Medium.Email, Body = "both", Variant = $"{first.Id}+{second.Id}" };
            db.Add(text);
            await db.SaveChangesAsync();
            joint = text.Id;

            async Task FreezeAsync(Round round, NoticeFacts facts)
            {
                var stored = JsonSerializer.Serialize(facts, Json.Stored);
                await db.Notices.Where(notice => notice.Id == round.NoticeId).ExecuteUpdateAsync(set => set.SetProperty(notice => notice.Facts, stored));
            }
        }

        var texts = await new RoundTexts(desk.Open, new OutageCalendar(new PublicOptions { BaseAddress = new Uri("https://notices.example.org/") })).LoadAsync(Enumerable.Range(1, 10).Select(id => (long)id), CancellationToken.None);

        Assert.Equal(["2026-1187-1@notices.example.org"], Uids(TextOf(first)));
        Assert.Equal(["2026-9-1@notices.example.org"], Uids(TextOf(second)));
        Assert.Equal(["2026-1187-1@notices.example.org", "2026-9-1@notices.example.org"], Uids(texts[joint]));
        Assert.Contains("SUMMARY;LANGUAGE=en:Planned power cut", texts[joint].Calendar, StringComparison.Ordinal);
        Assert.Null(TextOf(short_).Calendar);
        Assert.Null(TextOf(broken).Calendar);

        SendableText TextOf(Round round)
        {
            using var db = desk.Open();

            return texts[db.RoundTexts.Single(text => text.RoundId == round.Id && text.Variant == "").Id];
        }
    }

    private static IEnumerable<string> Uids(SendableText text) => ReadCalendar.Of(text.Calendar!).Events.Select(item => item["UID"]);
}
