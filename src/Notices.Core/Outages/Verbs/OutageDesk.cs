using Notices.Access;
using Notices.Audit;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;
using Notices.Words;

namespace Notices.Outages;

/// <param name="Confirm">Codes of warnings read and confirmed.</param>
/// <param name="LateReason">Why it is announced after the deadline.</param>
public sealed record SubmitOutage(IReadOnlyList<string>? Confirm = null, string? LateReason = null);

/// <param name="LateReason">Where it became late while it waited.</param>
public sealed record ApproveOutage(string? LateReason = null);

/// <summary>A reason, in both languages or as a code of <c>config/reasons.json</c>.</summary>
public sealed record Because(LocalText? Reason = null);

/// <summary>From draft to approved: two people, all checks, every refusal with its mend.</summary>
public sealed class OutageDesk
{
    private readonly NoticesDb _db;
    private readonly OutageActs _acts;
    private readonly OutageChecks _checks;
    private readonly NoticeFactsBuilder _facts;
    private readonly NoticeRenderer _renderer;

    public OutageDesk(
        NoticesDb db, AuditTrail audit, TimeProvider clock, PolicyBook policy, DueAlarm alarm, OutageChecks checks, NoticeFactsBuilder facts, NoticeRenderer renderer)
    {
        _acts = new OutageActs(db, audit, clock, policy, alarm);
        (_db, _checks, _facts, _renderer) = (db, checks, facts, renderer);
    }

    /// <summary>Runs every check; refusals and unconfirmed warnings keep it a draft. Whatever would not render is refused here, not at sending.</summary>
    public Task<Result<OutageView>> SubmitAsync(string number, SubmitOutage request, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(number, "submitted", [Role.Dispatcher, Role.Administrator], actor, async outage =>
        {
            if (outage.Status is not (OutageStatus.Draft or OutageStatus.Rejected)) return [OutageActs.Forbids(outage, "submit")];

            outage.LateReason = request.LateReason ?? outage.LateReason;
            outage.Confirmed = [.. outage.Confirmed.Union(request.Confirm ?? [])];
            (outage.SubmittedBy, outage.SubmittedAt) = (actor.Name, _acts.Now);

            var verdict = await _checks.RunAsync(outage, outage.Confirmed, cancellationToken);
            if (verdict.Refusals.Count > 0) return verdict.Refusals;
            if (verdict.Unconfirmed.Count > 0) return verdict.Unconfirmed;

            var wording = await _renderer.CheckAsync(_db, await _facts.PreviewAsync(outage, NoticeType.Initial, cancellationToken), cancellationToken);
            if (wording.Count > 0) return wording;

            return OutageActs.Move(outage, OutageStatus.Submitted, "submit");
        }, request, cancellationToken);

    public Task<Result<OutageView>> ApproveAsync(string number, ApproveOutage request, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(number, "approved", [Role.Approver], actor, async outage =>
        {
            if (outage.Status != OutageStatus.Submitted) return [OutageActs.Forbids(outage, "approve")];
            if (outage.SubmittedBy == actor.Name || outage.CreatedBy == actor.Name) return [new Problem("approver-is-submitter", null, null, ProblemKind.Forbidden)];

            outage.LateReason = request.LateReason ?? outage.LateReason;
            var verdict = await _checks.RunAsync(outage, outage.Confirmed, cancellationToken);
            if (verdict.Refusals.Count > 0) return verdict.Refusals;

            (outage.ApprovedBy, outage.ApprovedAt) = (actor.Name, _acts.Now);
            // From now on that one neither expires nor changes: whoever is at it at this moment reads it again.
            if (outage.Replaces is { } replaced) replaced.Version++;

            return OutageActs.Move(outage, OutageStatus.Approved, "approve");
        }, request, cancellationToken);

    public Task<Result<OutageView>> RejectAsync(string number, LocalText? reason, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(number, "rejected", [Role.Approver], actor, outage => Task.FromResult<IReadOnlyList<Problem>>(
            reason is null ? [new Problem("reason-missing", "reason")] : OutageActs.Move(outage, OutageStatus.Rejected, "reject")), new { reason }, cancellationToken);

    /// <summary>Takes back what nobody was told of yet.</summary>
    public Task<Result<OutageView>> WithdrawAsync(string number, LocalText? reason, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(number, "withdrawn", [Role.Dispatcher, Role.Administrator], actor, outage => Task.FromResult<IReadOnlyList<Problem>>(
            reason is null ? [new Problem("reason-missing", "reason")] : OutageActs.Move(outage, OutageStatus.Withdrawn, "withdraw")), new { reason }, cancellationToken);
}
