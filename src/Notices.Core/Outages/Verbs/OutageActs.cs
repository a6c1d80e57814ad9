using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Policy;
using Notices.Storage;

namespace Notices.Outages;

/// <summary>What every verb on an outage shares.</summary>
internal sealed class OutageActs(NoticesDb db, AuditTrail audit, TimeProvider clock, PolicyBook policy, DueAlarm alarm) : Acts<Outage, OutageView>(db, audit, clock, alarm)
{
    internal OutageStore Store { get; } = new(db, clock);

    internal OutageSchedule Schedule { get; } = new(db, policy, clock);

    internal ScopeResolver Scopes { get; } = new(db);

    protected override string Thing => "outage";

    /// <summary>The problem when the life has no such arrow.</summary>
    internal static IReadOnlyList<Problem> Move(Outage outage, OutageStatus to, string action)
    {
        if (!OutageLife.Allows(outage.Status, to)) return [Forbids(outage, action)];

        outage.Status = to;

        return [];
    }

    internal static Problem Forbids(Outage outage, string action) => new("state-forbids", "status", new { action, status = outage.Status }, ProblemKind.State);

    protected override Task<Result<Outage>> FindAsync(string number, Actor actor, CancellationToken cancellationToken) => Store.FindAsync(number, actor, cancellationToken);

    protected override OutageView Show(Outage thing) => OutageView.Of(thing);

    protected override async Task RedrawAsync(Outage thing, CancellationToken cancellationToken)
    {
        await Schedule.RedrawAsync(thing, cancellationToken);

        // Whether a postponed one still expires follows from what becomes of the plan that takes its place.
        if (thing.Replaces is { Status: OutageStatus.Postponed })
            await Schedule.RedrawAsync(await Store.Whole.FirstAsync(o => o.Id == thing.ReplacesId, cancellationToken), cancellationToken);
    }

    protected override async Task<OutageView> AnswerAsync(Outage thing, CancellationToken cancellationToken) =>
        OutageView.Of(thing, null, await Store.NoticesAsync(thing.Id, cancellationToken));
}
