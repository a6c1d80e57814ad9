using Microsoft.Extensions.Diagnostics.HealthChecks;
using Notices.Storage;

namespace Notices.Setup;

/// <summary>Ready while the database answers.</summary>
internal sealed class StorageHealth(StorageStartup storage) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await storage.AnswersAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The database does not answer.");
}
