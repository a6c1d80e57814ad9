using System.Diagnostics;
using System.Text.Json;
using Notices.Deliveries;

namespace Notices.Operation;

/// <summary>What a batch of messages leaves in traces and counters: one activity for each round in it, never one for each message.</summary>
internal sealed class BatchTrace : IDisposable
{
    private readonly List<Activity> _activities = [];

    private BatchTrace()
    {
    }

    /// <summary>From the claim until the last of the batch is in a sender's hands.</summary>
    internal static BatchTrace Begin(IReadOnlyList<ClaimedDelivery> batch, IReadOnlyDictionary<long, SendableText> texts)
    {
        foreach (var ((tier, medium), count) in batch.CountBy(claimed => (claimed.Tier, claimed.Medium))) Telemetry.Claimed(count, tier, Word(medium));
        var trace = new BatchTrace();
        if (!Telemetry.Source.HasListeners()) return trace;

        var before = Activity.Current;
        foreach (var ((round, parent), count) in batch.CountBy(claimed => (claimed.RoundId, texts.GetValueOrDefault(claimed.TextId)?.TraceParent)))
        {
            if (Telemetry.Continue("deliver", parent)?.SetTag("notices.round", round).SetTag("notices.messages", count) is { } activity) trace._activities.Add(activity);
        }

        // They run side by side, and what the senders do belongs to none of them alone.
        Activity.Current = before;

        return trace;
    }

    internal static void Count(IEnumerable<DeliveryOutcome> outcomes)
    {
        foreach (var ((provider, kind), count) in outcomes.Where(outcome => outcome.Try is not null).CountBy(outcome => (outcome.Try!.Provider, outcome.Try.Outcome.Kind)))
            Telemetry.Tried(count, provider, Word(kind));
    }

    public void Dispose()
    {
        foreach (var activity in _activities) activity.Dispose();
    }

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
