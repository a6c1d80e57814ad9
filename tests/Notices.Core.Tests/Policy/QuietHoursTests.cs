using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Xunit;
using static Notices.Tests.Policy.Policies;

namespace Notices.Tests.Policy;

public sealed class QuietHoursTests
{
    private static readonly QuietHours Night = new(China.QuietHours, Shijiazhuang);
    private static readonly DateTimeOffset Late = At("2026-11-30T22:30+08:00");
    private static readonly DateTimeOffset Morning = At("2026-12-01T07:00+08:00");

    [Theory]
    [InlineData("2026-11-30T20:59:59+08:00", false)]
    [InlineData("2026-11-30T21:00:00+08:00", true)]
    [InlineData("2026-12-01T06:59:59+08:00", true)]
    [InlineData("2026-12-01T07:00:00+08:00", false)]
    public void Reminders_wait_from_21_to_7(string now, bool waits) =>
        Assert.Equal(waits ? Morning : At(now), Night.Release(At(now), NoticeType.Reminder, OutageKind.Planned, 2, At("2026-12-01T22:00+08:00")));

    [Theory]
    [InlineData(NoticeType.Changed)]
    [InlineData(NoticeType.Cancelled)]
    [InlineData(NoticeType.Postponed)]
    [InlineData(NoticeType.Overrun)]
    public void A_correction_never_waits_from_two_hours_before_the_start(NoticeType type)
    {
        Assert.Equal(Late, Night.Release(Late, type, OutageKind.Planned, 2, Late.AddHours(2)));
        Assert.Equal(Late.AddHours(1), Night.Release(Late, type, OutageKind.Planned, 2, Late.AddHours(3)));
        Assert.Equal(Morning, Night.Release(Late, type, OutageKind.Planned, 2, Late.AddDays(3)));
        Assert.Equal(Late, Night.Release(Late, type, OutageKind.Planned, 2, Late.AddHours(-5)));
    }

    [Fact]
    public void A_fault_at_night_goes_to_tiers_0_and_1_and_to_those_who_asked()
    {
        Assert.Equal(Late, Night.Release(Late, NoticeType.Initial, OutageKind.Fault, 0));
        Assert.Equal(Late, Night.Release(Late, NoticeType.Initial, OutageKind.Fault, 1));
        Assert.Equal(Morning, Night.Release(Late, NoticeType.Initial, OutageKind.Fault, 2));
        Assert.Equal(Late, Night.Release(Late, NoticeType.Initial, OutageKind.Fault, 2, optedIn: true));
    }

    [Fact]
    public void Emergencies_never_wait() => Assert.Equal(Late, Night.Release(Late, NoticeType.Initial, OutageKind.Emergency, 2, Morning));

    [Fact]
    public void A_statutory_notice_waits_only_while_the_personal_deadline_allows()
    {
        var start = At("2026-12-08T08:00+08:00");

        Assert.Equal(Morning, Night.Release(Late, NoticeType.Initial, OutageKind.Planned, 2, start));
        Assert.Equal(Morning, Night.Release(Late, NoticeType.Initial, OutageKind.Temporary, 1, start, Morning));
        Assert.Equal(Late, Night.Release(Late, NoticeType.Initial, OutageKind.Temporary, 1, start, Morning.AddTicks(-1)));
        Assert.Equal(Late, Night.Release(Late, NoticeType.Initial, OutageKind.Planned, 2, Morning));
    }

    [Fact]
    public void Quiet_hours_end_by_the_local_clock_in_the_night_the_clocks_change() =>
        Assert.Equal(
            At("2026-03-29T07:00+01:00"),
            new QuietHours(Britain.QuietHours, London).Release(At("2026-03-28T23:00Z"), NoticeType.Reminder, OutageKind.Planned, 2, At("2026-03-30T09:00+01:00")));

    [Theory]
    [InlineData("2026-06-07T08:00+08:00", "2026-06-07T18:00+08:00", true)]
    [InlineData("2026-06-09T20:00+08:00", "2026-06-10T02:00+08:00", true)]
    [InlineData("2027-06-08T08:00+08:00", "2027-06-08T09:00+08:00", true)]
    [InlineData("2026-06-06T08:00+08:00", "2026-06-07T00:00+08:00", false)]
    [InlineData("2026-06-10T00:00+08:00", "2026-06-10T09:00+08:00", false)]
    [InlineData("2027-02-16T08:00+08:00", "2027-02-16T09:00+08:00", false)] // the festival of 2026 only
    public void A_window_in_the_days_of_the_entrance_examination_warns(string start, string end, bool warns)
    {
        var warnings = ProtectedPeriods.Check([Window(start, end)], China, Shijiazhuang);

        Assert.Equal(warns, warnings.Count == 1);
        Assert.All(warnings, warning => Assert.Equal(("protected-period", "windows[0].startsAt", ProblemKind.Warning), (warning.Code, warning.Field, warning.Kind)));
    }
}
