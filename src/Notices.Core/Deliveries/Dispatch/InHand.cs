using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Notices.Deliveries;

/// <summary>What a worker has claimed and not yet written back: prolongs its leases, and knows of each message whether it may still be handed over. Not when the
/// lease has run out, for then others may have taken it, and not when its round was paused or stopped meanwhile.</summary>
internal sealed class InHand(string worker, IDeliveryQueue queue, DeliveryOptions options, TimeProvider machine, ILogger log)
{
    /// <summary>Machine time between two looks at the rounds in hand: a pause reaches every worker within two seconds.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Batch, bool> _batches = new();
    private volatile HashSet<long> _held = [];

    /// <summary>Before a claim is made: its leases start no earlier.</summary>
    internal Moment Now() => new(machine.GetTimestamp(), machine.GetUtcNow());

    internal Batch Take(IReadOnlyList<ClaimedDelivery> claimed, Moment before)
    {
        var batch = new Batch(claimed, before, machine.GetTimestamp());
        _batches.TryAdd(batch, true);

        return batch;
    }

    /// <summary>Asked right before the message leaves.</summary>
    internal bool MayGo(Batch batch, ClaimedDelivery claimed) => !Lapsed(batch) && !_held.Contains(claimed.RoundId);

    /// <summary>Its outcome is on its way to the table.</summary>
    internal void LetGo(Batch batch)
    {
        if (Interlocked.Decrement(ref batch.Open) == 0) _batches.TryRemove(batch, out _);
    }

    /// <summary>Prolongs and looks, until over.</summary>
    internal async Task WatchAsync(CancellationToken over)
    {
        using var timer = new PeriodicTimer(Look < options.Lease / 3 ? Look : options.Lease / 3, machine);
        var renewed = machine.GetTimestamp();
        while (!over.IsCancellationRequested)
        {
            try
            {
                if (!await timer.WaitForNextTickAsync(over)) return;

                await LookAsync(over);
                if (machine.GetElapsedTime(renewed) < options.Lease / 3) continue;

                await RenewAsync(over);
                renewed = machine.GetTimestamp();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception fault) when (LaneDispatch.IsOfTheDatabase(fault))
            {
                log.LogWarning(fault, "Leases could not be renewed");
            }
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var rounds = _batches.Keys.SelectMany(batch => batch.Rounds).ToHashSet();
        _held = rounds.Count == 0 ? [] : [.. await queue.HeldAsync(rounds, cancellationToken)];
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var now = Now();
        var prolonged = _batches.Keys.Where(batch => batch.ClaimedAt <= now.Timestamp && !Lapsed(batch)).ToList();
        if (prolonged.Count == 0) return;

        await queue.RenewLeasesAsync(worker, options.Lease, cancellationToken);
        foreach (var batch in prolonged)
        {
            // Held up on the way, the statement may have come too late for rows that were released already.
            if (!Lapsed(batch)) batch.HeldSince = now;
        }
    }

    /// <summary>For good: what ran out is not revived by a later renewal.</summary>
    private bool Lapsed(Batch batch)
    {
        // The steady clock stands still while a virtual machine sleeps, the other one may be set back: whichever says more.
        var since = batch.HeldSince;
        var (steady, wall) = (machine.GetElapsedTime(since.Timestamp), machine.GetUtcNow() - since.Utc);
        if ((steady > wall ? steady : wall) >= options.Lease) batch.Lapsed = true;

        return batch.Lapsed;
    }

    /// <summary>An instant of machine time on both of its clocks.</summary>
    internal sealed record Moment(long Timestamp, DateTimeOffset Utc);

    /// <summary>Messages claimed together.</summary>
    internal sealed class Batch(IReadOnlyList<ClaimedDelivery> claimed, Moment before, long claimedAt)
    {
        internal int Open = claimed.Count;

        internal volatile Moment HeldSince = before;

        internal volatile bool Lapsed;

        internal long ClaimedAt { get; } = claimedAt;

        internal IReadOnlyList<ClaimedDelivery> Messages { get; } = claimed;

        internal IReadOnlyList<long> Rounds { get; } = [.. claimed.Select(message => message.RoundId).Distinct()];
    }
}
