using System.Threading.Channels;
using Notices.Deliveries;
using Notices.Testing;
using Xunit;

namespace Notices.Channels.Sandbox;

public class SandboxChannelTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Left_alone_it_delivers_texts_with_a_receipt_and_calls_are_answered()
    {
        var (outbox, inbox) = (new SandboxOutbox(), new Inbox());
        await using var channel = Channel(outbox, new SandboxRules(), inbox, ("ReceiptDelay", "00:00:00.01"));

        Assert.Equal(SendOutcome.Accepted("sb-7", true), await channel.SendAsync(Message(7), None));
        Assert.Equal(new CallResult("person", "1", 25), (await channel.SendAsync(Message(8, medium: Medium.Voice), None)).Call);

        var news = await inbox.News.Reader.ReadAsync(None);
        Assert.Equal(("main", 7L, DeliveryState.Delivered), (news.Provider, news.DeliveryId!.Value, news.State));
        Assert.Equal((2L, 0L), (outbox.Total, outbox.Doubles));
        Assert.Equal([8L, 7L], outbox.Last().Select(message => message.DeliveryId));
    }

    [Theory]
    [InlineData("try-later", SendOutcomeKind.TryLater)]
    [InlineData("refuse", SendOutcomeKind.Refused)]
    [InlineData("unknown", SendOutcomeKind.Unknown)]
    [InlineData("silent", SendOutcomeKind.Accepted)]
    public async Task An_address_ending_misbehaves_as_its_rule_says(string word, SendOutcomeKind outcome)
    {
        await using var channel = Channel(new SandboxOutbox(), new SandboxRules(), new Inbox(), ("Rules:0099", word), ("Rules:99", "deliver"));

        Assert.Equal(outcome, (await channel.SendAsync(Message(1, "+8613800000099"), None)).Kind);
        Assert.Equal(SendOutcomeKind.Accepted, (await channel.SendAsync(Message(1, "+8613800000199"), None)).Kind);
    }

    [Fact]
    public async Task Receipts_repeat_and_fail_on_demand_and_calls_end_on_demand()
    {
        var (rules, inbox) = (new SandboxRules { Default = SandboxBehaviour.Words["fail"] with { ReceiptTwice = true } }, new Inbox());
        await using var channel = Channel(new SandboxOutbox(), rules, inbox, ("ReceiptDelay", "00:00:00"));
        await channel.SendAsync(Message(1), None);
        Assert.Equal([DeliveryState.Failed, DeliveryState.Failed], [(await inbox.News.Reader.ReadAsync(None)).State, (await inbox.News.Reader.ReadAsync(None)).State]);

        rules.Default = SandboxBehaviour.Words["no-answer"];
        Assert.Equal("no-answer", (await channel.SendAsync(Message(2, medium: Medium.Voice), None)).Call!.Result);
    }

    [Fact]
    public void The_outbox_keeps_the_last_and_counts_all_and_doubles()
    {
        var outbox = new SandboxOutbox();
        for (var i = 0; i < 2500; i++) outbox.Add("main", Message(i % 2400), TimeProvider.System.GetUtcNow(), "accepted");

        Assert.Equal((2500L, 100L, 1000), (outbox.Total, outbox.Doubles, outbox.Last().Count));
        Assert.Equal(99, outbox.Last(1)[0].DeliveryId);
    }

    [Fact]
    public async Task Posted_to_an_address_the_answer_decides_and_a_post_is_never_repeated()
    {
        await using var sink = new HttpSink();
        await using var channel = Channel(new SandboxOutbox(), new SandboxRules(), null, ("BaseAddress", sink.Address.ToString()));
        var expected = new List<(string? Answer, SendOutcome Outcome)>
        {
            (HttpSink.Ok("id-1"), SendOutcome.Accepted("id-1")),
            (HttpSink.Status("202 Accepted"), SendOutcome.Accepted(null)),
            (HttpSink.Ok("<html>welcome</html>"), SendOutcome.Unknown("garbage")),
            (HttpSink.Ok(new string('x', 5000)), SendOutcome.Unknown("garbage")),
            (HttpSink.Status("429 Too Many", "Retry-After: 90\r\n"), SendOutcome.TryLater("http 429", TimeSpan.FromSeconds(90))),
            (HttpSink.Status("503 Busy"), SendOutcome.TryLater("http 503")),
            (HttpSink.Status("400 Bad"), SendOutcome.Refused("http 400")),
            (HttpSink.Status("500 Oops"), SendOutcome.Unknown("http 500")),
            (HttpSink.Status("302 Found", "Location: /elsewhere\r\n"), SendOutcome.Unknown("http 302")),
            (null, SendOutcome.Unknown("ResponseEnded")),
            ("no http at all\r\n\r\nConnection: close", SendOutcome.Unknown("InvalidResponse")),
        };

        foreach (var (answer, outcome) in expected)
        {
            sink.Answer = _ => answer;
            Assert.Equal(outcome, await channel.SendAsync(Message(5), None));
        }

        sink.Answer = _ => "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nhal";
        Assert.Equal(SendOutcomeKind.Unknown, (await channel.SendAsync(Message(5), None)).Kind);
        sink.Answer = _ => "hang";
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        Assert.Equal(SendOutcome.Unknown("timed-out"), await channel.SendAsync(Message(5), limit.Token));

        Assert.Equal(expected.Count + 2, sink.Bodies.Count);
        Assert.StartsWith("id=5&to=%2B8613800000001&lang=zh-CN&text=%E5%81%9C", sink.Bodies.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_listening_means_later()
    {
        Uri address;
        await using (var sink = new HttpSink()) address = sink.Address;
        await using var channel = Channel(new SandboxOutbox(), new SandboxRules(), null, ("BaseAddress", address.ToString()));

        Assert.Equal(SendOutcome.TryLater("ConnectionError"), await channel.SendAsync(Message(1), None));
    }

    private static OutgoingMessage Message(long id, string address = "+8613800000001", Medium medium = Medium.Sms) =>
        new(id, medium, address, "zh-CN", null, "停电通知", null, new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));

    private static SandboxChannel Channel(SandboxOutbox outbox, SandboxRules rules, IReceiptSink? receipts, params IEnumerable<(string, string)> settings) =>
        new("main", SandboxOptions.Read(new ProviderSettings("main", ChannelServicesTests.Section(settings))), outbox, rules, receipts, TimeProvider.System, TimeProvider.System);

    private sealed class Inbox : IReceiptSink
    {
        internal Channel<ReceiptNews> News { get; } = System.Threading.Channels.Channel.CreateUnbounded<ReceiptNews>();

        public ValueTask PostAsync(ReceiptNews news, CancellationToken cancellationToken) => News.Writer.WriteAsync(news, cancellationToken);

        public Task RecordAsync(ReceiptNews news, CancellationToken cancellationToken) => PostAsync(news, cancellationToken).AsTask();
    }
}
