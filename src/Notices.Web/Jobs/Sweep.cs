using System.Collections.Concurrent;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;
using Notices.Audience;
using Notices.Deliveries;
using Notices.Evidence;
using Notices.Operation;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Replies;
using Notices.Retention;
using Notices.Ringing;
using Notices.Subscriptions;

namespace Notices.Jobs;

/// <summary>Catches what a restart, another process or a lost alarm missed, through the same methods the alarms ring.</summary>
[AutomaticRetry(Attempts = 0)] // The next ring is the retry.
internal sealed class Sweep(NoticePublisher publisher, MomentKeeper moments, RingDispatcher rings, ReplyDesk replies, AnswerDispatcher answers, SubscriptionDispatcher confirmations, SubscriptionUpkeep subscriptions, RoundExpansion expansion, DeliveryDispatcher dispatcher, IDeliveryQueue queue, UnconfirmedCheck check, CallWatch calls, IUnconfirmedPolicy unconfirmed,
    TimeProvider clock, Checkpoints checkpoints, ShadowReports shadows, DeliveryArchive archive, TimedErasure erasure, ReplyRetention replyRetention, DueAlarm alarm,
    SweepTurns turns)
{
    public Task PublishAsync(CancellationToken stopping) => turns.OnceAsync("publish-due", () => publisher.PublishDueAsync(stopping));

    public Task DoMomentsAsync(CancellationToken stopping) => turns.OnceAsync("do-moments", () => moments.DoDueAsync(stopping));

    public Task RingAsync(CancellationToken stopping) => turns.OnceAsync("ring-staff", () => rings.SendDueAsync(stopping));

    public Task ApplyRepliesAsync(CancellationToken stopping) => turns.OnceAsync("apply-replies", () => replies.ApplyDueAsync(stopping));

    public Task AnswerAsync(CancellationToken stopping) => turns.OnceAsync("send-answers", () => answers.SendDueAsync(stopping));

    public Task ConfirmAsync(CancellationToken stopping) => turns.OnceAsync("send-confirmations", () => confirmations.SendDueAsync(stopping));

    public Task ExpandAsync(CancellationToken stopping) => turns.OnceAsync("draw-rounds", () => expansion.ExpandDueAsync(stopping));

    public Task DispatchAsync(CancellationToken stopping) => turns.OnceAsync("dispatch-due", () => dispatcher.DispatchDueAsync(stopping));

    public Task AskAsync(CancellationToken stopping) => turns.OnceAsync("ask-unconfirmed", async () =>
    {
        if (await check.AskDueAsync(stopping) > 0) alarm.RingHere();
    });

    public Task WatchCallsAsync(CancellationToken stopping) => turns.OnceAsync("watch-calls", async () =>
    {
        if (await calls.AskDueAsync(stopping) > 0) alarm.RingHere();
    });

    public Task ReleaseAsync(CancellationToken stopping) => turns.OnceAsync("release-leases", async () =>
    {
        var now = clock.GetUtcNow();
        await queue.ReleaseExpiredLeasesAsync(unconfirmed, now, stopping);
        await queue.ExpireAsync(now, stopping);
        await queue.SuppressStoppedAsync(now, stopping);
        await queue.CloseFinishedRoundsAsync(now, stopping);
        alarm.RingHere();
    });

    public Task SignHeadAsync(CancellationToken stopping) => turns.OnceAsync("sign-head", () => checkpoints.SignHeadAsync(stopping));

    public Task ReportShadowAsync(CancellationToken stopping) => turns.OnceAsync("report-shadow", () => shadows.MakeDueAsync(stopping));

    public Task ArchiveAsync(CancellationToken stopping) => turns.OnceAsync("archive-old", async () =>
    {
        await archive.MoveDueAsync(stopping);
        await replyRetention.MoveDueAsync(stopping);
    });

    public Task EraseAsync(CancellationToken stopping) => turns.OnceAsync("erase-old", async () =>
    {
        await erasure.EraseDueAsync(stopping);
        await replyRetention.EraseDueAsync(stopping);
        await subscriptions.LapseDueAsync(stopping);
    });
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
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Telemetry.Failed(what);
            throw;
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
