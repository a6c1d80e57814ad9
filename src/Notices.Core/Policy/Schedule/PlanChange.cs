using Notices.Outages;
using Notices.Publishing;

namespace Notices.Policy;

/// <summary>What differs between the plan and what people were told.</summary>
/// <param name="Rule">Code of what weighs most.</param>
/// <param name="Restarted">Windows whose clock starts anew: on a day never announced, or earlier on an announced one.</param>
/// <param name="PlacesAdded">Places nobody named before: theirs starts too.</param>
/// <param name="IsExtension">Nothing but a later end, or another promise.</param>
/// <param name="Since">When what is now wrong was last told.</param>
/// <param name="ToldWindows">Every window named since the last statement, for how long the correction matters.</param>
internal sealed record PlanChange(
    string Rule, IReadOnlyList<PlannedWindow> Restarted, bool PlacesAdded, bool IsExtension, DateTimeOffset Since, IReadOnlyList<PlannedWindow> ToldWindows)
{
    /// <summary>The last notice that told everyone the whole; reminders and the like only repeat to some.</summary>
    internal static Told? LastStatement(IEnumerable<Told> told) => InOrder(told.Where(IsStatement)).LastOrDefault();

    private static IOrderedEnumerable<Told> InOrder(IEnumerable<Told> told) => told.OrderBy(notice => notice.Sequence).ThenBy(notice => notice.PublishedAt);

    /// <summary>The last statement and what was said to some since: a reminder told its readers something too, and if that is wrong now, they are owed a correction as well.</summary>
    internal static List<Told> Heard(IReadOnlyList<Told> told) =>
        LastStatement(told) is { } statement ? [.. told.Where(notice => notice.IsSince(statement) && TellsPlan(notice))] : [];

    /// <returns>Null when everything told still holds.</returns>
    internal static PlanChange? Find(ScheduleContext context)
    {
        if (LastStatement(context.Told) is not { } statement) return null;
        var plan = context.Plan;

        var heard = Heard(context.Told);
        var sameWindows = heard.TrueForAll(notice => SameWindows(Named(notice), plan.Windows));
        var samePlaces = heard.TrueForAll(notice => notice.Places.Count == 0 || notice.Places.ToHashSet(StringComparer.Ordinal).SetEquals(plan.Places));
        var samePromise = SamePromise(context);
        if (sameWindows && samePlaces && samePromise) return null;

        var before = Named(statement);
        var restarted = plan.Windows.Where(window => !IsCovered(window, before, context.Calendar)).ToList();
        var added = statement.Places.Count > 0 && plan.Places.Except(statement.Places, StringComparer.Ordinal).Any();
        var laterEnd = samePlaces && (sameWindows ? plan.ExpectedAt is not null || plan.NextUpdateBy is not null : OnlyEndsLater(before, plan.Windows));

        return new PlanChange(
            RuleOf(context, statement, restarted, added, laterEnd, sameWindows, samePlaces), restarted, added, laterEnd,
            heard.Max(notice => notice.PublishedAt), [.. heard.SelectMany(Named)]);
    }

    private static bool IsStatement(Told notice) => notice.Type switch
    {
        NoticeType.Changed => !notice.Key.StartsWith("late-start:", StringComparison.Ordinal),
        NoticeType.Overrun => notice.Key.StartsWith("extended:", StringComparison.Ordinal),
        _ => notice.Type is NoticeType.Initial or NoticeType.Postponed or NoticeType.Corrected or NoticeType.Cancelled,
    };

    private static bool TellsPlan(Told notice) => IsStatement(notice) || notice.Type == NoticeType.Reminder;

    /// <summary>The windows people count on after a notice: none once it is put off or cancelled.</summary>
    private static IReadOnlyList<PlannedWindow> Named(Told notice) => notice.Type is NoticeType.Postponed or NoticeType.Cancelled ? [] : notice.Windows;

    private static string RuleOf(
        ScheduleContext context, Told statement, List<PlannedWindow> restarted, bool added, bool laterEnd, bool sameWindows, bool samePlaces)
    {
        if (statement.Type == NoticeType.Postponed) return "new-date";
        var days = Named(statement).Select(window => context.Calendar.DayOf(window.StartsAt)).ToHashSet();
        if (restarted.Exists(window => !days.Contains(context.Calendar.DayOf(window.StartsAt)))) return "day-moved";
        if (restarted.Count > 0) return "starts-earlier";
        if (added) return "places-added";
        if (laterEnd && !sameWindows) return "ends-later";
        if (!sameWindows) return context.Plan.Windows.Any(window => Named(statement).Any(told => Same(told.AlternateStartsAt, window.StartsAt))) ? "alternate-day" : "times-changed";

        return samePlaces ? "promise-changed" : "places-removed";
    }

    /// <summary>Both its day and its alternate day were announced, and it begins no earlier than then.</summary>
    private static bool IsCovered(PlannedWindow window, IReadOnlyList<PlannedWindow> before, WorkingCalendar calendar)
    {
        var announced = before.Select(told => told.StartsAt).Concat(before.Where(told => told.AlternateStartsAt is not null).Select(told => told.AlternateStartsAt!.Value)).ToList();
        bool Covered(DateTimeOffset start) => announced.Exists(told => told <= start && calendar.DayOf(told) == calendar.DayOf(start));

        return Covered(window.StartsAt) && (window.AlternateStartsAt is not { } alternate || Covered(alternate));
    }

    private static bool SameWindows(IReadOnlyList<PlannedWindow> one, IReadOnlyList<PlannedWindow> other) =>
        one.Select(Identity).Order().SequenceEqual(other.Select(Identity).Order());

    private static (long, long, long, long) Identity(PlannedWindow window) =>
        (Micros(window.StartsAt), Micros(window.EndsAt), Micros(window.AlternateStartsAt ?? default), Micros(window.AlternateEndsAt ?? default));

    /// <summary>An alternate day may have fallen away: it no longer matters once the first was taken.</summary>
    private static bool OnlyEndsLater(IReadOnlyList<PlannedWindow> before, IReadOnlyList<PlannedWindow> now) =>
        before.Count == now.Count && before.OrderBy(window => window.StartsAt).Zip(now.OrderBy(window => window.StartsAt)).All(pair =>
            Same(pair.First.StartsAt, pair.Second.StartsAt) && (pair.Second.AlternateStartsAt is null || Same(pair.First.AlternateStartsAt, pair.Second.AlternateStartsAt)) && pair.First.EndsAt <= pair.Second.EndsAt);

    /// <summary>An Overrun that nobody confirmed promises nothing of the plan's, so it is not compared.</summary>
    private static bool SamePromise(ScheduleContext context)
    {
        var plan = context.Plan;
        var promised = InOrder(context.Told.Where(notice => IsStatement(notice) && (notice.ExpectedAt is not null || notice.NextUpdateBy is not null))).LastOrDefault();
        if (plan.ExpectedAt is { } expected)
            return promised?.ExpectedAt is { } told ? Same(told, expected) : plan.Windows.Count > 0 && Same(plan.Windows.Max(window => window.EndsAt), expected);

        return plan.NextUpdateBy is not { } update || Same(promised?.NextUpdateBy, update);
    }

    /// <summary>Instants are kept in whole microseconds.</summary>
    private static bool Same(DateTimeOffset? one, DateTimeOffset? other) =>
        one is { } first && other is { } second ? Micros(first) == Micros(second) : one is null && other is null;

    private static long Micros(DateTimeOffset instant) => instant.UtcTicks / TimeSpan.TicksPerMicrosecond;
}
