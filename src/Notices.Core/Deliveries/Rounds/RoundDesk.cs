using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>Where a dispatcher holds a round, lets it go on, or ends it. Workers see it with their next claim.</summary>
public sealed class RoundDesk
{
    private readonly NoticesDb _db;
    private readonly AuditTrail _audit;
    private readonly IDeliveryQueue _queue;
    private readonly TimeProvider _clock;

    internal RoundDesk(NoticesDb db, AuditTrail audit, IDeliveryQueue queue, TimeProvider clock) => (_db, _audit, _queue, _clock) = (db, audit, queue, clock);

    /// <summary>Nothing more is claimed; what is in a worker's hands still goes.</summary>
    public Task<Result<RoundState>> PauseAsync(long roundId, string? reason, Actor actor, CancellationToken cancellationToken) =>
        MoveAsync(roundId, [RoundState.Waiting, RoundState.Expanding, RoundState.Running], _ => RoundState.Paused, "rounds.paused", reason, actor, cancellationToken);

    public Task<Result<RoundState>> ResumeAsync(long roundId, string? reason, Actor actor, CancellationToken cancellationToken) =>
        MoveAsync(roundId, [RoundState.Paused], Resumed, "rounds.resumed", reason, actor, cancellationToken);

    /// <summary>For good: what was unsent ends as suppressed.</summary>
    public async Task<Result<RoundState>> StopAsync(long roundId, string? reason, Actor actor, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(reason)) return new Problem("round-stop-needs-reason", "reason");

        var result = await MoveAsync(
            roundId, [RoundState.Waiting, RoundState.Expanding, RoundState.Running, RoundState.Paused], _ => RoundState.Stopped, "rounds.stopped", reason, actor, cancellationToken);
        // Should this process end here, the sweep does it.
        if (result.Ok) await _queue.SuppressStoppedAsync(_clock.GetUtcNow(), cancellationToken);

        return result;
    }

    /// <summary>Back to where its drawing of recipients had come.</summary>
    private static RoundState Resumed(Round round) => round.SnapshotAt is not null || round.NextTier >= 3 ? RoundState.Running
        : round.NextTier > 0 ? RoundState.Expanding : RoundState.Waiting;

    private async Task<Result<RoundState>> MoveAsync(
        long roundId, IReadOnlyList<RoundState> from, Func<Round, RoundState> to, string action, string? reason, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Dispatcher, Role.Administrator)) return Problem.Forbidden(action);

        var found = await _db.Rounds.AsNoTracking().Where(round => round.Id == roundId).Select(round => new { Round = round, round.Notice!.Organisation!.Path }).SingleOrDefaultAsync(cancellationToken);
        if (found is null || !actor.Sees(found.Path)) return Problem.NotFound("round", roundId.ToString(CultureInfo.InvariantCulture));

        var (before, after) = (found.Round.State, to(found.Round));
        if (!from.Contains(before)) return StateProblem(roundId, before);

        await _audit.BeginAsync(cancellationToken);
        var stopped = after == RoundState.Stopped ? reason!.Trim() : null;
        var moved = await _db.Rounds.Where(round => round.Id == roundId && round.State == before)
            .ExecuteUpdateAsync(set => set.SetProperty(round => round.State, after).SetProperty(round => round.StoppedReason, stopped), cancellationToken);
        if (moved == 0)
        {
            await _db.Database.RollbackTransactionAsync(cancellationToken);

            return StateProblem(roundId, before);
        }

        // A round that is held or ended leaves the messages it shares; the others go on.
        if (after is RoundState.Paused or RoundState.Stopped)
            await new Audience.MergedMessages(_db).PartAsync("SELECT @round", new Dictionary<string, object?> { ["@round"] = roundId }, cancellationToken);
        _audit.Record(actor, action, Round.Subject(roundId), new { state = before }, new { state = after, reason });
        await _audit.CommitAsync(cancellationToken);

        return after;
    }

    private static Problem StateProblem(long roundId, RoundState state) =>
        new("round-state-forbids", null, new { round = roundId, state = state.ToString().ToLowerInvariant() }, ProblemKind.State);
}
