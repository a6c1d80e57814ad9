using Notices.Deliveries;

namespace Notices.Jobs;

/// <summary>Asks providers that tell nothing by themselves for receipts and replies.</summary>
internal sealed class PollLoop(ProviderPolling polling) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(polling.Tasks.Select(task => polling.RunAsync(task, stoppingToken)));
}
