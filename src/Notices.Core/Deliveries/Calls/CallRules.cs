namespace Notices.Deliveries;

/// <summary>What the events of a call make of it and of its delivery. They may come in any order: only the whole of them counts.</summary>
internal static class CallRules
{
    /// <summary>How a call went.</summary>
    /// <returns>Null while it is under way.</returns>
    internal static CallResult? ResultOf(IEnumerable<CallEvent> events)
    {
        var all = events.OrderBy(one => one.Part).ThenBy(one => one.At).ToList();
        if (all.FindLast(one => one.Kind == CallEventKind.Ended) is not { } end) return null;

        var keys = KeysOf(all);
        var by = all.FindLast(one => one.Kind == CallEventKind.Answered && one.Value.Length > 0)?.Value;
        var heard = all.Exists(one => one.Kind == CallEventKind.Heard);
        var result = keys.Length > 0 ? CallWords.Person
            : end.Value != CallWords.Completed ? end.Value
            : by switch
            {
                CallWords.Machine => CallWords.Mailbox,
                CallWords.Fax => CallWords.WrongNumber,
                _ => heard ? CallWords.Person : CallWords.HungUp,
            };

        return new CallResult(result, keys.Length > 0 ? keys : null, end.Seconds);
    }

    /// <summary>What was pressed, in order.</summary>
    internal static string KeysOf(IEnumerable<CallEvent> events) =>
        string.Concat(events.Where(one => one.Kind == CallEventKind.Key).OrderBy(one => one.Part).ThenBy(one => one.At).Select(one => one.Value));

    /// <summary>What a delivery becomes by all that is known of its calls.</summary>
    /// <param name="events">Of all its calls.</param>
    /// <param name="byHand">Calls of its tier that no machine can end well are made by people.</param>
    /// <param name="before">What of them was known before; where that made a person of what turns out to be a machine, it is taken back.</param>
    /// <returns>Null where it stays.</returns>
    internal static CallEnd? After(CalledDelivery delivery, IReadOnlyCollection<CallEvent> events, DateTimeOffset now, DeliveryOptions options, bool byHand, IReadOnlyCollection<CallEvent>? before = null)
    {
        var best = Good(events);
        if (best is { } good && good.State > delivery.State) return good;
        var takenBack = best is null && delivery.State == DeliveryState.Delivered && before is not null && Good(before) is not null;
        if (best is not null || !(takenBack || delivery.State is DeliveryState.Accepted or DeliveryState.Unconfirmed or DeliveryState.Waiting)) return null;

        var own = events.Where(one => one.Number == delivery.Number).ToList();
        var result = ResultOf(own);
        // A later call is under way: it is asked about, should it have ended unheard meanwhile.
        if (result is null && takenBack) return new CallEnd(DeliveryState.Accepted, now < delivery.ExpiresAt ? now : delivery.ExpiresAt, null, now);
        if (result is not { } call) return delivery.State == DeliveryState.Unconfirmed && own.Count > 0 && now < delivery.ExpiresAt ? new CallEnd(DeliveryState.Accepted, now, null, own[0].At) : null;

        var ended = own.FindLast(one => one.Kind == CallEventKind.Ended)!.At;
        if (now >= delivery.ExpiresAt && delivery.State != DeliveryState.Waiting) return new CallEnd(DeliveryState.Failed, delivery.ExpiresAt, call.Result, ended);

        var (state, due, reason) = OutcomeRules.AfterCall(call, delivery.Number, delivery.ExpiresAt, ended, options);

        // It waits for its next try already; only that there is to be none is news.
        if (delivery.State == DeliveryState.Waiting && state == DeliveryState.Waiting) return null;

        return state == DeliveryState.Failed && byHand && MayBeMadeByHand(reason)
            ? new CallEnd(DeliveryState.Accepted, delivery.ExpiresAt, DeliveryReasons.ByHand, ended)
            : new CallEnd(state, due, reason, ended);
    }

    /// <summary>Whether a person at a telephone could do better than the machine did.</summary>
    internal static bool MayBeMadeByHand(string? reason) =>
        reason is DeliveryReasons.RetriesExhausted or DeliveryReasons.RefusedByCarrier or DeliveryReasons.NotDelivered
        || (reason is not CallWords.WrongNumber && reason is not null && DeliveryReasons.CallResults.Contains(reason));

    /// <summary>Calls of these tiers go to the list of calls to make by hand when the machine has given up.</summary>
    internal const short LastTierByHand = 1;

    private static CallEnd? Good(IReadOnlyCollection<CallEvent> events)
    {
        if (events.FirstOrDefault(one => one.Kind == CallEventKind.Key && one.Value.Contains(CallPlan.Confirm, StringComparison.Ordinal)) is { } key)
            return new CallEnd(DeliveryState.Acknowledged, key.At, null, key.At);

        foreach (var call in events.GroupBy(one => one.Number))
        {
            if (ResultOf(call)?.Result == CallWords.Person) return new CallEnd(DeliveryState.Delivered, call.Max(one => one.At), null, call.Max(one => one.At));
        }

        return null;
    }
}

/// <summary>A delivery by telephone as it stands.</summary>
/// <param name="Number">Its last try.</param>
internal sealed record CalledDelivery(long Id, DeliveryState State, short Number, DateTimeOffset ExpiresAt, short Tier);

/// <summary>What a call makes of its delivery.</summary>
/// <param name="DueAt">When it is tried again, or asked about.</param>
/// <param name="At">When that happened.</param>
internal sealed record CallEnd(DeliveryState State, DateTimeOffset DueAt, string? Reason, DateTimeOffset At);
