using Notices.Words;

namespace Notices.Policy;

/// <summary>A time in which supply should not be cut (entrance examinations, festivals): local days, both included.</summary>
/// <param name="From"><c>MM-dd</c> for every year or <c>yyyy-MM-dd</c> for one.</param>
/// <param name="To">As <paramref name="From"/>; a yearly one before it lies in the next year.</param>
public sealed record ProtectedPeriod(LocalText Name, string From, string To, string Source);

/// <summary>Warns about windows that touch a protected period.</summary>
public static class ProtectedPeriods
{
    /// <returns>One warning per window and period, code <c>protected-period</c>.</returns>
    public static IReadOnlyList<Problem> Check(IReadOnlyList<PlannedWindow> windows, PolicyOptions policy, WorkingCalendar calendar) =>
        throw new NotSupportedException();
}
