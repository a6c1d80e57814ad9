using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Notices.Outages;
using Notices.Testing;
using Xunit;

namespace Notices.Deliveries;

/// <summary>Calls that are started, told of and ended, on both databases.</summary>
public class CallTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task A_call_is_under_way_until_its_end_is_told_and_has_told_nobody_before(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var (round, id) = await StartedAsync(desk);
        var started = (await desk.DeliveriesAsync(round.Id)).Single();
        Assert.Equal((DeliveryState.Accepted, null, "CA1", desk.Now.AddMinutes(5)), (started.State, started.AcceptedAt, started.ProviderMessageId, started.DueAt));

        var ledger = Ledger(desk);
        var told = new[] { News(desk, id, CallEventKind.Ringing), News(desk, id, CallEventKind.Answered, "person"), News(desk, id, CallEventKind.Heard), News(desk, id, CallEventKind.Ended, "completed", seconds: 31) };
        foreach (var one in told) await ledger.ApplyAsync([one], None);
        var again = await ledger.ApplyAsync(told, None);

        Assert.Equal((0, 4), (again.Applied, again.Repeated));
        var ended = (await desk.DeliveriesAsync(round.Id)).Single();
        Assert.Equal((DeliveryState.Delivered, desk.Now), (ended.State, ended.AcceptedAt));
        Assert.Equal(1, (await desk.Queue.RoundCountsAsync(round.Id, None)).Delivered);
        Assert.Equal(4, await desk.ReadAsync(db => db.CallEvents.CountAsync()));
        Assert.Equal(4, (await desk.ActionsAsync()).Count(action => action == "deliveries.call-events"));
    }

    public static TheoryData<string, DeliveryState, string?> Ends => new()
    {
        { "answered=person heard ended=completed", DeliveryState.Delivered, null },
        { "answered heard ended=completed", DeliveryState.Delivered, null }, // nobody can tell who it was
        { "answered=person key=1 ended=completed", DeliveryState.Acknowledged, null },
        { "answered=machine key=1 ended=completed", DeliveryState.Acknowledged, null }, // somebody picked up after all
        { "answered=person key=2 ended=completed", DeliveryState.Delivered, null },
        { "answered=person ended=completed", DeliveryState.Waiting, null }, // hung up before the end
        { "answered=machine ended=completed", DeliveryState.Waiting, null },
        { "answered=machine heard ended=completed", DeliveryState.Waiting, null }, // a mailbox listens to the end
        { "answered=fax heard ended=completed", DeliveryState.Failed, "wrong-number" },
        { "ringing ended=no-answer", DeliveryState.Waiting, null },
        { "ringing ended=busy", DeliveryState.Waiting, null },
        { "ended=unreachable", DeliveryState.Waiting, null },
        { "ringing ended=refused", DeliveryState.Failed, "refused" },
        { "ended=wrong-number", DeliveryState.Failed, "wrong-number" },
        { "answered=fax ended=completed", DeliveryState.Failed, "wrong-number" },
        { "ringing answered=person", DeliveryState.Accepted, null },
        { "answered=person key=1", DeliveryState.Acknowledged, null }, // at once
    };

    [Theory, MemberData(nameof(Ends))]
    public async Task The_whole_of_what_is_told_counts_in_whatever_order_and_batch_it_comes(string events, DeliveryState state, string? reason)
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        var ledger = Ledger(desk);
        var words = events.Split(' ');
        foreach (var order in Orders(words))
        {
            var (round, id) = await StartedAsync(desk);
            foreach (var word in order) await ledger.ApplyAsync([Parse(desk, id, word)], None);

            var row = (await desk.DeliveriesAsync(round.Id)).Single();
            Assert.Equal((state, reason), (row.State, row.Reason));
            if (state == DeliveryState.Waiting) Assert.Equal(desk.Now.AddSeconds(30), row.DueAt);
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_mailbox_found_out_late_is_no_person_any_more_and_is_called_again(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var ledger = Ledger(desk);
        var (round, id) = await StartedAsync(desk);
        await ledger.ApplyAsync([News(desk, id, CallEventKind.Heard), News(desk, id, CallEventKind.Ended, "completed", seconds: 31)], None);
        Assert.Equal(1, (await desk.Queue.RoundCountsAsync(round.Id, None)).Delivered);

        await ledger.ApplyAsync([News(desk, id, CallEventKind.Answered, "machine")], None);

        var row = (await desk.DeliveriesAsync(round.Id)).Single();
        Assert.Equal((DeliveryState.Waiting, null, null), (row.State, row.AcceptedAt, row.DeliveredAt));
        Assert.Equal(0, (await desk.Queue.RoundCountsAsync(round.Id, None)).Delivered);
        await desk.SumHoldsAsync(round.Id, 1);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Late_news_of_an_earlier_call_never_ends_the_one_under_way_but_good_news_counts(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var (round, id) = await StartedAsync(desk);
        var ledger = Ledger(desk);
        await ledger.ApplyAsync([Parse(desk, id, "ended=no-answer")], None);
        desk.Clock.Advance(TimeSpan.FromSeconds(30));
        await desk.Dispatcher(new CallingChannel()).DispatchDueAsync(None);

        await ledger.ApplyAsync([Parse(desk, id, "ended=busy"), Parse(desk, id, "ringing")], None);
        Assert.Equal((DeliveryState.Accepted, (short)2), (await desk.DeliveriesAsync(round.Id)).Select(row => (row.State, row.Attempts)).Single());

        await ledger.ApplyAsync([Parse(desk, id, "key=1")], None);
        Assert.Equal(DeliveryState.Acknowledged, (await desk.DeliveriesAsync(round.Id)).Single().State);
        // What is none of ours, or of a try that never was, is told apart.
        Assert.Equal(2, (await ledger.ApplyAsync([Parse(desk, 987_654, "ringing"), Parse(desk, id, "ringing") with { Number = 9 }], None)).Strangers.Count);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task An_end_that_is_told_before_the_start_is_written_down_is_kept_and_settled(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(1, medium: Medium.Voice);
        var claimed = (await desk.Queue.ClaimAsync(desk.Request(), None)).Single();
        var ledger = Ledger(desk);

        Assert.True((await ledger.ApplyAsync([Parse(desk, claimed.Id, "ended=busy")], None)).Early);
        Assert.Equal(DeliveryState.Claimed, (await desk.DeliveriesAsync(round.Id)).Single().State);
        await desk.Queue.WriteOutcomesAsync(new OutcomeBatch([OutcomeRules.After(claimed, new Try("main", desk.Now, desk.Now, SendOutcome.UnderWay("CA1", TimeSpan.FromMinutes(5))), OutageKind.Planned, new DeliveryDesk.Never(), new DeliveryOptions())]), None);
        Assert.Equal(DeliveryState.Accepted, (await desk.DeliveriesAsync(round.Id)).Single().State);

        Assert.Equal(1, await ledger.SettleAsync(None));
        Assert.Equal(DeliveryState.Waiting, (await desk.DeliveriesAsync(round.Id)).Single().State);
        Assert.Equal(0, await ledger.SettleAsync(None));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task An_end_nobody_told_is_asked_about_and_given_up_when_it_cannot_be_known(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var channel = new CallingChannel();
        var (round, id) = await StartedAsync(desk, channel);
        var (lost, _) = await StartedAsync(desk, channel);
        var watch = Watch(desk, channel);
        channel.Ask = question => question.DeliveryId == id ? [new CallNews("main", id, 1, CallEventKind.Ended, desk.Now, "busy")] : null;

        Assert.Equal(0, await watch.AskDueAsync(None));
        desk.Clock.Advance(TimeSpan.FromMinutes(5));
        await watch.AskDueAsync(None);
        Assert.Equal([DeliveryState.Waiting, DeliveryState.Accepted], [(await desk.DeliveriesAsync(round.Id)).Single().State, (await desk.DeliveriesAsync(lost.Id)).Single().State]);

        desk.Clock.Advance(TimeSpan.FromMinutes(11));
        await watch.AskDueAsync(None);
        var unknown = (await desk.DeliveriesAsync(lost.Id)).Single();
        Assert.Equal((DeliveryState.Unconfirmed, "outcome-unknown"), (unknown.State, unknown.Reason));
        // Told after all, it counts.
        await Ledger(desk).ApplyAsync([Parse(desk, unknown.Id, "heard"), Parse(desk, unknown.Id, "ended=completed")], None);
        Assert.Equal(DeliveryState.Delivered, (await desk.DeliveriesAsync(lost.Id)).Single().State);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task At_its_expiry_a_call_under_way_is_unconfirmed_and_one_nobody_made_has_failed(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var (started, _) = await StartedAsync(desk);
        var listed = await desk.RoundAsync(1, medium: Medium.Voice);
        await desk.Dispatcher(new ByHandChannel()).DispatchDueAsync(None);
        Assert.Equal((DeliveryState.Accepted, "by-hand"), (await desk.DeliveriesAsync(listed.Id)).Select(row => (row.State, row.Reason!)).Single());

        desk.Clock.Advance(TimeSpan.FromHours(7));
        await desk.Queue.ExpireAsync(desk.Now, None);

        Assert.Equal((DeliveryState.Unconfirmed, "outcome-unknown"), (await desk.DeliveriesAsync(started.Id)).Select(row => (row.State, row.Reason!)).Single());
        Assert.Equal((DeliveryState.Failed, "by-hand"), (await desk.DeliveriesAsync(listed.Id)).Select(row => (row.State, row.Reason!)).Single());
        Assert.Equal(2, await desk.Queue.CloseFinishedRoundsAsync(desk.Now, None));
    }

    [Fact]
    public async Task Calls_at_once_are_calls_under_way_not_calls_being_started()
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        await desk.RoundAsync(5, medium: Medium.Voice);
        var channel = new CallingChannel();
        var provider = new Provider("main", channel, channel.Media, 1) { Limits = ProviderLimits.None with { CallsAtOnce = 2 } };
        var dispatcher = desk.Dispatcher(provider);
        var (ledger, most) = (Ledger(desk), 0);
        for (var i = 0; i < 30 && await desk.ReadAsync(db => db.Deliveries.AnyAsync(row => row.State == DeliveryState.Waiting || row.State == DeliveryState.Accepted)); i++)
        {
            await dispatcher.DispatchDueAsync(None);
            var under = await desk.ReadAsync(db => db.Deliveries.Where(row => row.State == DeliveryState.Accepted).Select(row => row.Id).ToListAsync());
            most = Math.Max(most, under.Count);
            Assert.Equal(under.Count, desk.Places.Count);
            if (under.Count > 0)
            {
                await ledger.ApplyAsync([Parse(desk, under[0], "heard"), Parse(desk, under[0], "ended=completed")], None);
                await desk.Places.LookAsync(None);
            }

            desk.Clock.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal((2, 5), (most, channel.Sent.Count));
    }

    [Theory]
    [InlineData(0, DeliveryState.Accepted, "by-hand", "hand")]
    [InlineData(2, DeliveryState.Failed, "no-answer", "main")]
    public async Task Whom_the_machine_did_not_reach_is_called_by_people_where_life_may_depend_on_it(short tier, DeliveryState state, string reason, string provider)
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        var (channel, hand) = (new CallingChannel(), new ByHandChannel());
        ProviderDirectory directory = new([new Provider("main", channel, channel.Media, 1), new Provider("hand", hand, hand.Media, 0)], TimeProvider.System);
        var round = await desk.RoundAsync(1, tier, Medium.Voice);
        await desk.Dispatcher(directory, options => options.Retries = []).DispatchDueAsync(None);
        var id = (await desk.DeliveriesAsync(round.Id)).Single().Id;

        await new CallLedger(desk.Open, directory, new DeliveryOptions { Retries = [] }, desk.Clock).ApplyAsync([Parse(desk, id, "ended=no-answer")], None);

        var row = (await desk.DeliveriesAsync(round.Id)).Single();
        Assert.Equal((state, reason, provider), (row.State, row.Reason, row.Provider));
        Assert.Single(channel.Sent);
    }

    private static async Task<(Round Round, long Id)> StartedAsync(DeliveryDesk desk, CallingChannel? channel = null)
    {
        var round = await desk.RoundAsync(1, medium: Medium.Voice);
        await desk.Dispatcher(channel ?? new CallingChannel()).DispatchDueAsync(None);

        return (round, (await desk.DeliveriesAsync(round.Id)).Single().Id);
    }

    private static CallLedger Ledger(DeliveryDesk desk) => new(desk.Open, new ProviderDirectory([], TimeProvider.System), new DeliveryOptions(), desk.Clock);

    private static CallWatch Watch(DeliveryDesk desk, CallingChannel channel) => new(
        desk.Open, new ProviderDirectory([new Provider("main", channel, channel.Media, 1)], TimeProvider.System), Ledger(desk), new RoundTexts(desk.Open), (body, _, _, _) => body, new DeliveryDesk.Never(),
        new DeliveryOptions(), desk.Clock, TimeProvider.System);

    private static CallNews Parse(DeliveryDesk desk, long id, string word)
    {
        var (kind, value) = word.Split('=') is [var name, var said] ? (name, said) : (word, "");

        return News(desk, id, Enum.Parse<CallEventKind>(kind, true), value, kind == "key" ? (short)1 : (short)0);
    }

    private static CallNews News(DeliveryDesk desk, long id, CallEventKind kind, string value = "", short part = 0, int? seconds = null) => new("main", id, 1, kind, desk.Now, value, part, seconds);

    /// <summary>Starts every call; nobody tells its end but the test.</summary>
    private sealed class CallingChannel : ICallChannel
    {
        public List<OutgoingMessage> Sent { get; } = [];

        public Func<CallQuestion, IReadOnlyList<CallNews>?> Ask { get; set; } = _ => null;

        public string Name => "calling";

        public IReadOnlySet<Medium> Media { get; } = new HashSet<Medium> { Medium.Voice };

        public Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
        {
            lock (Sent) Sent.Add(message);
            Assert.NotNull(message.Call);

            return Task.FromResult(SendOutcome.UnderWay($"CA{message.Call.Number}", TimeSpan.FromMinutes(5)));
        }

        public Task<IReadOnlyList<CallNews>?> AskAsync(CallQuestion question, CancellationToken cancellationToken) => Task.FromResult(Ask(question));
    }

    private sealed class ByHandChannel : ICalledByHand
    {
        public string Name => "hand";

        public IReadOnlySet<Medium> Media { get; } = new HashSet<Medium> { Medium.Voice };

        public Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken) => Task.FromResult(SendOutcome.ByHand());
    }

    /// <summary>Every order there is.</summary>
    private static IEnumerable<string[]> Orders(string[] words) =>
        words.Length < 2 ? [words] : words.SelectMany((word, i) => Orders([.. words[..i], .. words[(i + 1)..]]).Select(rest => (string[])[word, .. rest]));
}
