using Notices.Outages;
using Notices.Policy;
using Xunit;
using static Notices.Tests.Policy.Policies;

namespace Notices.Tests.Policy;

public sealed class WorkingCalendarTests
{
    private static readonly LeadTimeRule SevenClearDays = new(OutageKind.Planned, NoticeAudience.Public, new Lead(7, LeadUnit.ClearDays), null, "art. 28(1)");

    [Theory]
    [InlineData("2026-12-01T08:00+08:00", "2026-11-24T00:00+08:00")] // out by the end of 23 November
    [InlineData("2026-12-01T00:00+08:00", "2026-11-24T00:00+08:00")]
    [InlineData("2026-11-30T23:59+08:00", "2026-11-23T00:00+08:00")]
    [InlineData("2026-11-30T16:00Z", "2026-11-24T00:00+08:00")] // 1 December on the local clock
    public void A_planned_outage_is_announced_seven_clear_days_ahead(string start, string latest) =>
        Assert.Equal(At(latest), SevenClearDays.LatestNotice(At(start), Shijiazhuang));

    [Fact]
    public void The_deadline_itself_is_in_time_and_the_next_tick_is_not()
    {
        var start = At("2026-12-01T08:00+08:00");
        var deadline = At("2026-11-24T00:00+08:00");

        Assert.Null(SevenClearDays.Check(deadline, start, Shijiazhuang));
        Assert.Equal("lead-time-too-short", SevenClearDays.Check(deadline.AddTicks(1), start, Shijiazhuang)!.Code);
    }

    [Theory]
    [InlineData("2026-03-29T01:30", "2026-03-29T01:00Z", true)] // the clocks go forward at 01:00
    [InlineData("2026-03-29T01:00", "2026-03-29T01:00Z", true)]
    [InlineData("2026-03-29T02:00", "2026-03-29T01:00Z", false)]
    [InlineData("2026-10-25T01:30", "2026-10-25T00:30Z", false)] // twice: the first, summer time
    [InlineData("2026-10-25T02:00", "2026-10-25T02:00Z", false)]
    public void In_London_a_time_that_does_not_exist_is_the_last_instant_before_the_gap_and_a_double_one_the_first(string local, string instant, bool before) =>
        Assert.Equal(At(instant).AddTicks(before ? -1 : 0), London.Resolve(DateTime.Parse(local, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("2026-10-04T02:30", "2026-10-03T16:00Z", true)]
    [InlineData("2026-04-05T02:30", "2026-04-04T15:30Z", false)]
    public void In_Sydney_too(string local, string instant, bool before) =>
        Assert.Equal(At(instant).AddTicks(before ? -1 : 0), Sydney.Resolve(DateTime.Parse(local, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Hours_are_elapsed_hours_across_a_change_of_the_clocks()
    {
        var deadline = London.Back(At("2026-03-29T12:00+01:00"), new Lead(24, LeadUnit.Hours));

        Assert.Equal(At("2026-03-28T11:00Z"), deadline);
        Assert.Equal(TimeSpan.Zero, deadline.Offset);
    }

    [Theory]
    [InlineData("2026-12-11T09:00+11:00", "2026-12-07T00:00+11:00")] // Friday: Thu, Wed, Tue, Mon
    [InlineData("2026-12-14T09:00+11:00", "2026-12-08T00:00+11:00")] // Monday: over the weekend
    [InlineData("2026-12-30T09:00+11:00", "2026-12-22T00:00+11:00")] // 25th and 28th are holidays: Tue 29, Thu 24, Wed 23, Tue 22
    public void Four_business_days_skip_weekends_and_holidays(string start, string latest) =>
        Assert.Equal(At(latest), Sydney.Back(At(start), new Lead(4, LeadUnit.BusinessDays)));

    [Fact]
    public void A_weekend_day_made_up_for_a_holiday_is_a_business_day()
    {
        Assert.True(Shijiazhuang.IsBusinessDay(new DateOnly(2026, 2, 14)));
        Assert.False(Shijiazhuang.IsBusinessDay(new DateOnly(2026, 2, 16)));
        Assert.False(Shijiazhuang.IsBusinessDay(new DateOnly(2026, 2, 21)));
        Assert.Equal(At("2026-02-13T00:00+08:00"), Shijiazhuang.Back(At("2026-02-24T08:00+08:00"), new Lead(2, LeadUnit.BusinessDays)));
    }

    [Fact]
    public void Business_days_beyond_the_holiday_file_are_flagged()
    {
        var fourDays = new Lead(4, LeadUnit.BusinessDays);

        Assert.False(Sydney.IsUnsure(At("2027-01-01T09:00+11:00"), fourDays));
        Assert.True(Sydney.IsUnsure(At("2027-01-02T09:00+11:00"), fourDays));
        Assert.False(Sydney.IsUnsure(At("2027-06-02T09:00+10:00"), new Lead(4, LeadUnit.ClearDays)));
    }
}
