using Notices.Outages;
using Notices.Words;

namespace Notices.Publishing;

/// <summary>Made-up notices, one for each way a short message may read: what is registered of the texts is made of them.</summary>
internal static class ExampleNotices
{
    private static readonly TimeSpan Offset = TimeSpan.FromHours(8);

    private static readonly DateTimeOffset Told = new(2026, 11, 23, 9, 0, 0, Offset);

    private static readonly WindowFacts Window = new(new(2026, 12, 1, 8, 0, 0, Offset), new(2026, 12, 1, 18, 0, 0, Offset), []);

    private static readonly WindowFacts Hours = new(Window.StartsAt.AddHours(1), Window.EndsAt.AddHours(1), []);

    private static readonly WindowFacts Another = new(Window.StartsAt.AddDays(2), Window.EndsAt.AddDays(2), []);

    /// <summary>Each notice of each kind that there is, in its variants; some a template does not tell apart.</summary>
    internal static IEnumerable<NoticeFacts> All() => Named().Select(one => one.Facts);

    /// <summary>Each with what is particular about it.</summary>
    internal static IEnumerable<(string Variant, NoticeFacts Facts)> Named() =>
        from type in Enum.GetValues<NoticeType>()
        where type != NoticeType.Announcement
        from kind in Enum.GetValues<OutageKind>()
        where type != NoticeType.Reminder || kind is not (OutageKind.Emergency or OutageKind.Fault)
        from one in Variants(Plain(type, kind))
        select one;

    /// <summary>A public text without an outage, and the same taken back.</summary>
    internal static IEnumerable<NoticeFacts> Announcements()
    {
        var told = Plain(NoticeType.Announcement, OutageKind.Planned) with
        {
            Kind = null,
            Number = "EX-2026-A00001",
            Feeders = [],
            Windows = [],
            Reason = null,
            PreviousPublishedAt = null,
            Title = new LocalText("安全用电提示", "Advice on the safe use of electricity"),
            Body = new LocalText("大风天气请远离线路。", "Keep away from lines in high wind."),
        };

        return [told, told with { Type = NoticeType.Cancelled, Version = 2, Body = null, PreviousPublishedAt = Told.AddDays(-1), ChangeReason = new LocalText("内容有误", "an error in the text") }];
    }

    /// <summary>Two plans that meet in one message.</summary>
    internal static IReadOnlyList<NoticeFacts> Meeting() => [Plain(NoticeType.Initial, OutageKind.Planned), Plain(NoticeType.Initial, OutageKind.Planned) with { Number = "2026-0002", Windows = [Another] }];

    private static NoticeFacts Plain(NoticeType type, OutageKind kind)
    {
        var sudden = kind is OutageKind.Emergency or OutageKind.Fault;
        var off = type is NoticeType.Started or NoticeType.Overrun or NoticeType.Restored || kind == OutageKind.Fault;
        var later = type is NoticeType.Started or NoticeType.Overrun or NoticeType.Restored;

        return new NoticeFacts
        {
            Type = type,
            Kind = kind,
            Number = "2026-0001",
            Version = type == NoticeType.Initial ? 1 : 2,
            PublishedAt = type == NoticeType.Overrun ? Window.EndsAt.AddMinutes(15) : type == NoticeType.Restored ? Window.EndsAt : later || kind == OutageKind.Fault ? Window.StartsAt.AddMinutes(5) : sudden ? Window.StartsAt.AddHours(-1) : Told,
            TimeZone = "Asia/Shanghai",
            Organisation = new OrganisationFacts("EX", new LocalText("示例县供电公司", "Example Power"), new LocalText("示例供电", "Example Power"), "95598", "12398", null),
            Feeders = [new FeederFacts("EX-F01", new LocalText("城关031线", "Chengguan 031"), 10)],
            Places = [new PlaceFacts("东街村", "城关镇", EnglishName: "Dongjie")],
            Windows = [Window],
            Reason = new LocalText("计划检修", "planned maintenance"),
            StartedAt = off ? Window.StartsAt : null,
            RestoredAt = type == NoticeType.Restored ? Window.EndsAt : null,
            ExpectedAt = type == NoticeType.Overrun ? Window.EndsAt.AddHours(2) : sudden ? Window.EndsAt : null,
            PreviousPublishedAt = type == NoticeType.Initial ? null : Told.AddDays(-1),
        };
    }

    private static IEnumerable<(string Variant, NoticeFacts Facts)> Variants(NoticeFacts plain)
    {
        var weather = new LocalText("天气原因", "weather");

        return
        [
            ("plain", plain),
            ("no-reason", plain with { Reason = null }),
            ("alternate", plain with { Windows = [Window with { AlternateStartsAt = Another.StartsAt, AlternateEndsAt = Another.EndsAt }] }),
            ("next-update", plain with { ExpectedAt = null, NextUpdateBy = plain.PublishedAt.AddHours(1) }),
            ("unconfirmed", plain with { ExpectedAt = null, NextUpdateBy = plain.PublishedAt.AddHours(1), Unconfirmed = true }),
            ("because", plain with { ChangeReason = weather }),
            ("other-hours", plain with { PreviousWindows = [Window], Windows = [Hours] }),
            ("other-hours-because", plain with { PreviousWindows = [Window], Windows = [Hours], ChangeReason = weather }),
            ("other-day", plain with { PreviousWindows = [Window], Windows = [Another] }),
            ("other-day-because", plain with { PreviousWindows = [Window], Windows = [Another], ChangeReason = weather }),
            ("same-times", plain with { PreviousWindows = [Window] }),
            ("late-start", plain with { LateStart = true }),
            ("part-restored", plain with { RestoredParts = ["东街村"] }),
            ("days-notice", plain with { Version = 3, NoticeDays = 7 }),
            ("just-started", plain with { StartedAt = plain.PublishedAt.AddMinutes(-10), PublishedAt = plain.PublishedAt }),
        ];
    }
}
