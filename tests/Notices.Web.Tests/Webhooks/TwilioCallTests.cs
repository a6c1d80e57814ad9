using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Channels.TwilioSms;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Webhooks;

/// <summary>Calls by Twilio: asked what to say, told what happens, on the real service behind an address it does not listen on itself.</summary>
public class TwilioCallTests
{
    private const string Outside = "https://notices.example.org/power/";

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_call_says_the_notice_hears_the_key_and_is_on_record_from_dialling_to_its_end(DatabaseKind kind)
    {
        await using var twilio = new TwilioServer();
        await using var host = await StartAsync(kind, twilio);
        await DeclareAsync(host);
        await TestHost.UntilAsync(async () => await CallsAsync(host) is { Count: > 1 } all && all.TrueForAll(row => row.State == DeliveryState.Accepted), "all are called");
        var calls = await CallsAsync(host);
        var (confirms, busy, machine) = (calls[0], calls[1], calls.ElementAtOrDefault(2));
        using var client = new HttpClient { BaseAddress = host.Address };

        // The first answers, hears it once, hears it again and presses 1; everything is told twice.
        for (var times = 0; times < 2; times++)
        {
            await PostAsync(client, Status(confirms), [("CallSid", confirms.ProviderMessageId!), ("CallStatus", "ringing")]);
            var first = await PostAsync(client, Voice(confirms), [("CallSid", confirms.ProviderMessageId!), ("CallStatus", "in-progress"), ("AnsweredBy", "human")]);
            Assert.Contains("停电", XElement.Parse(first).Element("Gather")!.Element("Say")!.Value, StringComparison.Ordinal);
            Assert.DoesNotContain("⟦", first, StringComparison.Ordinal);
            var next = XElement.Parse(first).Element("Gather")!.Attribute("action")!.Value;
            var second = await PostAsync(client, next, [("CallSid", confirms.ProviderMessageId!)]);
            Assert.Contains("请按一", second, StringComparison.Ordinal);
            var last = await PostAsync(client, XElement.Parse(second).Element("Redirect")!.Value, [("CallSid", confirms.ProviderMessageId!), ("Digits", "1")]);
            Assert.Equal(["Say", "Hangup"], XElement.Parse(last).Elements().Select(verb => verb.Name.LocalName));
            Assert.Equal(DeliveryState.Acknowledged, (await CallsAsync(host)).Single(row => row.Id == confirms.Id).State); // before the call is over
            await PostAsync(client, Status(confirms), [("CallSid", confirms.ProviderMessageId!), ("CallStatus", "completed"), ("CallDuration", "37"), ("AnsweredBy", "human")]);
        }

        await PostAsync(client, Status(busy), [("CallSid", busy.ProviderMessageId!), ("CallStatus", "busy"), ("CallDuration", "0"), ("SipResponseCode", "486")]);
        if (machine is not null)
        {
            var mailbox = await PostAsync(client, Voice(machine), [("CallSid", machine.ProviderMessageId!), ("AnsweredBy", "machine_end_beep")]);
            Assert.DoesNotContain("请按", mailbox, StringComparison.Ordinal);
            await PostAsync(client, Status(machine), [("CallSid", machine.ProviderMessageId!), ("CallStatus", "completed"), ("CallDuration", "20"), ("AnsweredBy", "machine_end_beep")]);
        }

        var records = (await host.GetAsync(Role.Auditor, $"/api/v1/call-records?round={confirms.RoundId}"))["items"]!.AsArray().ToDictionary(one => one!["deliveryId"]!.GetValue<long>(), one => one!);
        var record = records[confirms.Id];
        Assert.Equal(("person", "person", "1", 37), ((string)record["result"]!, (string)record["answeredBy"]!, (string)record["keys"]!, (int)record["seconds"]!));
        Assert.All((string[])["dialledAt", "ringingAt", "answeredAt", "heardAt", "endedAt"], moment => Assert.NotNull(record[moment]));
        Assert.DoesNotContain(confirms.Address!, record.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("busy", (string)records[busy.Id]["result"]!);
        if (machine is not null) Assert.Equal("mailbox", (string)records[machine.Id]["result"]!);
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);

        await using var db = host.Database.Open();
        Assert.Equal(DeliveryState.Waiting, (await db.Deliveries.SingleAsync(row => row.Id == busy.Id)).State);
        await db.CallEvents.Where(row => row.Kind == CallEventKind.Key).ExecuteUpdateAsync(set => set.SetProperty(row => row.Value, "2"));
        Assert.False((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
    }

    [Fact]
    public async Task A_call_that_is_not_twilios_is_refused_and_one_that_is_none_of_ours_hangs_up()
    {
        await using var twilio = new TwilioServer();
        await using var host = await StartAsync(DatabaseKind.Sqlite, twilio);
        using var client = new HttpClient { BaseAddress = host.Address };
        const string About = "?provider=phone&delivery=1&try=1";
        (string, string)[] form = [("CallSid", "CA" + new string('a', 32)), ("CallStatus", "completed"), ("AnsweredBy", "human")];
        foreach (var path in (string[])["voice", "voice-gather", "voice-status"])
        {
            var url = $"{Outside}webhooks/twilio/{path}{About}";
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(client, url, form, null)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(client, url, form, Sign(url.Replace("delivery=1", "delivery=2", StringComparison.Ordinal), form))).Status);
            // A provider of text messages does not telephone.
            var other = url.Replace("provider=phone", "provider=main", StringComparison.Ordinal);
            if (path != "voice-status") Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(client, other, form, Sign(other, form))).Status);
            var answer = await SendAsync(client, url, form, Sign(url, form));
            Assert.Equal(path == "voice-status" ? HttpStatusCode.NoContent : HttpStatusCode.OK, answer.Status);
            if (path != "voice-status") Assert.Equal(["Hangup"], XElement.Parse(answer.Body).Elements().Select(verb => verb.Name.LocalName));
        }

        await using var db = host.Database.Open();
        Assert.Equal(8, await db.AuditEntries.CountAsync(entry => entry.Action == "webhook.refused"));
        Assert.Equal(0, await db.CallEvents.CountAsync());
    }

    private static Task<TestHost> StartAsync(DatabaseKind kind, TwilioServer twilio) => TestHost.StartAsync(kind, settings: new()
    {
        ["Public:BaseAddress"] = Outside,
        ["Providers:main:Channel"] = "sandbox",
        ["Providers:main:Media"] = "sms",
        ["Providers:phone:Channel"] = "twilio-voice",
        ["Providers:phone:BaseAddress"] = twilio.Address,
        ["Providers:phone:AccountSid"] = TwilioServer.Account,
        ["Providers:phone:AuthToken"] = TwilioServer.Token,
        ["Providers:phone:From"] = "+14155550100",
    });

    private static async Task DeclareAsync(TestHost host)
    {
        await TestCounty.SeedAsync(host.Database);
        await host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies",
            new { kind = "emergency", organisation = TestCounty.Code, feeders = new[] { TestCounty.Feeder }, minutesLeft = 60, estimatedRestoration = host.Clock.GetUtcNow().AddHours(4) }, 202);
    }

    private static async Task<List<Delivery>> CallsAsync(TestHost host)
    {
        await using var db = host.Database.Open();

        return await db.Deliveries.AsNoTracking().Where(row => row.Medium == Medium.Voice).OrderBy(row => row.Id).ToListAsync();
    }

    private static string Voice(Delivery call) => string.Create(CultureInfo.InvariantCulture, $"{Outside}webhooks/twilio/voice?provider=phone&delivery={call.Id}&try=1");

    private static string Status(Delivery call) => string.Create(CultureInfo.InvariantCulture, $"{Outside}webhooks/twilio/voice-status?provider=phone&delivery={call.Id}&try=1");

    private static async Task<string> PostAsync(HttpClient client, string url, (string, string)[] form)
    {
        var answer = await SendAsync(client, url, form, Sign(url, form));
        Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.NoContent, $"{answer.Status} {answer.Body}");

        return answer.Body;
    }

    /// <summary>As a proxy passes it on: another host, and the path without what stands before it outside.</summary>
    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpClient client, string url, (string Name, string Value)[] form, string? signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/" + url[Outside.Length..], UriKind.Relative)) { Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))) };
        if (signature is not null) request.Headers.Add("X-Twilio-Signature", signature);
        using var answer = await client.SendAsync(request);

        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static string Sign(string url, (string Name, string Value)[] form)
    {
#pragma warning disable CA5350 // Twilio's choice.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(TwilioServer.Token), Encoding.UTF8.GetBytes(url + string.Concat(form.OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => field.Name + field.Value)))));
#pragma warning restore CA5350
    }
}
