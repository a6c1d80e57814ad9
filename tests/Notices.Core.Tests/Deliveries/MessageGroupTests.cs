using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Notices.Outages;
using Notices.Testing;
using Xunit;

namespace Notices.Deliveries;

public class MessageGroupTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task The_same_words_leave_in_one_call_and_others_by_themselves(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(700, shape: SameWords);
        var personal = await desk.RoundAsync(30);
        var channel = new BatchChannel(messages => messages.Select(message => SendOutcome.Accepted($"m{message.DeliveryId}")));

        await desk.Dispatcher(channel, options: options => options.BatchSize = 200).DispatchDueAsync(None);

        channel.NobodyTwiceNobodyLost(730);
        Assert.All(channel.Calls, call => Assert.Single(call.Select(message => message.Body).Distinct()));
        Assert.InRange(channel.Calls.Count(call => call[0].Body == "停电通知|东街|"), 4, 30);
        Assert.All(channel.Calls.Where(call => call.Count > 1), call => Assert.InRange(call.Count, 2, 100));
        Assert.Equal(30, channel.Calls.Count(call => call is [{ Body: not "停电通知|东街|" }]));
        Assert.All(await desk.DeliveriesAsync(round.Id), row => Assert.Equal((DeliveryState.Sent, $"m{row.Id}"), (row.State, row.ProviderMessageId)));
        Assert.Equal(730, (await desk.AttemptsAsync()).Count);
        await desk.SumHoldsAsync(round.Id, 700);
        await desk.SumHoldsAsync(personal.Id, 30);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Each_message_of_a_call_has_its_own_outcome(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(40, shape: SameWords);
        var channel = new BatchChannel(messages => messages.Select(message => (message.Address[^1] - '0') switch
        {
            1 => SendOutcome.Refused("black"),
            2 => SendOutcome.TryLater("busy") with { OfRecipient = true },
            3 => SendOutcome.Unknown("?"),
            _ => SendOutcome.Accepted("b", expectsReceipt: true),
        }));

        await desk.Dispatcher(channel).DispatchDueAsync(None);

        Assert.Single(channel.Calls);
        foreach (var row in await desk.DeliveriesAsync(round.Id))
        {
            Assert.Equal(
                (row.Address![^1] - '0') switch { 1 => DeliveryState.Failed, 2 => DeliveryState.Waiting, 3 => DeliveryState.Unconfirmed, _ => DeliveryState.Accepted },
                row.State);
        }

        await desk.SumHoldsAsync(round.Id, 40);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_call_that_breaks_or_miscounts_leaves_all_of_it_unconfirmed(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var broken = await desk.RoundAsync(20, shape: SameWords);
        var channel = new BatchChannel(messages => messages[0].Address.StartsWith("+86138", StringComparison.Ordinal) ? throw new IOException("cut") : messages.Skip(1).Select(_ => SendOutcome.Accepted(null)));
        await desk.Dispatcher(channel).DispatchDueAsync(None);
        var miscounted = await desk.RoundAsync(20, shape: delivery => (delivery.Accounts, delivery.Address) = ("", delivery.Address!.Replace("+86138", "+86139", StringComparison.Ordinal)));
        await desk.Dispatcher(channel).DispatchDueAsync(None);

        Assert.All([.. await desk.DeliveriesAsync(broken.Id), .. await desk.DeliveriesAsync(miscounted.Id)], row => Assert.Equal((DeliveryState.Unconfirmed, "outcome-unknown"), (row.State, row.Reason)));
        Assert.Equal(2, channel.Calls.Count);
        // Nobody sends them again blindly.
        Assert.Equal(0, await desk.Dispatcher(channel).DispatchDueAsync(None));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Killed_between_call_and_writing_all_of_it_is_unconfirmed_and_nobody_is_told_twice(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(30, shape: SameWords);
        using var killed = new CancellationTokenSource();
        var hanging = new BatchChannel(messages => messages.Select(_ => SendOutcome.Accepted(null)));
        var dead = desk.Dispatcher(hanging, options: options => options.StopTimeout = TimeSpan.Zero, queue: new DyingQueue(desk.NewQueue()));
        var dying = dead.DispatchDueAsync(killed.Token);
        await TestUntilAsync(() => !hanging.Calls.IsEmpty);
        await killed.CancelAsync();
        await dying;
        Assert.All(await desk.DeliveriesAsync(round.Id), row => Assert.Equal(DeliveryState.Claimed, row.State));

        desk.Machine.Advance(TimeSpan.FromMinutes(1));
        if (kind == DatabaseKind.PostgreSql) await desk.ReadAsync(db => LapseAsync(db));
        await desk.Queue.ReleaseExpiredLeasesAsync(new DeliveryDesk.Never(), desk.Now, None);
        var next = new BatchChannel(messages => messages.Select(_ => SendOutcome.Accepted(null)));
        await desk.Dispatcher(next).DispatchDueAsync(None);

        Assert.Empty(next.Calls);
        Assert.All(await desk.DeliveriesAsync(round.Id), row => Assert.Equal(DeliveryState.Unconfirmed, row.State));
        hanging.NobodyTwiceNobodyLost(30);
        await desk.SumHoldsAsync(round.Id, 30);
    }

    [Fact]
    public async Task Two_messages_to_one_number_never_share_a_call_and_the_provider_out_of_order_gets_none()
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        await desk.RoundAsync(10, shape: SameWords);
        await desk.RoundAsync(10, shape: SameWords);
        var channel = new BatchChannel(messages => messages.Select(_ => SendOutcome.Accepted(null)));
        await desk.Dispatcher(channel).DispatchDueAsync(None);

        Assert.All(channel.Calls, call => Assert.Equal(call.Count, call.Select(message => message.Address).Distinct().Count()));
        channel.NobodyTwiceNobodyLost(20);
    }

    [Fact]
    public async Task A_call_holds_no_more_than_half_a_second_of_the_providers_rate()
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        await desk.RoundAsync(60, shape: SameWords);
        var channel = new BatchChannel(messages => messages.Select(_ => SendOutcome.Accepted(null)));
        var provider = new Provider("main", channel, channel.Media, 1) { Limits = ProviderLimits.None with { MessagesPerSecond = 40 } };
        var dispatcher = new DeliveryDispatcher(
            desk.Queue, new ProviderDirectory([provider], TimeProvider.System), new LocalAllowance(TimeProvider.System), new RoundTexts(desk.Open), (body, _, _, _) => body, new DeliveryDesk.Never(), new DeliveryOptions(), desk.Places, desk.Clock,
            TimeProvider.System, NullLogger<DeliveryDispatcher>.Instance);

        await dispatcher.DispatchDueAsync(None);
        for (var i = 0; i < 20 && channel.Calls.Sum(call => call.Count) < 60; i++)
        {
            desk.Clock.Advance(TimeSpan.FromSeconds(2));
            await dispatcher.DispatchDueAsync(None);
        }

        channel.NobodyTwiceNobodyLost(60);
        Assert.All(channel.Calls, call => Assert.InRange(call.Count, 1, 20));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Two_workers_share_the_calls_of_a_round(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(600, shape: SameWords);
        var channel = new BatchChannel(messages => messages.Select(_ => SendOutcome.Accepted(null)));

        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => desk.Dispatcher(channel, options: options => options.BatchSize = 50, queue: desk.NewQueue()).DispatchDueAsync(None))));
        await desk.Dispatcher(channel).DispatchDueAsync(None);

        channel.NobodyTwiceNobodyLost(600);
        await desk.SumHoldsAsync(round.Id, 600);
    }

    private static void SameWords(Delivery delivery) => delivery.Accounts = "";

    private static async Task<int> LapseAsync(Storage.NoticesDb db)
    {
        await using var command = Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.GetDbConnection(db.Database).CreateCommand();
        await command.Connection!.OpenAsync();
        command.CommandText = "UPDATE deliveries SET lease_until = now() - interval '1 second'";

        return await command.ExecuteNonQueryAsync();
    }

    private static async Task TestUntilAsync(Func<bool> done)
    {
        for (var i = 0; i < 500 && !done(); i++) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        Assert.True(done());
    }

    /// <summary>Never gets to write what became of messages, as a killed process.</summary>
    private sealed class DyingQueue(IDeliveryQueue inner) : PassingQueue(inner)
    {
        public override Task WriteOutcomesAsync(OutcomeBatch batch, CancellationToken cancellationToken) => throw new TimeoutException("killed");
    }

    private sealed class BatchChannel(Func<IReadOnlyList<OutgoingMessage>, IEnumerable<SendOutcome>> answer) : IChannel, IBatchChannel
    {
        public string Name => "batch";

        public IReadOnlySet<Medium> Media { get; } = new HashSet<Medium> { Medium.Sms };

        public int LargestBatch => 100;

        internal ConcurrentQueue<IReadOnlyList<OutgoingMessage>> Calls { get; } = new();

        public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken) => (await SendAsync([message], cancellationToken))[0];

        public async Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
        {
            Calls.Enqueue([.. messages]);
            await Task.Yield();

            return [.. answer(messages)];
        }

        internal void NobodyTwiceNobodyLost(int count)
        {
            var sent = Calls.SelectMany(call => call).Select(message => message.DeliveryId).ToList();
            Assert.Equal(count, sent.Count);
            Assert.Equal(count, sent.Distinct().Count());
        }
    }
}
