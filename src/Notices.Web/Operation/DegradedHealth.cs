using Microsoft.Extensions.Diagnostics.HealthChecks;
using Notices.Words;

namespace Notices.Operation;

/// <summary>Degraded while there is a problem that leaves the service ready: what it concerns waits or goes another way, everything else goes on.</summary>
internal sealed class DegradedHealth(Func<Problem?> look) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(look() is { } problem
        ? HealthCheckResult.Degraded(Sentences.Of(problem, Languages.English), data: new Dictionary<string, object> { [StorageHealth.Problem] = problem })
        : HealthCheckResult.Healthy());
}
