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
        _audit.Record(actor, action, $"rounds/{roundId}", new { state = before }, new { state = after, reason });
        await _audit.CommitAsync(cancellationToken);

        return after;
    }

    private static Problem StateProblem(long roundId, RoundState state) =>
        new("round-state-forbids", null, new { round = roundId, state = state.ToString().ToLowerInvariant() }, ProblemKind.State);
}

/// <summary>One delivery as it is shown.</summary>
/// <param name="Address">Masked.</param>
/// <param name="DueAt">When it is tried again, while it waits.</param>
public sealed record DeliveryView(
    long Id, long RoundId, Medium Medium, string? Address, short Tier, string Accounts, string? PlaceName, DeliveryState State, string? Reason, DateTimeOffset? DueAt, DateTimeOffset ExpiresAt,
    string? Provider, DateTimeOffset? AcceptedAt, DateTimeOffset? DeliveredAt, IReadOnlyList<AttemptView> Attempts);

/// <summary>One try as it is shown; on the phone it is the call record.</summary>
public sealed record AttemptView(short Number, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Provider, SendOutcomeKind Outcome, string? Detail, string? CallResult, string? KeysPressed, int? Seconds);

/// <summary>A round as it stands.</summary>
public sealed record RoundSummary(
    long Id, long NoticeId, RoundState State, string Audience, DateTimeOffset CreatedAt, DateTimeOffset? SnapshotAt, DateTimeOffset ExpiresAt, string? StoppedReason, DateTimeOffset? ClosedAt, RoundCounts Counts);

/// <summary>Reads rounds and deliveries for those who may see them; nothing here shows a whole number or address.</summary>
public sealed class RoundView
{
    private readonly NoticesDb _db;
    private readonly IDeliveryQueue _queue;

    internal RoundView(NoticesDb db, IDeliveryQueue queue) => (_db, _queue) = (db, queue);

    public async Task<RoundSummary?> FindAsync(long roundId, Actor actor, CancellationToken cancellationToken)
    {
        if (await SeenAsync(roundId, actor, cancellationToken) is not { } round) return null;

        return new RoundSummary(
            round.Id, round.NoticeId, round.State, round.Audience, round.CreatedAt, round.SnapshotAt, round.ExpiresAt, round.StoppedReason, round.ClosedAt,
            await _queue.RoundCountsAsync(roundId, cancellationToken));
    }

    /// <param name="after">Id of the last one of the page before.</param>
    /// <returns>Null where there is no such round for this actor.</returns>
    public async Task<IReadOnlyList<DeliveryView>?> DeliveriesAsync(long roundId, DeliveryState? state, long after, int limit, Actor actor, CancellationToken cancellationToken)
    {
        if (await SeenAsync(roundId, actor, cancellationToken) is null) return null;

        var page = await _db.Deliveries.AsNoTracking().Where(delivery => delivery.RoundId == roundId && delivery.Id > after && (state == null || delivery.State == state))
            .OrderBy(delivery => delivery.Id).Take(Math.Clamp(limit, 1, 500)).ToListAsync(cancellationToken);

        return await WithAttemptsAsync(page, cancellationToken);
    }

    public async Task<DeliveryView?> DeliveryAsync(long deliveryId, Actor actor, CancellationToken cancellationToken)
    {
        var found = await _db.Deliveries.AsNoTracking().Where(delivery => delivery.Id == deliveryId).ToListAsync(cancellationToken);
        if (found.Count == 0 || await SeenAsync(found[0].RoundId, actor, cancellationToken) is null) return null;

        return (await WithAttemptsAsync(found, cancellationToken))[0];
    }

    /// <summary>Enough to recognise, too little to use: <c>+8613••••5678</c>, <c>l•••@example.org</c>.</summary>
    public static string? Mask(string? address)
    {
        if (string.IsNullOrEmpty(address)) return null;

        var at = address.IndexOf('@', StringComparison.Ordinal);
        if (at > 0) return $"{address[..1]}•••{address[at..]}";

        return address.Length <= 6 ? "••••" : $"{address[..Math.Min(5, address.Length - 4 - 2)]}••••{address[^4..]}";
    }

    private async Task<Round?> SeenAsync(long roundId, Actor actor, CancellationToken cancellationToken)
    {
        var found = await _db.Rounds.AsNoTracking().Where(round => round.Id == roundId).Select(round => new { Round = round, round.Notice!.Organisation!.Path }).SingleOrDefaultAsync(cancellationToken);

        return found is not null && actor.Sees(found.Path) ? found.Round : null;
    }

    private async Task<IReadOnlyList<DeliveryView>> WithAttemptsAsync(List<Delivery> page, CancellationToken cancellationToken)
    {
        var ids = page.ConvertAll(delivery => delivery.Id);
        var attempts = (await _db.Attempts.AsNoTracking().Where(attempt => ids.Contains(attempt.DeliveryId)).OrderBy(attempt => attempt.Id).ToListAsync(cancellationToken)).ToLookup(attempt => attempt.DeliveryId);

        return page.ConvertAll(delivery => new DeliveryView(
            delivery.Id, delivery.RoundId, delivery.Medium, Mask(delivery.Address), delivery.Tier, delivery.Accounts, delivery.PlaceName, delivery.State, delivery.Reason,
            delivery.State == DeliveryState.Waiting ? delivery.DueAt : null, delivery.ExpiresAt, delivery.Provider, delivery.AcceptedAt, delivery.DeliveredAt,
            [.. attempts[delivery.Id].Select(attempt => new AttemptView(
                attempt.Number, attempt.StartedAt, attempt.EndedAt, attempt.Provider, (SendOutcomeKind)attempt.Outcome, attempt.Detail, attempt.CallResult, attempt.KeysPressed, attempt.Seconds))]));
    }
}
