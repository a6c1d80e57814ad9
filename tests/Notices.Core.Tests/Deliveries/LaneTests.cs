using Microsoft.EntityFrameworkCore;
using Notices.Outages;
using Notices.Testing;
using Xunit;

namespace Notices.Deliveries;

public class LaneTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task A_large_round_leaves_a_small_one_of_its_tier_its_share(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        // The large one has waited longer.
        var large = await desk.RoundAsync(900, shape: delivery => delivery.DueAt = desk.Now.AddHours(-2));
        var small = await desk.RoundAsync(40);

        var first = await desk.Queue.ClaimAsync(desk.Request(size: 60), None);
        var second = await desk.Queue.ClaimAsync(desk.Request(size: 60), None);

        Assert.Equal(30, first.Count(claimed => claimed.RoundId == small.Id));
        Assert.Equal(30, first.Count(claimed => claimed.RoundId == large.Id));
        // What the small one does not need goes to the large one.
        Assert.Equal(10, second.Count(claimed => claimed.RoundId == small.Id));
        Assert.True(second.Count(claimed => claimed.RoundId == large.Id) >= 30);
        Assert.Equal(second.Count, second.Select(claimed => claimed.Id).Distinct().Count());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task More_rounds_than_places_each_come_to_their_turn(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        for (var i = 0; i < 6; i++) await desk.RoundAsync(30);

        var told = new HashSet<long>();
        for (var i = 0; i < 40 && told.Count < 6; i++) told.UnionWith((await desk.Queue.ClaimAsync(desk.Request(size: 3), None)).Select(claimed => claimed.RoundId));

        Assert.Equal(6, told.Count);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_lane_has_only_its_own_and_knows_when_its_next_is_due(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        await desk.RoundAsync(2, tier: 0);
        var emergency = await desk.RoundAsync(2, kind: OutageKind.Emergency, shape: delivery => delivery.DueAt = desk.Now.AddMinutes(3));
        var fault = await desk.RoundAsync(1, kind: OutageKind.Fault, shape: delivery => delivery.DueAt = desk.Now.AddMinutes(5));

        Assert.Equal(desk.Now.AddMinutes(3), await desk.Queue.NextDueAsync(DeliveryDesk.AllMedia, Lane.Urgent, None));
        Assert.Equal(desk.Now, await desk.Queue.NextDueAsync(DeliveryDesk.AllMedia, Lane.Ordinary, None));
        Assert.Empty(await desk.Queue.ClaimAsync(desk.Request() with { Lane = Lane.Urgent }, None));

        desk.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal([emergency.Id, emergency.Id, fault.Id], (await desk.Queue.ClaimAsync(desk.Request() with { Lane = Lane.Urgent }, None)).Select(claimed => claimed.RoundId));
        Assert.Equal(2, (await desk.Queue.ClaimAsync(desk.Request() with { Lane = Lane.Ordinary }, None)).Count);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task An_emergency_leaves_while_every_hand_of_the_planned_rounds_is_held_up(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        await desk.RoundAsync(100);
        var emergency = await desk.RoundAsync(3, kind: OutageKind.Emergency, shape: delivery => delivery.Address = delivery.Address!.Replace("+86138", "+86139", StringComparison.Ordinal));
        var (held, left) = (new TaskCompletionSource(), new CountdownEvent(3));
        var channel = new AnsweringChannel(async (message, token) =>
        {
            if (message.Address.StartsWith("+86139", StringComparison.Ordinal)) left.Signal();
            else await held.Task;

            return SendOutcome.Accepted(null);
        });

        var sending = desk.Dispatcher(channel, options: options => (options.Concurrency, options.BatchSize) = (4, 20)).DispatchDueAsync(None);

        Assert.True(await Task.Run(() => left.Wait(TimeSpan.FromSeconds(10))));
        held.SetResult();
        Assert.Equal(103, await sending);
        await desk.SumHoldsAsync(emergency.Id, 3);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Given_back_for_later_a_message_comes_again_then_and_has_not_used_up_a_try(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(2);
        var claimed = await desk.Queue.ClaimAsync(desk.Request(), None);

        await desk.Queue.WriteOutcomesAsync(new OutcomeBatch([DeliveryOutcome.GiveBack(claimed[0], desk.Now.AddSeconds(2)), DeliveryOutcome.GiveBack(claimed[1])]), None);

        Assert.Equal(claimed[1].Id, Assert.Single(await desk.Queue.ClaimAsync(desk.Request(), None)).Id);
        Assert.Equal(desk.Now.AddSeconds(2), await desk.Queue.NextDueAsync(DeliveryDesk.AllMedia, None));
        desk.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, Assert.Single(await desk.Queue.ClaimAsync(desk.Request(), None)).Number);
        Assert.Empty(await desk.AttemptsAsync());
        await desk.SumHoldsAsync(round.Id, 2);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_pause_reaches_what_a_worker_has_in_hand_and_not_yet_handed_over(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var (paused, other) = (await desk.RoundAsync(40), await desk.RoundAsync(10, shape: delivery => delivery.Address = delivery.Address!.Replace("+86138", "+86139", StringComparison.Ordinal)));
        var (handed, go) = (new CountdownEvent(2), new TaskCompletionSource());
        var channel = new AnsweringChannel(async (_, _) =>
        {
            if (!handed.IsSet) handed.Signal();
            await go.Task;

            return SendOutcome.Accepted(null);
        });
        var sending = desk.Dispatcher(channel, options: options => (options.Concurrency, options.BatchSize) = (2, 50)).DispatchDueAsync(None);
        Assert.True(await Task.Run(() => handed.Wait(TimeSpan.FromSeconds(10))));

        await using (var db = desk.Open()) await db.Rounds.Where(round => round.Id == paused.Id).ExecuteUpdateAsync(set => set.SetProperty(round => round.State, RoundState.Paused));
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        go.SetResult();
        await sending;

        var (rows, others) = (await desk.DeliveriesAsync(paused.Id), await desk.DeliveriesAsync(other.Id));
        // The two that were with the carrier are told of; the rest waits as if never claimed.
        Assert.InRange(rows.Count(row => row.State == DeliveryState.Sent), 0, 2);
        Assert.All(rows.Where(row => row.State != DeliveryState.Sent), row => Assert.Equal((DeliveryState.Waiting, (short)0, (string?)null), (row.State, row.Attempts, row.LeaseOwner)));
        Assert.All(others, row => Assert.Equal(DeliveryState.Sent, row.State));
        await desk.SumHoldsAsync(paused.Id, 40);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_worker_that_slept_past_its_lease_sends_nothing_it_still_holds(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(30);
        var (machine, queue) = (new SleepyMachine(), new CountingQueue(desk.Queue));
        AnsweringChannel channel = null!;
        channel = new AnsweringChannel(_ =>
        {
            // The whole machine sleeps: its steady clock stands still, the wall clock has gone on.
            if (channel.Sent.Count == 10) machine.Slept = TimeSpan.FromMinutes(5);

            return SendOutcome.Accepted(null);
        });

        await desk.Dispatcher(channel, options: options => options.Concurrency = 1, queue: queue, machine: machine).DispatchDueAsync(None);

        // What it held came back untried and went with a new claim.
        Assert.InRange(queue.Returned, 1, 20);
        Assert.Equal(30, channel.Sent.Select(message => message.DeliveryId).Distinct().Count());
        Assert.Equal(30, channel.Sent.Count);
        Assert.All(await desk.AttemptsAsync(), attempt => Assert.Equal(1, attempt.Number));
        await desk.SumHoldsAsync(round.Id, 30);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task What_another_has_taken_over_meanwhile_is_not_sent_by_the_one_that_wakes_up(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(30);
        var machine = new SleepyMachine();
        AnsweringChannel channel = null!;
        channel = new AnsweringChannel(async (message, token) =>
        {
            if (channel.Sent.Count != 10) return SendOutcome.Accepted($"m{message.DeliveryId}");

            // While it sleeps, the sweep of another process finds that its leases have run out.
            machine.Slept = TimeSpan.FromMinutes(5);
            await using (var db = desk.Open())
                await db.Deliveries.Where(row => row.State == DeliveryState.Claimed).ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseUntil, desk.Now.AddYears(-20)), token);
            await desk.NewQueue().ReleaseExpiredLeasesAsync(new DeliveryDesk.Never(), desk.Now, token);

            return SendOutcome.Accepted($"m{message.DeliveryId}");
        });

        await desk.Dispatcher(channel, options: options => options.Concurrency = 1, machine: machine).DispatchDueAsync(None);

        var (rows, sent) = (await desk.DeliveriesAsync(round.Id), channel.Sent.Select(message => message.DeliveryId).ToList());
        Assert.Equal(sent.Count, sent.Distinct().Count());
        // What it did hand over is believed; of what it held, nobody claims more than is known.
        Assert.Equal(sent.Order(), rows.Where(row => row.State == DeliveryState.Sent && row.ProviderMessageId == $"m{row.Id}").Select(row => row.Id));
        Assert.Equal(30 - sent.Count, rows.Count(row => row is { State: DeliveryState.Unconfirmed, Reason: "worker-died" }));
        Assert.InRange(sent.Count, 10, 29);
        await desk.SumHoldsAsync(round.Id, 30);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Messages_that_come_back_untried_are_not_claimed_over_and_over(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(200);
        var queue = new ReturningQueue(desk.Queue, desk.Now);
        using var stop = new CancellationTokenSource();

        var sending = desk.Dispatcher(new AnsweringChannel(_ => SendOutcome.Accepted(null)), options: options => options.Concurrency = 4, queue: queue).DispatchDueAsync(stop.Token);
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        await stop.CancelAsync();
        Assert.Equal(0, await sending);

        Assert.InRange(queue.Claims, 1, 30);
        Assert.All(await desk.DeliveriesAsync(round.Id), row => Assert.Equal((DeliveryState.Waiting, (short)0), (row.State, row.Attempts)));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_clock_that_jumps_back_sends_nothing_twice_and_loses_nothing(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(20);
        var channel = new AnsweringChannel(_ => SendOutcome.Accepted(null));
        var dispatcher = desk.Dispatcher(channel);
        await using (var db = desk.Open()) await db.Deliveries.Where(row => row.Id % 2 == 0).ExecuteUpdateAsync(set => set.SetProperty(row => row.DueAt, desk.Now.AddHours(-3)));

        // The domain's clock was an hour ahead, and is set right: what is due stays due, what is not yet waits its time.
        var behind = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(desk.Now.AddHours(-1));
        await desk.Dispatcher(channel, clock: behind).DispatchDueAsync(None);
        Assert.Equal(10, channel.Sent.Count);
        await dispatcher.DispatchDueAsync(None);

        Assert.Equal(20, channel.Sent.Select(message => message.DeliveryId).Distinct().Count());
        Assert.Equal(20, channel.Sent.Count);
        await desk.SumHoldsAsync(round.Id, 20);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Without_a_provider_of_their_medium_messages_wait_and_go_when_there_is_one_again(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(5, medium: Medium.Email);
        var channel = new AnsweringChannel(_ => SendOutcome.Accepted(null));

        Assert.Equal(0, await desk.Dispatcher(channel, media: new HashSet<Medium> { Medium.Sms }).DispatchDueAsync(None));
        Assert.Null(await desk.Queue.NextDueAsync(new HashSet<Medium> { Medium.Sms }, None));
        Assert.Equal(5, (await desk.Queue.RoundCountsAsync(round.Id, None)).Waiting);
        Assert.All(await desk.DeliveriesAsync(round.Id), row => Assert.Equal((short)0, row.Attempts));

        Assert.Equal(5, await desk.Dispatcher(channel).DispatchDueAsync(None));
    }

    /// <summary>What it gives out has expired by the time it is looked at, so that it comes back at once and is still due.</summary>
    private sealed class ReturningQueue(IDeliveryQueue inner, DateTimeOffset now) : PassingQueue(inner)
    {
        private int _claims;

        internal int Claims => _claims;

        public override async Task<IReadOnlyList<ClaimedDelivery>> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
        {
            var claimed = await base.ClaimAsync(request, cancellationToken);
            if (claimed.Count > 0) Interlocked.Increment(ref _claims);

            return [.. claimed.Select(row => row with { ExpiresAt = now })];
        }
    }

    private sealed class CountingQueue(IDeliveryQueue inner) : PassingQueue(inner)
    {
        private int _returned;

        internal int Returned => _returned;

        public override Task WriteOutcomesAsync(OutcomeBatch batch, CancellationToken cancellationToken)
        {
            Interlocked.Add(ref _returned, batch.Outcomes.Count(outcome => outcome.Try is null));

            return base.WriteOutcomesAsync(batch, cancellationToken);
        }
    }

    /// <summary>The system's clocks, but the wall clock can have gone on while the steady one stood still.</summary>
    private sealed class SleepyMachine : TimeProvider
    {
        internal TimeSpan Slept { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Slept;
    }
}
