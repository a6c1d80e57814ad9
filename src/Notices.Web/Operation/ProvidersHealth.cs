using Microsoft.Extensions.Diagnostics.HealthChecks;
using Notices.Deliveries;
using Notices.Words;

namespace Notices.Operation;

/// <summary>Degraded while a provider does not take messages, as a wrong password or an unreachable server makes it: the service is ready all the same, and the messages wait or leave by another.</summary>
internal sealed class ProvidersHealth(ProviderDirectory providers) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (providers.Troubled.FirstOrDefault() is not { } trouble) return Task.FromResult(HealthCheckResult.Healthy());

        var problem = new Problem("provider-fails", null, new { provider = trouble.Provider, fault = trouble.Fault, times = trouble.Failures, since = trouble.Since });

        return Task.FromResult(HealthCheckResult.Degraded(Sentences.Of(problem, Languages.English), data: new Dictionary<string, object> { [StorageHealth.Problem] = problem }));
    }
}
