using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Webhooks;

/// <summary>Messages by a platform that takes batches and is polled, on the real service.</summary>
public class GatewayTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task An_emergency_leaves_by_a_carriers_platform_and_what_became_of_it_is_polled(DatabaseKind kind)
    {
        var reports = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var batches = 0;
        await using var platform = new HttpSink
        {
            Answer = body =>
            {
                var said = JsonDocument.Parse(Convert.FromBase64String(body)).RootElement;
                if (!said.TryGetProperty("mobiles", out var numbers))
                {
                    var told = new List<string>();
                    while (reports.TryDequeue(out var report)) told.Add(report);

                    // Once garbage, then in the wrong order, each of them twice.
                    return Interlocked.Increment(ref batches) % 5 == 0 ? HttpSink.Ok("<html>") : HttpSink.Ok("[" + string.Join(',', told.AsEnumerable().Reverse().Concat(told)) + "]");
                }

                var batch = $"G{Interlocked.Increment(ref batches):0000}";
                foreach (var number in numbers.GetString()!.Split(',')) reports.Enqueue($$"""{"mobile":"{{number}}","msgGroup":"{{batch}}","errorCode":"DELIVRD"}""");

                return HttpSink.Ok($$"""{"msgGroup":"{{batch}}","rspcod":"success","success":true}""");
            },
        };
        await using var host = await TestHost.StartAsync(kind, settings: Settings(platform.Address));
        await TestCounty.SeedAsync(host.Database);
        await host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies",
            new { kind = "emergency", organisation = TestCounty.Code, feeders = new[] { TestCounty.Feeder }, minutesLeft = 60, estimatedRestoration = host.Clock.GetUtcNow().AddHours(4) }, 202);

        await TestHost.UntilAsync(async () => (await DeliveriesAsync(host)) is { Count: > 5 } all && all.TrueForAll(row => row.State == DeliveryState.Delivered), "all delivered", 60);

        var deliveries = await DeliveriesAsync(host);
        await using var db = host.Database.Open();
        Assert.Equal(deliveries.Count, await db.Receipts.CountAsync(row => row.State == DeliveryState.Delivered));
        Assert.All(deliveries, row => Assert.Matches("^G[0-9]{4}/[0-9a-f]{16}$", row.ProviderMessageId!));
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
    }

    [Fact]
    public async Task A_platform_that_does_not_answer_polls_is_shown_and_calls_without_proof_are_refused()
    {
        await using var platform = new HttpSink { Answer = _ => HttpSink.Status("500 Internal Server Error") };
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite, settings: Settings(platform.Address));
        using var client = new HttpClient { BaseAddress = host.Address };
        using var forged = await client.PostAsync(new Uri("webhooks/gateway/main/receipts", UriKind.Relative), new StringContent("[]", Encoding.UTF8, "application/json"));
        using var unknown = await client.PostAsync(new Uri("webhooks/gateway/other/replies", UriKind.Relative), new StringContent("[]", Encoding.UTF8, "application/json"));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (forged.StatusCode, unknown.StatusCode));

        var health = "";
        await TestHost.UntilAsync(async () => (health = await client.GetStringAsync(new Uri("health/ready", UriKind.Relative))).Contains("polling-fails", StringComparison.Ordinal), "polling told as failing", 60);

        // Ready all the same: messages leave.
        Assert.Contains("\"degraded\"", health, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Settings(Uri address) => new()
    {
        ["Providers:main:Channel"] = "http-gateway",
        ["Providers:main:Profile"] = "cmcc-mas",
        ["Providers:main:Address"] = address.GetLeftPart(UriPartial.Authority),
        ["Providers:main:ReportAddress"] = address.GetLeftPart(UriPartial.Authority),
        ["Providers:main:EcName"] = "JX Power",
        ["Providers:main:ApId"] = "api",
        ["Providers:main:Sign"] = "Sg",
        ["Providers:main:SecretKey"] = "k",
    };

    private static async Task<List<Delivery>> DeliveriesAsync(TestHost host)
    {
        await using var db = host.Database.Open();

        return await db.Deliveries.AsNoTracking().Where(row => row.Medium == Medium.Sms).ToListAsync();
    }
}
