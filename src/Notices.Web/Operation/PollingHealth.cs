using Microsoft.Extensions.Diagnostics.HealthChecks;
using Notices.Deliveries;
using Notices.Words;

namespace Notices.Operation;

/// <summary>Degraded while a provider that has to be asked for receipts or replies does not answer: messages leave all the same.</summary>
internal sealed class PollingHealth(ProviderPolling polling) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (polling.Failing.FirstOrDefault() is not { } task) return Task.FromResult(HealthCheckResult.Healthy());

        var problem = new Problem("polling-fails", null, new { provider = task.Provider, fault = task.Fault, times = task.Failures, since = task.FailingSince });

        return Task.FromResult(HealthCheckResult.Degraded(Sentences.Of(problem, Languages.English), data: new Dictionary<string, object> { [StorageHealth.Problem] = problem }));
    }
}
