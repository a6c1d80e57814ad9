using System.Threading.RateLimiting;
using Notices.Access;
using Notices.Audit;

namespace Notices.Webhooks;

/// <summary>Puts calls with a wrong signature on record. Anybody can make them, so beyond sixty at once and one a second they are counted, and the next entry says how many.</summary>
internal sealed class WebhookRefusals(IServiceScopeFactory scopes, ILogger<WebhookRefusals> log) : IDisposable
{
    private readonly TokenBucketRateLimiter _entries = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = 60,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
        AutoReplenishment = true,
    });

    private int _uncounted;

    /// <param name="address">The path, without what was asked.</param>
    /// <param name="provider">Null where the call named none of ours.</param>
    internal async Task RecordAsync(string address, string? provider, CancellationToken cancellationToken)
    {
        log.LogWarning("A call to {Address} for provider {Provider} had a wrong signature", address, provider ?? "-");
        using var lease = _entries.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            Interlocked.Increment(ref _uncounted);
            return;
        }

        var before = Interlocked.Exchange(ref _uncounted, 0);
        await using var scope = scopes.CreateAsyncScope();
        var audit = scope.ServiceProvider.GetRequiredService<AuditTrail>();
        audit.Record(Actor.System, "webhook.refused", address, null, new { provider, reason = "signature-wrong", withoutEntryBefore = before });
        await audit.CommitAsync(cancellationToken);
    }

    public void Dispose() => _entries.Dispose();
}
