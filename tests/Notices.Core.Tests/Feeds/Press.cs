using System.Globalization;
using System.Text.Json;
using Notices.Announcements;
using Notices.Network;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;
using Notices.Words;

namespace Notices.Feeds;

/// <summary>Puts published notices straight into the tables, with plain texts.</summary>
internal sealed class Press(NoticesDb db)
{
    internal static readonly DateTimeOffset Start = new(2026, 12, 1, 8, 0, 0, TimeSpan.FromHours(8));
    internal static readonly DateTimeOffset Morning = new(2026, 11, 23, 9, 0, 0, TimeSpan.FromHours(8));
    internal static readonly WindowFacts Day = new(Start, Start.AddHours(10), []);
    internal static readonly WindowFacts LaterDay = new(Start.AddDays(8), Start.AddDays(8).AddHours(10), []);

    internal string Place { get; set; } = "城关镇东街村";

    internal async Task<Organisation> OrganisationAsync(string code = "JX", Organisation? parent = null, string? adcode = "130121")
    {
        var organisation = new Organisation { Code = code, Name = "国网井陉县供电公司", NameEn = "Jingxing Power", Level = OrganisationLevel.County, TimeZone = "Asia/Shanghai", Adcode = adcode, ParentId = parent?.Id };
        db.Add(organisation);
        await db.SaveChangesAsync();
        organisation.Path = string.Create(CultureInfo.InvariantCulture, $"{parent?.Path ?? "/"}{organisation.Id}/");
        await db.SaveChangesAsync();

        return organisation;
    }

    internal async Task<Outage> OutageAsync(Organisation organisation, OutageKind kind = OutageKind.Planned, string? number = null)
    {
        var outage = new Outage { Number = number ?? $"JX-2026-{db.Outages.Count() + 1:0000}", OrganisationId = organisation.Id, Kind = kind, Status = OutageStatus.Published };
        db.Add(outage);
        await db.SaveChangesAsync();

        return outage;
    }

    internal async Task<Notice> NoticeAsync(
        Outage outage, NoticeType type = NoticeType.Initial, DateTimeOffset? at = null, DateTimeOffset? expires = null, Func<NoticeFacts, NoticeFacts>? facts = null)
    {
        var organisation = await db.Organisations.FindAsync(outage.OrganisationId);
        var version = db.Notices.Count(n => n.OutageId == outage.Id) + 1;
        var said = Facts(organisation!, outage, type, version, at ?? Morning);
        said = facts?.Invoke(said) ?? said;
        var due = new ScheduledNotice { OutageId = outage.Id, Type = type, Key = $"{type}-{version}", DueAt = said.PublishedAt, State = ScheduledState.Published, Rule = "test", Source = "test" };
        db.Add(due);
        await db.SaveChangesAsync();
        var notice = new Notice
        {
            OutageId = outage.Id,
            OrganisationId = outage.OrganisationId,
            ScheduledNoticeId = due.Id,
            Number = outage.Number,
            Version = version,
            Identifier = $"{outage.Number}.{version}",
            Type = type,
            Kind = outage.Kind,
            PublishedAt = said.PublishedAt,
            DueAt = said.PublishedAt,
            ExpiresAt = expires ?? LaterDay.EndsAt.AddMinutes(1),
            Facts = JsonSerializer.Serialize(said, Json.Stored),
        };
        notice.Texts.Add(new NoticeText { Language = Languages.Chinese, Medium = "feed", Headline = $"{type}：10千伏城关031线停电，{Place}", Body = $"因更换开关，10千伏城关031线停电。\n停电区域：{Place}。请始终视线路带电。" });
        notice.Texts.Add(new NoticeText { Language = Languages.English, Medium = "feed", Headline = $"{type}: power cut, line Chengguan 031, {Place}", Body = $"Line Chengguan 031 is switched off.\nArea: {Place}. Treat lines as live." });
        notice.Texts.Add(new NoticeText { Language = Languages.English, Medium = "crawl", Headline = "crawl", Body = "crawl" });
        db.Add(notice);
        await db.SaveChangesAsync();

        return notice;
    }

    internal async Task<Notice> AnnouncementAsync(Organisation organisation)
    {
        var announcement = new Announcement { Number = "JX-A-1", OrganisationId = organisation.Id, Title = new("电价调整", "New tariff"), Body = new("自一月起", "From January"), Status = AnnouncementStatus.Published };
        db.Add(announcement);
        await db.SaveChangesAsync();
        var due = new ScheduledNotice { AnnouncementId = announcement.Id, Type = NoticeType.Announcement, Key = "a", DueAt = Morning, Rule = "test", Source = "test" };
        db.Add(due);
        await db.SaveChangesAsync();
        var facts = new NoticeFacts { Type = NoticeType.Announcement, Number = announcement.Number, Version = 1, PublishedAt = Morning, TimeZone = "Asia/Shanghai", Organisation = Says(organisation), Title = announcement.Title, Body = announcement.Body };
        var notice = new Notice
        {
            AnnouncementId = announcement.Id,
            OrganisationId = organisation.Id,
            ScheduledNoticeId = due.Id,
            Number = announcement.Number,
            Version = 1,
            Identifier = "JX-A-1.1",
            Type = NoticeType.Announcement,
            PublishedAt = Morning,
            DueAt = Morning,
            ExpiresAt = Morning.AddDays(30),
            Facts = JsonSerializer.Serialize(facts, Json.Stored),
        };
        notice.Texts.Add(new NoticeText { Language = Languages.Chinese, Medium = "feed", Headline = "电价调整", Body = "自一月起" });
        notice.Texts.Add(new NoticeText { Language = Languages.English, Medium = "feed", Headline = "New tariff", Body = "From January" });
        db.Add(notice);
        await db.SaveChangesAsync();

        return notice;
    }

    private NoticeFacts Facts(Organisation organisation, Outage outage, NoticeType type, int version, DateTimeOffset at)
    {
        var sudden = outage.Kind is OutageKind.Fault;
        var facts = new NoticeFacts
        {
            Type = type,
            Kind = outage.Kind,
            Number = outage.Number,
            Version = version,
            PublishedAt = at,
            TimeZone = "Asia/Shanghai",
            Organisation = Says(organisation),
            Feeders = [new FeederFacts("JX-F03", new("城关031线", "Chengguan 031"), 10)],
            Places = [new PlaceFacts(Place)],
            Windows = sudden ? [] : [Day],
            StartedAt = sudden ? at.AddMinutes(-5) : null,
            NextUpdateBy = sudden ? at.AddHours(2) : null,
            Reason = new("更换开关", "replacing a switch"),
            Customers = 1200,
        };

        return type switch
        {
            NoticeType.Changed => facts with { Windows = [LaterDay], PreviousWindows = [Day] },
            NoticeType.Postponed or NoticeType.Cancelled => facts with { Windows = [], PreviousWindows = [Day] },
            NoticeType.Started => facts with { StartedAt = at },
            NoticeType.Overrun => facts with { StartedAt = at.AddHours(-10), ExpectedAt = at.AddHours(2) },
            NoticeType.Restored => facts with { StartedAt = at.AddHours(-10), RestoredAt = at },
            _ => facts,
        };
    }

    private static OrganisationFacts Says(Organisation organisation) =>
        new(organisation.Code, organisation.LocalName, organisation.LocalSignature, "95598", "12398", organisation.Adcode is { } code ? code + "000000" : null);
}
