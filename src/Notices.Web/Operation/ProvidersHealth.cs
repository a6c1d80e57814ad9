using Microsoft.Extensions.Diagnostics.HealthChecks;
using Notices.Deliveries;
using Notices.Words;

namespace Notices.Operation;

/// <summary>Degraded while a provider is given nothing because too much went wrong there (wrong credentials, nobody at its address, a certificate that does not match): its messages wait or go by another, all others go on.</summary>
internal sealed class ProvidersHealth(ProviderDirectory providers) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var failing = providers.Failing;
        if (failing.Count == 0) return Task.FromResult(HealthCheckResult.Healthy());

        var problem = new Problem("providers-fail", null, new { providers = failing.Select(one => one.LastFault.Length == 0 ? one.Provider : $"{one.Provider} ({one.LastFault})") });

        return Task.FromResult(HealthCheckResult.Degraded(Sentences.Of(problem, Languages.English), data: new Dictionary<string, object> { [StorageHealth.Problem] = problem }));
    }
}
