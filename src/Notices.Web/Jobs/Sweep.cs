using System.Collections.Concurrent;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;
using Notices.Audience;
using Notices.Deliveries;
using Notices.Evidence;
using Notices.Policy;
using Notices.Publishing;

namespace Notices.Jobs;

/// <summary>Catches what a restart, another process or a lost alarm missed, through the same methods the alarms ring.</summary>
[AutomaticRetry(Attempts = 0)] // The next ring is the retry.
internal sealed class Sweep(NoticePublisher publisher, RoundExpansion expansion, DeliveryDispatcher dispatcher, IDeliveryQueue queue, UnconfirmedCheck check, IUnconfirmedPolicy unconfirmed, TimeProvider clock, Checkpoints checkpoints, DueAlarm alarm,
    SweepTurns turns)
{
    public Task PublishAsync(CancellationToken stopping) => turns.OnceAsync(nameof(PublishAsync), () => publisher.PublishDueAsync(stopping));

    public Task ExpandAsync(CancellationToken stopping) => turns.OnceAsync(nameof(ExpandAsync), () => expansion.ExpandDueAsync(stopping));

    public Task DispatchAsync(CancellationToken stopping) => turns.OnceAsync(nameof(DispatchAsync), () => dispatcher.DispatchDueAsync(stopping));

    public Task AskAsync(CancellationToken stopping) => turns.OnceAsync(nameof(AskAsync), async () =>
    {
        if (await check.AskDueAsync(stopping) > 0) alarm.RingHere();
    });

    public Task ReleaseAsync(CancellationToken stopping) => turns.OnceAsync(nameof(ReleaseAsync), async () =>
    {
        var now = clock.GetUtcNow();
        await queue.ReleaseExpiredLeasesAsync(unconfirmed, now, stopping);
        await queue.ExpireAsync(now, stopping);
        await queue.SuppressStoppedAsync(now, stopping);
        await queue.CloseFinishedRoundsAsync(now, stopping);
        alarm.RingHere();
    });

    public Task SignHeadAsync(CancellationToken stopping) => checkpoints.SignHeadAsync(stopping);
}

/// <summary>A sweep that comes by while this process is still at the last one goes on its way; those of other processes share the work.</summary>
internal sealed class SweepTurns
{
    private readonly ConcurrentDictionary<string, bool> _under = new(StringComparer.Ordinal);

    internal async Task OnceAsync(string what, Func<Task> work)
    {
        if (!_under.TryAdd(what, true)) return;

        try
        {
            await work();
        }
        finally
        {
            _under.TryRemove(what, out _);
        }
    }
}

/// <summary>Finished doorbells are forgotten after ten minutes.</summary>
internal sealed class ForgetSoon : JobFilterAttribute, IApplyStateFilter
{
    public void OnStateApplied(ApplyStateContext context, IWriteOnlyTransaction transaction) => context.JobExpirationTimeout = TimeSpan.FromMinutes(10);

    public void OnStateUnapplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
    }
}
