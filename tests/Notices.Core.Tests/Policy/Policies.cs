using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Xunit;

namespace Notices.Tests.Policy;

/// <summary>The shipped policies, and plans to try them on.</summary>
internal static class Policies
{
    internal static readonly string ConfigFolder = Path.Combine(Testing.Repository.Root, "config");

    internal static readonly PolicyOptions China = Load("cn");
    internal static readonly PolicyOptions Britain = Load("gb");
    internal static readonly PolicyOptions Australia = Load("au");

    internal static readonly WorkingCalendar Shijiazhuang = China.CalendarIn(TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"));
    internal static readonly WorkingCalendar London = Britain.CalendarIn(TimeZoneInfo.FindSystemTimeZoneById("Europe/London"));
    internal static readonly WorkingCalendar Sydney = Australia.CalendarIn(TimeZoneInfo.FindSystemTimeZoneById("Australia/Sydney"));

    internal static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    internal static PlannedWindow Window(string start, string end, string? alternateStart = null, string? alternateEnd = null, short ordinal = 0) =>
        new(ordinal, At(start), At(end), alternateStart is null ? null : At(alternateStart), alternateEnd is null ? null : At(alternateEnd));

    internal static PlannedOutage Plan(OutageKind kind, string approvedAt, params PlannedWindow[] windows) => new()
    {
        Kind = kind,
        Status = OutageStatus.Approved,
        ApprovedAt = At(approvedAt),
        Windows = windows,
        Places = ["城关镇东街村"],
    };

    /// <summary>What is published when a due notice goes out with the plan as it stands.</summary>
    internal static Told Published(this DueNotice notice, PlannedOutage plan, DateTimeOffset? at = null) =>
        new(notice.Type, notice.Key, at ?? notice.DueAt, plan.Windows, plan.Places, plan.ExpectedAt, plan.NextUpdateBy);

    internal static DueNotice The(this DueSchedule schedule, NoticeType type) => Assert.Single(schedule.Notices, notice => notice.Type == type);

    internal static DueNotice? Find(this DueSchedule schedule, NoticeType type) => schedule.Notices.FirstOrDefault(notice => notice.Type == type);

    private static PolicyOptions Load(string jurisdiction)
    {
        var result = PolicyFile.Load(ConfigFolder, jurisdiction);
        Assert.Empty(result.Problems);

        return result.Value!;
    }
}
