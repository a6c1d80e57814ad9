using Notices.Audience;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Replies;
using Notices.Ringing;
using Notices.Storage;
using Notices.Subscriptions;

namespace Notices.Jobs;

/// <summary>Publishes at the due instant.</summary>
internal sealed class PublishingLoop(IServiceScopeFactory scopes, DueAlarm alarm, TimeProvider clock, ILogger<PublishingLoop> log) : DueLoop(scopes, alarm, clock, log)
{
    protected override async Task<DateTimeOffset?> RunOnceAsync(IServiceProvider services, CancellationToken stopping)
    {
        var publisher = services.GetRequiredService<NoticePublisher>();
        await publisher.PublishDueAsync(stopping);

        return await publisher.NextDueAsync(stopping);
    }
}

/// <summary>Does what an outage owes besides notices.</summary>
internal sealed class MomentLoop(IServiceScopeFactory scopes, DueAlarm alarm, TimeProvider clock, ILogger<MomentLoop> log) : DueLoop(scopes, alarm, clock, log)
{
    protected override async Task<DateTimeOffset?> RunOnceAsync(IServiceProvider services, CancellationToken stopping)
    {
        var moments = services.GetRequiredService<MomentKeeper>();
        await moments.DoDueAsync(stopping);

        return await moments.NextDueAsync(stopping);
    }
}

/// <summary>Rings staff.</summary>
internal sealed class RingLoop(IServiceScopeFactory scopes, DueAlarm alarm, TimeProvider clock, ILogger<RingLoop> log) : DueLoop(scopes, alarm, clock, log)
{
    protected override async Task<DateTimeOffset?> RunOnceAsync(IServiceProvider services, CancellationToken stopping)
    {
        var rings = services.GetRequiredService<RingDispatcher>();
        await rings.SendDueAsync(stopping);

        return await rings.NextDueAsync(stopping);
    }
}

/// <summary>Applies what people sent back.</summary>
internal sealed class ReplyLoop(IServiceScopeFactory scopes, DueAlarm alarm, TimeProvider clock, ILogger<ReplyLoop> log) : DueLoop(scopes, alarm, clock, log)
{
    protected override async Task<DateTimeOffset?> RunOnceAsync(IServiceProvider services, CancellationToken stopping)
    {
        await services.GetRequiredService<ReplyDesk>().ApplyDueAsync(stopping);

        return null;
    }
}

/// <summary>Answers it.</summary>
internal sealed class AnswerLoop(IServiceScopeFactory scopes, DueAlarm alarm, TimeProvider clock, ILogger<AnswerLoop> log) : DueLoop(scopes, alarm, clock, log)
{
    protected override async Task<DateTimeOffset?> RunOnceAsync(IServiceProvider services, CancellationToken stopping)
    {
        var answers = services.GetRequiredService<AnswerDispatcher>();
        await answers.SendDueAsync(stopping);

        return await answers.NextDueAsync(stopping);
    }
}

/// <summary>Sends what subscribers are to confirm.</summary>
internal sealed class SubscriptionLoop(IServiceScopeFactory scopes, DueAlarm alarm, TimeProvider clock, ILogger<SubscriptionLoop> log) : DueLoop(scopes, alarm, clock, log)
{
    protected override async Task<DateTimeOffset?> RunOnceAsync(IServiceProvider services, CancellationToken stopping)
    {
        var messages = services.GetRequiredService<SubscriptionDispatcher>();
        await messages.SendDueAsync(stopping);

        return await messages.NextDueAsync(stopping);
    }
}

/// <summary>Draws the recipients of rounds just opened, on one lane.</summary>
internal abstract class DrawingLoop(Lane lane, IServiceScopeFactory scopes, DueAlarm alarm, TimeProvider clock, ILogger log) : DueLoop(scopes, alarm, clock, log)
{
    protected override async Task<DateTimeOffset?> RunOnceAsync(IServiceProvider services, CancellationToken stopping)
    {
        await services.GetRequiredService<RoundExpansion>().ExpandDueAsync(lane, stopping);

        return null;
    }
}

internal sealed class UrgentDrawingLoop(IServiceScopeFactory scopes, DueAlarm alarm, TimeProvider clock, ILogger<UrgentDrawingLoop> log)
    : DrawingLoop(Lane.Urgent, scopes, alarm, clock, log);

internal sealed class OrdinaryDrawingLoop(IServiceScopeFactory scopes, DueAlarm alarm, TimeProvider clock, ILogger<OrdinaryDrawingLoop> log)
    : DrawingLoop(Lane.Ordinary, scopes, alarm, clock, log);

/// <summary>Sends what is due on one lane.</summary>
internal abstract class SendingLoop(Lane lane, IServiceScopeFactory scopes, DueAlarm alarm, TimeProvider clock, ILogger log) : DueLoop(scopes, alarm, clock, log)
{
    /// <summary>What is due and was not sent now, since another process has it locked or the database went away, is looked at again after this.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _clock = clock;

    protected override async Task<DateTimeOffset?> RunOnceAsync(IServiceProvider services, CancellationToken stopping)
    {
        await services.GetRequiredService<DeliveryDispatcher>().DispatchDueAsync(lane, stopping);
        var next = await services.GetRequiredService<IDeliveryQueue>().NextDueAsync(services.GetRequiredService<ProviderDirectory>().Media, lane, stopping);

        return next is { } due && _clock.GetUtcNow() + Rest is var soonest && due < soonest ? soonest : next;
    }
}

internal sealed class UrgentSendingLoop(IServiceScopeFactory scopes, DueAlarm alarm, TimeProvider clock, ILogger<UrgentSendingLoop> log) : SendingLoop(Lane.Urgent, scopes, alarm, clock, log);

internal sealed class OrdinarySendingLoop(IServiceScopeFactory scopes, DueAlarm alarm, TimeProvider clock, ILogger<OrdinarySendingLoop> log) : SendingLoop(Lane.Ordinary, scopes, alarm, clock, log);

/// <summary>Hears the other processes.</summary>
internal sealed class BellLoop(PostgreSqlBell bell) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => bell.RunAsync(stoppingToken);
}
