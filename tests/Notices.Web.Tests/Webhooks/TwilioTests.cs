using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Channels.TwilioSms;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Webhooks;

/// <summary>Messages by Twilio and what it calls back, on the real service behind an address it does not listen on itself.</summary>
public class TwilioTests
{
    private const string Outside = "https://notices.example.org/power/";

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task What_twilio_tells_of_a_message_is_applied_once_in_whatever_order_it_comes_also_where_its_answer_was_lost(DatabaseKind kind)
    {
        await using var twilio = new TwilioServer();
        // Of the first message the answer is lost: Twilio has it, and nobody here knows its id.
        var lost = 1;
        twilio.Answer = request => request.Method == "GET" ? twilio.List(request) : twilio.Take(request) is var taken && Interlocked.Exchange(ref lost, 0) == 1 ? null : taken;
        await using var host = await StartAsync(kind, twilio);
        await DeclareAsync(host);
        await TestHost.UntilAsync(async () => (await DeliveriesAsync(host)) is { Count: > 5 } all && all.TrueForAll(row => row.State is DeliveryState.Accepted or DeliveryState.Unconfirmed), "all handed over");
        var before = await DeliveriesAsync(host);
        var unknown = Assert.Single(before, row => row.State == DeliveryState.Unconfirmed);
        var callbacks = twilio.Requests.Where(request => request.Method == "POST").ToDictionary(request => long.Parse(request["StatusCallback"]!.Split('=')[^1], System.Globalization.CultureInfo.InvariantCulture), request => request["StatusCallback"]!);
        Assert.Equal(before.Select(row => row.Id).Order(), callbacks.Keys.Order());
        Assert.All(callbacks.Values, url => Assert.StartsWith(Outside + "webhooks/twilio/sms-status?provider=main&delivery=", url, StringComparison.Ordinal));

        using var client = new HttpClient { BaseAddress = host.Address };
        var known = before.Where(row => row != unknown).ToList();
        var (good, bad, late) = (known[0], known[1], known[2]);
        // The first in the order of time, the second ends badly, of the third the end comes first and twice.
        foreach (var status in (string[])["queued", "sent", "delivered"]) Assert.Equal(HttpStatusCode.NoContent, await TellAsync(client, callbacks[good.Id], good.ProviderMessageId!, status));
        Assert.Equal(HttpStatusCode.NoContent, await TellAsync(client, callbacks[bad.Id], bad.ProviderMessageId!, "undelivered", ("ErrorCode", "30003")));
        foreach (var status in (string[])["delivered", "sent", "queued", "delivered", "failed"]) Assert.Equal(HttpStatusCode.NoContent, await TellAsync(client, callbacks[late.Id], late.ProviderMessageId!, status));
        Assert.Equal(HttpStatusCode.NoContent, await TellAsync(client, callbacks[unknown.Id], "SM" + new string('e', 32), "delivered"));
        Assert.Equal(HttpStatusCode.NoContent, await TellAsync(client, callbacks[good.Id].Replace($"delivery={good.Id}", "delivery=987654321", StringComparison.Ordinal), "SM" + new string('f', 32), "delivered"));

        // What was answered stands in the database.
        var after = (await DeliveriesAsync(host)).ToDictionary(row => row.Id);
        Assert.Equal([DeliveryState.Delivered, DeliveryState.Failed, DeliveryState.Delivered, DeliveryState.Delivered], new[] { good.Id, bad.Id, late.Id, unknown.Id }.Select(id => after[id].State));
        Assert.Equal((DeliveryReasons.NotDelivered, "SM" + new string('e', 32)), (after[bad.Id].Reason, after[unknown.Id].ProviderMessageId));
        await using var db = host.Database.Open();
        Assert.Equal("twilio 30003", (await db.Receipts.SingleAsync(row => row.DeliveryId == bad.Id)).Detail);
        Assert.Equal(1, await db.Receipts.CountAsync(row => row.DeliveryId == late.Id && row.State == DeliveryState.Delivered));
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
    }

    [Fact]
    public async Task A_call_that_is_not_twilios_is_refused_and_on_record()
    {
        await using var twilio = new TwilioServer();
        await using var host = await StartAsync(DatabaseKind.Sqlite, twilio);
        using var client = new HttpClient { BaseAddress = host.Address };
        var (url, sid) = (Outside + "webhooks/twilio/sms-status?provider=main&delivery=1", "SM" + new string('a', 32));
        (string, string)[] form = [("MessageSid", sid), ("MessageStatus", "delivered")];
        var right = Sign(url, form);

        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(client, url, form, right));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(client, url, form, null));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(client, url, form, Sign(url, form, "another token")));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(client, url.Replace("delivery=1", "delivery=2", StringComparison.Ordinal), form, right));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(client, url, [("MessageSid", sid), ("MessageStatus", "failed")], right));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(client, url.Replace("provider=main", "provider=nobody", StringComparison.Ordinal), form, right));
        // Signed for the address the service listens on, which is not the one Twilio was given.
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(client, url, form, Sign(new Uri(host.Address, "webhooks/twilio/sms-status?provider=main&delivery=1").AbsoluteUri, form)));
        using var json = new StringContent("{}", Encoding.UTF8, "application/json");
        using var unread = await client.PostAsync(new Uri("webhooks/twilio/sms-status?provider=main&delivery=1", UriKind.Relative), json);
        Assert.Equal(HttpStatusCode.Forbidden, unread.StatusCode);

        await using var db = host.Database.Open();
        var entries = await db.AuditEntries.Where(entry => entry.Action == "webhook.refused").ToListAsync();
        Assert.Equal(7, entries.Count);
        Assert.All(entries, entry => Assert.Contains("signature-wrong", entry.Line, StringComparison.Ordinal));
        Assert.DoesNotContain(entries, entry => entry.Line.Contains("nobody", StringComparison.Ordinal) || entry.Line.Contains(sid, StringComparison.Ordinal));
        Assert.Equal(0, await db.Receipts.CountAsync());
    }

    [Theory]
    [InlineData("MessageStatus=received&MessageSid=SM0123456789abcdef0123456789abcdef")] // a message to us
    [InlineData("MessageStatus=new-word&MessageSid=SM0123456789abcdef0123456789abcdef")]
    [InlineData("MessageStatus=delivered&MessageSid=SM1")]
    [InlineData("MessageStatus=delivered")]
    [InlineData("")]
    public async Task What_says_nothing_about_a_message_of_ours_is_answered_and_left(string body)
    {
        await using var twilio = new TwilioServer();
        await using var host = await StartAsync(DatabaseKind.Sqlite, twilio);
        using var client = new HttpClient { BaseAddress = host.Address };
        (string, string)[] form = [.. body.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(field => field.Split('=')).Select(pair => (pair[0], WebUtility.UrlDecode(pair[1])))];
        var url = Outside + "webhooks/twilio/sms-status?provider=main&delivery=1";

        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(client, url, form, Sign(url, form)));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_reply_acknowledges_and_another_is_answered_by_a_message_of_its_own(DatabaseKind kind)
    {
        await using var twilio = new TwilioServer();
        await using var host = await StartAsync(kind, twilio);
        await DeclareAsync(host);
        await TestHost.UntilAsync(async () => (await DeliveriesAsync(host)) is { Count: > 5 } all && all.TrueForAll(row => row.State is DeliveryState.Accepted), "all handed over");
        var told = (await DeliveriesAsync(host))[0];
        using var client = new HttpClient { BaseAddress = host.Address };
        var url = Outside + "webhooks/twilio/sms-inbound?provider=main";
        Task<HttpStatusCode> SayAsync(string body, char id, string? signature = null)
        {
            (string, string)[] form = [("MessageSid", "SM" + new string(id, 32)), ("From", told.Address!), ("To", "+14155550100"), ("Body", body), ("AccountSid", TwilioServer.Account), ("NumSegments", "1"), ("ApiVersion", "2010-04-01")];

            return PostAsync(client, url, form, signature ?? Sign(url, form));
        }

        Assert.Equal(HttpStatusCode.OK, await SayAsync("1", 'a'));
        Assert.Equal(HttpStatusCode.OK, await SayAsync("STOP", 'b'));
        Assert.Equal(HttpStatusCode.OK, await SayAsync("STOP", 'b'));
        Assert.Equal(HttpStatusCode.Forbidden, await SayAsync("START", 'c', "AAAA"));

        await TestHost.UntilAsync(async () => (await DeliveriesAsync(host))[0].State == DeliveryState.Acknowledged, "acknowledged");
        await using var db = host.Database.Open();
        await TestHost.UntilAsync(() => db.ReplyAnswers.AnyAsync(row => row.State == Ringing.OutboxState.Sent), "answered");
        var answers = twilio.Requests.Where(request => request.Method == "POST" && request["Body"]!.Contains("Notices the law requires", StringComparison.Ordinal)).ToList();
        Assert.Equal(told.Address, Assert.Single(answers)["To"]);
        Assert.Equal(2, await db.Replies.CountAsync());
        Assert.Equal(told.Address, (await db.OptOuts.SingleAsync()).Address);
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
    }

    [Fact]
    public async Task A_large_body_is_refused_before_it_is_read()
    {
        await using var twilio = new TwilioServer();
        await using var host = await StartAsync(DatabaseKind.Sqlite, twilio);
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(host.Address.Host, host.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "POST /webhooks/twilio/sms-status?provider=main&delivery=1 HTTP/1.1\r\nHost: notices\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 10485760\r\n\r\nBody=x"));
        using var reader = new StreamReader(stream);

        // Of ten megabytes six bytes were sent.
        Assert.StartsWith("HTTP/1.1 413", await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)), StringComparison.Ordinal);
    }

    private static Task<TestHost> StartAsync(DatabaseKind kind, TwilioServer twilio) => TestHost.StartAsync(kind, settings: new()
    {
        ["Public:BaseAddress"] = Outside,
        ["Providers:main:Channel"] = "twilio-sms",
        ["Providers:main:BaseAddress"] = twilio.Address,
        ["Providers:main:AccountSid"] = TwilioServer.Account,
        ["Providers:main:AuthToken"] = TwilioServer.Token,
        ["Providers:main:From"] = "+14155550100",
    });

    private static async Task DeclareAsync(TestHost host)
    {
        await TestCounty.SeedAsync(host.Database);
        await host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies",
            new { kind = "emergency", organisation = TestCounty.Code, feeders = new[] { TestCounty.Feeder }, minutesLeft = 60, estimatedRestoration = host.Clock.GetUtcNow().AddHours(4) }, 202);
    }

    private static async Task<List<Delivery>> DeliveriesAsync(TestHost host)
    {
        await using var db = host.Database.Open();

        return await db.Deliveries.AsNoTracking().Where(row => row.Medium == Medium.Sms).OrderBy(row => row.Id).ToListAsync();
    }

    private static Task<HttpStatusCode> TellAsync(HttpClient client, string url, string sid, string status, params (string, string)[] more)
    {
        (string, string)[] form =
            [("MessageSid", sid), ("SmsSid", sid), ("MessageStatus", status), ("SmsStatus", status), ("To", "+8613800000001"), ("From", "+14155550100"), ("AccountSid", TwilioServer.Account), ("ApiVersion", "2010-04-01"), .. more];

        return PostAsync(client, url, form, Sign(url, form));
    }

    /// <summary>As a proxy passes it on: another host, and the path without what stands before it outside.</summary>
    private static async Task<HttpStatusCode> PostAsync(HttpClient client, string url, (string Name, string Value)[] form, string? signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/" + url[Outside.Length..], UriKind.Relative)) { Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))) };
        if (signature is not null) request.Headers.Add("X-Twilio-Signature", signature);
        using var answer = await client.SendAsync(request);

        return answer.StatusCode;
    }

    private static string Sign(string url, (string Name, string Value)[] form, string token = TwilioServer.Token)
    {
#pragma warning disable CA5350 // Twilio's choice.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(url + string.Concat(form.OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => field.Name + field.Value)))));
#pragma warning restore CA5350
    }
}
