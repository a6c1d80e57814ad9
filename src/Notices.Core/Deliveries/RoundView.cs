using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Storage;

namespace Notices.Deliveries;

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
