using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Policy;
using Notices.Storage;

namespace Notices.Outages;

/// <summary>An emergency or fault over planned outages: each stays as announced, or is called off in the declaration's own transaction, so that what its text says of them is so.</summary>
internal sealed class OverlapDesk(NoticesDb db, AuditTrail audit, PolicyBook policy, OutageActs acts)
{
    /// <returns>What keeps one of them from being called off.</returns>
    internal async Task<IReadOnlyList<Problem>> SettleAsync(Outage outage, PlannedFate fate, Actor actor, CancellationToken cancellationToken)
    {
        if (fate == PlannedFate.Stays) return [];

        var problems = new List<Problem>();
        foreach (var number in (await UnderAsync(outage, cancellationToken)).Where(plan => plan.Fate == PlannedFate.Stays).Select(plan => plan.Outage.Number))
        {
            var plan = await acts.Store.Whole.FirstAsync(o => o.Number == number, cancellationToken);
            var before = OutageView.Of(plan);
            if (!OutageLife.Allows(plan.Status, fate == PlannedFate.Cancelled ? OutageStatus.Cancelled : OutageStatus.Postponed))
            {
                problems.Add(new Problem("planned-outage-stays", "plannedOutages", new { number, status = plan.Status }, ProblemKind.State));
                continue;
            }

            if (fate == PlannedFate.Cancelled) (plan.Status, plan.CancelledAt) = (OutageStatus.Cancelled, acts.Now);
            else (plan.Status, plan.PostponedAt, plan.PostponedUntil) = (OutageStatus.Postponed, acts.Now, acts.Now + policy.Options.Planning.PostponedExpiry);
            (plan.ChangedAt, plan.ChangeReason, plan.IsCorrection) = (acts.Now, outage.Reason, false);
            plan.Version++;
            await db.SaveChangesAsync(cancellationToken);
            await acts.Schedule.RedrawAsync(plan, cancellationToken);
            audit.Record(actor, $"outage.{fate.ToString().ToLowerInvariant()}", OutagePlanning.Subject(plan), before, new { outage = OutageView.Of(plan), why = new { outage = outage.Number } });
        }

        return problems;
    }

    internal async Task<List<OverlappedOutage>> FindAsync(Outage outage, CancellationToken cancellationToken) =>
        [.. (await UnderAsync(outage, cancellationToken)).Select(plan => new OverlappedOutage(plan.Outage.Number, plan.Fate))];

    private async Task<IEnumerable<OverlappedPlan>> UnderAsync(Outage outage, CancellationToken cancellationToken) =>
        (await OverlappedPlans.ReadAsync(db, [outage], cancellationToken))[outage.Id].Under(outage, acts.Now, policy.Options.Expiry.UnknownEnd);
}
