using Microsoft.Extensions.DependencyInjection;
using Notices.Operation;
using Notices.Words;

namespace Notices.Jobs;

/// <summary>Leaves this process's row every few seconds, and says in the log when the database stops taking it and when it takes it again.</summary>
internal sealed class Heartbeat(StorageWatch watch, [FromKeyedServices(CoreServices.Machine)] TimeProvider machine, ILogger<Heartbeat> log) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var was = (string?)null;
        using var timer = new PeriodicTimer(Beat, machine);
        try
        {
            do was = Tell(was, await watch.LookAsync(stoppingToken));
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    /// <returns>The code of what is wrong; null while all is well.</returns>
    private string? Tell(string? was, StorageReport report)
    {
        var problem = report.Ready ? null : report.Checks.First(check => check.Problem is not null).Problem;
        if (problem?.Code == was) return was;

        if (problem is null) log.LogWarning("The database is back; the service goes on.");
        else log.LogCritical("Not ready, {Code}: {Sentence}", problem.Code, Sentences.Of(problem, Languages.English));

        return problem?.Code;
    }
}
