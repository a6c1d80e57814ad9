using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;
using Notices.Words;

namespace Notices.Outages;

/// <param name="Windows">All windows, as they are to be from now on.</param>
/// <param name="Reason">Why; printed in the notice.</param>
/// <param name="LateReason">Needed where the new date is nearer than the lead time.</param>
/// <param name="Confirm">Codes of warnings about the new times that a person has read and confirms.</param>
public sealed record RescheduleOutage(IReadOnlyList<PlanWindow> Windows, LocalText? Reason = null, string? LateReason = null, IReadOnlyList<string>? Confirm = null);

/// <param name="Feeders">The scope as it should have been; null where it was right.</param>
/// <param name="Places">The places as they should have been; null to draw them from the scope.</param>
/// <param name="Windows">The windows as they should have been; null where they were right.</param>
/// <param name="Confirm">Codes of warnings that a person has read and confirms.</param>
public sealed record CorrectOutage(
    LocalText? Reason = null, IReadOnlyList<string>? Feeders = null, IReadOnlyList<string>? Sections = null, IReadOnlyList<string>? Transformers = null,
    IReadOnlyList<string>? Places = null, IReadOnlyList<PlanWindow>? Windows = null, IReadOnlyList<string>? Confirm = null);

/// <summary>What happens to a plan people already know of. Each takes effect at once and owes those told a notice; a second person's approval would only delay that word.</summary>
public sealed class OutageChanges
{
    private static readonly Role[] Dispatchers = [Role.Dispatcher, Role.Administrator];

    private readonly NoticesDb _db;
    private readonly OutageActs _acts;
    private readonly ChangeForesight _foresight;
    private readonly OutageChecks _checks;
    private readonly PolicyBook _policy;
    private readonly ReasonBook _reasons;
    private readonly NoticeFactsBuilder _facts;
    private readonly NoticeRenderer _renderer;

    public OutageChanges(
        NoticesDb db, AuditTrail audit, TimeProvider clock, PolicyBook policy, DueAlarm alarm, OutageChecks checks, ReasonBook reasons, NoticeFactsBuilder facts, NoticeRenderer renderer)
    {
        _acts = new OutageActs(db, audit, clock, policy, alarm);
        _foresight = new ChangeForesight(db, _acts.Schedule, facts, renderer);
        (_db, _checks, _policy, _reasons, _facts, _renderer) = (db, checks, policy, reasons, facts, renderer);
    }

    /// <summary>Another day or time, also for one that was postponed with its date open. Another day or an earlier start runs through the lead time again.</summary>
    public Task<Result<OutageView>> RescheduleAsync(string number, RescheduleOutage request, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(number, "rescheduled", Dispatchers, actor, outage => RescheduleAsync(outage, request, cancellationToken), request, cancellationToken);

    /// <summary>What that would tell whom; nothing is changed.</summary>
    public Task<Result<ForeseenChange>> ForeseeRescheduleAsync(string number, RescheduleOutage request, Actor actor, CancellationToken cancellationToken) =>
        _acts.ForeseeAsync(number, "rescheduled", Dispatchers, actor, outage => RescheduleAsync(outage, request, cancellationToken), outage => _foresight.SeeAsync(outage, NoticeType.Changed, cancellationToken), cancellationToken);

    private async Task<IReadOnlyList<Problem>> RescheduleAsync(Outage outage, RescheduleOutage request, CancellationToken cancellationToken)
    {
        if (outage.Status is not (OutageStatus.Approved or OutageStatus.Published or OutageStatus.Postponed)) return [OutageActs.Forbids(outage, "reschedule")];
        if (await ReplacedAsync(outage, cancellationToken) is { } replaced) return [replaced];
        if (request.Reason is null) return [new Problem("reason-missing", "reason")];

        // Once it was put off nobody counts on any day, so every new date runs through the lead time again.
        var sameDays = outage.Status != OutageStatus.Postponed && SameDays(outage, request.Windows);
        Replace(outage, request.Windows);
        if (!sameDays) outage.LateReason = null;
        outage.LateReason = request.LateReason ?? outage.LateReason;
        await _db.SaveChangesAsync(cancellationToken);
        await _acts.Scopes.RedrawAsync(outage, cancellationToken);
        await _db.SaveChangesAsync(cancellationToken);
        if (await RefusalsAsync(outage, sameDays, request.Confirm, cancellationToken) is { Count: > 0 } refusals) return refusals;

        outage.PostponedAt = null;
        Changed(outage, request.Reason, false);
        // An approved plan nobody was told of stays approved: its first notice simply says the new time.
        if (outage.Status == OutageStatus.Postponed) outage.Status = OutageStatus.Published;

        return await WordingAsync(outage, NoticeType.Changed, cancellationToken);
    }

    /// <summary>Put off, the new date open; without one by the policy's expiry it becomes cancelled.</summary>
    public Task<Result<OutageView>> PostponeAsync(string number, LocalText? reason, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(number, "postponed", Dispatchers, actor, outage => PostponeAsync(outage, reason, cancellationToken), new { reason }, cancellationToken);

    /// <summary>What that would tell whom; nothing is changed.</summary>
    public Task<Result<ForeseenChange>> ForeseePostponeAsync(string number, LocalText? reason, Actor actor, CancellationToken cancellationToken) =>
        _acts.ForeseeAsync(number, "postponed", Dispatchers, actor, outage => PostponeAsync(outage, reason, cancellationToken), outage => _foresight.SeeAsync(outage, NoticeType.Postponed, cancellationToken), cancellationToken);

    private async Task<IReadOnlyList<Problem>> PostponeAsync(Outage outage, LocalText? reason, CancellationToken cancellationToken)
    {
        if (reason is null) return [new Problem("reason-missing", "reason")];
        if (OutageActs.Move(outage, OutageStatus.Postponed, "postpone") is { Count: > 0 } refusal) return refusal;

        outage.PostponedAt = _acts.Now;
        outage.PostponedUntil = _acts.Now + _policy.Options.Planning.PostponedExpiry;
        Changed(outage, reason, false);

        return await WordingAsync(outage, NoticeType.Postponed, cancellationToken);
    }

    /// <summary>What was told was wrong: those wrongly told hear that with an apology, those newly affected get the notice, the others nothing.</summary>
    public Task<Result<OutageView>> CorrectAsync(string number, CorrectOutage request, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(number, "corrected", Dispatchers, actor, outage => CorrectAsync(outage, request, cancellationToken), request, cancellationToken);

    /// <summary>What that would tell whom; nothing is changed.</summary>
    public Task<Result<ForeseenChange>> ForeseeCorrectAsync(string number, CorrectOutage request, Actor actor, CancellationToken cancellationToken) =>
        _acts.ForeseeAsync(number, "corrected", Dispatchers, actor, outage => CorrectAsync(outage, request, cancellationToken), outage => _foresight.SeeAsync(outage, NoticeType.Corrected, cancellationToken), cancellationToken);

    private async Task<IReadOnlyList<Problem>> CorrectAsync(Outage outage, CorrectOutage request, CancellationToken cancellationToken)
    {
        if (outage.Status is not (OutageStatus.Published or OutageStatus.InProgress)) return [OutageActs.Forbids(outage, "correct")];
        if (request.Reason is null) return [new Problem("reason-missing", "reason")];

        if (request.Feeders is not null || request.Sections is not null || request.Transformers is not null)
        {
            var scope = await _acts.Scopes.ResolveAsync(
                new PlanOutage { Feeders = request.Feeders ?? [], Sections = request.Sections ?? [], Transformers = request.Transformers ?? [] }, outage.Organisation!, cancellationToken);
            if (!scope.Ok) return scope.Problems;

            outage.Scope.Clear();
            outage.Scope.AddRange(scope.Value!);
        }

        if (request.Windows is { Count: > 0 }) Replace(outage, request.Windows);
        await _db.SaveChangesAsync(cancellationToken);
        var transformers = await _acts.Scopes.RedrawAsync(outage, cancellationToken);
        await _db.SaveChangesAsync(cancellationToken);
        var inScope = await _acts.Scopes.PlacesAsync(transformers, cancellationToken);
        outage.Places.Clear();
        outage.Places.AddRange((request.Places ?? [.. inScope.Select(p => p.Name).Distinct()])
            .Select(name => new OutagePlace { Name = name, PlaceId = inScope.Find(p => p.Name == name)?.Id }));
        await _db.SaveChangesAsync(cancellationToken);
        if (await RefusalsAsync(outage, true, request.Confirm, cancellationToken) is { Count: > 0 } refusals) return refusals;

        Changed(outage, request.Reason, true);

        return await WordingAsync(outage, NoticeType.Corrected, cancellationToken);
    }

    /// <summary>It will not happen; those told hear so.</summary>
    public Task<Result<OutageView>> CancelAsync(string number, LocalText? reason, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(number, "cancelled", Dispatchers, actor, outage => CancelAsync(outage, reason, cancellationToken), new { reason }, cancellationToken);

    /// <summary>What that would tell whom; nothing is changed.</summary>
    public Task<Result<ForeseenChange>> ForeseeCancelAsync(string number, LocalText? reason, Actor actor, CancellationToken cancellationToken) =>
        _acts.ForeseeAsync(number, "cancelled", Dispatchers, actor, outage => CancelAsync(outage, reason, cancellationToken), outage => _foresight.SeeAsync(outage, NoticeType.Cancelled, cancellationToken), cancellationToken);

    private async Task<IReadOnlyList<Problem>> CancelAsync(Outage outage, LocalText? reason, CancellationToken cancellationToken)
    {
        if (reason is null) return [new Problem("reason-missing", "reason")];
        if (await ReplacedAsync(outage, cancellationToken) is { } replaced) return [replaced];
        if (OutageActs.Move(outage, OutageStatus.Cancelled, "cancel") is { Count: > 0 } refusal) return refusal;

        outage.CancelledAt = _acts.Now;
        Changed(outage, reason, false);

        return await WordingAsync(outage, NoticeType.Cancelled, cancellationToken);
    }

    /// <summary>The approved plan that takes its place speaks for it from then on.</summary>
    private async Task<Problem?> ReplacedAsync(Outage outage, CancellationToken cancellationToken)
    {
        if (outage.Status != OutageStatus.Postponed) return null;
        var other = await OutageStore.Replacing(_db).Where(o => o.ReplacesId == outage.Id).Select(o => o.Number).FirstOrDefaultAsync(cancellationToken);

        return other is null ? null : new Problem("replaced-by", "status", new { number = outage.Number, other }, ProblemKind.State);
    }

    private void Changed(Outage outage, LocalText reason, bool correction) =>
        (outage.ChangedAt, outage.ChangeReason, outage.IsCorrection) = (_acts.Now, _reasons.Resolve(reason), correction);

    private static void Replace(Outage outage, IReadOnlyList<PlanWindow> windows)
    {
        outage.Windows.Clear();
        outage.Windows.AddRange(windows.OrderBy(w => w.StartsAt).Select((w, i) => new OutageWindow
        {
            Ordinal = (short)(i + 1),
            StartsAt = w.StartsAt,
            EndsAt = w.EndsAt,
            AlternateStartsAt = w.AlternateStartsAt,
            AlternateEndsAt = w.AlternateEndsAt,
            Places = [.. w.Places ?? []],
        }));
    }

    /// <summary>The checks of a submission; the lead time only where the clock starts anew.</summary>
    private async Task<IReadOnlyList<Problem>> RefusalsAsync(Outage outage, bool clockStands, IReadOnlyList<string>? confirm, CancellationToken cancellationToken)
    {
        outage.Confirmed = [.. outage.Confirmed.Union(confirm ?? [])];
        var verdict = await _checks.RunAsync(outage, outage.Confirmed, cancellationToken);
        List<Problem> refusals = [.. verdict.Refusals.Where(r => !clockStands || r.Code is not ("lead-time-too-short" or "start-in-past"))];

        return refusals.Count > 0 ? refusals : verdict.Unconfirmed;
    }

    /// <summary>What would not render is refused here, not when it falls due a moment later.</summary>
    private async Task<IReadOnlyList<Problem>> WordingAsync(Outage outage, NoticeType type, CancellationToken cancellationToken)
    {
        await _renderer.LookAsync(_db, cancellationToken);
        var facts = await _facts.PreviewAsync(outage, type, cancellationToken);

        // A correction of times is told as a change to those who were told rightly that they are cut.
        return type == NoticeType.Corrected ? [.. _renderer.Check(facts).Union(_renderer.Check(facts with { Type = NoticeType.Changed }))] : _renderer.Check(facts);
    }

    /// <summary>Every new window starts on a day already told (or on its announced alternate) and no earlier: the clock stands.</summary>
    private bool SameDays(Outage outage, IReadOnlyList<PlanWindow> windows)
    {
        var calendar = _policy.CalendarOf(outage.Organisation!);
        var told = outage.Windows.Select(w => w.StartsAt).Concat(outage.Windows.Where(w => w.AlternateStartsAt is not null).Select(w => w.AlternateStartsAt!.Value)).ToList();

        return windows.All(w => told.Any(start => calendar.DayOf(start) == calendar.DayOf(w.StartsAt) && w.StartsAt >= start));
    }
}
