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
[DisableConcurrentExecution(0)]
internal sealed class Sweep(NoticePublisher publisher, RoundExpansion expansion, DeliveryDispatcher dispatcher, IDeliveryQueue queue, IUnconfirmedPolicy unconfirmed, TimeProvider clock, Checkpoints checkpoints, DueAlarm alarm)
{
    public Task PublishAsync(CancellationToken stopping) => publisher.PublishDueAsync(stopping);

    public Task ExpandAsync(CancellationToken stopping) => expansion.ExpandDueAsync(stopping);

    public Task DispatchAsync(CancellationToken stopping) => dispatcher.DispatchDueAsync(stopping);

    public async Task ReleaseAsync(CancellationToken stopping)
    {
        var now = clock.GetUtcNow();
        await queue.ReleaseExpiredLeasesAsync(unconfirmed, now, stopping);
        await queue.ExpireAsync(now, stopping);
        await queue.SuppressStoppedAsync(now, stopping);
        await queue.CloseFinishedRoundsAsync(now, stopping);
        alarm.RingHere();
    }

    public Task SignHeadAsync(CancellationToken stopping) => checkpoints.SignHeadAsync(stopping);

}

/// <summary>Finished doorbells are forgotten after ten minutes.</summary>
internal sealed class ForgetSoon : JobFilterAttribute, IApplyStateFilter
{
    public void OnStateApplied(ApplyStateContext context, IWriteOnlyTransaction transaction) => context.JobExpirationTimeout = TimeSpan.FromMinutes(10);

    public void OnStateUnapplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
    }
}
