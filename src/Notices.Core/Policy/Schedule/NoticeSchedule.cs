using Notices.Outages;
using Notices.Publishing;
using Notices.Words;

namespace Notices.Policy;

/// <summary>The one place that turns plan, policy and now into due moments; computed again whenever one of them changes.
/// What comes out is everything still owed: a waiting row whose key is missing is withdrawn, one whose key is there takes the new moment.</summary>
public static class NoticeSchedule
{
    /// <summary>Key of the first notice of an outage, of whatever type.</summary>
    internal const string FirstKey = "initial";

    /// <summary>Everything still owed. Before approval it is a preview from <paramref name="now"/>.</summary>
    /// <param name="told">What was already published about this outage, in any order.</param>
    public static DueSchedule Compute(PlannedOutage plan, IReadOnlyList<Told> told, PolicyOptions policy, WorkingCalendar calendar, DateTimeOffset now)
    {
        var context = new ScheduleContext(plan, told, policy, calendar, now);
        var notices = new List<DueNotice>();
        var moments = new List<DueMoment>();

        switch (plan.Status)
        {
            case OutageStatus.Withdrawn or OutageStatus.Closed:
                break;
            case OutageStatus.Cancelled or OutageStatus.Postponed:
                notices.AddRange(Ended(context));
                moments.AddRange(RunningMoments.Postponement(context));
                break;
            case OutageStatus.Restored:
                notices.AddRange(RunningMoments.Restored(context, plan.RestoredAt, "restored", ScheduleWords.Restored));
                moments.AddRange(RunningMoments.Closing(context));
                break;
            default:
                AddLiving(context, notices, moments);
                break;
        }

        return new DueSchedule(
            [.. notices.Where(notice => !context.IsTold(notice.Key)).OrderBy(notice => notice.DueAt).ThenBy(notice => notice.Key, StringComparer.Ordinal)],
            [.. moments.OrderBy(moment => moment.DueAt).ThenBy(moment => moment.Key, StringComparer.Ordinal)]);
    }

    /// <summary>By when each audience must be told of an outage starting then; what submission checks a plan against.</summary>
    public static IReadOnlyList<(LeadTimeRule Rule, DateTimeOffset Deadline)> Deadlines(PlannedOutage plan, PolicyOptions policy, WorkingCalendar calendar)
    {
        var context = new ScheduleContext(plan, [], policy, calendar, plan.ApprovedAt ?? default);

        return context.FirstStart is { } start ? [.. context.Rules.Select(rule => (rule, rule.LatestNotice(start, calendar)))] : [];
    }

    private static void AddLiving(ScheduleContext context, List<DueNotice> notices, List<DueMoment> moments)
    {
        var plan = context.Plan;
        var statement = PlanChange.LastStatement(context.Told);
        var first = statement is null ? First(context) : null;
        var change = Changed(context);
        if (first is not null) notices.Add(first);
        if (change is not null) notices.Add(change);

        if ((change?.DueAt ?? first?.DueAt ?? statement?.PublishedAt) is { } known)
        {
            notices.AddRange(PersonalWindows(context, known));
            notices.AddRange(RunningMoments.Reminders(context, known));
            notices.AddRange(RunningMoments.Starts(context, known));
            notices.AddRange(RunningMoments.Overrun(context));
        }

        if (plan.Status == OutageStatus.PartlyRestored)
            notices.AddRange(RunningMoments.Restored(context, plan.PartlyRestoredAt, "partly-restored", ScheduleWords.PartlyRestored));
        if (plan.Status == OutageStatus.Submitted && first is not null) moments.AddRange(RunningMoments.Approval(context, first));
        moments.AddRange(RunningMoments.Promises(context));
    }

    private static DueNotice? First(ScheduleContext context) => context.Kind.Announce switch
    {
        AnnounceRule.AtOnce => Plain(context, context.Since, "at-once", ScheduleWords.AtOnce),
        AnnounceRule.AfterHoldOff => AfterHoldOff(context),
        AnnounceRule.AsOrdered => Plain(context, ScheduleContext.Later(context.Since, context.Plan.AnnounceAt ?? context.Since), "as-ordered", ScheduleWords.AsOrdered),
        _ => BeforeDeadline(context),
    };

    /// <summary>A fault declared when it has already lasted long enough is told at once.</summary>
    private static DueNotice AfterHoldOff(ScheduleContext context)
    {
        var holdOff = context.Plan.HoldOff ?? context.Policy.Planning.FaultHoldOff;

        return Plain(context, ScheduleContext.Later(context.Since, (context.Plan.StartedAt ?? context.Since) + holdOff), "after-hold-off", ScheduleWords.AfterHoldOff(holdOff));
    }

    private static DueNotice Plain(ScheduleContext context, DateTimeOffset dueAt, string rule, LocalText why)
    {
        var due = ScheduleContext.Due(context.FirstType, FirstKey, dueAt, rule, context.Kind.Source, why, context.FirstAudience, context.ExpiryOf(dueAt));

        return context.FirstStart is { } start ? context.Measured(due, start) : due;
    }

    private static DueNotice? BeforeDeadline(ScheduleContext context)
    {
        if (context.FirstStart is not { } start || context.Governing is not { } governing) return null;
        var publishing = context.Policy.Publishing;
        var tightest = context.Rules.Min(rule => rule.LatestNotice(start, context.Calendar));
        var hour = Hour(context, tightest, governing.EarliestNotice(start, context.Calendar));
        var dueAt = ScheduleContext.Later(hour, context.Since);
        var due = context.Measured(
            ScheduleContext.Due(context.FirstType, FirstKey, dueAt, "lead-time", governing.Source, ScheduleWords.AtOnce, context.FirstAudience, context.ExpiryOf(dueAt)), start);
        var deadline = context.Local(due.Deadline!.Value);

        return due with
        {
            // Over before anybody could be told: kept as a record.
            Skipped = context.PlannedEnd <= ScheduleContext.Later(dueAt, context.Now),
            Explanation = due.Late ? ScheduleWords.TooLate(deadline, context.Plan.LateReason)
                : dueAt > hour ? ScheduleWords.HourPassed(deadline)
                : ScheduleWords.BeforeDeadline(context.Local(hour), context.Local(tightest)),
            Source = $"{governing.Source} · {publishing.Source}",
        };
    }

    /// <summary>The last publishing hour at least the margin before the deadline; not before the rule's window opens.</summary>
    private static DateTimeOffset Hour(ScheduleContext context, DateTimeOffset deadline, DateTimeOffset? earliest)
    {
        var calendar = context.Calendar;
        var latest = deadline - context.Policy.Publishing.Margin;
        var day = calendar.DayOf(latest);
        while (calendar.Resolve(day, context.Policy.Publishing.Hour) > latest) day = day.AddDays(-1);
        var hour = calendar.Resolve(day, context.Policy.Publishing.Hour);
        if (earliest is not { } opens || hour >= opens) return hour;

        return opens <= deadline ? opens : deadline;
    }

    private static DueNotice? Changed(ScheduleContext context)
    {
        if (PlanChange.Find(context) is not { } change) return null;
        var plan = context.Plan;
        var running = plan.Status is OutageStatus.InProgress or OutageStatus.PartlyRestored;
        var extended = change.IsExtension && running && plan.Windows.Count > 0 && !plan.IsCorrection;
        var (type, name) = extended ? (NoticeType.Overrun, "extended") : plan.IsCorrection ? (NoticeType.Corrected, "corrected") : (NoticeType.Changed, "changed");

        // Numbered by what was published, so a second change before the first went out folds into it and one after it is owed anew.
        var number = 1 + context.Told.Count(told => told.Type is NoticeType.Changed or NoticeType.Corrected || told.Key.StartsWith("extended:", StringComparison.Ordinal));
        var dueAt = ScheduleContext.Later(plan.ChangedAt ?? context.Since, change.Since);
        var due = ScheduleContext.Due(
            type, $"{name}:{number}", dueAt, change.Rule, context.Kind.Source, ScheduleWords.Changed(change.Rule), NoticeAudience.ToldAndAffected, context.ExpiryOf(dueAt, change.ToldWindows));
        if (ClockStart(context, change, dueAt) is not { } start) return due;
        var measured = context.Measured(due, start);

        return measured.Late ? measured with { Explanation = ScheduleWords.TooLate(context.Local(measured.Deadline!.Value), plan.LateReason) } : measured;
    }

    /// <summary>The start the restarted clock counts back from; null where the old clock goes on.</summary>
    private static DateTimeOffset? ClockStart(ScheduleContext context, PlanChange change, DateTimeOffset dueAt)
    {
        if (change.Restarted.Count > 0) return change.Restarted.Min(ScheduleContext.FirstStartOf);
        if (!change.PlacesAdded) return null;
        var ahead = context.Plan.Windows.Where(window => window.StartsAt > dueAt).ToList();

        return ahead.Count > 0 ? ahead.Min(ScheduleContext.FirstStartOf) : context.FirstStart;
    }

    /// <summary>An audience that may only be told within a window opening after the publication gets a notice of its own.</summary>
    private static IEnumerable<DueNotice> PersonalWindows(ScheduleContext context, DateTimeOffset known)
    {
        if (context.FirstStart is not { } start) yield break;
        foreach (var rule in context.Rules.Where(rule => rule != context.Governing))
        {
            if (rule.EarliestNotice(start, context.Calendar) is not { } opens || opens <= known) continue;
            var deadline = rule.LatestNotice(start, context.Calendar);
            yield return ScheduleContext.Due(
                NoticeType.Reminder, $"personal:{rule.Audience}:{ScheduleContext.Stamp(start)}", opens, "personal-window", rule.Source, ScheduleWords.PersonalWindow, rule.Audience, context.ExpiryOf(opens)) with
            {
                Deadline = deadline,
                Late = context.Now > deadline,
                Skipped = context.Now >= start,
            };
        }
    }

    /// <summary>Cancelled or put off: told to whoever was told that it would happen.</summary>
    private static IEnumerable<DueNotice> Ended(ScheduleContext context)
    {
        var cancelled = context.Plan.Status == OutageStatus.Cancelled;
        var type = cancelled ? NoticeType.Cancelled : NoticeType.Postponed;
        var heard = PlanChange.Heard(context.Told);
        if (!cancelled && heard.Count > 0 && !context.Plan.IsReplaced) yield return Expired(context);
        if (heard.TrueForAll(notice => notice.Type == type)) yield break;
        var dueAt = ScheduleContext.Later((cancelled ? context.Plan.CancelledAt : context.Plan.PostponedAt) ?? context.Now, heard.Max(notice => notice.PublishedAt));
        var number = 1 + context.Told.Count(told => told.Type == type);

        yield return ScheduleContext.Due(
            type, $"{(cancelled ? "cancelled" : "postponed")}:{number}", dueAt, cancelled ? "cancelled" : "postponed", context.Kind.Source,
            cancelled ? ScheduleWords.Cancelled : ScheduleWords.Postponed, NoticeAudience.Told, context.ExpiryOf(dueAt, context.Told.SelectMany(told => told.Windows)));
    }

    /// <summary>Put off and no new date by then: it becomes cancelled, and whoever still expects one hears so.</summary>
    private static DueNotice Expired(ScheduleContext context)
    {
        var until = RunningMoments.PostponedUntil(context);

        return ScheduleContext.Due(
            NoticeType.Cancelled, $"postponed-expires:{ScheduleContext.Stamp(until)}", until, "postponed-expires", context.Policy.Planning.Source, ScheduleWords.PostponedExpires,
            NoticeAudience.Told, until + context.Policy.Expiry.UnknownEnd);
    }
}
