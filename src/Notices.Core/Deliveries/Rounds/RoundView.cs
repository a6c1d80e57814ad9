using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Evidence;
using Notices.Retention;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>One delivery as it is shown.</summary>
/// <param name="Address">Masked.</param>
/// <param name="DueAt">When it is tried again, while it waits.</param>
public sealed record DeliveryView(
    long Id, long RoundId, DeliveryPurpose Purpose, Medium Medium, string? Address, short Tier, string Accounts, string? PlaceName, DeliveryState State, string? Reason, DateTimeOffset? DueAt, DateTimeOffset ExpiresAt,
    string? Provider, DateTimeOffset? AcceptedAt, DateTimeOffset? DeliveredAt, IReadOnlyList<AttemptView> Attempts);

/// <summary>One try as it is shown; on the phone it is the call record.</summary>
public sealed record AttemptView(short Number, DateTimeOffset StartedAt, DateTimeOffset EndedAt, string Provider, SendOutcomeKind Outcome, string? Detail, string? CallResult, string? KeysPressed, int? Seconds);

/// <summary>A round as it stands, each part counted from the rows.</summary>
/// <param name="Reasons">Why recipients failed, were suppressed or are unconfirmed.</param>
/// <param name="Foresight">Null once it has ended.</param>
/// <param name="Media">Messages; a recipient may have several, or share one.</param>
public sealed record RoundSummary(
    long Id, long NoticeId, RoundState State, string Audience, DateTimeOffset CreatedAt, DateTimeOffset? SnapshotAt, DateTimeOffset ExpiresAt, string? StoppedReason, DateTimeOffset? ClosedAt, RoundCounts Counts,
    IReadOnlyList<TierCounts> Tiers, IReadOnlyList<ReasonCount> Reasons, IReadOnlyList<MediumCounts> Media,
    ForesightView? Foresight)
{
    /// <summary>Relay persons, beside the snapshot.</summary>
    public required RelayCounts Relays { get; init; }

    /// <summary>Those who subscribed, beside the snapshot.</summary>
    public required StateCounts Subscribers { get; init; }

    /// <summary>The storm text goes out in place of the ordinary short message.</summary>
    public bool Shortened { get; init; }

    /// <summary>The last tier that is still sent to: 2 all, 1 the most urgent, -1 nobody.</summary>
    public short LastTier { get; init; }

    /// <summary>Why it was shortened or limited.</summary>
    public string? ChoiceReason { get; init; }

    /// <summary>Until then only the watch list gets it.</summary>
    public DateTimeOffset? HeldUntil { get; init; }
}

/// <summary>Reads rounds and deliveries for those who may see them; nothing here shows a whole number or address.</summary>
public sealed class RoundView
{
    private readonly NoticesDb _db;
    private readonly Func<NoticesDb> _open;

    private readonly ForesightReading _foresight;

    internal RoundView(NoticesDb db, Func<NoticesDb> open, ForesightReading foresight) => (_db, _open, _foresight) = (db, open, foresight);

    public async Task<RoundSummary?> FindAsync(long roundId, Actor actor, CancellationToken cancellationToken)
    {
        if (await SeenAsync(roundId, actor, cancellationToken) is not { } round) return null;

        var notice = await _db.Notices.AsNoTracking().FirstAsync(n => n.Id == round.NoticeId, cancellationToken);
        var (recipients, messages, subscribers) = await DeliverySql.ReadAsync(
            _open, async sql => (await RoundTally.RecipientsAsync(sql, roundId, cancellationToken), await RoundTally.MessagesAsync(sql, roundId, round.ClosedAt is not null, cancellationToken),
                await RoundTally.SubscribersAsync(sql, roundId, round.ClosedAt is not null, cancellationToken)), cancellationToken);

        return new RoundSummary(
            round.Id, round.NoticeId, round.State, round.Audience, round.CreatedAt, round.SnapshotAt, round.ExpiresAt, round.StoppedReason, round.ClosedAt,
            RoundTally.Counts(roundId, recipients), RoundTally.Tiers(recipients), ReasonCount.Of(recipients), RoundTally.Media(messages),
            await _foresight.OfRoundAsync(round, notice, cancellationToken))
        {
            Relays = await RelaysAsync(roundId, cancellationToken),
            Subscribers = subscribers,
            Shortened = round.Shortened,
            LastTier = round.LastTier,
            ChoiceReason = round.ChoiceReason,
            HeldUntil = round.HeldUntil,
        };
    }

    /// <param name="after">Id of the last one of the page before.</param>
    /// <returns>Null where there is no such round for this actor.</returns>
    public async Task<IReadOnlyList<DeliveryView>?> DeliveriesAsync(long roundId, DeliveryState? state, long after, int limit, Actor actor, CancellationToken cancellationToken)
    {
        if (await SeenAsync(roundId, actor, cancellationToken) is null) return null;

        var page = await _db.Deliveries.FromSqlRaw(ArchiveSql.Rows<Delivery>(_db, "round_id = {0} AND id > {1}"), roundId, after).AsNoTracking().Where(delivery => state == null || delivery.State == state)
            .OrderBy(delivery => delivery.Id).Take(Math.Clamp(limit, 1, 500)).ToListAsync(cancellationToken);

        return await WithAttemptsAsync(page, cancellationToken);
    }

    public async Task<DeliveryView?> DeliveryAsync(long deliveryId, Actor actor, CancellationToken cancellationToken)
    {
        var found = await _db.Deliveries.FromSqlRaw(ArchiveSql.Rows<Delivery>(_db, "id = {0}"), deliveryId).AsNoTracking().ToListAsync(cancellationToken);
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

    private async Task<RelayCounts> RelaysAsync(long roundId, CancellationToken cancellationToken)
    {
        var persons = await _db.RelayTellings.AsNoTracking().Where(telling => telling.RoundId == roundId).Select(telling => new
        {
            Now = _db.RelayDeliveries.Where(link => link.TellingId == telling.Id).Join(_db.Deliveries, link => link.DeliveryId, delivery => delivery.Id, (_, delivery) => (DeliveryState?)delivery.State).Max(),
            Archived = _db.RelayDeliveries.Where(link => link.TellingId == telling.Id)
                .Join(_db.DeliveriesArchive, link => link.DeliveryId, delivery => delivery.Id, (_, delivery) => (DeliveryState?)delivery.State).Max(),
            telling.Told,
        }).ToListAsync(cancellationToken);

        return RelayCounts.Of(persons.ConvertAll(person => (new[] { person.Now, person.Archived }.Max() ?? DeliveryState.Suppressed, person.Told)));
    }

    private async Task<Round?> SeenAsync(long roundId, Actor actor, CancellationToken cancellationToken)
    {
        var found = await _db.Rounds.AsNoTracking().Where(round => round.Id == roundId).Select(round => new { Round = round, round.Notice!.Organisation!.Path }).SingleOrDefaultAsync(cancellationToken);

        return found is not null && actor.Sees(found.Path) ? found.Round : null;
    }

    private async Task<IReadOnlyList<DeliveryView>> WithAttemptsAsync(List<Delivery> page, CancellationToken cancellationToken)
    {
        var ids = page.ConvertAll(delivery => delivery.Id);
        var (among, them) = _db is PostgreSqlNoticesDb ? ("= ANY({0})", (object)ids.ToArray()) : ("IN (SELECT value FROM json_each({0}))", JsonSerializer.Serialize(ids));
        var attempts = (await _db.Attempts.FromSqlRaw(ArchiveSql.Rows<Attempt>(_db, $"delivery_id {among}"), them).AsNoTracking().OrderBy(attempt => attempt.Id).ToListAsync(cancellationToken))
            .ToLookup(attempt => attempt.DeliveryId);

        var events = await CallEventsAsync(page, cancellationToken);

        return page.ConvertAll(delivery => new DeliveryView(
            delivery.Id, delivery.RoundId, delivery.Purpose, delivery.Medium, Mask(delivery.Address), delivery.Tier, delivery.Accounts, delivery.PlaceName, delivery.State, delivery.Reason,
            delivery.State == DeliveryState.Waiting ? delivery.DueAt : null, delivery.ExpiresAt, delivery.Provider, delivery.AcceptedAt, delivery.DeliveredAt,
            [.. attempts[delivery.Id].Select(attempt => View(attempt, CallRules.ResultOf(events[(attempt.DeliveryId, attempt.Number)])))]));
    }

    /// <param name="call">How it ended, where that was told after it was started.</param>
    private static AttemptView View(Attempt attempt, CallResult? call) => new(
        attempt.Number, attempt.StartedAt, attempt.EndedAt, attempt.Provider, (SendOutcomeKind)attempt.Outcome, attempt.Detail, call?.Result ?? attempt.CallResult, call?.Keys ?? attempt.KeysPressed,
        call?.Seconds ?? attempt.Seconds);

    private Task<ILookup<(long Delivery, short Number), CallEvent>> CallEventsAsync(List<Delivery> page, CancellationToken cancellationToken)
    {
        var calls = page.FindAll(delivery => delivery.Medium == Medium.Voice).ConvertAll(delivery => delivery.Id);

        return calls.Count == 0
            ? Task.FromResult(Array.Empty<CallEvent>().ToLookup(one => (one.DeliveryId, one.Number)))
            : DeliverySql.ReadAsync(_open, sql => CallRecords.EventsAsync(sql, calls, cancellationToken), cancellationToken);
    }
}
