using Notices.Audience;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Ringing;
using Notices.Storage;

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

/// <summary>Draws the recipients of rounds just opened.</summary>
internal sealed class ExpansionLoop(IServiceScopeFactory scopes, DueAlarm alarm, TimeProvider clock, ILogger<ExpansionLoop> log) : DueLoop(scopes, alarm, clock, log)
{
    protected override async Task<DateTimeOffset?> RunOnceAsync(IServiceProvider services, CancellationToken stopping)
    {
        await services.GetRequiredService<RoundExpansion>().ExpandDueAsync(stopping);

        return null;
    }
}

/// <summary>Sends what is due.</summary>
internal sealed class DispatchLoop(IServiceScopeFactory scopes, DueAlarm alarm, TimeProvider clock, ILogger<DispatchLoop> log) : DueLoop(scopes, alarm, clock, log)
{
    protected override async Task<DateTimeOffset?> RunOnceAsync(IServiceProvider services, CancellationToken stopping)
    {
        await services.GetRequiredService<DeliveryDispatcher>().DispatchDueAsync(stopping);

        return await services.GetRequiredService<IDeliveryQueue>().NextDueAsync(services.GetRequiredService<ProviderDirectory>().Media, stopping);
    }
}

/// <summary>Hears the other processes.</summary>
internal sealed class BellLoop(PostgreSqlBell bell) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => bell.RunAsync(stoppingToken);
}
