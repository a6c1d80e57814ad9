using Notices.Outages;

namespace Notices.Deliveries;

/// <summary>What a try means for its message.</summary>
internal static class OutcomeRules
{
    /// <summary>A message of which nobody knows whether it left is sent at most this often, also where it is sent again.</summary>
    private const int BlindTries = 3;

    /// <summary>What a claimed message becomes after a try.</summary>
    /// <param name="kind">Of the outage; null for an announcement.</param>
    /// <param name="canAsk">The provider can be asked what became of it: then that comes first, whatever the policy says.</param>
    internal static DeliveryOutcome After(ClaimedDelivery claimed, Try tried, OutageKind? kind, IUnconfirmedPolicy policy, DeliveryOptions options, bool canAsk = false)
    {
        DeliveryOutcome Ends(DeliveryState state, string? reason = null) => new(claimed.Id, claimed.Number, state, claimed.DueAt, reason, tried);
        DeliveryOutcome Called((DeliveryState State, DateTimeOffset DueAt, string? Reason) end) => new(claimed.Id, claimed.Number, end.State, end.DueAt, end.Reason, tried);

        var outcome = tried.Outcome;

        return outcome.Kind switch
        {
            SendOutcomeKind.Accepted when outcome.Call is { } call => Called(AfterCall(call, claimed.Number, claimed.ExpiresAt, tried.EndedAt, options)),
            SendOutcomeKind.Accepted when outcome.IsByHand => new DeliveryOutcome(claimed.Id, claimed.Number, DeliveryState.Accepted, claimed.ExpiresAt, DeliveryReasons.ByHand, tried),
            SendOutcomeKind.Accepted when outcome.AskAfter is { } wait =>
                new DeliveryOutcome(claimed.Id, claimed.Number, DeliveryState.Accepted, NoLaterThan(claimed.ExpiresAt, tried.EndedAt, wait), null, tried),
            SendOutcomeKind.Accepted => Ends(outcome.ExpectsReceipt ? DeliveryState.Accepted : DeliveryState.Sent),
            SendOutcomeKind.TryLater => Later(claimed, tried, options, DeliveryReasons.RetriesExhausted),
            SendOutcomeKind.Refused when outcome.Detail == DeliveryReasons.Shadow => Ends(DeliveryState.Suppressed, DeliveryReasons.Shadow),
            SendOutcomeKind.Refused => Ends(DeliveryState.Failed, outcome.Detail is DeliveryReasons.AddressErased or DeliveryReasons.TextMissing ? outcome.Detail : DeliveryReasons.RefusedByCarrier),
            _ when canAsk => new DeliveryOutcome(claimed.Id, claimed.Number, DeliveryState.Unconfirmed, NoLaterThan(claimed.ExpiresAt, tried.EndedAt, UnconfirmedCheck.AskAfter), DeliveryReasons.OutcomeUnknown, tried),
            _ when MaySendAgain(policy, kind, claimed.Number, tried.EndedAt, claimed.ExpiresAt) => Again(claimed, tried, options),
            _ => new DeliveryOutcome(claimed.Id, claimed.Number, DeliveryState.Unconfirmed, claimed.ExpiresAt, DeliveryReasons.OutcomeUnknown, tried),
        };
    }

    internal static bool MaySendAgain(IUnconfirmedPolicy policy, OutageKind? kind, int number, DateTimeOffset now, DateTimeOffset expiresAt) =>
        number < BlindTries && now < expiresAt && policy.SendAgain(kind);

    /// <summary>What a delivery becomes by the end of its call.</summary>
    internal static (DeliveryState State, DateTimeOffset DueAt, string? Reason) AfterCall(CallResult call, short number, DateTimeOffset expiresAt, DateTimeOffset endedAt, DeliveryOptions options) => call.Result switch
    {
        CallWords.Person => (call.Keys?.Contains(CallPlan.Confirm, StringComparison.Ordinal) == true ? DeliveryState.Acknowledged : DeliveryState.Delivered, endedAt, null),
        CallWords.WrongNumber or CallWords.Refused => (DeliveryState.Failed, endedAt, call.Result),
        var result => Later(number, expiresAt, endedAt, null, options, DeliveryReasons.CallResults.Contains(result) ? result : DeliveryReasons.NotDelivered),
    };

    private static DeliveryOutcome Later(ClaimedDelivery claimed, Try tried, DeliveryOptions options, string whenExhausted)
    {
        var (state, due, reason) = Later(claimed.Number, claimed.ExpiresAt, tried.EndedAt, tried.Outcome.RetryAfter, options, whenExhausted);

        return new DeliveryOutcome(claimed.Id, claimed.Number, state, due, reason, tried);
    }

    private static (DeliveryState State, DateTimeOffset DueAt, string? Reason) Later(
        short number, DateTimeOffset expiresAt, DateTimeOffset endedAt, TimeSpan? asked, DeliveryOptions options, string whenExhausted)
    {
        if (number > options.Retries.Count) return (DeliveryState.Failed, endedAt, whenExhausted);

        var pause = options.Retries[number - 1];
        if (asked > pause) pause = asked.Value;

        return (DeliveryState.Waiting, NoLaterThan(expiresAt, endedAt, pause), null);
    }

    private static DeliveryOutcome Again(ClaimedDelivery claimed, Try tried, DeliveryOptions options) => new(
        claimed.Id, claimed.Number, DeliveryState.Waiting, NoLaterThan(claimed.ExpiresAt, tried.EndedAt, options.Retries.Count > 0 ? options.Retries[0] : TimeSpan.Zero),
        DeliveryReasons.SentAgain, tried);

    /// <summary>At its expiry a message is not sent any more, it ends as expired.</summary>
    private static DateTimeOffset NoLaterThan(DateTimeOffset expiry, DateTimeOffset from, TimeSpan pause) => pause < expiry - from ? from + pause : expiry;

    /// <summary>Which rows an outcome changes: the claim it belongs to; and, since good news is believed from whoever brings it, one whose lease ran
    /// out meanwhile (a stopped process that woke up) or that a receipt has already moved on.</summary>
    internal static string Applies(string row, string state, string number) => $"""
        (({row}.state = {(int)DeliveryState.Claimed} AND {row}.attempts = {number}) OR ({state} >= {(int)DeliveryState.Accepted} AND ({row}.state IN ({(int)DeliveryState.Unconfirmed}, {(int)DeliveryState.Waiting}) OR {row}.state >= {(int)DeliveryState.Accepted})))
        """;

    /// <summary>The columns an outcome sets, on both databases. A better state that a fast receipt has set stays; the mark of a second sending stays.</summary>
    internal static string Assignments(string state, string due, string reason, string provider, string message, string accepted, string delivered, string row = "") => $"""
        state = CASE WHEN {row}state > {(int)DeliveryState.Claimed} AND {row}state > {state} THEN {row}state ELSE {state} END,
        due_at = {due}, reason = COALESCE({reason}, CASE WHEN {row}reason = '{DeliveryReasons.SentAgain}' THEN {row}reason END),
        provider = {provider}, provider_message_id = COALESCE({message}, {row}provider_message_id),
        accepted_at = COALESCE({row}accepted_at, {accepted}), delivered_at = COALESCE({row}delivered_at, {delivered}), lease_owner = NULL, lease_until = NULL
        """;
}
