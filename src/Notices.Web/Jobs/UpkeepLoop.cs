namespace Notices.Jobs;

/// <summary>Takes over what silent workers held, in every process: the job of the same work runs in one of them at a time, and that one may be the silent one.</summary>
internal sealed class UpkeepLoop(IServiceScopeFactory scopes, [FromKeyedServices(CoreServices.Machine)] TimeProvider machine, ILogger<UpkeepLoop> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Every, machine, stoppingToken);
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<Sweep>().ReleaseAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                log.LogError(error, "{Loop} failed; it tries again in a few seconds.", nameof(UpkeepLoop));
            }
        }
    }
}
