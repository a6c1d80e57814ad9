using Microsoft.EntityFrameworkCore;
using Notices.Storage;

namespace Notices.Outages;

/// <summary>The planned outages people were told of that an emergency or fault lies over.</summary>
internal static class OverlappedPlans
{
    /// <summary>Of several outages at once; those that are neither emergency nor fault have none.</summary>
    internal static async Task<ILookup<long, OverlappedPlan>> ReadAsync(NoticesDb db, IEnumerable<Outage> outages, CancellationToken cancellationToken)
    {
        var ids = outages.Where(o => o.Id != 0 && o.Kind is OutageKind.Emergency or OutageKind.Fault).Select(o => o.Id).ToList();
        if (ids.Count == 0) return Array.Empty<OverlappedPlan>().ToLookup(_ => 0L);

        var found = await db.OutageTransformers.Where(ours => ids.Contains(ours.OutageId))
            .Join(db.OutageTransformers, ours => ours.TransformerId, theirs => theirs.TransformerId, (ours, theirs) => new { Over = ours.OutageId, theirs.OutageId }).Distinct()
            .Join(
                db.Outages.Where(o => (o.Kind == OutageKind.Planned || o.Kind == OutageKind.Temporary)
                    && (o.Status == OutageStatus.Published || o.Status == OutageStatus.InProgress || o.Status == OutageStatus.PartlyRestored
                        || o.Status == OutageStatus.Cancelled || o.Status == OutageStatus.Postponed)),
                pair => pair.OutageId, o => o.Id, (pair, o) => new { pair.Over, Plan = o, Windows = o.Windows.ToList() })
            .AsNoTracking().ToListAsync(cancellationToken);

        return found.OrderBy(f => f.Plan.Number, StringComparer.Ordinal).ToLookup(f => f.Over, f => new OverlappedPlan(f.Plan, [.. f.Windows.OrderBy(w => w.StartsAt)]));
    }

    /// <summary>Those at the same time whose fate is this outage's doing: one called off before it has nothing to do with it.</summary>
    /// <param name="unknownEnd">How long an outage is taken to last while nobody knows.</param>
    internal static IEnumerable<OverlappedPlan> Under(this IEnumerable<OverlappedPlan> plans, Outage outage, DateTimeOffset now, TimeSpan unknownEnd)
    {
        var start = outage.StartedAt ?? now;
        var end = outage.ExpectedAt ?? start + unknownEnd;
        foreach (var plan in plans)
        {
            var windows = plan.Windows.Where(w => w.StartsAt < end && w.EndsAt > start).ToList();
            var since = plan.Outage.Status == OutageStatus.Cancelled ? plan.Outage.CancelledAt : plan.Outage.Status == OutageStatus.Postponed ? plan.Outage.PostponedAt : null;
            if (windows.Count > 0 && (plan.Fate == PlannedFate.Stays || since >= outage.ApprovedAt)) yield return plan with { Windows = windows };
        }
    }
}

/// <param name="Outage">Read without its relations, and not to be changed.</param>
internal sealed record OverlappedPlan(Outage Outage, IReadOnlyList<OutageWindow> Windows)
{
    internal PlannedFate Fate => Outage.Status switch
    {
        OutageStatus.Cancelled => PlannedFate.Cancelled,
        OutageStatus.Postponed => PlannedFate.Postponed,
        _ => PlannedFate.Stays,
    };
}
