using CsCheck;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Xunit;
using static Notices.Tests.Policy.Policies;

namespace Notices.Tests.Policy;

/// <summary>What must hold for every plan, tried on a thousand and more.</summary>
public sealed class ScheduleProperties
{
    private const int Cases = 2_000;

    private static readonly (PolicyOptions Policy, WorkingCalendar Calendar)[] Places = [(China, Shijiazhuang), (Britain, London), (Australia, Sydney)];
    private static readonly DateTimeOffset Origin = At("2026-01-20T00:00Z");

    private static readonly Gen<int> Minutes = Gen.Frequency(
        (3, Gen.Int[0, 600 * 24 * 60]),
        (1, Gen.Int[65 * 24 * 60, 76 * 24 * 60]), // the clocks of London and Sydney change
        (1, Gen.Int[255 * 24 * 60, 280 * 24 * 60]));

    [Fact]
    public void Nothing_is_published_after_its_deadline_unless_it_is_marked_late() =>
        Gen.Select(Gen.Int[0, 2], Gen.Bool, Minutes, Gen.Int[1, 2_000], Gen.Int[0, 20 * 24 * 60], Gen.Int[0, 600])
            .Sample(
                (place, planned, start, length, ahead, pause) =>
                {
                    var (policy, calendar) = Places[place];
                    var startsAt = Origin.AddMinutes(start);
                    var approvedAt = startsAt.AddMinutes(-ahead);
                    var now = approvedAt.AddMinutes(pause);
                    var plan = Plan(planned ? OutageKind.Planned : OutageKind.Temporary, "2026-01-01T00:00Z", new PlannedWindow(1, startsAt, startsAt.AddMinutes(length))) with
                    {
                        ApprovedAt = approvedAt,
                        HasKeyCustomers = true,
                        HasLifeSupport = true,
                    };
                    var first = NoticeSchedule.Compute(plan, [], policy, calendar, now).The(NoticeType.Initial);

                    var rules = policy.Kinds[plan.Kind].LeadTimes;
                    var own = rules.FirstOrDefault(rule => rule.Audience == NoticeAudience.Public) ?? rules.First(rule => rule.Audience == NoticeAudience.Everyone);
                    var deadline = ScheduleOracle.Deadline(startsAt, own.Latest, calendar);
                    var tightest = rules.Min(rule => ScheduleOracle.Deadline(startsAt, rule.Latest, calendar));
                    var leaves = first.DueAt > now ? first.DueAt : now;

                    Assert.Equal(deadline, first.Deadline);
                    Assert.Equal(leaves > deadline, first.Late);
                    Assert.True(first.DueAt >= approvedAt);
                    if (first.DueAt > approvedAt)
                    {
                        // At the publishing hour with its margin, and at the last such hour.
                        var latest = tightest - policy.Publishing.Margin;
                        Assert.True(first.DueAt <= latest);
                        Assert.Equal(policy.Publishing.Hour, TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(first.DueAt, calendar.Zone).DateTime));
                        Assert.False(ScheduleOracle.ShowsHourBetween(first.DueAt, latest, policy.Publishing.Hour, calendar));
                    }
                    else
                    {
                        Assert.False(ScheduleOracle.ShowsHourBetween(approvedAt, tightest - policy.Publishing.Margin, policy.Publishing.Hour, calendar));
                    }
                },
                iter: Cases);

    [Fact]
    public void A_change_that_restarts_the_clock_is_late_exactly_when_its_own_deadline_has_passed() =>
        Gen.Select(Gen.Int[0, 2], Minutes, Gen.Int[-20, 20], Gen.Int[-600, 600], Gen.Int[0, 15 * 24 * 60])
            .Sample(
                (place, start, days, minutes, before) =>
                {
                    var (policy, calendar) = Places[place];
                    var startsAt = Origin.AddMinutes(start);
                    var plan = Plan(OutageKind.Planned, "2026-01-01T00:00Z", new PlannedWindow(1, startsAt, startsAt.AddHours(5)));
                    var told = new Told(NoticeType.Initial, "initial", startsAt.AddDays(-40), plan.Windows, plan.Places);
                    var movedTo = startsAt.AddDays(days).AddMinutes(minutes);
                    var moved = plan with { Windows = [new PlannedWindow(1, movedTo, movedTo.AddHours(5))], ChangedAt = startsAt.AddMinutes(-before) };
                    if (movedTo == startsAt) return;

                    var change = NoticeSchedule.Compute(moved, [told], policy, calendar, moved.ChangedAt.Value).The(NoticeType.Changed);
                    var sameDay = Face(startsAt, calendar).Date == Face(movedTo, calendar).Date;
                    var restarts = !sameDay || movedTo < startsAt;
                    var deadline = ScheduleOracle.Deadline(movedTo, policy.Kinds[OutageKind.Planned].LeadTimes[0].Latest, calendar);

                    Assert.Equal(restarts ? deadline : null, change.Deadline);
                    Assert.Equal(restarts && moved.ChangedAt > deadline, change.Late);
                    Assert.Equal(moved.ChangedAt, change.DueAt);
                },
                iter: Cases);

    /// <summary>Readers hear what tells everyone the whole; each reminder reaches others besides. A correction is owed exactly while one of them believes something else than the plan.</summary>
    [Fact]
    public void Moving_a_plan_never_loses_a_correction_owed_to_somebody_already_told() =>
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 3]).Array[1, 14].Sample(
            steps =>
            {
                var now = At("2026-10-01T10:00+08:00");
                var plan = Plan(OutageKind.Planned, "2026-10-01T10:00+08:00", Day(0)) with { HasKeyCustomers = true };
                var told = new List<Told>();
                string? reader = null;
                var reminded = new List<string>();

                foreach (var (step, choice) in steps)
                {
                    now = now.AddMinutes(17);
                    var owed = NoticeSchedule.Compute(plan, told, China, Shijiazhuang, now).Notices;
                    switch (step)
                    {
                        case 0 or 1:
                            plan = plan with { Status = OutageStatus.Published, Windows = [Day(choice)], ChangedAt = now };
                            break;
                        case 2:
                            plan = plan with { Places = choice == 0 ? ["东街"] : ["东街", $"西街{choice}"], ChangedAt = now };
                            break;
                        case 3 when reader is not null:
                            plan = plan with { Status = OutageStatus.Postponed, PostponedAt = now };
                            break;
                        case 4 when owed.FirstOrDefault(notice => notice is { Type: NoticeType.Reminder, Skipped: false }) is { } reminder && reader is not null:
                            told.Add(reminder.Published(plan, now));
                            reminded.Add(Belief(plan));
                            break;
                        default:
                            if (owed.FirstOrDefault(Corrects) is not { } notice) break;
                            told.Add(notice.Published(plan, now));
                            reader = Belief(plan);
                            reminded.Clear();
                            break;
                    }

                    var wrong = reader is null || reader != Belief(plan) || reminded.Exists(belief => belief != Belief(plan));
                    var after = NoticeSchedule.Compute(plan, told, China, Shijiazhuang, now).Notices;
                    if (reader is null && plan.Status == OutageStatus.Postponed) wrong = false;
                    Assert.Equal(wrong, after.Any(Corrects));
                    Assert.DoesNotContain(after, notice => told.Exists(one => one.Key == notice.Key));
                }
            },
            iter: Cases);

    [Fact]
    public void A_time_the_clocks_skip_or_repeat_is_the_earlier_instant() =>
        Gen.Select(Gen.Int[0, 2], Gen.Bool, Minutes, Gen.Int[-200, 200]).Sample(
            (place, near, minutes, around) =>
            {
                var calendar = Places[place].Calendar;
                var local = near ? Changes[place][minutes % Changes[place].Length].AddMinutes(around) : new DateTime(2026, 1, 20).AddMinutes(minutes);

                Assert.Equal(ScheduleOracle.Resolve(local, calendar.Zone), calendar.Resolve(local));
            },
            iter: Cases);

    private static readonly DateTime[][] Changes =
    [
        [new(2026, 6, 1), new(2026, 12, 1)],
        [new(2026, 3, 29, 1, 0, 0), new(2026, 10, 25, 1, 0, 0), new(2027, 3, 28, 1, 0, 0), new(2027, 10, 31, 1, 0, 0)],
        [new(2026, 4, 5, 2, 0, 0), new(2026, 10, 4, 2, 0, 0), new(2027, 4, 4, 2, 0, 0), new(2027, 10, 3, 2, 0, 0)],
    ];

    private static PlannedWindow Day(int choice)
    {
        var start = At("2026-12-01T08:00+08:00").AddDays(choice % 3).AddHours(choice == 3 ? 2 : 0);

        return new PlannedWindow(1, start, start.AddHours(6));
    }

    private static bool Corrects(DueNotice notice) => notice.Type is NoticeType.Initial or NoticeType.Changed or NoticeType.Corrected or NoticeType.Postponed;

    private static string Belief(PlannedOutage plan) => plan.Status == OutageStatus.Postponed
        ? "open"
        : string.Join('|', plan.Windows.Select(window => $"{window.StartsAt:O}-{window.EndsAt:O}")) + string.Join(',', plan.Places.Order(StringComparer.Ordinal));

    private static DateTime Face(DateTimeOffset instant, WorkingCalendar calendar) => TimeZoneInfo.ConvertTime(instant, calendar.Zone).DateTime;
}
