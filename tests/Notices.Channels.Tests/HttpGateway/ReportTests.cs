using System.Security.Cryptography;
using System.Text;
using Notices.Deliveries;
using Notices.Replies;
using Xunit;

namespace Notices.Channels.HttpGateway;

public class ReportTests
{
    private const string Reports = """
        {"code":0,"reports":[
          {"no":"1","batch":"b-1","to":"13800000001","state":"ok-1","at":"2026-11-30 15:59:58"},
          {"no":"2","batch":"b-1","to":["13800000002","+8613800000003"],"state":"gone","why":"MK:0001","at":"no time"},
          {"no":"3","batch":"b-1","to":"13800000004","state":"sent"},
          {"no":"4","batch":"b-1","to":"13800000001","state":"ok-1","at":"2026-11-30 17:00:00"},
          {"no":"5","state":"ok"}, "words", 7, {"no":"8","batch":"b-1","to":"13800000005"}]}
        """;

    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Receipts_are_polled_read_item_by_item_and_forgotten_by_the_platform_once_kept()
    {
        await using var server = new GatewayServer { Answer = call => GatewayServer.Ok(call.Target.StartsWith("/reports", StringComparison.Ordinal) ? Reports : "") };
        using var channel = Gateways.Channel(server);

        var answer = await channel.PollAsync(PollKind.Receipts, null, None);

        Assert.Null(answer.Fault);
        Assert.Equal(
            [
                new ReceiptNews("gate", Gateways.Key("b-1", "+8613800000001"), null, DeliveryState.Delivered, Gateways.Now.AddSeconds(-2)),
                new ReceiptNews("gate", Gateways.Key("b-1", "+8613800000002"), null, DeliveryState.Failed, Gateways.Now, "MK:0001"),
                new ReceiptNews("gate", Gateways.Key("b-1", "+8613800000003"), null, DeliveryState.Failed, Gateways.Now, "MK:0001"),
                // Said twice, and by a clock that goes ahead.
                new ReceiptNews("gate", Gateways.Key("b-1", "+8613800000001"), null, DeliveryState.Delivered, Gateways.Now),
            ],
            answer.Receipts);
        Assert.Equal(4, answer.Unreadable);

        Assert.Null(await channel.AcknowledgeAsync(PollKind.Receipts, answer, None));
        Assert.Equal([("GET", "/reports?key=k-1", ""), ("POST", "/forget", """{"ids":["1","2","3","4"]}""")], server.Calls.Select(call => (call.Method, call.Target, call.Body)));
    }

    public static TheoryData<string?, string> Faults => new()
    {
        { GatewayServer.Of("500 Internal Server Error", ""), "http 500" },
        { GatewayServer.Of("429 Too Many Requests", "", "Retry-After: 5\r\n"), "http 429" },
        { GatewayServer.Ok("<html>"), "garbage" },
        { GatewayServer.Ok("""{"code":"no-right"}"""), "no-right" },
        { GatewayServer.Ok("""{"reports":[]}"""), "http 200" },
        { "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 90\r\n\r\n{\"code\":0", "no-connection" },
        { null, "no-connection" },
        { "hang", "timed-out" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task An_answer_that_cannot_be_believed_is_a_fault_and_no_exception(string? answer, string fault)
    {
        await using var server = new GatewayServer { Answer = _ => answer };
        using var channel = Gateways.Channel(server);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(answer == "hang" ? 0.3 : 20));

        Assert.Equal(fault, (await channel.PollAsync(PollKind.Receipts, null, patience.Token)).Fault);
    }

    [Fact]
    public async Task Replies_are_texts_of_people()
    {
        await using var server = new GatewayServer { Answer = _ => GatewayServer.Ok("""{"texts":[{"no":9,"from":"13800000001","to":"1069","body":"1"},{"from":"13800000002"},{"from":"me","body":"x"}]}""") };
        using var channel = Gateways.Channel(server);

        var answer = await channel.PollAsync(PollKind.Replies, null, None);

        Assert.Equal([new InboundText("gate", "9", "+8613800000001", "1069", "1", Gateways.Now) { Untimed = true }], answer.Replies);
        Assert.Equal(2, answer.Unreadable);
        Assert.Null(await channel.AcknowledgeAsync(PollKind.Replies, answer, None));
        Assert.Equal("/texts", Assert.Single(server.Calls).Target);
    }

    [Fact]
    public void A_call_back_has_to_prove_itself_by_what_it_says()
    {
        using var channel = Gateways.Channel(Gateways.Plain, ("Address", "http://127.0.0.1:1"), ("Key", "k-1"));
        var right = Convert.ToHexStringLower(HMACSHA256.HashData("k-1"u8, Encoding.UTF8.GetBytes(Reports)));
        bool Proved(string body, string? header) => channel.IsProved(PollKind.Receipts, body, name => name == "X-Sign" ? header : null, _ => null);

        Assert.True(Proved(Reports, right));
        Assert.False(Proved(Reports + " ", right));
        Assert.False(Proved(Reports, right.ToUpperInvariant()));
        Assert.False(Proved(Reports, null));
        Assert.False(channel.IsProved(PollKind.Replies, Reports, _ => right, _ => right));
        Assert.Equal((true, false), (channel.Hears(PollKind.Receipts), channel.Hears(PollKind.Replies)));
        Assert.Equal(4, channel.Read(PollKind.Receipts, Reports).Count);
        Assert.Equal("garbage", channel.Read(PollKind.Receipts, "<html>").Fault);
        Assert.Equal("""{"code":0}""", channel.AnswerTo(PollKind.Receipts));
    }
}
