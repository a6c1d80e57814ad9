using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;
using Notices.Words;

namespace Notices.Outages;

/// <param name="EstimatedRestoration">Expected back at; or</param>
/// <param name="NextUpdateBy">not yet known, next word by.</param>
public sealed record ExtendOutage(DateTimeOffset? EstimatedRestoration = null, DateTimeOffset? NextUpdateBy = null, LocalText? Reason = null);

/// <param name="At">When supply went off; null for now.</param>
/// <param name="NotStarted">Says that the planned start has not happened.</param>
public sealed record StartOutage(DateTimeOffset? At = null, bool NotStarted = false);

/// <param name="At">When supply came back; null for now.</param>
/// <param name="Sections">What came back, as <c>FEEDER/section</c>; empty with <paramref name="Transformers"/>: everything.</param>
public sealed record RestoreOutage(DateTimeOffset? At = null, IReadOnlyList<string>? Sections = null, IReadOnlyList<string>? Transformers = null);

/// <summary>What happens while the supply is off.</summary>
public sealed class OutageProgress
{
    private static readonly Role[] Dispatchers = [Role.Dispatcher, Role.Administrator];

    private readonly NoticesDb _db;
    private readonly OutageActs _acts;
    private readonly ReasonBook _reasons;
    private readonly NoticeFactsBuilder _facts;
    private readonly NoticeRenderer _renderer;

    public OutageProgress(
        NoticesDb db, AuditTrail audit, TimeProvider clock, PolicyBook policy, DueAlarm alarm, ReasonBook reasons, NoticeFactsBuilder facts, NoticeRenderer renderer)
    {
        _acts = new OutageActs(db, audit, clock, policy, alarm);
        (_db, _reasons, _facts, _renderer) = (db, reasons, facts, renderer);
    }

    /// <summary>Another end, or a new promise. Does not start the clock again, but must be told: a later end as one that is late, an earlier one as a change of the times.</summary>
    public Task<Result<OutageView>> ExtendAsync(string number, ExtendOutage request, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(number, "extended", Dispatchers, actor, async outage =>
        {
            if (outage.Status is not (OutageStatus.Approved or OutageStatus.Published or OutageStatus.InProgress or OutageStatus.PartlyRestored))
                return [OutageActs.Forbids(outage, "extend")];
            if (request.EstimatedRestoration is null == request.NextUpdateBy is null) return [new Problem("restoration-not-said", "estimatedRestoration")];
            if (request.EstimatedRestoration <= _acts.Now) return [new Problem("restoration-in-past", "estimatedRestoration", new { at = request.EstimatedRestoration })];
            if (request.NextUpdateBy <= _acts.Now) return [new Problem("next-update-in-past", "nextUpdateBy", new { at = request.NextUpdateBy })];

            var last = outage.Windows.OrderBy(w => w.EndsAt).LastOrDefault();
            if (request.EstimatedRestoration <= last?.StartsAt) return [new Problem("end-before-last-window", "estimatedRestoration", new { at = request.EstimatedRestoration, last.StartsAt })];

            // The last window ends with the promise, so that whatever comes next is measured by what people were told last.
            var earlier = request.EstimatedRestoration < last?.EndsAt;
            (outage.ExpectedAt, outage.NextUpdateBy) = (request.EstimatedRestoration, request.NextUpdateBy);
            if (last is not null && request.EstimatedRestoration is { } end) last.EndsAt = end;
            (outage.ChangedAt, outage.IsCorrection) = (_acts.Now, false);
            outage.ChangeReason = _reasons.Resolve(request.Reason) ?? (earlier ? null : _reasons.Resolve(LocalText.Same("work-not-finished")));

            // As an overrun where it runs longer, else as a change: what would not render is refused here.
            var overruns = !earlier && outage is { Status: OutageStatus.InProgress or OutageStatus.PartlyRestored, Windows.Count: > 0 };

            return await _renderer.CheckAsync(_db, await _facts.PreviewAsync(outage, overruns ? NoticeType.Overrun : NoticeType.Changed, cancellationToken), cancellationToken);
        }, request, cancellationToken);

    /// <summary>Supply is off now, or the planned start has not happened.</summary>
    public Task<Result<OutageView>> StartAsync(string number, StartOutage request, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(number, request.NotStarted ? "start-held" : "started", Dispatchers, actor, outage =>
        {
            if (request.NotStarted)
            {
                if (outage.Status is not (OutageStatus.Published or OutageStatus.Approved)) return Refuse(OutageActs.Forbids(outage, "hold the start"));

                outage.StartHeld = true;

                return Refuse();
            }

            var at = request.At ?? _acts.Now;
            if (at > _acts.Now) return Refuse(new Problem("start-in-future", "at", new { at }));
            if (OutageActs.Move(outage, OutageStatus.InProgress, "start") is { Count: > 0 } refusal) return Task.FromResult(refusal);

            (outage.StartedAt, outage.StartHeld) = (at, false);

            return Refuse();
        }, request, cancellationToken);

    /// <summary>Supply is back, on the whole scope or on a part of it.</summary>
    public Task<Result<OutageView>> RestoreAsync(string number, RestoreOutage request, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(number, "restored", Dispatchers, actor, async outage =>
        {
            // A fault may be over before its hold-off is, and an emergency before its notice is out.
            var untold = outage is { Status: OutageStatus.Approved, Kind: OutageKind.Fault or OutageKind.Emergency } && outage.StartedAt <= _acts.Now;
            if (outage.Status is not (OutageStatus.InProgress or OutageStatus.PartlyRestored) && !untold) return [OutageActs.Forbids(outage, "restore")];

            var at = request.At ?? _acts.Now;
            if (at > _acts.Now) return [new Problem("restoration-in-future", "at", new { at })];
            if (at < outage.StartedAt) return [new Problem("restoration-before-start", "at", new { at, startedAt = outage.StartedAt })];

            var cut = await _db.OutageTransformers.Where(t => t.OutageId == outage.Id && t.RestoredAt == null).ToListAsync(cancellationToken);
            var back = cut;
            if (request.Sections is { Count: > 0 } || request.Transformers is { Count: > 0 })
            {
                var part = await _acts.Scopes.ResolveAsync(
                    new PlanOutage { Sections = request.Sections ?? [], Transformers = request.Transformers ?? [] }, outage.Organisation!, cancellationToken);
                if (!part.Ok) return part.Problems;

                var ids = await _acts.Scopes.TransformersAsync(part.Value!, at, cancellationToken);
                back = [.. cut.Where(t => ids.Contains(t.TransformerId))];
                if (back.Count == 0) return [new Problem("part-not-cut", "transformers")];
            }

            foreach (var transformer in back) transformer.RestoredAt = at;
            var whole = back.Count == cut.Count;
            if (whole) outage.RestoredAt = at;
            outage.ChangedAt = _acts.Now;

            return OutageActs.Move(outage, whole ? OutageStatus.Restored : OutageStatus.PartlyRestored, "restore");
        }, request, cancellationToken);

    private static Task<IReadOnlyList<Problem>> Refuse(params Problem[] problems) => Task.FromResult<IReadOnlyList<Problem>>(problems);
}
