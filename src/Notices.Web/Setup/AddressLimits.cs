using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Notices.Setup;

/// <summary>How often one address may ask what only people ask; machine time.</summary>
internal static class AddressLimits
{
    /// <param name="burst">Requests at once.</param>
    /// <param name="pace">Time in which one more is allowed.</param>
    /// <param name="counts">Which requests count; null for all.</param>
    internal static void AddPerAddress(this RateLimiterOptions limits, string name, int burst, TimeSpan pace, Func<HttpRequest, bool>? counts = null)
    {
        var options = new TokenBucketRateLimiterOptions { TokenLimit = burst, TokensPerPeriod = 1, ReplenishmentPeriod = pace, QueueLimit = 0 };
        limits.AddPolicy(name, context => counts?.Invoke(context.Request) ?? true
            ? RateLimitPartition.GetTokenBucketLimiter(context.Connection.RemoteIpAddress?.ToString() ?? "?", _ => options)
            : RateLimitPartition.GetNoLimiter(""));
    }
}
