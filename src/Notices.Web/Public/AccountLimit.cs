using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Notices.Public;

/// <summary>How often one address may ask about accounts: a household tries its few numbers, nobody tries them all.</summary>
internal static class AccountLimit
{
    internal const string Name = "account";

    private static readonly TokenBucketRateLimiterOptions PerAddress = new() { TokenLimit = 20, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromSeconds(3), QueueLimit = 0 };

    internal static void AddAccountLimit(this RateLimiterOptions limits) => limits.AddPolicy(Name, context => Asks(context.Request)
        ? RateLimitPartition.GetTokenBucketLimiter(context.Connection.RemoteIpAddress?.ToString() ?? "?", _ => PerAddress)
        : RateLimitPartition.GetNoLimiter(""));

    internal static bool Asks(HttpRequest request) => HttpMethods.IsPost(request.Method) || (request.QueryString.HasValue && !string.IsNullOrWhiteSpace(request.Query["account"]));
}
