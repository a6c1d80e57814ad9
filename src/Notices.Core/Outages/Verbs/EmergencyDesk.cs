using Notices.Access;
using Notices.Audit;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;
using Notices.Words;

namespace Notices.Outages;

/// <summary>Emergencies and faults: declared by one dispatcher, out at once, looked at by a second person afterwards.</summary>
public sealed class EmergencyDesk
{
    private readonly NoticesDb _db;
    private readonly AuditTrail _audit;
    private readonly OutagePlanning _planning;
    private readonly OutageActs _acts;
    private readonly OverlapDesk _overlapped;
    private readonly NoticeFactsBuilder _facts;
    private readonly NoticeRenderer _renderer;
    private readonly DueAlarm _alarm;

    public EmergencyDesk(
        NoticesDb db, AuditTrail audit, TimeProvider clock, PolicyBook policy, DueAlarm alarm, OutagePlanning planning, NoticeFactsBuilder facts, NoticeRenderer renderer)
    {
        _acts = new OutageActs(db, audit, clock, policy, alarm);
        _overlapped = new OverlapDesk(db, audit, policy, _acts);
        (_db, _audit, _planning, _facts, _renderer, _alarm) = (db, audit, planning, facts, renderer, alarm);
    }

    /// <summary>Durable when it returns; published and expanded by the alarm a moment later.</summary>
    public async Task<Result<OutageView>> DeclareAsync(PlanOutage plan, Actor actor, CancellationToken cancellationToken)
    {
        var prepared = await PrepareAsync(plan, actor, cancellationToken);
        if (!prepared.Ok) return Result<OutageView>.Refused(prepared.Problems);

        var outage = prepared.Value!;
        await _acts.Schedule.RedrawAsync(outage, cancellationToken);
        var declared = OutageView.Of(outage) with { Overlaps = await _overlapped.FindAsync(outage, cancellationToken) };
        _audit.Record(actor, $"{plan.Kind.ToString().ToLowerInvariant()}.declared", OutagePlanning.Subject(outage), null, declared);
        _audit.AfterCommit(_alarm.Ring);
        await _audit.CommitAsync(cancellationToken);

        return declared;
    }

    /// <summary>What declaring it would make, looked at and taken back.</summary>
    internal async Task<Result<TriedOutage>> TryAsync(PlanOutage plan, Actor actor, CancellationToken cancellationToken)
    {
        var prepared = await PrepareAsync(plan, actor, cancellationToken);
        if (prepared.Value is not { } outage) return Result<TriedOutage>.Refused(prepared.Problems);

        try
        {
            return new TriedOutage(outage, await _overlapped.FindAsync(outage, cancellationToken), await _facts.PreviewAsync(outage, NoticeType.Initial, cancellationToken));
        }
        finally
        {
            await TakeBackAsync(cancellationToken);
        }
    }

    /// <summary>The outage in the open unit of work, as it is declared; where it is refused nothing of it is left.</summary>
    private async Task<Result<Outage>> PrepareAsync(PlanOutage plan, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Dispatcher)) return Problem.Forbidden("emergency.declare");

        var problems = Faults(plan).ToList();
        if (problems.Count > 0) return problems;

        var starts = plan.StartsAt ?? _acts.Now.AddMinutes(plan.MinutesLeft ?? 0);
        var drafted = await _planning.DraftAsync(
            plan with
            {
                Reason = plan.Reason ?? LocalText.Same(plan.Kind == OutageKind.Fault ? "equipment-fault" : "urgent-repair"),
                Windows = plan.EstimatedRestoration is { } end && end > starts ? [new PlanWindow(starts, end)] : [],
            }, actor, cancellationToken);
        if (!drafted.Ok) return drafted;

        var outage = drafted.Value!;
        (outage.StartedAt, outage.ReviewOwed) = (starts, true);
        (outage.SubmittedBy, outage.SubmittedAt) = (actor.Name, _acts.Now);
        (outage.ApprovedBy, outage.ApprovedAt, outage.Status) = (actor.Name, _acts.Now, OutageStatus.Approved);
        await _db.SaveChangesAsync(cancellationToken);

        problems.AddRange(outage.Scope.Count == 0 ? [new Problem("scope-missing", "feeders")] : []);
        problems.AddRange(outage.Places.Count == 0 ? [new Problem("places-missing", "places")] : []);
        if (problems.Count == 0) problems.AddRange(await _overlapped.SettleAsync(outage, plan.PlannedOutages ?? PlannedFate.Stays, actor, cancellationToken));
        if (problems.Count == 0) problems.AddRange(await _renderer.CheckAsync(_db, await _facts.PreviewAsync(outage, NoticeType.Initial, cancellationToken), cancellationToken));
        if (problems.Count == 0) return outage;

        await TakeBackAsync(cancellationToken);

        return problems;
    }

    private async Task TakeBackAsync(CancellationToken cancellationToken)
    {
        await _db.Database.CurrentTransaction!.RollbackAsync(cancellationToken);
        _db.ChangeTracker.Clear();
    }

    /// <summary>The second person has looked at it.</summary>
    public Task<Result<OutageView>> ReviewAsync(string number, LocalText? remark, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(number, "reviewed", [Role.Approver], actor, outage =>
        {
            if (!outage.ReviewOwed) return Task.FromResult<IReadOnlyList<Problem>>([OutageActs.Forbids(outage, "review")]);
            if (outage.ApprovedBy == actor.Name) return Task.FromResult<IReadOnlyList<Problem>>([new Problem("approver-is-submitter", null, null, ProblemKind.Forbidden)]);

            (outage.ReviewOwed, outage.ReviewedBy, outage.ReviewedAt) = (false, actor.Name, _acts.Now);

            return Task.FromResult<IReadOnlyList<Problem>>([]);
        }, new { remark }, cancellationToken);

    private IEnumerable<Problem> Faults(PlanOutage plan)
    {
        var now = _acts.Now;
        if (plan.Kind is not (OutageKind.Emergency or OutageKind.Fault)) yield return new Problem("not-an-emergency", "kind", new { kind = plan.Kind });
        if (plan.Windows.Count > 0) yield return new Problem("emergency-has-windows", "windows");
        if (plan.StartsAt is not null && plan.MinutesLeft is not null) yield return new Problem("start-said-twice", "minutesLeft");
        if (plan.MinutesLeft is < 0 or > 24 * 60) yield return new Problem("minutes-left-out-of-range", "minutesLeft", new { minutes = plan.MinutesLeft });
        if (plan.EstimatedRestoration is null == plan.NextUpdateBy is null) yield return new Problem("restoration-not-said", "estimatedRestoration");
        if (plan.EstimatedRestoration <= now) yield return new Problem("restoration-in-past", "estimatedRestoration", new { at = plan.EstimatedRestoration });
        if (plan.NextUpdateBy <= now) yield return new Problem("next-update-in-past", "nextUpdateBy", new { at = plan.NextUpdateBy });
        if (plan.Kind == OutageKind.Fault && (plan.StartsAt > now || plan.MinutesLeft > 0)) yield return new Problem("start-in-future", "startsAt", new { at = plan.StartsAt });
    }
}

/// <summary>An emergency that was looked at and taken back; nothing of it is in the database.</summary>
internal sealed record TriedOutage(Outage Outage, IReadOnlyList<OverlappedOutage> Overlaps, NoticeFacts Facts);
