using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Deliveries;
using Notices.Ringing;
using Notices.Testing;
using Notices.Webhooks;

namespace Notices.Replies;

/// <summary>Replies by a real Kannel, on the real service.</summary>
public class KannelReplyTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_real_round_is_answered_with_one_and_acknowledged(DatabaseKind kind)
    {
        Assert.SkipWhen(KannelGateway.Missing is not null, KannelGateway.Missing ?? "");
        await using var relay = new PortRelay();
        await using var gateway = await KannelGateway.StartAsync(replies: KannelService.Replies(relay.Address));
        await using var host = await StartAsync(kind, gateway.Address, relay.Address);
        relay.PassTo(host.Address);
        await TestCounty.SeedAsync(host.Database);
        await host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies",
            new { kind = "emergency", organisation = TestCounty.Code, feeders = new[] { TestCounty.Feeder }, minutesLeft = 60, estimatedRestoration = host.Clock.GetUtcNow().AddHours(4) }, 202);
        await TestHost.UntilAsync(async () => await KannelService.MessagesAsync(host) is { Count: > 5 } all && all.TrueForAll(row => row.State == DeliveryState.Delivered), "all delivered");
        var all = await KannelService.MessagesAsync(host);

        // As a message centre writes numbers: with the country's, and without a plus.
        await gateway.SendInAsync(all[0].Address![1..], "1");
        await TestHost.UntilAsync(async () => (await KannelService.MessagesAsync(host))[0].State == DeliveryState.Acknowledged, "acknowledged");
        await gateway.SendInAsync(all[1].Address!, "收到");
        await TestHost.UntilAsync(async () => (await KannelService.MessagesAsync(host))[1].State == DeliveryState.Acknowledged, "acknowledged in Chinese");
        Assert.All((await KannelService.MessagesAsync(host)).Skip(2), row => Assert.Equal(DeliveryState.Delivered, row.State));

        await using var db = host.Database.Open();
        var before = gateway.Parts.Count;
        await gateway.SendInAsync(all[2].Address!, "TD");
        await TestHost.UntilAsync(() => db.OptOuts.AnyAsync(row => row.Address == all[2].Address), "stopped");
        await gateway.ConnectAsync();
        await host.AdvanceAsync(TimeSpan.FromMinutes(1));
        await TestHost.UntilAsync(() => db.ReplyAnswers.AnyAsync(row => row.State == OutboxState.Sent), "answered");
        await TestHost.UntilAsync(() => Task.FromResult(gateway.Parts.Count > before), "the answer arrived");
        var answer = gateway.Parts.Skip(before).Where(part => part.To == all[2].Address).Select(part => part.Text).ToList();
        Assert.Contains("依法必须告知", string.Concat(answer), StringComparison.Ordinal);
        Assert.Equal(3, await db.Replies.CountAsync());
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
    }

    [Fact]
    public async Task A_reply_from_elsewhere_is_refused_and_on_record_and_one_told_twice_is_kept_once()
    {
        await using var host = await StartAsync(DatabaseKind.Sqlite, new Uri("http://127.0.0.1:1/cgi-bin/sendsms"));
        using var client = new HttpClient { BaseAddress = host.Address };
        async Task<(HttpStatusCode, string)> TellAsync(string query)
        {
            using var answer = await client.GetAsync(new Uri("webhooks/kannel/inbound?" + query, UriKind.Relative));

            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }

        var wide = string.Concat(Encoding.BigEndianUnicode.GetBytes("您好").Select(one => $"%{one:x2}"));
        Assert.Equal((HttpStatusCode.OK, ""), await TellAsync($"provider=main&check={KannelService.Check}&id=a&from=%2B8613800000001&to=95598&charset=UTF-16BE&text={wide}"));
        Assert.Equal((HttpStatusCode.OK, ""), await TellAsync($"provider=main&check={KannelService.Check}&id=a&from=%2B8613800000001&to=95598&charset=UTF-16BE&text={wide}"));
        Assert.Equal((HttpStatusCode.OK, ""), await TellAsync($"provider=main&check={KannelService.Check}&id=b&text=1"));
        Assert.Equal(HttpStatusCode.Forbidden, (await TellAsync($"provider=other&check={KannelService.Check}&id=a&from=1&text=1")).Item1);
        Assert.Equal(HttpStatusCode.Forbidden, (await TellAsync("provider=main&check=00&id=a&from=1&text=1")).Item1);
        Assert.Equal(HttpStatusCode.Forbidden, (await TellAsync("provider=main&id=a&from=1&text=1")).Item1);

        await using var db = host.Database.Open();
        Assert.Equal(3, await db.AuditEntries.CountAsync(entry => entry.Action == "webhook.refused"));
        var reply = await db.Replies.AsNoTracking().SingleAsync();
        Assert.Equal(("id:a", "+8613800000001", "您好"), (reply.MessageKey, reply.Sender, reply.Body));
    }

    private static Task<TestHost> StartAsync(DatabaseKind kind, Uri gateway, Uri? reports = null) => TestHost.StartAsync(kind, settings: KannelService.Settings(gateway, reports));
}
