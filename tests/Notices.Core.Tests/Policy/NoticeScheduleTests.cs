using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Xunit;
using static Notices.Tests.Policy.Policies;

namespace Notices.Tests.Policy;

public sealed class NoticeScheduleTests
{
    private static readonly PlannedWindow FirstOfDecember = Window("2026-12-01T08:00+08:00", "2026-12-01T18:00+08:00");

    [Theory]
    [InlineData("2026-11-18T10:00+08:00", "2026-11-23T09:00+08:00", false)] // the last 09:00 before 24 November
    [InlineData("2026-11-23T08:59+08:00", "2026-11-23T09:00+08:00", false)]
    [InlineData("2026-11-23T09:01+08:00", "2026-11-23T09:01+08:00", false)] // the hour has passed, the deadline has not: at once
    [InlineData("2026-11-24T00:00+08:00", "2026-11-24T00:00+08:00", false)] // the deadline itself is in time
    [InlineData("2026-11-24T00:01+08:00", "2026-11-24T00:01+08:00", true)]
    public void A_planned_outage_is_published_at_the_last_nine_o_clock_before_its_deadline(string approved, string due, bool late)
    {
        var first = Schedule(Plan(OutageKind.Planned, approved, FirstOfDecember)).The(NoticeType.Initial);

        Assert.Equal((At(due), At("2026-11-24T00:00+08:00"), late), (first.DueAt, first.Deadline!.Value, first.Late));
        Assert.Equal(FirstOfDecember.EndsAt, first.ExpiresAt);
        Assert.Contains("第二十八条", first.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void A_notice_that_could_not_leave_before_its_deadline_is_late_whatever_its_moment() =>
        Assert.True(Schedule(Plan(OutageKind.Planned, "2026-11-18T10:00+08:00", FirstOfDecember), now: "2026-11-24T03:00+08:00").The(NoticeType.Initial).Late);

    [Fact]
    public void A_temporary_outage_tells_public_and_key_customers_24_hours_ahead()
    {
        var plan = Plan(OutageKind.Temporary, "2026-11-23T16:00+08:00", Window("2026-11-25T12:00+08:00", "2026-11-25T17:00+08:00")) with { HasKeyCustomers = true };
        var schedule = Schedule(plan);
        var late = Schedule(plan with { ApprovedAt = At("2026-11-24T12:30+08:00") }).The(NoticeType.Initial);

        Assert.Equal((At("2026-11-24T09:00+08:00"), At("2026-11-24T12:00+08:00")), (schedule.The(NoticeType.Initial).DueAt, schedule.The(NoticeType.Initial).Deadline!.Value));
        Assert.Equal(At("2026-11-24T12:00+08:00"), Assert.Single(schedule.Moments, moment => moment.Kind == MomentKind.PersonalDeadline).DueAt);
        Assert.True(late.Late);
        Assert.Equal([NoticeAudience.KeyCustomers], late.LateFor);
    }

    [Fact]
    public void Reminders_come_a_day_ahead_for_all_and_half_an_hour_for_key_customers_who_asked()
    {
        var reminders = Schedule(Plan(OutageKind.Planned, "2026-11-18T10:00+08:00", FirstOfDecember) with { HasKeyCustomers = true })
            .Notices.Where(notice => notice.Type == NoticeType.Reminder).ToList();

        Assert.Equal(
            [(At("2026-11-30T08:00+08:00"), NoticeAudience.Everyone, false), (At("2026-12-01T07:30+08:00"), NoticeAudience.KeyCustomersWhoAsked, false)],
            reminders.Select(reminder => (reminder.DueAt, reminder.Audience!.Value, reminder.Skipped)));
    }

    [Fact]
    public void A_reminder_whose_moment_has_passed_at_approval_is_kept_as_skipped()
    {
        var plan = Plan(OutageKind.Temporary, "2026-11-30T20:00+08:00", FirstOfDecember);

        Assert.True(Assert.Single(Schedule(plan).Notices, notice => notice.Type == NoticeType.Reminder).Skipped);
    }

    [Fact]
    public void Each_window_starts_and_only_the_last_end_can_overrun()
    {
        var schedule = Schedule(Plan(
            OutageKind.Planned, "2026-11-18T10:00+08:00", Window("2026-12-01T08:00+08:00", "2026-12-01T10:00+08:00", ordinal: 1), Window("2026-12-01T14:00+08:00", "2026-12-01T18:00+08:00", ordinal: 2)));

        Assert.Equal([At("2026-12-01T08:00+08:00"), At("2026-12-01T14:00+08:00")], schedule.Notices.Where(notice => notice.Type == NoticeType.Started).Select(notice => notice.DueAt));
        Assert.Equal([(short)1, (short)2], schedule.Notices.Where(notice => notice.Type == NoticeType.Started).Select(notice => notice.WindowOrdinal!.Value));
        Assert.Equal(At("2026-12-01T18:15+08:00"), schedule.The(NoticeType.Overrun).DueAt);
        Assert.Equal(
            [At("2026-12-01T17:30+08:00"), At("2026-12-01T17:50+08:00"), At("2026-12-01T18:10+08:00")],
            schedule.Moments.Where(moment => moment.Kind is MomentKind.AskOwner or MomentKind.AskSecondPerson).Select(moment => moment.DueAt));
        Assert.Single(schedule.Notices, notice => notice.Type == NoticeType.Reminder);
    }

    [Fact]
    public void A_fault_is_told_once_it_has_lasted_and_owes_its_next_update()
    {
        var fault = Plan(OutageKind.Fault, "2026-11-25T02:12+08:00") with
        {
            Status = OutageStatus.InProgress,
            StartedAt = At("2026-11-25T02:10+08:00"),
            NextUpdateBy = At("2026-11-25T04:00+08:00"),
        };
        var schedule = Schedule(fault);
        var first = schedule.The(NoticeType.Initial);

        Assert.Equal((At("2026-11-25T02:15+08:00"), null, At("2026-11-25T04:00+08:00")), (first.DueAt, first.Deadline, first.ExpiresAt));
        Assert.Equal(At("2026-11-25T04:00+08:00"), Assert.Single(schedule.Moments, moment => moment.Kind == MomentKind.NextUpdateOwed).DueAt);
        Assert.Equal(At("2026-11-25T02:20+08:00"), Schedule(fault with { ApprovedAt = At("2026-11-25T02:20+08:00") }).The(NoticeType.Initial).DueAt);
        Assert.Empty(Schedule(fault with { Status = OutageStatus.Restored, RestoredAt = At("2026-11-25T02:14+08:00") }).Notices);

        var promised = fault with { ExpectedAt = At("2026-11-25T05:30+08:00"), NextUpdateBy = null, ChangedAt = At("2026-11-25T03:00+08:00") };
        var change = Schedule(promised, [first.Published(fault)]).The(NoticeType.Changed);
        Assert.Equal(("promise-changed", At("2026-11-25T03:00+08:00")), (change.Rule, change.DueAt));
        Assert.Null(Schedule(promised, [first.Published(fault), change.Published(promised)]).Find(NoticeType.Changed));
    }

    [Fact]
    public void An_emergency_goes_out_at_once_and_has_no_deadline_or_reminder()
    {
        var schedule = Schedule(Plan(OutageKind.Emergency, "2026-11-24T15:00+08:00", Window("2026-11-24T15:30+08:00", "2026-11-24T19:30+08:00")));

        Assert.Equal((At("2026-11-24T15:00+08:00"), null, false), (schedule.The(NoticeType.Initial).DueAt, schedule.The(NoticeType.Initial).Deadline, schedule.The(NoticeType.Initial).Late));
        Assert.Null(schedule.Find(NoticeType.Reminder));
    }

    [Fact]
    public void Rationing_is_told_as_the_order_says() =>
        Assert.Equal(
            At("2026-11-29T18:00+08:00"),
            Schedule(Plan(OutageKind.Rationing, "2026-11-28T18:00+08:00", FirstOfDecember) with { AnnounceAt = At("2026-11-29T18:00+08:00") }).The(NoticeType.Initial).DueAt);

    [Theory]
    [InlineData("2026-12-09T08:00+08:00", "2026-12-09T18:00+08:00", "day-moved", "2026-12-02T00:00+08:00", false)]
    [InlineData("2026-12-01T07:00+08:00", "2026-12-01T18:00+08:00", "starts-earlier", "2026-11-24T00:00+08:00", true)]
    [InlineData("2026-12-01T09:00+08:00", "2026-12-01T18:00+08:00", "times-changed", null, false)]
    [InlineData("2026-12-01T08:00+08:00", "2026-12-01T20:00+08:00", "ends-later", null, false)]
    [InlineData("2026-12-02T08:00+08:00", "2026-12-02T18:00+08:00", "alternate-day", null, false)]
    public void A_change_is_told_at_once_and_restarts_the_clock_only_for_a_day_or_hour_nobody_announced(string start, string end, string rule, string? deadline, bool late)
    {
        var plan = Plan(OutageKind.Planned, "2026-11-18T10:00+08:00", Window("2026-12-01T08:00+08:00", "2026-12-01T18:00+08:00", "2026-12-02T08:00+08:00", "2026-12-02T18:00+08:00"));
        var told = Schedule(plan).The(NoticeType.Initial).Published(plan);
        var moved = plan with { Status = OutageStatus.Published, ChangedAt = At("2026-11-26T11:00+08:00"), Windows = [Window(start, end)] };
        var change = Schedule(moved, [told], "2026-11-26T11:00+08:00").The(NoticeType.Changed);

        Assert.Equal((rule, deadline is null ? null : At(deadline), late, At("2026-11-26T11:00+08:00")), (change.Rule, change.Deadline, change.Late, change.DueAt));
        Assert.Equal(("changed:1", NoticeAudience.ToldAndAffected), (change.Key, change.Audience));
    }

    [Fact]
    public void A_second_change_folds_into_one_that_waits_and_is_owed_anew_after_it()
    {
        var plan = Plan(OutageKind.Planned, "2026-11-18T10:00+08:00", FirstOfDecember);
        var first = Schedule(plan).The(NoticeType.Initial).Published(plan);
        var moved = plan with { ChangedAt = At("2026-11-24T09:00+08:00"), Windows = [Window("2026-12-09T08:00+08:00", "2026-12-09T18:00+08:00")] };
        var again = plan with { ChangedAt = At("2026-11-24T10:00+08:00"), Windows = [Window("2026-12-10T08:00+08:00", "2026-12-10T18:00+08:00")] };
        var change = Schedule(moved, [first]).The(NoticeType.Changed);

        Assert.Equal(change.Key, Schedule(again, [first]).The(NoticeType.Changed).Key);
        Assert.Equal("changed:2", Schedule(again, [first, change.Published(moved)]).The(NoticeType.Changed).Key);
        Assert.Equal("changed:2", Schedule(plan with { ChangedAt = again.ChangedAt }, [first, change.Published(moved)]).The(NoticeType.Changed).Key); // moved back
        Assert.Null(Schedule(plan, [first]).Find(NoticeType.Changed)); // moved back before anybody heard
        Assert.Null(Schedule(again, [first, change.Published(moved), new Told(NoticeType.Changed, "changed:2", At("2026-11-24T10:00:01+08:00"), again.Windows, again.Places)]).Find(NoticeType.Changed));
    }

    [Fact]
    public void Places_added_later_have_a_clock_of_their_own()
    {
        var plan = Plan(OutageKind.Planned, "2026-11-18T10:00+08:00", FirstOfDecember);
        var told = Schedule(plan).The(NoticeType.Initial).Published(plan);
        var wider = plan with { Places = ["城关镇东街村", "城关镇西街村"], ChangedAt = At("2026-11-25T10:00+08:00") };
        var change = Schedule(wider, [told]).The(NoticeType.Changed);

        Assert.Equal(("places-added", true, At("2026-11-24T00:00+08:00")), (change.Rule, change.Late, change.Deadline!.Value));
        Assert.Equal(NoticeType.Corrected, Schedule(wider with { IsCorrection = true }, [told]).Notices.First(notice => notice.Key == "corrected:1").Type);
    }

    [Fact]
    public void An_extension_while_it_runs_is_an_overrun_with_a_new_promise()
    {
        var plan = Plan(OutageKind.Planned, "2026-11-18T10:00+08:00", FirstOfDecember);
        var told = Schedule(plan).The(NoticeType.Initial).Published(plan);
        var longer = plan with { Status = OutageStatus.InProgress, ExpectedAt = At("2026-12-01T20:00+08:00"), ChangedAt = At("2026-12-01T17:40+08:00") };
        var schedule = Schedule(longer, [told], "2026-12-01T17:40+08:00");

        Assert.Contains(schedule.Notices, notice => notice is { Type: NoticeType.Overrun, Key: "extended:1", Rule: "ends-later" or "promise-changed" });
        Assert.Equal(At("2026-12-01T20:15+08:00"), Assert.Single(schedule.Notices, notice => notice.Rule == "overrun-unconfirmed").DueAt);

        // "Not yet known" is a word too: no end is promised any more that could be overrun or asked about, only the next word.
        var unknown = Schedule(longer with { ExpectedAt = null, NextUpdateBy = At("2026-12-01T20:00+08:00") }, [told], "2026-12-01T17:40+08:00");
        Assert.Contains(unknown.Notices, notice => notice is { Type: NoticeType.Overrun, Key: "extended:1" });
        Assert.DoesNotContain(unknown.Notices, notice => notice.Rule == "overrun-unconfirmed");
        Assert.Equal([MomentKind.NextUpdateOwed], unknown.Moments.Select(moment => moment.Kind));
    }

    [Fact]
    public void Cancelling_or_postponing_reaches_those_told_and_nobody_else()
    {
        var plan = Plan(OutageKind.Planned, "2026-11-18T10:00+08:00", FirstOfDecember);
        var told = Schedule(plan).The(NoticeType.Initial).Published(plan);
        var cancelled = plan with { Status = OutageStatus.Cancelled, CancelledAt = At("2026-11-30T10:00+08:00") };
        var postponed = plan with { Status = OutageStatus.Postponed, PostponedAt = At("2026-11-30T10:00+08:00") };

        Assert.Empty(Schedule(cancelled).Notices);
        var notice = Assert.Single(Schedule(cancelled, [told]).Notices);
        Assert.Equal((NoticeType.Cancelled, NoticeAudience.Told, FirstOfDecember.EndsAt), (notice.Type, notice.Audience, notice.ExpiresAt));
        Assert.Empty(Schedule(cancelled, [told, notice.Published(cancelled)]).Notices);

        var off = Schedule(postponed, [told]).The(NoticeType.Postponed);
        Assert.Equal(At("2026-12-30T10:00+08:00"), Schedule(postponed, [told]).The(NoticeType.Cancelled).DueAt); // without a new date it is cancelled
        Assert.Equal(2, Schedule(postponed, [told]).Notices.Count);
        Assert.Equal(At("2026-12-30T10:00+08:00"), Assert.Single(Schedule(postponed, [told]).Moments).DueAt);

        var redated = plan with { Status = OutageStatus.Published, ChangedAt = At("2026-12-02T10:00+08:00"), Windows = [Window("2026-12-20T08:00+08:00", "2026-12-20T18:00+08:00")] };
        var change = Schedule(redated, [told, off.Published(postponed)], "2026-12-02T10:00+08:00").The(NoticeType.Changed);
        Assert.Equal(("new-date", At("2026-12-13T00:00+08:00"), false), (change.Rule, change.Deadline!.Value, change.Late));
    }

    [Fact]
    public void A_start_that_is_held_says_so_to_the_priority_tiers_and_nothing_says_started()
    {
        var plan = Plan(OutageKind.Planned, "2026-11-18T10:00+08:00", FirstOfDecember);
        var told = Schedule(plan).The(NoticeType.Initial).Published(plan);
        var schedule = Schedule(plan with { Status = OutageStatus.Published, StartHeld = true }, [told], "2026-12-01T08:05+08:00");

        Assert.Null(schedule.Find(NoticeType.Started));
        Assert.Equal((At("2026-12-01T08:15+08:00"), NoticeAudience.PriorityTiers), (schedule.The(NoticeType.Changed).DueAt, schedule.The(NoticeType.Changed).Audience));
    }

    [Fact]
    public void A_restored_outage_closes_a_day_later_and_says_whose_review_it_waits_for()
    {
        var restored = Plan(OutageKind.Planned, "2026-11-18T10:00+08:00", FirstOfDecember) with { Status = OutageStatus.Restored, RestoredAt = At("2026-12-01T17:00+08:00") };

        var closes = Assert.Single(Schedule(restored).Moments);
        Assert.Equal((MomentKind.Closes, At("2026-12-02T17:00+08:00"), "closes"), (closes.Kind, closes.DueAt, closes.Rule));
        Assert.Equal("closes-after-review", Assert.Single(Schedule(restored with { ReviewOwed = true }).Moments).Rule);
    }

    [Fact]
    public void What_replaces_a_postponed_outage_begins_with_the_change_and_that_one_does_not_expire()
    {
        var plan = Plan(OutageKind.Planned, "2026-11-18T10:00+08:00", FirstOfDecember);
        var first = Schedule(plan with { ReplacesTold = true }).The(NoticeType.Changed);
        Assert.Equal(("initial", At("2026-11-23T09:00+08:00"), At("2026-11-24T00:00+08:00"), NoticeAudience.ToldAndAffected), (first.Key, first.DueAt, first.Deadline!.Value, first.Audience!.Value));

        var told = Schedule(plan).The(NoticeType.Initial).Published(plan);
        var postponed = plan with { Status = OutageStatus.Postponed, PostponedAt = At("2026-11-30T10:00+08:00"), IsReplaced = true };
        Assert.Equal([NoticeType.Postponed], Schedule(postponed, [told]).Notices.Select(notice => notice.Type));
        Assert.Empty(Schedule(postponed, [told]).Moments);
    }

    [Fact]
    public void A_plan_waiting_for_approval_rings_along_the_way()
    {
        var plan = Plan(OutageKind.Planned, "2026-11-18T10:00+08:00", FirstOfDecember) with { Status = OutageStatus.Submitted, ApprovedAt = null, SubmittedAt = At("2026-11-19T09:00+08:00") };

        Assert.Equal(
            [At("2026-11-21T09:00+08:00"), At("2026-11-22T09:00+08:00")],
            Schedule(plan, now: "2026-11-19T09:00+08:00").Moments.Where(moment => moment.Kind is MomentKind.RingApprover or MomentKind.RingDeputy).Select(moment => moment.DueAt));
    }

    [Fact]
    public void What_was_told_is_not_owed_again_and_the_same_question_has_the_same_answer()
    {
        var plan = Plan(OutageKind.Planned, "2026-11-18T10:00+08:00", FirstOfDecember);
        var schedule = Schedule(plan);
        var told = schedule.Notices.Where(notice => notice.Type != NoticeType.Overrun).Select(notice => notice.Published(plan)).ToList();

        Assert.Equal(schedule.Notices.Select(notice => (notice.Key, notice.DueAt)), Schedule(plan, now: "2026-11-20T10:00+08:00").Notices.Select(notice => (notice.Key, notice.DueAt)));
        Assert.Equal([NoticeType.Overrun], Schedule(plan, told).Notices.Select(notice => notice.Type));
        Assert.Equal(schedule.Notices.Count, schedule.Notices.Select(notice => notice.Key).Distinct().Count());
    }

    private static DueSchedule Schedule(PlannedOutage plan, IReadOnlyList<Told>? told = null, string? now = null) =>
        NoticeSchedule.Compute(plan, told ?? [], China, Shijiazhuang, now is null ? plan.ApprovedAt ?? default : At(now));
}
