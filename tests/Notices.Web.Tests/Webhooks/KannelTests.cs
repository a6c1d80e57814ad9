using System.Net;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Webhooks;

/// <summary>Messages by a real Kannel and its reports, on the real service.</summary>
public class KannelTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task An_emergency_leaves_by_a_real_gateway_and_its_reports_come_back(DatabaseKind kind)
    {
        Assert.SkipWhen(KannelGateway.Missing is not null, KannelGateway.Missing ?? "");
        await using var gateway = await KannelGateway.StartAsync();
        await using var relay = new PortRelay();
        await using var host = await StartAsync(kind, gateway.Address, relay.Address);
        relay.PassTo(host.Address);
        await TestCounty.SeedAsync(host.Database);
        await host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies",
            new { kind = "emergency", organisation = TestCounty.Code, feeders = new[] { TestCounty.Feeder }, minutesLeft = 60, estimatedRestoration = host.Clock.GetUtcNow().AddHours(4) }, 202);

        await TestHost.UntilAsync(async () => (await KannelService.MessagesAsync(host)) is { Count: > 5 } all && all.TrueForAll(row => row.State == DeliveryState.Delivered), "all delivered");

        var deliveries = await KannelService.MessagesAsync(host);
        var parts = gateway.Parts.ToLookup(part => part.To);
        Assert.All(deliveries, row =>
        {
            var text = string.Concat(parts[row.Address!].Select(part => part.Text));
            Assert.Matches("^(【|JX Power: URGENT)", text);
            // Counted as the gateway divides it.
            Assert.Equal(SmsText.Measure(text).Parts, parts[row.Address!].Count());
        });
        Assert.Equal(deliveries.Select(row => row.Address).Distinct().Order(), parts.Select(to => to.Key).Order());
        await using var db = host.Database.Open();
        Assert.Equal(deliveries.Count, await db.Receipts.CountAsync(row => row.State == DeliveryState.Delivered));
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
    }

    [Fact]
    public async Task A_report_that_was_not_asked_for_is_refused_and_on_record()
    {
        await using var host = await StartAsync(DatabaseKind.Sqlite, new Uri("http://127.0.0.1:1/cgi-bin/sendsms"));
        using var client = new HttpClient { BaseAddress = host.Address };
        var check = Convert.ToHexStringLower(HMACSHA256.HashData(Convert.FromBase64String(KannelService.ReportKey), "kannel-report\nmain\n7"u8).AsSpan(0, 16));
        async Task<HttpStatusCode> ReportAsync(string query)
        {
            using var answer = await client.GetAsync(new Uri("webhooks/kannel/report?" + query, UriKind.Relative));

            return answer.StatusCode;
        }

        // About a message that is none of ours, and with a word that says nothing: answered and left.
        Assert.Equal(HttpStatusCode.NoContent, await ReportAsync($"provider=main&delivery=7&check={check}&type=1"));
        Assert.Equal(HttpStatusCode.NoContent, await ReportAsync($"provider=main&delivery=7&check={check}&type=33"));
        Assert.Equal(HttpStatusCode.NoContent, await ReportAsync($"provider=main&delivery=7&check={check}"));
        Assert.Equal(HttpStatusCode.Forbidden, await ReportAsync($"provider=main&delivery=8&check={check}&type=1"));
        Assert.Equal(HttpStatusCode.Forbidden, await ReportAsync("provider=main&delivery=7&type=1"));
        Assert.Equal(HttpStatusCode.Forbidden, await ReportAsync($"provider=other&delivery=7&check={check}&type=1"));
        Assert.Equal(HttpStatusCode.Forbidden, await ReportAsync($"provider=main&delivery=x&check={check}&type=1"));
        Assert.Equal(HttpStatusCode.Forbidden, await ReportAsync(""));

        await using var db = host.Database.Open();
        Assert.Equal(5, await db.AuditEntries.CountAsync(entry => entry.Action == "webhook.refused"));
        Assert.Equal(0, await db.Receipts.CountAsync());
    }

    private static Task<TestHost> StartAsync(DatabaseKind kind, Uri gateway, Uri? reports = null) => TestHost.StartAsync(kind, settings: KannelService.Settings(gateway, reports));
}
