using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Notices.Testing;
using Xunit;

namespace Notices.Deliveries;

public class ProviderGateTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly FakeTimeProvider _machine = new(new DateTimeOffset(2026, 11, 23, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Nobody_waits_where_there_is_no_limit()
    {
        var gate = Gate(null, null);

        for (var i = 0; i < 64; i++) Assert.True(await gate.EnterAsync(1, 12, None));
    }

    [Fact]
    public async Task No_more_units_a_second_are_let_in_than_the_provider_takes_and_in_the_end_everybody_is()
    {
        var gate = Gate(20, null);
        var (let, done) = (0.0, 0);
        var all = Enumerable.Range(0, 60).Select(i => Task.Run(async () =>
        {
            var parts = 1 + (i % 3);
            while (!await gate.EnterAsync(parts, 12, None)) await Task.Yield();
            lock (_machine) let += parts;
            gate.Leave();
            Interlocked.Increment(ref done);
        })).ToList();

        for (var tenths = 0; done < 60; tenths++)
        {
            await SettleAsync();
            // A slice may be used at once, and a message of three parts may begin with the last of it.
            lock (_machine) Assert.True(let <= (tenths * 2) + 5 + 3, $"{let} units after {tenths / 10.0} s");
            Assert.True(tenths < 200, "They are never let in.");
            _machine.Advance(TimeSpan.FromMilliseconds(100));
        }

        await Task.WhenAll(all);
        Assert.Equal(120, let);
    }

    [Fact]
    public async Task The_most_urgent_goes_first()
    {
        var gate = Gate(null, 1);
        await EnteredAsync(gate, 12);
        var order = new List<int>();
        var waiting = ((int[])[12, 11, 0, 12]).Select(async urgency =>
        {
            Assert.True(await gate.EnterAsync(1, urgency, None));
            lock (order) order.Add(urgency);
            gate.Leave();
        }).ToList();

        await SettleAsync();
        Assert.Empty(order);
        gate.Leave();
        await Task.WhenAll(waiting);

        Assert.Equal([0, 11, 12, 12], order);
    }

    [Fact]
    public async Task Whoever_finds_no_room_goes_away_after_a_while()
    {
        var gate = Gate(null, 1);
        await EnteredAsync(gate, 12);

        var waiting = gate.EnterAsync(1, 12, None).AsTask();
        await SettleAsync();
        Assert.False(waiting.IsCompleted);
        _machine.Advance(ProviderGate.Patience);

        Assert.False(await waiting);
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_holds_up_so_many_hands_and_an_emergency_still_gets_in()
    {
        var gate = Gate(null, null, here: 4);
        for (var i = 0; i < 4; i++) Assert.True(await gate.EnterAsync(1, 12, None));

        var planned = gate.EnterAsync(1, 12, None).AsTask();
        Assert.True(await gate.EnterAsync(1, 0, None));
        Assert.False(planned.IsCompleted);
        gate.Leave();
        gate.Leave();

        Assert.True(await planned);
    }

    [Fact]
    public async Task Two_processes_share_a_rate()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.PostgreSql);
        var (one, two) = (new SharedAllowance(database.Open), new SharedAllowance(database.Open));
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 5; i++)
        {
            waits.Add(await one.ReserveAsync("main/messages", TimeSpan.FromMinutes(1), None));
            waits.Add(await two.ReserveAsync("main/messages", TimeSpan.FromMinutes(1), None));
        }

        Assert.Equal(TimeSpan.Zero, waits[0]);
        // Each begins where the one before ends; what the statements themselves took is less than a minute.
        Assert.All(Enumerable.Range(1, 9), i => Assert.InRange(waits[i], TimeSpan.FromMinutes(i - 1), TimeSpan.FromMinutes(i)));
        Assert.Equal(TimeSpan.Zero, await one.ReserveAsync("other/messages", TimeSpan.FromMinutes(1), None));
    }

    [Fact]
    public async Task Processes_never_hold_more_places_together_than_there_are_and_none_is_left_out()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.PostgreSql);
        var workers = Enumerable.Range(0, 3).Select(_ => new SharedAllowance(database.Open)).ToList();
        var (held, random) = (new int[3], new Random(7));
        Assert.Equal(10, held[0] = await workers[0].HoldAsync("main/calls", 0, 40, 10, None));
        Assert.Equal(0, held[1] = await workers[1].HoldAsync("main/calls", 0, 40, 10, None));

        // Calls end one by one; who comes to ask gets what has become free.
        for (var i = 0; i < 60; i++)
        {
            var who = i < 3 ? i : random.Next(3);
            held[who] = await workers[who].HoldAsync("main/calls", random.Next(held[who] + 1), 40, 10, None);
            Assert.InRange(held.Sum(), 0, 10);
        }

        for (var i = 0; i < 9; i++) held[i % 3] = await workers[i % 3].HoldAsync("main/calls", 0, 40, 10, None);
        Assert.All(held, places => Assert.InRange(places, 3, 4));

        await workers[0].HoldAsync("main/calls", 0, 0, 10, None);
        await workers[1].HoldAsync("main/calls", 0, 0, 10, None);
        Assert.Equal(10, await workers[2].HoldAsync("main/calls", held[2], 40, 10, None));
    }

    private ProviderGate Gate(double? perSecond, int? atOnce, int here = 64) => new("main/messages", perSecond, atOnce, here, new LocalAllowance(_machine), _machine, NullLogger.Instance);

    private static async Task EnteredAsync(ProviderGate gate, int urgency) => Assert.True(await gate.EnterAsync(1, urgency, None).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, None));

    /// <summary>Lets everything that can go on without the clock go on.</summary>
    private static async Task SettleAsync()
    {
        for (var i = 0; i < 10; i++) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, None);
    }
}
