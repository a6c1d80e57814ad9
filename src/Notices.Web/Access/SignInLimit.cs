using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Notices.Access;

/// <summary>How often one address may try to sign in, whatever names it tries.</summary>
internal static class SignInLimit
{
    internal const string Name = "sign-in";

    /// <summary>Requests: a shift that signs in behind one proxy passes, a list of passwords does not.</summary>
    private static readonly TokenBucketRateLimiterOptions PerAddress = new() { TokenLimit = 60, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromSeconds(2), QueueLimit = 0 };

    internal static void AddSignInLimit(this RateLimiterOptions limits) =>
        limits.AddPolicy(Name, context => RateLimitPartition.GetTokenBucketLimiter(context.Connection.RemoteIpAddress?.ToString() ?? "?", _ => PerAddress));
}
