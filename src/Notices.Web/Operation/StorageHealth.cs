using Microsoft.Extensions.Diagnostics.HealthChecks;
using Notices.Words;

namespace Notices.Operation;

/// <summary>Ready while the database answers, has the schema and takes what is written.</summary>
/// <param name="name">Which check of the <see cref="StorageReport"/>.</param>
internal sealed class StorageHealth(StorageWatch watch, string name) : IHealthCheck
{
    internal const string Problem = "problem";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var check = (await watch.LookAsync(cancellationToken))[name];
        var status = check.State switch
        {
            StorageState.Good => HealthStatus.Healthy,
            StorageState.Slow => HealthStatus.Degraded,
            _ => HealthStatus.Unhealthy,
        };
        var data = check.Problem is null ? null : new Dictionary<string, object> { [Problem] = check.Problem };

        return new HealthCheckResult(status, check.Problem is null ? null : Sentences.Of(check.Problem, Languages.English), data: data);
    }
}
