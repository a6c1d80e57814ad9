using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Notices.Replies;
using Notices.Testing;
using Xunit;

namespace Notices.Deliveries;

public class ProviderPollingTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task Receipts_are_in_the_database_before_the_provider_may_forget_them(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(4);
        await TakenAsync(desk, round.Id);
        var keptWhenTold = new List<int>();
        var channel = new PolledChannel
        {
            Pages = [Answer([Delivered("m1"), Delivered("m2")], "a"), Answer([Delivered("m2"), Failed("m3"), Delivered("of nobody")], "b"), Answer([])],
            OnAcknowledge = async _ => keptWhenTold.Add(await desk.ReadAsync(async db => db.Receipts.Count())),
        };
        await using var polling = Polling(desk, channel);

        Assert.Equal(5, await polling.PollAsync());

        Assert.Equal([2, 3], keptWhenTold.Take(2));
        Assert.Equal(["a", "b"], channel.Acknowledged);
        Assert.Equal([DeliveryState.Delivered, DeliveryState.Delivered, DeliveryState.Failed, DeliveryState.Accepted], (await desk.DeliveriesAsync(round.Id)).Select(row => row.State));
        await desk.SumHoldsAsync(round.Id, 4);
    }

    [Fact]
    public async Task A_receipt_quicker_than_the_writing_of_its_message_is_not_lost()
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        var round = await desk.RoundAsync(1);
        await using var polling = Polling(desk, new PolledChannel { Pages = [Answer([Delivered("m1")]), Answer([])] });

        var polled = polling.PollAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, None);
        Assert.False(polled.IsCompleted);
        await TakenAsync(desk, round.Id);
        await polled;

        Assert.Equal(DeliveryState.Delivered, (await desk.DeliveriesAsync(round.Id)).Single().State);
    }

    [Fact]
    public async Task Failures_are_counted_kept_apart_from_messages_and_end_with_the_first_answer()
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        var channel = new PolledChannel { Pages = [PollAnswer.Nothing("http 500"), PollAnswer.Nothing("garbage"), PollAnswer.Nothing("timed-out")] };
        await using var polling = Polling(desk, channel);
        for (var i = 0; i < 3; i++) Assert.Equal(0, await polling.PollAsync());
        channel.Throws = true;
        await polling.PollAsync();

        var failing = Assert.Single(polling.All.Failing);
        Assert.Equal(("main", PollKind.Receipts, 4, "InvalidOperationException", desk.Now), (failing.Provider, failing.Kind, failing.Failures, failing.Fault, failing.FailingSince));
        channel.Throws = false;
        await polling.PollAsync();
        Assert.Empty(polling.All.Failing);
    }

    [Fact]
    public async Task A_platform_that_forgets_nothing_is_not_asked_for_ever()
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        var round = await desk.RoundAsync(1);
        await TakenAsync(desk, round.Id);
        var channel = new PolledChannel { Always = Answer([Delivered("m1")]) };
        await using var polling = Polling(desk, channel);

        Assert.Equal(1, await polling.PollAsync());
        Assert.Equal(2, channel.Asked.Count);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Asked_message_by_message_each_open_one_has_its_turn_and_the_others_are_left_alone(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(450);
        await TakenAsync(desk, round.Id);
        var channel = new PolledChannel { ByMessage = message => message.DeliveryId % 2 == 0 ? Answer([new ReceiptNews("main", null, message.DeliveryId, DeliveryState.Delivered, desk.Now)]) : Answer([]) };
        await using var polling = Polling(desk, channel);

        for (var i = 0; i < 3; i++) await polling.PollAsync();

        Assert.Equal(450, channel.Asked.Count);
        Assert.Equal(450, channel.Asked.Select(message => message!.DeliveryId).Distinct().Count());
        Assert.Equal(225, (await desk.DeliveriesAsync(round.Id)).Count(row => row.State == DeliveryState.Delivered));
        await polling.PollAsync();
        Assert.All(channel.Asked.Skip(450), message => Assert.Equal(1, message!.DeliveryId % 2));
        Assert.NotEmpty(channel.Asked.Skip(450));
    }

    [Fact]
    public async Task Replies_go_to_whoever_takes_them_and_without_anybody_stay_where_they_are()
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        var inbox = new Inbox();
        var reply = new InboundText("main", "1", "+8613800000001", null, "1", desk.Now);
        var channel = new PolledChannel { Kind = PollKind.Replies, Pages = [new PollAnswer([], [reply], 0, null, ["1"]), Answer([])] };
        await using var polling = Polling(desk, channel, inbox);
        await polling.PollAsync();
        Assert.Equal([reply], inbox.Texts);

        var nobody = new PolledChannel { Kind = PollKind.Replies, Pages = [new PollAnswer([], [reply], 0, null, ["1"])] };
        await using var without = Polling(desk, nobody);
        await without.All.RunAsync(without.All.Tasks.Single(), None);
        Assert.Empty(nobody.Asked);
    }

    [Fact]
    public async Task Of_two_processes_one_asks_and_the_other_takes_over_when_it_stops()
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.PostgreSql);
        var (first, second) = (new PolledChannel { Always = Answer([]) }, new PolledChannel { Always = Answer([]) });
        await using var one = Polling(desk, first, allowance: new SharedAllowance(desk.Open));
        await using var other = Polling(desk, second, allowance: new SharedAllowance(desk.Open));
        using var stopOne = new CancellationTokenSource();
        using var stopOther = new CancellationTokenSource();
        var running = one.All.RunAsync(one.All.Tasks.Single(), stopOne.Token);
        await TestUntilAsync(() => first.Asked.Count > 3);
        var waiting = other.All.RunAsync(other.All.Tasks.Single(), stopOther.Token);
        await TestUntilAsync(() => first.Asked.Count > 20);
        Assert.Empty(second.Asked);

        await stopOne.CancelAsync();
        await running;
        await TestUntilAsync(() => second.Asked.Count > 3);
        await stopOther.CancelAsync();
        await waiting;
    }

    private static ReceiptNews Delivered(string id) => new("main", id, null, DeliveryState.Delivered, new DateTimeOffset(2026, 11, 23, 8, 0, 0, TimeSpan.Zero));

    private static ReceiptNews Failed(string id) => Delivered(id) with { State = DeliveryState.Failed, Detail = "MK:0001" };

    private static PollAnswer Answer(IReadOnlyList<ReceiptNews> receipts, params string[] ids) => new(receipts, [], 0, null, ids);

    /// <summary>The provider took every message, under m1, m2, ….</summary>
    private static async Task TakenAsync(DeliveryDesk desk, long round)
    {
        var number = 0;
        await desk.Dispatcher(new AnsweringChannel(_ => SendOutcome.Accepted($"m{Interlocked.Increment(ref number)}", expectsReceipt: true)), options: options => options.Concurrency = 1).DispatchDueAsync(None);
        Assert.All(await desk.DeliveriesAsync(round), row => Assert.Equal(DeliveryState.Accepted, row.State));
    }

    private static async Task TestUntilAsync(Func<bool> done)
    {
        for (var i = 0; i < 500 && !done(); i++) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, None);
        Assert.True(done());
    }

    private static Asking Polling(DeliveryDesk desk, PolledChannel channel, IInboundSink? inbox = null, IAllowance? allowance = null)
    {
        var services = new ServiceCollection();
        if (inbox is not null) services.AddSingleton(inbox);
        var receipts = new ReceiptInbox(desk.Receipts, TimeProvider.System, NullLogger<ReceiptInbox>.Instance);
        var recording = new PollRecording(desk.Open, receipts, services.BuildServiceProvider().GetRequiredService<IServiceScopeFactory>(), TimeProvider.System);
        var directory = new ProviderDirectory([new Provider("main", channel, channel.Media, 1)], TimeProvider.System);

        return new Asking(receipts, new ProviderPolling(desk.Open, directory, allowance ?? new LocalAllowance(TimeProvider.System), recording, desk.Clock, TimeProvider.System, NullLogger<ProviderPolling>.Instance));
    }

    private sealed class Asking : IAsyncDisposable
    {
        private readonly ReceiptInbox _receipts;

        internal Asking(ReceiptInbox receipts, ProviderPolling all)
        {
            (_receipts, All) = (receipts, all);
            _ = receipts.StartAsync(None);
        }

        internal ProviderPolling All { get; }

        internal Task<int> PollAsync() => All.PollAsync(All.Tasks.Single(), None);

        public async ValueTask DisposeAsync()
        {
            await _receipts.StopAsync(None);
            _receipts.Dispose();
        }
    }

    private sealed class Inbox : IInboundSink
    {
        internal List<InboundText> Texts { get; } = [];

        public Task RecordAsync(InboundText text, CancellationToken cancellationToken)
        {
            Texts.Add(text);

            return Task.CompletedTask;
        }
    }

    private sealed class PolledChannel : IChannel, IPolledChannel
    {
        private int _page;

        public string Name => "polled";

        public IReadOnlySet<Medium> Media { get; } = new HashSet<Medium> { Medium.Sms };

        internal PollKind Kind { get; init; } = PollKind.Receipts;

        internal IReadOnlyList<PollAnswer> Pages { get; init; } = [];

        internal PollAnswer? Always { get; init; }

        internal Func<OpenMessage, PollAnswer>? ByMessage { get; init; }

        internal Func<PollAnswer, Task>? OnAcknowledge { get; init; }

        internal bool Throws { get; set; }

        internal ConcurrentQueue<OpenMessage?> Asked { get; } = new();

        internal List<string> Acknowledged { get; } = [];

        public Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken) => throw new NotSupportedException();

        public TimeSpan? EveryOf(PollKind kind) => kind == Kind ? TimeSpan.FromMilliseconds(20) : null;

        public bool AsksAboutEach(PollKind kind) => ByMessage is not null;

        public Task<PollAnswer> PollAsync(PollKind kind, OpenMessage? about, CancellationToken cancellationToken)
        {
            if (Throws) throw new InvalidOperationException("broken");

            Asked.Enqueue(about);

            return Task.FromResult(about is not null ? ByMessage!(about) : Always ?? (_page < Pages.Count ? Pages[_page++] : Answer([])));
        }

        public async Task<string?> AcknowledgeAsync(PollKind kind, PollAnswer answer, CancellationToken cancellationToken)
        {
            if (OnAcknowledge is not null) await OnAcknowledge(answer);
            Acknowledged.AddRange(answer.Ids);

            return null;
        }
    }
}
