using Notices.Policy;

namespace Notices.Jobs;

/// <summary>One alarm on the earliest due row of one kind of work: does what is due, then sleeps until the next is, or until rung.</summary>
internal abstract class DueLoop(IServiceScopeFactory scopes, DueAlarm alarm, TimeProvider clock, ILogger log) : BackgroundService
{
    /// <summary>Never sleeps longer: a clock that jumped or a ring that was lost costs this at most (the Hangfire sweep comes by sooner).</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var bell = alarm.Listen();
        while (!stoppingToken.IsCancellationRequested)
        {
            var sleep = AfterFailure;
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var next = await RunOnceAsync(scope.ServiceProvider, stoppingToken);
                sleep = next is { } due && due - clock.GetUtcNow() < LongestSleep ? due - clock.GetUtcNow() : LongestSleep;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                Telemetry.Failed(GetType().Name);
                log.LogError(error, "{Loop} failed; it tries again in a second.", GetType().Name);
            }

            try
            {
                await bell.WaitAsync(sleep, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Does what is due.</summary>
    /// <returns>When the next is; null when nothing waits.</returns>
    protected abstract Task<DateTimeOffset?> RunOnceAsync(IServiceProvider services, CancellationToken stopping);
}
