using Microsoft.Extensions.Logging;
using Notices.Outages;

namespace Notices.Deliveries;

/// <summary>Messages of one claim that one provider takes in one call: the same words, each number once.</summary>
internal sealed class MessageGroup(Provider provider, int most)
{
    private readonly HashSet<string> _addresses = new(StringComparer.Ordinal);

    internal Provider Provider => provider;

    internal List<ClaimedDelivery> Claimed { get; } = [];

    internal List<OutgoingMessage> Messages { get; } = [];

    internal OutageKind? Kind { get; private set; }

    internal bool IsFull => Claimed.Count >= most;

    /// <returns>False where it is full or the number is in it: a receipt could not tell two messages to one number apart.</returns>
    internal bool TryAdd(ClaimedDelivery claimed, OutgoingMessage message, OutageKind? kind)
    {
        if (IsFull || !_addresses.Add(message.Address)) return false;

        Kind = kind;
        Claimed.Add(claimed);
        Messages.Add(message);

        return true;
    }

    /// <summary>Those that may no longer go.</summary>
    internal List<ClaimedDelivery> TakeOut(Func<ClaimedDelivery, bool> stays)
    {
        var taken = new List<ClaimedDelivery>();
        for (var i = Claimed.Count - 1; i >= 0; i--)
        {
            if (!stays(Claimed[i])) continue;

            taken.Add(Claimed[i]);
            Claimed.RemoveAt(i);
            Messages.RemoveAt(i);
        }

        return taken;
    }
}

/// <summary>Gathers what leaves together. Only what was claimed together is: nobody waits for company, and what a provider takes one by one is not looked at.</summary>
internal sealed partial class MessageSender
{
    /// <summary>Machine time's worth of a provider's rate in one call at most, so that a call finds room within <see cref="ProviderGate.Patience"/>.</summary>
    private const double LongestOfRate = 0.5;

    /// <summary>Whether any provider takes several numbers in a call.</summary>
    internal bool Gathers => providers.Gathers;

    /// <summary>Groups by provider and words, in the order of their first message; null where a message leaves by itself.</summary>
    internal IEnumerable<(ClaimedDelivery Claimed, MessageGroup? Group)> Gather(IReadOnlyList<ClaimedDelivery> claimed, IReadOnlyDictionary<long, SendableText> texts)
    {
        var (groups, order) = (new Dictionary<(string Provider, string Language, string Body, bool Urgent), MessageGroup>(), new List<(ClaimedDelivery Claimed, MessageGroup? Group)>(claimed.Count));
        foreach (var one in claimed)
        {
            if (one.Address is null || !texts.TryGetValue(one.TextId, out var text) || providers.Likely(one.Medium, one.Id, one.Number) is not { Channel: IBatchChannel { LargestBatch: > 1 } channel } provider)
            {
                order.Add((one, null));
                continue;
            }

            var message = Message(one, text, one.Address);
            var key = (provider.Name, text.Language, message.Body, Urgency(one, text.Kind) < ProviderGate.Urgent);
            if (groups.TryGetValue(key, out var group) && group.TryAdd(one, message, text.Kind)) continue;

            group = groups[key] = new MessageGroup(provider, LargestOf(channel, provider, message));
            group.TryAdd(one, message, text.Kind);
            order.Add((one, group));
        }

        return order.Select(pair => pair.Group?.Claimed.Count == 1 ? (pair.Claimed, null) : pair);
    }

    /// <summary>One call for all of a group.</summary>
    /// <returns>One for each message, in order.</returns>
    internal async Task<IReadOnlyList<DeliveryOutcome>> SendAsync(MessageGroup group, HandTimers timers, CancellationToken sending)
    {
        // Out of order meanwhile: other providers, or the trial of one message, find them in the table.
        if (providers.Begin(group.Provider) is not { } pick) return group.Claimed.ConvertAll(GiveBack);

        var (good, fault) = ((bool?)null, (string?)null);
        var gate = gates.Of(group.Provider, group.Messages[0].Medium);
        try
        {
            var units = ProviderGates.UnitsOf(group.Messages[0], group.Provider) * group.Messages.Count;
            if (!await gate.EnterAsync(units, group.Claimed.Min(claimed => Urgency(claimed, group.Kind)), sending)) return group.Claimed.ConvertAll(GiveBack);

            try
            {
                var began = clock.GetUtcNow();
                var outcomes = await HandOverAsync(group, timers);
                var ended = clock.GetUtcNow();
                good = outcomes.Select(outcome => Speaks(outcome, sending)).Aggregate((bool?)null, (all, one) => all == true || one is null ? all : one);
                fault = Clean(outcomes.FirstOrDefault(outcome => Speaks(outcome, sending) == false)?.Detail, null);

                return [.. group.Claimed.Zip(outcomes, (claimed, outcome) => Became(claimed, group.Provider, group.Kind, began, ended, outcome))];
            }
            finally
            {
                gate.Leave();
            }
        }
        finally
        {
            Done(pick, good, fault);
        }
    }

    /// <summary>A call that breaks leaves each of its messages unknown.</summary>
    private async Task<IReadOnlyList<SendOutcome>> HandOverAsync(MessageGroup group, HandTimers timers)
    {
        IReadOnlyList<SendOutcome> All(SendOutcome outcome) => group.Messages.ConvertAll(_ => outcome);

        timers.Start();
        try
        {
            var outcomes = await ((IBatchChannel)group.Provider.Channel).SendAsync(group.Messages, timers.Limit).WaitAsync(timers.Deadline);
            if (outcomes.Count == group.Messages.Count) return outcomes;

            log.LogError("Provider {Provider} told of {Told} of {Count} messages", group.Provider.Name, outcomes.Count, group.Messages.Count);

            return All(SendOutcome.Unknown("miscounted"));
        }
        catch (Exception fault) when (fault is OperationCanceledException or TimeoutException)
        {
            return All(SendOutcome.Unknown("timed-out"));
        }
#pragma warning disable CA1031 // Whatever went wrong in a channel, the messages may have left.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            log.LogError(fault, "Provider {Provider} failed on {Count} deliveries together", group.Provider.Name, group.Messages.Count);

            return All(SendOutcome.Unknown(fault.GetType().Name));
        }
        finally
        {
            timers.Stop();
        }
    }

    private static int LargestOf(IBatchChannel channel, Provider provider, OutgoingMessage message) => provider.Limits.MessagesPerSecond is { } rate
        ? Math.Clamp((int)(rate * LongestOfRate / ProviderGates.UnitsOf(message, provider)), 1, channel.LargestBatch)
        : channel.LargestBatch;
}
