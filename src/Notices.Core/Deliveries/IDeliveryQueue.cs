using Notices.Outages;

namespace Notices.Deliveries;

/// <summary>The table of deliveries as a queue. Every method is a few set statements in short transactions; none holds a connection longer.</summary>
public interface IDeliveryQueue
{
    /// <summary>Takes due messages into a worker's hands: tier by tier, the rounds of a tier sharing alike, of each round the longest due first; never of a round that
    /// is paused or stopped, never one that has expired, never one that would overtake the message it corrects. Two workers never get the same row.</summary>
    Task<IReadOnlyList<ClaimedDelivery>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken);

    /// <summary>Writes what became of claimed messages, their attempts, their recipients' states and one audit entry, all or nothing.
    /// Messages that were never tried are given back. Safe to repeat until it succeeds.</summary>
    Task WriteOutcomesAsync(OutcomeBatch batch, CancellationToken cancellationToken);

    /// <summary>Prolongs what the worker holds.</summary>
    Task RenewLeasesAsync(string worker, TimeSpan lease, CancellationToken cancellationToken);

    /// <returns>Those of the rounds that are not running now: nothing more of them is handed over.</returns>
    Task<IReadOnlyCollection<long>> HeldAsync(IReadOnlyCollection<long> rounds, CancellationToken cancellationToken);

    /// <summary>Gives back all that stands under a worker's name; for claims whose answer was lost, while the worker has nothing in hand.</summary>
    Task<int> GiveBackAllAsync(string worker, CancellationToken cancellationToken);

    /// <summary>What a dead worker held becomes unconfirmed (or is sent again, marked, where <paramref name="policy"/> says so).</summary>
    /// <returns>How many were released.</returns>
    Task<int> ReleaseExpiredLeasesAsync(IUnconfirmedPolicy policy, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Past their expiry, what waits is suppressed and what was accepted without a receipt counts as sent.</summary>
    Task<int> ExpireAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Suppresses what still waits in stopped rounds, also what came back for another try after the stop.</summary>
    Task<int> SuppressStoppedAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Closes every running round, and dates every stopped one, in which nothing is open any more.</summary>
    Task<int> CloseFinishedRoundsAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>When the next message that could be claimed falls due; in the past while some wait, null when none does.</summary>
    Task<DateTimeOffset?> NextDueAsync(IReadOnlySet<Medium> media, CancellationToken cancellationToken) => NextDueAsync(media, null, cancellationToken);

    /// <param name="lane">Null for both.</param>
    Task<DateTimeOffset?> NextDueAsync(IReadOnlySet<Medium> media, Lane? lane, CancellationToken cancellationToken);

    /// <summary>The round's sum: snapshot = waiting + in flight + final states, in one query.</summary>
    Task<RoundCounts> RoundCountsAsync(long roundId, CancellationToken cancellationToken);
}

/// <summary>What a worker asks for.</summary>
/// <param name="Worker">Unique among living processes and their predecessors.</param>
/// <param name="Now">Domain time: due and expiry are measured against it.</param>
/// <param name="Lease">Machine time until others may take over.</param>
/// <param name="Media">Only what a configured provider can carry; the rest waits, visibly.</param>
public sealed record ClaimRequest(string Worker, int BatchSize, DateTimeOffset Now, TimeSpan Lease, IReadOnlySet<Medium> Media)
{
    /// <summary>Null for both.</summary>
    public Lane? Lane { get; init; }
}

/// <summary>What is claimed apart, so that the one never waits behind the other.</summary>
public enum Lane
{
    /// <summary>Everything about an emergency or a fault.</summary>
    Urgent,

    Ordinary,
}

/// <summary>One message in a worker's hands.</summary>
/// <param name="Address">Null once erased.</param>
/// <param name="Accounts">Tails of the accounts it stands for.</param>
/// <param name="Number">Which try this is, from 1; with the id it names the claim.</param>
public sealed record ClaimedDelivery(
    long Id, long RoundId, long TextId, Medium Medium, string? Address, string? PlaceName, string Accounts, short Tier, short Number, DateTimeOffset DueAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Everybody it stands for has another supply that is not cut.</summary>
    public bool BackupStays { get; init; }

    /// <summary>It goes to somebody who subscribed and, as far as this round knows, is no customer.</summary>
    public bool ForSubscriber { get; init; }
}

/// <summary>One try, as it happened.</summary>
public sealed record Try(string Provider, DateTimeOffset StartedAt, DateTimeOffset EndedAt, SendOutcome Outcome);

/// <summary>What a claimed message becomes.</summary>
/// <param name="DueAt">When it is tried again, for <see cref="DeliveryState.Waiting"/>; when its provider is asked about it, for <see cref="DeliveryState.Unconfirmed"/>,
/// its expiry where nobody will be.</param>
/// <param name="Reason">A code of <see cref="DeliveryReasons"/>.</param>
/// <param name="Try">Null when it was never handed to a provider: then it is given back and the try does not count.</param>
public sealed record DeliveryOutcome(long DeliveryId, short Number, DeliveryState State, DateTimeOffset DueAt, string? Reason, Try? Try)
{
    /// <summary>Another provider that has the message now than the one of the try.</summary>
    public string? HandedTo { get; init; }

    /// <summary>Who has the message after the try.</summary>
    internal string? Provider => HandedTo ?? Try?.Provider;

    /// <summary>A delivery is accepted when the try ended that handed it over; a call under way, or one to be made by hand, has told nobody yet.</summary>
    internal DateTimeOffset? AcceptedAt => State >= DeliveryState.Accepted && Try?.Outcome is not ({ AskAfter: not null } or { IsByHand: true }) && Reason != DeliveryReasons.ByHand ? Try?.EndedAt : null;

    internal DateTimeOffset? DeliveredAt => State >= DeliveryState.Delivered ? Try?.EndedAt : null;

    internal static DeliveryOutcome GiveBack(ClaimedDelivery claimed) => GiveBack(claimed, claimed.DueAt);

    /// <param name="dueAt">When there may be room for it.</param>
    internal static DeliveryOutcome GiveBack(ClaimedDelivery claimed, DateTimeOffset dueAt) => new(claimed.Id, claimed.Number, DeliveryState.Waiting, dueAt, null, null);
}

/// <summary>Outcomes written together: one transaction, one audit entry. The id is made before the first try to write, so that a commit whose answer
/// was lost is not repeated.</summary>
public sealed class OutcomeBatch(IReadOnlyList<DeliveryOutcome> outcomes)
{
    public string Id { get; } = NewId();

    public IReadOnlyList<DeliveryOutcome> Outcomes { get; } = outcomes;

    internal bool TriedBefore { get; set; }

    /// <summary>Grows with time, so that index pages fill one after the other; short, because every attempt bears it.</summary>
    internal static string NewId() => Guid.CreateVersion7().ToString("N")[..12] + Guid.NewGuid().ToString("N")[..8];
}

/// <summary>Whether a message of which nobody knows if it left is sent again, marked (emergency), or stays unconfirmed.</summary>
public interface IUnconfirmedPolicy
{
    /// <param name="kind">Null for an announcement.</param>
    bool SendAgain(OutageKind? kind);
}

/// <summary>Recipients of a round by state; the parts always add up to <see cref="Snapshot"/>.</summary>
/// <param name="InFlight">In a worker's hands, or accepted with a receipt still to come.</param>
public sealed record RoundCounts(
    long RoundId, int Snapshot, int Waiting, int InFlight, int Acknowledged, int Delivered, int Sent, int Failed, int Suppressed, int Unconfirmed)
{
    public bool Final => Waiting == 0 && InFlight == 0;

    internal static RoundCounts Of(long roundId, IReadOnlyDictionary<DeliveryState, int> states)
    {
        int Count(DeliveryState state) => states.GetValueOrDefault(state);

        return new RoundCounts(
            roundId, states.Values.Sum(), Count(DeliveryState.Waiting), Count(DeliveryState.Claimed) + Count(DeliveryState.Accepted), Count(DeliveryState.Acknowledged),
            Count(DeliveryState.Delivered), Count(DeliveryState.Sent), Count(DeliveryState.Failed), Count(DeliveryState.Suppressed), Count(DeliveryState.Unconfirmed));
    }
}

/// <summary>Why a message is where it is; the sentences stand in <c>Words/Reasons</c>.</summary>
public static class DeliveryReasons
{
    public const string Expired = "expired";
    public const string Stopped = "stopped";

    /// <summary>A dispatcher left it to the public feed.</summary>
    public const string PublicOnly = "public-only";

    /// <summary>A later notice of the outage says something else.</summary>
    public const string Superseded = "superseded";

    /// <summary>A later message to the same address tells it all.</summary>
    public const string Folded = "folded";

    /// <summary>The carrier will not take it, now or later; its words stand in the attempt.</summary>
    public const string RefusedByCarrier = "refused-by-carrier";

    /// <summary>A receipt says that it did not arrive.</summary>
    public const string NotDelivered = "not-delivered";

    public const string RetriesExhausted = "retries-exhausted";
    public const string OutcomeUnknown = "outcome-unknown";
    public const string WorkerDied = "worker-died";

    /// <summary>Waiting or sent a second time although the first may have arrived.</summary>
    public const string SentAgain = "sent-again";

    public const string AddressErased = "address-erased";
    public const string TextMissing = "text-missing";

    /// <summary>On the list of calls people make, and nobody has called yet.</summary>
    public const string ByHand = "by-hand";

    /// <summary>试运行: it would have been sent.</summary>
    public const string Shadow = "shadow";

    /// <summary>The subscriber withdrew before it left.</summary>
    public const string SubscriptionEnded = "subscription-ended";

    /// <summary>A letter is printed and in somebody's hands.</summary>
    public const string LetterPrinted = "letter-printed";

    /// <summary>A letter was printed, and nobody has entered what became of it.</summary>
    public const string LetterNoOutcome = "letter-no-outcome";

    /// <summary>Results of a call; those that are reasons bear the same code.</summary>
    public static readonly IReadOnlySet<string> CallResults = CallWords.Results.Where(result => result != CallWords.Person).ToHashSet();
}
