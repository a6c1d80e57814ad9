using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Notices.Operation;

namespace Notices.Deliveries;

/// <summary>Gathers what became of messages and writes it in batches.</summary>
internal sealed class OutcomeWriter(IDeliveryQueue queue, DeliveryOptions options, TimeProvider machine, ILogger log)
{
    /// <summary>Outcomes wait this long for company before they are written.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(40);

    private int _tried;
    private int _returned;

    /// <summary>How many messages were tried so far.</summary>
    internal int Tried => Volatile.Read(ref _tried);

    /// <summary>How many were given back untried.</summary>
    internal int Returned => Volatile.Read(ref _returned);

    /// <summary>Until there are no more.</summary>
    internal async Task WriteAsync(ChannelReader<DeliveryOutcome> done, CancellationToken stopping)
    {
        var holds = true;
        while (await done.WaitToReadAsync(CancellationToken.None))
        {
            var outcomes = new List<DeliveryOutcome>();
            Take(done, outcomes);
            if (outcomes.Count < options.BatchSize / 2 && !done.Completion.IsCompleted)
            {
                await Task.WhenAny(done.Completion, Task.Delay(Gather, machine, CancellationToken.None));
                Take(done, outcomes);
            }

            // Once one was given up, the rest is only taken off the senders' hands.
            if (holds) holds = await WriteUntilItHoldsAsync(new OutcomeBatch(outcomes), stopping);
            BatchTrace.Count(outcomes);
            var tried = outcomes.Count(outcome => outcome.Try is not null);
            Interlocked.Add(ref _tried, tried);
            Interlocked.Add(ref _returned, outcomes.Count - tried);
        }
    }

    private void Take(ChannelReader<DeliveryOutcome> done, List<DeliveryOutcome> outcomes)
    {
        while (outcomes.Count < options.BatchSize && done.TryRead(out var outcome)) outcomes.Add(outcome);
    }

    /// <summary>What was sent must be known to have been sent: while the database is away, nothing further is sent and this tries on. Only a service
    /// that has to stop gives up; the lease then runs out and the messages become unconfirmed.</summary>
    private async Task<bool> WriteUntilItHoldsAsync(OutcomeBatch batch, CancellationToken stopping)
    {
        var pause = TimeSpan.FromMilliseconds(200);
        var stoppedAt = (long?)null;
        while (true)
        {
            try
            {
                await queue.WriteOutcomesAsync(batch, CancellationToken.None);

                return true;
            }
            catch (Exception fault) when (LaneDispatch.IsOfTheDatabase(fault))
            {
                log.LogWarning(fault, "The outcomes of {Count} messages could not be written yet", batch.Outcomes.Count);
                if (stopping.IsCancellationRequested) stoppedAt ??= machine.GetTimestamp();
                if (stoppedAt is { } since && machine.GetElapsedTime(since) > options.StopTimeout) return false;
            }

            await Task.Delay(pause, machine, CancellationToken.None);
            pause = TimeSpan.FromMilliseconds(Math.Min(pause.TotalMilliseconds * 2, 3000));
        }
    }
}
