namespace Notices.Outages;

/// <summary>The arrows of an outage's life.</summary>
public static class OutageLife
{
    private static readonly Dictionary<OutageStatus, OutageStatus[]> Arrows = new()
    {
        [OutageStatus.Draft] = [OutageStatus.Submitted, OutageStatus.Withdrawn, OutageStatus.Closed],
        [OutageStatus.Submitted] = [OutageStatus.Approved, OutageStatus.Rejected, OutageStatus.Withdrawn],
        [OutageStatus.Rejected] = [OutageStatus.Submitted, OutageStatus.Withdrawn],
        [OutageStatus.Approved] = [OutageStatus.Published, OutageStatus.Withdrawn, OutageStatus.InProgress, OutageStatus.Restored],
        [OutageStatus.Published] = [OutageStatus.Published, OutageStatus.Postponed, OutageStatus.Cancelled, OutageStatus.InProgress],
        [OutageStatus.Postponed] = [OutageStatus.Published, OutageStatus.Cancelled, OutageStatus.Closed],
        [OutageStatus.InProgress] = [OutageStatus.PartlyRestored, OutageStatus.Restored, OutageStatus.Cancelled],
        [OutageStatus.PartlyRestored] = [OutageStatus.PartlyRestored, OutageStatus.Restored],
        [OutageStatus.Restored] = [OutageStatus.Closed],
        [OutageStatus.Withdrawn] = [],
        [OutageStatus.Cancelled] = [],
        [OutageStatus.Closed] = [],
    };

    /// <summary>A second person has let it go out. Before that it owes nobody a word: what is computed for it is a preview.</summary>
    public static bool IsApproved(OutageStatus status) => status is not (OutageStatus.Draft or OutageStatus.Submitted or OutageStatus.Rejected or OutageStatus.Withdrawn);

    /// <summary>True when the life has an arrow from one status to the other.</summary>
    public static bool Allows(OutageStatus from, OutageStatus to) => Arrows[from].Contains(to);
}
