using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Webhooks;

/// <summary>The service with a Kannel as its provider <c>main</c>.</summary>
internal static class KannelService
{
    internal const string ReportKey = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";

    /// <summary>By which the service knows that a reply came from this gateway.</summary>
    internal static readonly string Check = Convert.ToHexStringLower(HMACSHA256.HashData(Convert.FromBase64String(ReportKey), "kannel-inbound\nmain"u8).AsSpan(0, 16));

    /// <summary>Where a gateway leaves what people send.</summary>
    internal static string Replies(Uri service) => $"{service}webhooks/kannel/inbound?provider=main&check={Check}&id=%I&from=%p&to=%P&charset=%C&text=%b";

    internal static Dictionary<string, string?> Settings(Uri gateway, Uri? reports = null) => new()
    {
        ["Providers:main:Channel"] = "kannel",
        ["Providers:main:Address"] = gateway.AbsoluteUri,
        ["Providers:main:User"] = KannelGateway.User,
        ["Providers:main:Password"] = KannelGateway.Password,
        ["Providers:main:ReportKey"] = ReportKey,
        ["Providers:main:ReportAddress"] = reports?.AbsoluteUri,
    };

    internal static async Task<List<Delivery>> MessagesAsync(TestHost host)
    {
        await using var db = host.Database.Open();

        return await db.Deliveries.AsNoTracking().Where(row => row.Medium == Medium.Sms).OrderBy(row => row.Id).ToListAsync();
    }
}
