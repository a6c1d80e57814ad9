using Notices.Words;

namespace Notices.Policy;

/// <summary>A day of every year, or (with a year) of one.</summary>
public readonly record struct PeriodDay(int? Year, int Month, int Day)
{
    /// <summary>The day in a year; 29 February is 28 February where there is none.</summary>
    internal DateOnly In(int year) => new(Year ?? year, Month, Math.Min(Day, DateTime.DaysInMonth(Year ?? year, Month)));
}

/// <summary>A time in which supply should not be cut (entrance examinations, festivals): local days, both included.</summary>
/// <param name="To">In the next year where a yearly one would lie before <paramref name="From"/>.</param>
public sealed record ProtectedPeriod(LocalText Name, PeriodDay From, PeriodDay To, string Source)
{
    /// <summary>True when a day from <paramref name="first"/> to <paramref name="last"/> lies in the period.</summary>
    public bool Touches(DateOnly first, DateOnly last)
    {
        for (var year = first.Year - 1; year <= last.Year; year++)
        {
            var from = From.In(year);
            var to = To.In(year);
            if (to < from) to = To.In(year + 1);
            if (from <= last && first <= to) return true;
        }

        return false;
    }
}

/// <summary>Warns about windows that touch a protected period.</summary>
public static class ProtectedPeriods
{
    /// <returns>One warning per window and period, code <c>protected-period</c>; an alternate day counts too.</returns>
    public static IReadOnlyList<Problem> Check(IReadOnlyList<PlannedWindow> windows, PolicyOptions policy, WorkingCalendar calendar)
    {
        var warnings = new List<Problem>();
        for (var i = 0; i < windows.Count; i++)
        {
            foreach (var period in policy.ProtectedPeriods)
            {
                if (Field(windows[i], period, calendar) is { } field)
                    warnings.Add(new Problem("protected-period", $"windows[{i}].{field}", new { name = period.Name, source = period.Source }, ProblemKind.Warning));
            }
        }

        return warnings;
    }

    private static string? Field(PlannedWindow window, ProtectedPeriod period, WorkingCalendar calendar) =>
        Touches(period, window.StartsAt, window.EndsAt, calendar) ? "startsAt"
        : window.AlternateStartsAt is { } start && Touches(period, start, window.AlternateEndsAt ?? start, calendar) ? "alternateStartsAt"
        : null;

    /// <summary>A window that ends at midnight does not touch the day that begins there.</summary>
    private static bool Touches(ProtectedPeriod period, DateTimeOffset start, DateTimeOffset end, WorkingCalendar calendar) =>
        period.Touches(calendar.DayOf(start), calendar.DayOf(end > start ? end.AddTicks(-1) : end));
}
