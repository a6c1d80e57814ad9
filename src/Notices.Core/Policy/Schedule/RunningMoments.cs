using Notices.Outages;
using Notices.Publishing;
using Notices.Words;

namespace Notices.Policy;

/// <summary>What falls due around the starts and the end of an outage that people already know of.</summary>
internal static class RunningMoments
{
    private static readonly TimeSpan HalfDay = TimeSpan.FromHours(12);

    /// <summary>One per window and offset; long before, one per day of windows. An offset the notice itself came too late for is skipped, with a record.</summary>
    /// <param name="known">When people learn, or learned, of these windows.</param>
    internal static IEnumerable<DueNotice> Reminders(ScheduleContext context, DateTimeOffset known)
    {
        foreach (var rule in context.Kind.Reminders)
        {
            if (rule.Audience is NoticeAudience.KeyCustomers or NoticeAudience.KeyCustomersWhoAsked && !context.Plan.HasKeyCustomers) continue;
            if (rule.Audience == NoticeAudience.LifeSupport && !context.Plan.HasLifeSupport) continue;
            foreach (var window in rule.Before >= HalfDay ? FirstOfEachDay(context) : context.Plan.Windows)
            {
                var dueAt = window.StartsAt - rule.Before;
                var skipped = dueAt <= known || context.Now >= window.StartsAt;
                var key = $"reminder:{rule.Before.TotalMinutes:0}:{rule.Audience}:{ScheduleContext.Stamp(window.StartsAt)}";
                yield return ScheduleContext.Due(NoticeType.Reminder, key, dueAt, "reminder", rule.Source, ScheduleWords.Reminder(rule.Before, skipped), rule.Audience, window.StartsAt) with
                {
                    Skipped = skipped,
                    WindowOrdinal = window.Ordinal,
                };
            }
        }
    }

    /// <summary>Each window tells its start, on the feed; a fault has started before it is known.</summary>
    internal static IEnumerable<DueNotice> Starts(ScheduleContext context, DateTimeOffset known)
    {
        var plan = context.Plan;
        if (plan.Kind == OutageKind.Fault) yield break;
        var source = context.Policy.Planning.Source;
        foreach (var window in StartingWindows(context))
        {
            // Said before the first start, it holds that one back as well.
            var held = plan.StartHeld && (window.StartsAt <= context.Now || plan.Windows.Count == 0 || window.StartsAt == plan.Windows.Min(first => first.StartsAt));
            if (held)
            {
                var late = window.StartsAt + context.Policy.Planning.LateStart;
                if (late < window.EndsAt)
                {
                    yield return ScheduleContext.Due(
                        NoticeType.Changed, $"late-start:{ScheduleContext.Stamp(window.StartsAt)}", late, "late-start", source,
                        ScheduleWords.LateStart(context.Policy.Planning.LateStart), NoticeAudience.PriorityTiers, window.EndsAt) with
                    { WindowOrdinal = window.Ordinal };
                }

                continue;
            }

            var dueAt = plan.StartedAt is { } really && really > window.StartsAt && really < window.EndsAt ? really : window.StartsAt;
            var skipped = dueAt <= known || context.Now >= window.EndsAt;
            yield return ScheduleContext.Due(
                NoticeType.Started, $"started:{ScheduleContext.Stamp(window.StartsAt)}", dueAt, "started", source, ScheduleWords.Started(skipped), null, window.EndsAt) with
            {
                Skipped = skipped,
                WindowOrdinal = window.Ordinal,
            };
        }
    }

    /// <summary>Goes out by itself when nobody has said by then that supply is back or when it will be.</summary>
    internal static IEnumerable<DueNotice> Overrun(ScheduleContext context)
    {
        if (context.PromisedEnd is not { } end) yield break;
        var overrun = context.Policy.Overrun;
        var dueAt = end + overrun.Tell;

        yield return ScheduleContext.Due(
            NoticeType.Overrun, $"overrun:{ScheduleContext.Stamp(end)}", dueAt, "overrun-unconfirmed", overrun.Source, ScheduleWords.Overrun(overrun.Tell), NoticeAudience.Told,
            dueAt + context.Policy.Expiry.Restored);
    }

    /// <summary>Told of it, so told of its end; nobody hears that a fault within its hold-off is over.</summary>
    internal static IEnumerable<DueNotice> Restored(ScheduleContext context, DateTimeOffset? at, string rule, LocalText why)
    {
        if (context.Told.Count == 0 || at is not { } restored) yield break;

        yield return ScheduleContext.Due(
            NoticeType.Restored, $"{rule}:{ScheduleContext.Stamp(restored)}", restored, rule, context.Kind.Source, why, NoticeAudience.AwaitingRestoration,
            restored + context.Policy.Expiry.Restored);
    }

    /// <summary>Rings along the way from submission to the moment the notice should go out: its publishing hour, or where that has passed its deadline.</summary>
    internal static IEnumerable<DueMoment> Approval(ScheduleContext context, DueNotice first)
    {
        if (context.Plan.SubmittedAt is not { } submitted || context.Kind.Announce is AnnounceRule.AtOnce or AnnounceRule.AfterHoldOff) yield break;
        var goal = first.DueAt > context.Now ? first.DueAt : first.Deadline is { } deadline && deadline > submitted ? deadline : submitted;
        var approval = context.Policy.Approval;
        foreach (var (kind, name, percent) in new[]
        {
            (MomentKind.RingApprover, "ring-approver", approval.ApproverAtPercent),
            (MomentKind.RingDeputy, "ring-deputy", approval.DeputyAtPercent),
            (MomentKind.RingDutyLeader, "ring-duty-leader", approval.DutyLeaderAtPercent),
        })
        {
            yield return new DueMoment(kind, $"{name}:{ScheduleContext.Stamp(submitted)}", submitted + ((goal - submitted) * percent / 100), name, approval.Source, ScheduleWords.Ring(kind));
        }
    }

    /// <summary>Personal deadlines, questions around the planned end, and the promised next update.</summary>
    internal static IEnumerable<DueMoment> Promises(ScheduleContext context)
    {
        if (context.FirstStart is { } start)
        {
            foreach (var rule in context.Rules.Where(rule => rule.Audience != NoticeAudience.Public))
            {
                var deadline = rule.LatestNotice(start, context.Calendar);
                yield return new DueMoment(
                    MomentKind.PersonalDeadline, $"deadline:{rule.Audience}:{ScheduleContext.Stamp(start)}", deadline, "personal-deadline", rule.Source,
                    ScheduleWords.PersonalDeadline(context.Local(deadline)), rule.Audience);
            }
        }

        if (context.PromisedEnd is { } end)
        {
            var overrun = context.Policy.Overrun;
            foreach (var offset in overrun.AskOwner)
                yield return new DueMoment(MomentKind.AskOwner, $"ask-owner:{offset.TotalMinutes:0}:{ScheduleContext.Stamp(end)}", end + offset, "ask-owner", overrun.Source, ScheduleWords.AskOwner);
            yield return new DueMoment(MomentKind.AskSecondPerson, $"ask-second:{ScheduleContext.Stamp(end)}", end + overrun.AskSecond, "ask-second", overrun.Source, ScheduleWords.AskSecond);
        }

        if (context.Plan is { ExpectedAt: null, NextUpdateBy: { } update })
            yield return new DueMoment(MomentKind.NextUpdateOwed, $"next-update:{ScheduleContext.Stamp(update)}", update, "next-update", context.Kind.Source, ScheduleWords.NextUpdate(context.Local(update)));
    }

    internal static DateTimeOffset PostponedUntil(ScheduleContext context) =>
        context.Plan.PostponedUntil ?? (context.Plan.PostponedAt ?? context.Now) + context.Policy.Planning.PostponedExpiry;

    /// <summary>When an outage put off without a date becomes cancelled.</summary>
    internal static IEnumerable<DueMoment> Postponement(ScheduleContext context)
    {
        if (context.Plan is not { Status: OutageStatus.Postponed, PostponedAt: not null, IsReplaced: false }) yield break;
        var until = PostponedUntil(context);

        yield return new DueMoment(
            MomentKind.PostponedExpires, $"postponed-expires:{ScheduleContext.Stamp(until)}", until, "postponed-expires", context.Policy.Planning.Source, ScheduleWords.PostponedExpires);
    }

    /// <summary>A restored outage closes once people have had time to say that they are still in the dark; its rounds and its review are waited for.</summary>
    internal static IEnumerable<DueMoment> Closing(ScheduleContext context)
    {
        if (context.Plan.RestoredAt is not { } restored) yield break;
        var planning = context.Policy.Planning;

        yield return new DueMoment(
            MomentKind.Closes, $"closes:{ScheduleContext.Stamp(restored)}", restored + planning.CloseAfter, context.Plan.ReviewOwed ? "closes-after-review" : "closes", planning.Source,
            ScheduleWords.Closes(planning.CloseAfter, context.Plan.ReviewOwed));
    }

    /// <summary>An emergency announced for later with its end open has no window, but starts all the same.</summary>
    private static IReadOnlyList<PlannedWindow> StartingWindows(ScheduleContext context) => context.Plan is { Windows.Count: 0, StartedAt: { } announced }
        ? [new PlannedWindow(1, announced, context.ExpiryOf(announced))]
        : context.Plan.Windows;

    private static IEnumerable<PlannedWindow> FirstOfEachDay(ScheduleContext context) =>
        context.Plan.Windows.GroupBy(window => context.Calendar.DayOf(window.StartsAt)).Select(day => day.MinBy(window => window.StartsAt)!);
}
