namespace Notices.Policy;

/// <summary>The one place that turns plan, policy and now into due moments; computed again whenever one of them changes.</summary>
public static class NoticeSchedule
{
    /// <summary>Everything still owed.</summary>
    /// <param name="told">What was already published about this outage, in any order.</param>
    public static DueSchedule Compute(PlannedOutage plan, IReadOnlyList<Told> told, PolicyOptions policy, WorkingCalendar calendar, DateTimeOffset now) =>
        throw new NotSupportedException();
}
