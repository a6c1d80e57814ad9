using System.Globalization;
using Notices.Outages;
using Notices.Words;
using Xunit;

namespace Notices.Publishing;

/// <summary>Notices of every type and kind, the awkward ones among them.</summary>
internal static class NoticeFixtures
{
    public static readonly OrganisationFacts Jingxing = new(
        "JX", new LocalText("国网井陉县供电公司", "Jingxing Power"), new LocalText("国网井陉供电", "JX Power"), "95598", "12398", "130121");

    public static readonly PlaceFacts East = new("东街村", "城关镇", EnglishName: "Dongjie");
    public static readonly PlaceFacts West = new("西街村", "城关镇", EnglishName: "Xijie");
    public static readonly PlaceFacts South = new("南关村", "城关镇", EnglishName: "Nanguan");

    private static readonly LocalText Weather = new("天气原因", "weather");

    /// <summary>The repository's root, where templates/ is.</summary>
    public static string Home { get; } = Testing.Repository.Root;

    public static NoticeRenderer Renderer { get; } = new(new TemplateFiles(Home));

    /// <summary>The planned outage of the samples: 1 December, told on 23 November.</summary>
    public static NoticeFacts Planned { get; } = new()
    {
        Type = NoticeType.Initial,
        Kind = OutageKind.Planned,
        Number = "2026-1187",
        Version = 1,
        PublishedAt = At("2026-11-23T09:00"),
        TimeZone = "Asia/Shanghai",
        Organisation = Jingxing,
        Feeders = [new FeederFacts("JX-F03", new LocalText("城关031线", "Chengguan 031"), 10)],
        Places = [East, West],
        Windows = [Window("2026-12-01T08:00", "2026-12-01T18:00")],
        Reason = new LocalText("计划检修", "planned maintenance"),
        Work = new LocalText("更换开关", "replacing a switch"),
        Customers = 1200,
    };

    public static NoticeFacts Temporary { get; } = Planned with
    {
        Kind = OutageKind.Temporary,
        Windows = [Window("2026-11-25T12:00", "2026-11-25T17:00")],
        Reason = new LocalText("临时检修", "short-notice maintenance"),
    };

    public static NoticeFacts Rationing { get; } = Planned with { Kind = OutageKind.Rationing, Reason = null, Work = null };

    public static NoticeFacts Emergency { get; } = Planned with
    {
        Kind = OutageKind.Emergency,
        PublishedAt = At("2026-11-24T14:50"),
        Windows = [Window("2026-11-24T15:30", "2026-11-24T19:30")],
        Reason = new LocalText("紧急消缺", "urgent repair"),
        Work = null,
        ExpectedAt = At("2026-11-24T19:30"),
    };

    public static NoticeFacts Fault { get; } = Planned with
    {
        Kind = OutageKind.Fault,
        PublishedAt = At("2026-11-25T02:20"),
        Windows = [],
        StartedAt = At("2026-11-25T02:10"),
        NextUpdateBy = At("2026-11-25T04:00"),
        Reason = new LocalText("大风", "strong wind"),
        Work = null,
        Places = [East, West, South],
    };

    public static NoticeFacts Changed { get; } = Planned with
    {
        Type = NoticeType.Changed,
        Version = 2,
        PublishedAt = At("2026-11-28T09:00"),
        ChangeReason = Weather,
        PreviousPublishedAt = At("2026-11-23T09:00"),
        PreviousWindows = Planned.Windows,
        Windows = [Window("2026-12-09T08:00", "2026-12-09T18:00")],
    };

    public static NoticeFacts LateStart { get; } = Planned with
    {
        Type = NoticeType.Changed,
        Version = 3,
        PublishedAt = At("2026-12-01T08:15"),
        PreviousPublishedAt = At("2026-11-23T09:00"),
        PreviousWindows = Planned.Windows,
        LateStart = true,
    };

    public static NoticeFacts Postponed { get; } = Planned with
    {
        Type = NoticeType.Postponed,
        Version = 2,
        PublishedAt = At("2026-12-01T06:30"),
        ChangeReason = Weather,
        PreviousWindows = Planned.Windows,
        Windows = [],
        NoticeDays = 7,
    };

    public static NoticeFacts Corrected { get; } = Planned with
    {
        Type = NoticeType.Corrected,
        Version = 2,
        PublishedAt = At("2026-11-24T10:00"),
        PreviousPublishedAt = At("2026-11-23T09:00"),
        PreviousWindows = Planned.Windows,
    };

    public static NoticeFacts Reminder { get; } = Planned with { Type = NoticeType.Reminder, Version = 2, PublishedAt = At("2026-11-30T08:00") };

    public static NoticeFacts Started { get; } = Planned with { Type = NoticeType.Started, Version = 3, PublishedAt = At("2026-12-01T08:05"), StartedAt = At("2026-12-01T08:02") };

    public static NoticeFacts Overrun { get; } = Planned with { Type = NoticeType.Overrun, Version = 3, PublishedAt = At("2026-12-01T17:50"), ExpectedAt = At("2026-12-01T20:00") };

    public static NoticeFacts Restored { get; } = Planned with
    {
        Type = NoticeType.Restored,
        Version = 4,
        PublishedAt = At("2026-12-01T16:45"),
        StartedAt = At("2026-12-01T08:02"),
        RestoredAt = At("2026-12-01T16:40"),
    };

    public static NoticeFacts Cancelled { get; } = Planned with { Type = NoticeType.Cancelled, Version = 2, PublishedAt = At("2026-11-28T09:00") };

    public static NoticeFacts Announcement { get; } = new()
    {
        Type = NoticeType.Announcement,
        Number = "G-2026-12",
        Version = 1,
        PublishedAt = At("2026-11-23T09:00"),
        TimeZone = "Asia/Shanghai",
        Organisation = Jingxing,
        Title = new LocalText("冬季安全用电提示", "Using electricity safely in winter"),
        Body = new LocalText("取暖设备请勿靠近易燃物。发现线路落地，请远离8米以上。", "Keep heaters away from anything that burns. Stay 8 metres away from fallen wires."),
    };

    /// <summary>Every fixture by name.</summary>
    public static IReadOnlyDictionary<string, NoticeFacts> All { get; } = Build();

    public static TheoryData<string> Names => [.. All.Keys];

    public static DateTimeOffset At(string local) => DateTimeOffset.Parse(local + "+08:00", CultureInfo.InvariantCulture);

    public static WindowFacts Window(string start, string end) => new(At(start), At(end), []);

    public static RenderedText Text(NoticeFacts facts, string language, TemplateMedium medium)
    {
        var result = Renderer.Render(facts, language, medium);
        Assert.True(result.Ok, string.Join("; ", result.Problems));

        return result.Value!;
    }

    /// <summary>As the recipient in Dongjie with account 1234 reads it.</summary>
    public static string Filled(NoticeFacts facts, string language, TemplateMedium medium) =>
        PersonalText.Fill(Text(facts, language, medium).Text, facts.Places.Count > 0 ? facts.Places[0].In(language) : "", "1234");

    private static Dictionary<string, NoticeFacts> Build()
    {
        var fixtures = new Dictionary<string, NoticeFacts>(StringComparer.Ordinal);
        foreach (var (kind, first) in new[] { ("planned", Planned), ("temporary", Temporary), ("rationing", Rationing) })
        {
            foreach (var story in new[] { Planned, Changed, Postponed, Corrected, Reminder, Started, Overrun, Restored, Cancelled })
                fixtures[$"{story.Type} {kind}"] = story with { Kind = first.Kind, Reason = first.Reason, Work = first.Work };
        }

        foreach (var (kind, first) in new[] { ("emergency", Emergency), ("fault", Fault) })
        {
            fixtures[$"Initial {kind}"] = first;
            foreach (var story in new[] { Changed, Corrected, Started, Overrun, Restored, Cancelled })
                fixtures[$"{story.Type} {kind}"] = first with
                {
                    Type = story.Type,
                    Version = 2,
                    PublishedAt = first.PublishedAt.AddMinutes(45),
                    StartedAt = first.StartedAt ?? At("2026-11-24T15:30"),
                    RestoredAt = story.RestoredAt is null ? null : first.PublishedAt.AddMinutes(40),
                    PreviousPublishedAt = first.PublishedAt,
                };
        }

        fixtures["Announcement"] = Announcement;
        fixtures["Announcement withdrawn"] = Announcement with
        {
            Type = NoticeType.Cancelled,
            Version = 2,
            PublishedAt = At("2026-11-24T09:00"),
            Body = null,
            PreviousPublishedAt = At("2026-11-23T09:00"),
            ChangeReason = Weather,
        };
        fixtures["emergency over a planned one"] = Emergency with { Overlapped = [new OverlappedFacts("2026-1187", PlannedFate.Postponed, [Window("2026-11-24T08:00", "2026-11-24T18:00")])] };
        fixtures["fault over planned ones"] = Fault with
        {
            Overlapped =
            [
                new OverlappedFacts("2026-1187", PlannedFate.Stays, [Window("2026-11-25T08:00", "2026-11-25T18:00")]),
                new OverlappedFacts("2026-1188", PlannedFate.Cancelled, [Window("2026-11-25T09:00", "2026-11-25T11:00")]),
            ],
        };
        Awkward(fixtures);

        return fixtures;
    }

    private static void Awkward(Dictionary<string, NoticeFacts> fixtures)
    {
        fixtures["five windows"] = Planned with
        {
            Windows =
            [
                Window("2026-12-01T08:00", "2026-12-01T10:00"), Window("2026-12-01T14:00", "2026-12-01T18:00"), Window("2026-12-03T08:00", "2026-12-03T12:00"),
                Window("2026-12-05T13:00", "2026-12-05T17:30"), Window("2026-12-08T08:00", "2026-12-08T18:00"),
            ],
        };
        fixtures["four days alike"] = Planned with { Windows = [.. Enumerable.Range(1, 4).Select(day => Window($"2026-12-0{day}T08:00", $"2026-12-0{day}T18:00"))] };
        fixtures["by windows of parts"] = Planned with
        {
            Windows = [Window("2026-12-01T08:00", "2026-12-01T12:00") with { Places = ["东街村"] }, Window("2026-12-01T13:00", "2026-12-01T17:00") with { Places = ["西街村"] }],
        };
        fixtures["thirty places"] = Planned with { Places = [.. Enumerable.Range(1, 30).Select(number => new PlaceFacts($"第{number}村", number < 15 ? "城关镇" : "微水镇", EnglishName: $"Village {number}"))] };
        fixtures["midnight end"] = Planned with { Windows = [Window("2026-12-01T18:00", "2026-12-02T00:00")] };
        fixtures["over midnight"] = Planned with { Windows = [Window("2026-12-01T22:00", "2026-12-02T06:00")] };
        fixtures["alternate day"] = Planned with { Windows = [Window("2026-12-01T08:00", "2026-12-01T18:00") with { AlternateStartsAt = At("2026-12-03T08:00"), AlternateEndsAt = At("2026-12-03T18:00") }] };
        fixtures["section"] = Planned with { Sections = ["13号杆开关以下"] };
        fixtures["twelve feeders"] = Planned with { Feeders = [.. Enumerable.Range(31, 12).Select(number => new FeederFacts($"F{number}", new LocalText($"城关0{number}线", $"Chengguan 0{number}"), 10))] };
        fixtures["no reason"] = Planned with { Reason = null, Work = null };
        fixtures["emergency under way"] = Emergency with { PublishedAt = At("2026-11-24T15:40"), StartedAt = At("2026-11-24T15:30"), ExpectedAt = null, NextUpdateBy = At("2026-11-24T18:00") };
        fixtures["fault over midnight"] = Fault with { PublishedAt = At("2026-11-25T23:40"), StartedAt = At("2026-11-25T23:30"), NextUpdateBy = At("2026-11-26T01:30") };
        fixtures["fault of places"] = Fault with { Feeders = [], Places = [East] };
        fixtures["same day changed"] = Changed with { Windows = [Window("2026-12-01T09:00", "2026-12-01T20:00")] };
        fixtures["late start"] = LateStart;
        fixtures["late start of an emergency"] = Emergency with { Type = NoticeType.Changed, Version = 2, PublishedAt = At("2026-11-24T15:45"), StartedAt = At("2026-11-24T15:30"), LateStart = true };
        fixtures["wider"] = Changed with { Windows = Planned.Windows };
        fixtures["overrun unconfirmed"] = Overrun with { PublishedAt = At("2026-12-01T18:15"), Unconfirmed = true, ExpectedAt = null, NextUpdateBy = At("2026-12-01T19:00") };
        fixtures["restored in part"] = Restored with { RestoredParts = ["东街1号台区", "东街2号台区"] };
        fixtures["London"] = Planned with { TimeZone = "Europe/London", FeederOptional = true, Feeders = [] };
    }
}
