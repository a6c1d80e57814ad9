using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Network;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;
using Notices.Words;

namespace Notices.Public;

/// <summary>Puts many published notices straight into the tables.</summary>
internal static class PublicPress
{
    internal static readonly DateTimeOffset Start = Life.At("2026-12-01T08:00:00");

    /// <param name="shape">Changes the facts of each, by its place from 0.</param>
    /// <param name="say">The headline in a language.</param>
    internal static async Task PrintAsync(NoticesDb db, int count, Func<NoticeFacts, int, NoticeFacts>? shape = null, Func<int, string, string>? say = null)
    {
        var organisation = await db.Organisations.FirstAsync(o => o.Code == TestCounty.Code);
        var outages = Enumerable.Range(0, count).Select(i => new Outage { Number = $"JX-2026-9{i:0000}", OrganisationId = organisation.Id, Kind = OutageKind.Planned, Status = OutageStatus.Published }).ToList();
        db.AddRange(outages);
        await db.SaveChangesAsync();
        var rows = outages.ConvertAll(o => new ScheduledNotice { OutageId = o.Id, Type = NoticeType.Initial, Key = "Initial-1", DueAt = TestHost.Monday, State = ScheduledState.Published, Rule = "test", Source = "test" });
        db.AddRange(rows);
        await db.SaveChangesAsync();
        for (var i = 0; i < count; i++) db.Add(Notice(organisation, outages[i], rows[i], shape?.Invoke(Facts(organisation, outages[i], i), i) ?? Facts(organisation, outages[i], i), language => say?.Invoke(i, language) ?? Headline(i, language)));
        await db.SaveChangesAsync();
    }

    private static string Headline(int i, string language) => language == Languages.English ? $"Planned power cut: 10 kV line Chengguan {i:000}, Tue 1 Dec 08:00-18:00" : $"计划停电：10千伏城关{i:000}线12月1日（周二）08:00-18:00";

    private static NoticeFacts Facts(Organisation organisation, Outage outage, int i) => new()
    {
        Type = NoticeType.Initial,
        Kind = OutageKind.Planned,
        Number = outage.Number,
        Version = 1,
        PublishedAt = TestHost.Monday,
        TimeZone = "Asia/Shanghai",
        Organisation = new OrganisationFacts(organisation.Code, organisation.LocalName, organisation.LocalSignature, "95598", "12398", null),
        Feeders = [new FeederFacts($"JX-X{i:000}", new LocalText($"城关{i:000}线", $"Chengguan {i:000}"), 10)],
        Places = [.. Enumerable.Range(0, 8).Select(p => new PlaceFacts($"东街{i}-{p}村", "城关镇", EnglishName: $"Dongjie {i}-{p}"))],
        Windows = [new WindowFacts(Start, Start.AddHours(10), [])],
    };

    private static Notice Notice(Organisation organisation, Outage outage, ScheduledNotice due, NoticeFacts facts, Func<string, string> say)
    {
        var notice = new Notice
        {
            OutageId = outage.Id,
            OrganisationId = organisation.Id,
            ScheduledNoticeId = due.Id,
            Number = outage.Number,
            Version = 1,
            Identifier = $"{outage.Number}.1",
            Type = facts.Type,
            Kind = facts.Kind,
            PublishedAt = facts.PublishedAt,
            DueAt = facts.PublishedAt,
            ExpiresAt = Start.AddHours(11),
            Facts = JsonSerializer.Serialize(facts, Json.Stored),
        };
        foreach (var language in Languages.All) notice.Texts.Add(new NoticeText { Language = language, Medium = "feed", Headline = say(language), Body = say(language) + "\n\n" + say(language) });

        return notice;
    }
}
