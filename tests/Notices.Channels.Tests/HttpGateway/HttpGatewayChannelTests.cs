using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Notices.Deliveries;
using Xunit;

namespace Notices.Channels.HttpGateway;

public class HttpGatewayChannelTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_request_is_made_and_signed_as_the_profile_says()
    {
        await using var server = new GatewayServer { Answer = _ => GatewayServer.Ok("""{"code":0,"batch":"b-1"}""") };
        using var channel = Gateways.Channel(server);

        Assert.Equal(SendOutcome.Accepted(Gateways.Key("b-1", "+8613800000001"), true), await channel.SendAsync(Gateways.Message("停电 \"10kV\""), None));

        var call = Assert.Single(server.Calls);
        Assert.Equal(("POST", "/send", "application/json; charset=utf-8"), (call.Method, call.Target, call.Headers["Content-Type"]));
        Assert.Equal("""{"to":["13800000001"],"text":"停电 \"10kV\"","count":1,"key":{"id":"k"}}""", call.Body);
        Assert.Equal("20261130160000", call.Headers["X-Time"]); // in the profile's zone
        var toSign = $"{Gateways.Now.ToUnixTimeSeconds()}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(call.Body)))}";
        Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData("k-1"u8, Encoding.UTF8.GetBytes(toSign))), call.Headers["X-Sign"]);
    }

    public static TheoryData<string?, SendOutcome> Answers => new()
    {
        { GatewayServer.Ok("""{"code":"0","batch":"b-1"}"""), SendOutcome.Accepted(Gateways.Key("b-1", "+8613800000001"), true) },
        // Taken, but nothing a receipt could be known by: it is the last word.
        { GatewayServer.Ok("""{"code":0}"""), SendOutcome.Accepted(null) },
        { GatewayServer.Ok("""{"code":"busy-17"}"""), SendOutcome.TryLater("busy-17") },
        { GatewayServer.Ok("""{"code":"often"}"""), SendOutcome.TryLater("often") with { OfRecipient = true } },
        { GatewayServer.Of("400 Bad Request", """{"code":"black"}"""), SendOutcome.Refused("black") },
        { GatewayServer.Of("400 Bad Request", """{"code":"other"}"""), SendOutcome.Refused("other") },
        // Words that may name somebody are no code.
        { GatewayServer.Of("400 Bad Request", """{"code":"13800000001 is on the list"}"""), SendOutcome.Refused("http 400") },
        { GatewayServer.Of("400 Bad Request", """{"code":"8613800000001"}"""), SendOutcome.Refused("http 400") },
        { GatewayServer.Of("403 Forbidden", ""), SendOutcome.TryLater("http 403") },
        { GatewayServer.Of("429 Too Many Requests", "", "Retry-After: 7\r\n"), SendOutcome.TryLater("http 429", TimeSpan.FromSeconds(7)) },
        { GatewayServer.Of("503 Service Unavailable", "<html>", "Retry-After: 3\r\n"), SendOutcome.TryLater("http 503", TimeSpan.FromSeconds(3)) },
        { GatewayServer.Of("500 Internal Server Error", "<html>"), SendOutcome.Unknown("http 500") },
        { GatewayServer.Ok("<html>a proxy's words"), SendOutcome.Unknown("garbage") },
        { GatewayServer.Ok(""), SendOutcome.Unknown("garbage") },
        { GatewayServer.Ok("""{"code":"never heard of"}"""), SendOutcome.Unknown("garbage") },
        { GatewayServer.Of("302 Found", "", "Location: http://127.0.0.1:1/\r\n"), SendOutcome.Unknown("http 302") },
        { "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 90\r\n\r\n{\"code\":0", SendOutcome.Unknown("cut") },
        { "no HTTP at all\r\n\r\n", SendOutcome.Unknown("garbage") },
        { null, SendOutcome.Unknown("cut") },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Every_answer_is_one_of_four_outcomes_and_nothing_is_sent_twice(string? answer, SendOutcome outcome)
    {
        await using var server = new GatewayServer { Answer = _ => answer };
        using var channel = Gateways.Channel(server);

        Assert.Equal(outcome, await channel.SendAsync(Gateways.Message("停电"), None));
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task Nobody_there_is_tried_again_and_silence_is_unknown()
    {
        await using var server = new GatewayServer { Answer = _ => "hang" };
        using var channel = Gateways.Channel(server);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        Assert.Equal(SendOutcome.Unknown("timed-out"), await channel.SendAsync(Gateways.Message("停电"), patience.Token));

        using var nobody = Gateways.Channel(Gateways.Plain, ("Address", "http://127.0.0.1:1"), ("Key", "k-1"));
        Assert.Equal(SendOutcome.TryLater("no-connection"), await nobody.SendAsync(Gateways.Message("停电"), None));
        Assert.Equal(SendOutcome.Refused("not-a-number"), await nobody.SendAsync(Gateways.Message("停电", "a@b.example"), None));
        Assert.Equal(SendOutcome.Refused("not-this-country"), await nobody.SendAsync(Gateways.Message("停电", "+14155550100"), None));
        Assert.Equal(SendOutcome.TryLater("expired") with { OfRecipient = true }, await nobody.SendAsync(Gateways.Message("停电") with { ExpiresAt = Gateways.Now }, None));
    }

    [Fact]
    public async Task Of_a_batch_each_number_has_its_own_outcome()
    {
        await using var server = new GatewayServer
        {
            Answer = _ => GatewayServer.Ok("""{"code":0,"batch":"b-2","each":[{"to":"13800000002","code":"black"},{"to":"+86 13800000003","code":"busy"},{"to":"13800000004","code":"?!"},{"to":"13999999999","code":"black"},{"to":7}]}"""),
        };
        using var channel = Gateways.Channel(server);
        OutgoingMessage[] messages = [.. Enumerable.Range(1, 4).Select(i => Gateways.Message("停电", $"+861380000000{i}", i)), Gateways.Message("停电", "+14155550100", 5), Gateways.Message("停电", "+8613800000006", 6)];

        var outcomes = await channel.SendAsync(messages, None);

        Assert.Equal(["13800000001", "13800000002", "13800000003", "13800000004", "13800000006"], JsonDocument.Parse(Assert.Single(server.Calls).Body).RootElement.GetProperty("to").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(
            [
                SendOutcome.Accepted(Gateways.Key("b-2", "+8613800000001"), true), SendOutcome.Refused("black"), SendOutcome.TryLater("busy"), SendOutcome.Unknown("refused"),
                SendOutcome.Refused("not-this-country"), SendOutcome.Accepted(Gateways.Key("b-2", "+8613800000006"), true),
            ],
            outcomes);
        // What a message is filed under, in the record too, does not give its number away.
        Assert.DoesNotContain(outcomes, outcome => outcome.ProviderMessageId?.Contains("1380000", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_break_leaves_every_number_of_the_batch_unknown()
    {
        await using var server = new GatewayServer { Answer = _ => null };
        using var channel = Gateways.Channel(server);

        var outcomes = await channel.SendAsync([Gateways.Message("停电", "+8613800000001", 1), Gateways.Message("停电", "+8613800000002", 2)], None);

        Assert.Equal([SendOutcome.Unknown("cut"), SendOutcome.Unknown("cut")], outcomes);
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task Staffs_messages_expect_no_receipt()
    {
        await using var server = new GatewayServer { Answer = _ => GatewayServer.Ok("""{"code":0,"batch":"b-1"}""") };
        using var channel = Gateways.Channel(server);

        Assert.False((await channel.SendAsync(Gateways.Message("停电", id: -7), None)).ExpectsReceipt);
    }
}
