using Microsoft.EntityFrameworkCore;
using Notices.Outages;
using Notices.Testing;
using Xunit;

namespace Notices.Deliveries;

public class DeliveryDispatcherTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task Everything_due_is_sent_once_and_written(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(700);
        var channel = new AnsweringChannel(message => SendOutcome.Accepted($"m{message.DeliveryId}"));
        var dispatcher = desk.Dispatcher(channel, options: options => options.BatchSize = 100);

        Assert.Equal(700, (await Task.WhenAll(dispatcher.DispatchDueAsync(None), dispatcher.DispatchDueAsync(None))).Sum());

        Assert.Equal(700, channel.Sent.Select(message => message.DeliveryId).Distinct().Count());
        Assert.Equal(700, channel.Sent.Count);
        Assert.Equal("停电通知|东街|0001", channel.Sent.Single(message => message.Address == "+8613800000001").Body);
        Assert.Equal(700, (await desk.Queue.RoundCountsAsync(round.Id, None)).Sent);
        await desk.SumHoldsAsync(round.Id, 700);
        Assert.Equal(1, await desk.Queue.CloseFinishedRoundsAsync(desk.Now, None));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Two_workers_share_a_round_without_doubles(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(600);
        var channel = new AnsweringChannel(message => SendOutcome.Accepted(null));

        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => desk.Dispatcher(channel, options: options => options.BatchSize = 50, queue: desk.NewQueue()).DispatchDueAsync(None))));
        await desk.Dispatcher(channel).DispatchDueAsync(None);

        Assert.Equal(600, channel.Sent.Count);
        Assert.Equal(600, channel.Sent.Select(message => message.DeliveryId).Distinct().Count());
        await desk.SumHoldsAsync(round.Id, 600);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_message_not_taken_waits_longer_each_time_and_fails_in_the_end(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(1);
        var dispatcher = desk.Dispatcher(new AnsweringChannel(_ => SendOutcome.TryLater("busy", TimeSpan.FromSeconds(45)) with { OfRecipient = true }));
        var pauses = new List<double>();
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(1, await dispatcher.DispatchDueAsync(None));
            var row = (await desk.DeliveriesAsync(round.Id))[0];
            Assert.Equal(DeliveryState.Waiting, row.State);
            Assert.Equal(row.DueAt, await desk.Queue.NextDueAsync(DeliveryDesk.AllMedia, None));
            pauses.Add((row.DueAt - desk.Now).TotalMinutes);
            desk.Clock.SetUtcNow(row.DueAt);
        }

        Assert.Equal([0.75, 2, 10, 30, 60, 120], pauses);
        await dispatcher.DispatchDueAsync(None);
        var recipient = await desk.ReadAsync(db => db.Recipients.SingleAsync());
        Assert.Equal((DeliveryState.Failed, "retries-exhausted"), (recipient.State, recipient.Reason));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], (await desk.AttemptsAsync()).Select(attempt => (int)attempt.Number));
    }

    [Theory]
    [InlineData("person", "1", DeliveryState.Acknowledged, null)]
    [InlineData("person", null, DeliveryState.Delivered, null)]
    [InlineData("no-answer", null, DeliveryState.Waiting, null)]
    [InlineData("mailbox", null, DeliveryState.Waiting, null)]
    [InlineData("wrong-number", null, DeliveryState.Failed, "wrong-number")]
    public async Task A_call_ends_as_its_result_says(string result, string? keys, DeliveryState state, string? reason)
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        var round = await desk.RoundAsync(1, medium: Medium.Voice);

        await desk.Dispatcher(new AnsweringChannel(_ => new SendOutcome(SendOutcomeKind.Accepted, Call: new CallResult(result, keys, 12)))).DispatchDueAsync(None);

        Assert.Equal((state, reason), (await desk.DeliveriesAsync(round.Id)).Select(row => (row.State, row.Reason)).Single());
        Assert.Equal((result, keys, 12), (await desk.AttemptsAsync()).Select(row => (row.CallResult!, row.KeysPressed, row.Seconds!.Value)).Single());
    }

    [Fact]
    public async Task Nobody_answering_fails_with_that_reason_once_the_tries_are_used_up()
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        var round = await desk.RoundAsync(1, medium: Medium.Voice);
        var dispatcher = desk.Dispatcher(new AnsweringChannel(_ => new SendOutcome(SendOutcomeKind.Accepted, Call: new CallResult("no-answer"))), options: options => options.Retries = [TimeSpan.FromMinutes(2)]);

        await dispatcher.DispatchDueAsync(None);
        desk.Clock.Advance(TimeSpan.FromMinutes(2));
        await dispatcher.DispatchDueAsync(None);

        Assert.Equal((DeliveryState.Failed, "no-answer"), (await desk.DeliveriesAsync(round.Id)).Select(row => (row.State, row.Reason!)).Single());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_channel_that_throws_hangs_or_answers_nothing_leaves_the_message_unconfirmed(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(3);
        var channel = new AnsweringChannel(async (message, token) =>
        {
            if (message.Address[^1] == '1') throw new IOException("cut");
            if (message.Address[^1] == '2') await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);

            return SendOutcome.Accepted(null);
        });

        await desk.Dispatcher(channel, options: options => options.SendTimeout = TimeSpan.FromMilliseconds(100)).DispatchDueAsync(None);

        Assert.All(await desk.DeliveriesAsync(round.Id), row => Assert.Equal((DeliveryState.Unconfirmed, "outcome-unknown"), (row.State, row.Reason)));
        Assert.Equal(["IOException", "timed-out", "timed-out"], (await desk.AttemptsAsync()).OrderBy(attempt => attempt.DeliveryId).Select(attempt => attempt.Detail!));
        Assert.Equal(0, await desk.Dispatcher(channel).DispatchDueAsync(None));
    }

    [Fact]
    public async Task An_emergency_of_unknown_outcome_is_sent_again_marked_but_not_for_ever()
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        var round = await desk.RoundAsync(1, kind: OutageKind.Emergency);
        var channel = new AnsweringChannel(_ => SendOutcome.Unknown("cut"));
        var dispatcher = desk.Dispatcher(channel, new DeliveryDesk.Emergencies());
        for (var i = 0; i < 5; i++)
        {
            await dispatcher.DispatchDueAsync(None);
            desk.Clock.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.Equal(3, channel.Sent.Count);
        Assert.Equal(DeliveryState.Unconfirmed, (await desk.DeliveriesAsync(round.Id))[0].State);
    }

    [Fact]
    public async Task The_record_keeps_the_carriers_words_without_the_address()
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        await desk.RoundAsync(1);

        await desk.Dispatcher(new AnsweringChannel(message => SendOutcome.Refused($"no such number {message.Address}\n{new string('x', 400)}"))).DispatchDueAsync(None);

        var detail = (await desk.AttemptsAsync())[0].Detail!;
        Assert.StartsWith("no such number … x", detail, StringComparison.Ordinal);
        Assert.Equal(200, detail.Length);
    }

    [Fact]
    public async Task An_erased_address_fails_without_being_handed_to_anybody()
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        var round = await desk.RoundAsync(1, shape: delivery => delivery.Address = null);
        var channel = new AnsweringChannel(_ => SendOutcome.Accepted(null));

        await desk.Dispatcher(channel).DispatchDueAsync(None);

        Assert.Empty(channel.Sent);
        Assert.Equal((DeliveryState.Failed, "address-erased"), (await desk.DeliveriesAsync(round.Id)).Select(row => (row.State, row.Reason!)).Single());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Asked_to_stop_it_finishes_what_is_under_way_and_gives_the_rest_back(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(400);
        using var stop = new CancellationTokenSource();
        var channel = new AnsweringChannel(async (_, _) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
            await stop.CancelAsync();

            return SendOutcome.Accepted(null);
        });

        var sent = await desk.Dispatcher(channel, options: options => options.Concurrency = 8).DispatchDueAsync(stop.Token);

        var rows = await desk.DeliveriesAsync(round.Id);
        Assert.Equal(channel.Sent.Count, sent);
        Assert.InRange(sent, 1, 20);
        Assert.Equal(sent, rows.Count(row => row.State == DeliveryState.Sent));
        Assert.Equal(400 - sent, rows.Count(row => row is { State: DeliveryState.Waiting, Attempts: 0, LeaseOwner: null }));
        await desk.SumHoldsAsync(round.Id, 400);
    }

    [Fact]
    public async Task While_the_database_is_away_nothing_is_lost_and_nothing_is_sent_twice()
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        var round = await desk.RoundAsync(50);
        var channel = new AnsweringChannel(_ => SendOutcome.Accepted(null));
        var away = new AwayQueue(desk.Queue) { Failures = 3 };

        Assert.Equal(0, await desk.Dispatcher(channel, queue: away).DispatchDueAsync(None)); // The claim's answer was lost.
        var dispatcher = desk.Dispatcher(channel, queue: away);
        away.Failures = 2;
        away.OnlyWrites = true;
        await desk.Queue.GiveBackAllAsync(away.LastWorker!, None);
        await dispatcher.DispatchDueAsync(None);

        Assert.Equal(50, channel.Sent.Count);
        Assert.All(await desk.DeliveriesAsync(round.Id), row => Assert.Equal(DeliveryState.Sent, row.State));
        Assert.Equal(50, (await desk.AttemptsAsync()).Count);
    }

    [Fact]
    public async Task A_claim_whose_answer_was_lost_is_given_back_at_the_next_ring()
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        var round = await desk.RoundAsync(5);
        var channel = new AnsweringChannel(_ => SendOutcome.Accepted(null));
        var dispatcher = desk.Dispatcher(channel, queue: new AwayQueue(desk.Queue) { Failures = 1 });

        Assert.Equal(0, await dispatcher.DispatchDueAsync(None));
        Assert.All(await desk.DeliveriesAsync(round.Id), row => Assert.Equal(DeliveryState.Claimed, row.State));
        Assert.Equal(5, await dispatcher.DispatchDueAsync(None));
        Assert.All(await desk.DeliveriesAsync(round.Id), row => Assert.Equal((DeliveryState.Sent, (short)1), (row.State, row.Attempts)));
    }

    /// <summary>Does what it is told and then loses the answer, as a cut connection does.</summary>
    private sealed class AwayQueue(IDeliveryQueue inner) : PassingQueue(inner)
    {
        internal int Failures { get; set; }

        internal bool OnlyWrites { get; set; }

        internal string? LastWorker { get; private set; }

        public override async Task<IReadOnlyList<ClaimedDelivery>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
        {
            var claimed = await base.ClaimAsync(request, cancellationToken);
            if (claimed.Count == 0) return claimed;

            LastWorker = request.Worker;
            if (!OnlyWrites) Fail();

            return claimed;
        }

        public override async Task WriteOutcomesAsync(OutcomeBatch batch, CancellationToken cancellationToken)
        {
            await base.WriteOutcomesAsync(batch, cancellationToken);
            Fail();
        }

        private void Fail()
        {
            if (Failures-- > 0) throw new TimeoutException("The connection was cut.");
        }
    }
}
