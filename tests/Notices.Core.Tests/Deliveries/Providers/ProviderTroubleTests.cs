using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Notices.Outages;
using Notices.Testing;
using Xunit;

namespace Notices.Deliveries;

/// <summary>Rounds sent while providers are slow, limited, silent or gone.</summary>
public class ProviderTroubleTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task A_provider_that_swallows_messages_is_left_and_the_other_sends_the_rest(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(400);
        var (silent, good) = (new AnsweringChannel(Never), new AnsweringChannel(message => SendOutcome.Accepted($"g{message.DeliveryId}")));

        await SendAllAsync(desk, options => options.Concurrency = 8, [Of("silent", silent), Of("good", good)]);

        var counts = await desk.Queue.RoundCountsAsync(round.Id, None);
        Assert.Equal(silent.Sent.Count, counts.Unconfirmed);
        // As many as it could hold at once, before and after the first time-out, and no more.
        Assert.InRange(counts.Unconfirmed, 5, 40);
        Assert.Equal(400 - counts.Unconfirmed, counts.Sent);
        Assert.Equal(400, silent.Sent.Concat(good.Sent).Select(message => message.DeliveryId).Distinct().Count());
        await desk.SumHoldsAsync(round.Id, 400);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task While_the_only_provider_is_out_of_order_messages_wait_without_using_up_their_tries(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(50);
        var broken = true;
        var channel = new AnsweringChannel(message => broken ? SendOutcome.TryLater("no-connection") : SendOutcome.Accepted($"m{message.DeliveryId}"));
        var providers = new ProviderDirectory([Of("main", channel)], TimeProvider.System);

        await Dispatcher(desk, providers, options => options.Concurrency = 1).DispatchDueAsync(None);
        var tried = channel.Sent.Count;
        broken = false;

        Assert.Equal(CircuitState.Open, providers.StateOf("main"));
        Assert.Equal(5, tried);
        var rows = await desk.DeliveriesAsync(round.Id);
        Assert.All(rows, row => Assert.Equal(DeliveryState.Waiting, row.State));
        Assert.Equal((45, 5), (rows.Count(row => row.Attempts == 0), rows.Count(row => row.Attempts == 1)));
        Assert.All(rows, row => Assert.True(row.DueAt > desk.Now));
        await desk.SumHoldsAsync(round.Id, 50);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_limited_message_keeps_its_tries(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(30);
        var channel = new AnsweringChannel(message => SendOutcome.Accepted($"m{message.DeliveryId}"));

        await SendAllAsync(desk, options => options.Concurrency = 4, [Of("main", channel) with { Limits = ProviderLimits.None with { MessagesPerSecond = 15 } }]);

        Assert.Equal(30, channel.Sent.Select(message => message.DeliveryId).Distinct().Count());
        Assert.Equal(30, channel.Sent.Count);
        Assert.All(await desk.DeliveriesAsync(round.Id), row => Assert.Equal((DeliveryState.Sent, 1), (row.State, row.Attempts)));
        Assert.All(await desk.AttemptsAsync(), attempt => Assert.Equal(1, attempt.Number));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task What_may_have_arrived_is_asked_about_and_settled_by_the_answer(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(4);
        var ids = (await desk.DeliveriesAsync(round.Id)).ConvertAll(row => row.Id);
        var channel = new AskedChannel(id => id == ids[0] ? new LookupAnswer(LookupKind.Found, DeliveryState.Delivered, "p1") : id == ids[1] ? LookupAnswer.NotThere : LookupAnswer.AskAgain);
        var providers = new ProviderDirectory([Of("main", channel)], TimeProvider.System);
        var check = Check(desk, providers, new DeliveryDesk.Never());

        await Dispatcher(desk, providers).DispatchDueAsync(None);
        Assert.All(await desk.DeliveriesAsync(round.Id), row => Assert.Equal(DeliveryState.Unconfirmed, row.State));
        Assert.Equal(0, await check.AskDueAsync(None));
        Assert.Equal(0, await desk.Queue.CloseFinishedRoundsAsync(desk.Now, None));

        desk.Clock.Advance(UnconfirmedCheck.AskAfter);
        Assert.Equal(4, await check.AskDueAsync(None));
        Assert.Equal(0, await check.AskDueAsync(None));
        // With the very words and the moment they left.
        Assert.All(channel.Questions, question => Assert.Equal((desk.Now - UnconfirmedCheck.AskAfter, "停电通知|东街"), (question.TriedAt, question.Body![..question.Body!.LastIndexOf('|')])));

        var rows = await desk.DeliveriesAsync(round.Id);
        Assert.Equal([DeliveryState.Delivered, DeliveryState.Waiting, DeliveryState.Unconfirmed, DeliveryState.Unconfirmed], rows.Select(row => row.State));
        Assert.Equal("p1", rows[0].ProviderMessageId);
        Assert.Null(rows[1].Reason);
        await desk.SumHoldsAsync(round.Id, 4);

        // The one that surely never arrived goes out again; the others are asked about until it is no use.
        channel.Takes = true;
        await Dispatcher(desk, providers).DispatchDueAsync(None);
        for (var minutes = 0; minutes < 11; minutes++)
        {
            desk.Clock.Advance(TimeSpan.FromMinutes(1));
            await check.AskDueAsync(None);
        }

        rows = await desk.DeliveriesAsync(round.Id);
        Assert.Equal([DeliveryState.Delivered, DeliveryState.Sent, DeliveryState.Unconfirmed, DeliveryState.Unconfirmed], rows.Select(row => row.State));
        Assert.Equal(1, await desk.Queue.CloseFinishedRoundsAsync(desk.Now, None));
        await desk.SumHoldsAsync(round.Id, 4);
        Assert.Contains("deliveries.asked-about", await desk.ActionsAsync());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task An_emergency_nobody_can_tell_of_is_sent_again_and_marked_others_are_not(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var (emergency, planned) = (await desk.RoundAsync(1, kind: OutageKind.Emergency), await desk.RoundAsync(1));
        var channel = new AskedChannel(_ => LookupAnswer.AskAgain);
        var providers = new ProviderDirectory([Of("main", channel)], TimeProvider.System);
        var check = Check(desk, providers, new DeliveryDesk.Emergencies());
        await Dispatcher(desk, providers, policy: new DeliveryDesk.Emergencies()).DispatchDueAsync(None);

        for (var minutes = 0; minutes < 11; minutes++)
        {
            desk.Clock.Advance(TimeSpan.FromMinutes(1));
            await check.AskDueAsync(None);
        }

        Assert.Equal((DeliveryState.Waiting, DeliveryReasons.SentAgain), (await desk.DeliveriesAsync(emergency.Id)).Select(row => (row.State, row.Reason)).Single());
        Assert.Equal((DeliveryState.Unconfirmed, DeliveryReasons.OutcomeUnknown), (await desk.DeliveriesAsync(planned.Id)).Select(row => (row.State, row.Reason)).Single());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Where_a_worker_died_every_provider_that_might_have_had_it_is_asked_and_where_none_can_be_it_rests(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(1);
        await desk.Queue.ClaimAsync(desk.Request(lease: TimeSpan.Zero), None);
        desk.Machine.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await desk.Queue.ReleaseExpiredLeasesAsync(new DeliveryDesk.Never(), desk.Now, None));
        Assert.Equal(0, await desk.Queue.CloseFinishedRoundsAsync(desk.Now, None));

        var mute = new AnsweringChannel(_ => SendOutcome.Accepted(null));
        var asked = new AskedChannel(_ => new LookupAnswer(LookupKind.Found, DeliveryState.Accepted, "p7"));
        Assert.Equal(1, await Check(desk, new ProviderDirectory([Of("mute", mute), Of("asked", asked)], TimeProvider.System), new DeliveryDesk.Never()).AskDueAsync(None));
        Assert.Equal((DeliveryState.Accepted, "asked", "p7"), (await desk.DeliveriesAsync(round.Id)).Select(row => (row.State, row.Provider, row.ProviderMessageId)).Single());
        Assert.Null(Assert.Single(asked.Questions).TriedAt);

        var other = await desk.RoundAsync(1);
        await desk.Queue.ClaimAsync(desk.Request(lease: TimeSpan.Zero), None);
        desk.Machine.Advance(TimeSpan.FromSeconds(1));
        await desk.Queue.ReleaseExpiredLeasesAsync(new DeliveryDesk.Never(), desk.Now, None);
        Assert.Equal(1, await Check(desk, new ProviderDirectory([Of("mute", mute)], TimeProvider.System), new DeliveryDesk.Never()).AskDueAsync(None));
        Assert.Equal(DeliveryState.Unconfirmed, (await desk.DeliveriesAsync(other.Id))[0].State);
        Assert.Equal(1, await desk.Queue.CloseFinishedRoundsAsync(desk.Now, None));
    }

    private static Provider Of(string name, IChannel channel) =>
        new(name, channel, channel.Media, 1) { Limits = ProviderLimits.None with { SlowAfter = TimeSpan.FromMilliseconds(300) } };

    private static UnconfirmedCheck Check(DeliveryDesk desk, ProviderDirectory providers, IUnconfirmedPolicy policy) =>
        new(desk.Open, providers, desk.Receipts, new RoundTexts(desk.Open), (body, place, accounts, _) => $"{body}|{place}|{accounts}", policy, new DeliveryOptions(), desk.Clock, TimeProvider.System);

    private static DeliveryDispatcher Dispatcher(DeliveryDesk desk, ProviderDirectory providers, Action<DeliveryOptions>? options = null, IUnconfirmedPolicy? policy = null)
    {
        var set = new DeliveryOptions { SendTimeout = TimeSpan.FromSeconds(1), StopTimeout = TimeSpan.FromSeconds(2) };
        options?.Invoke(set);
        IAllowance allowance = desk.Open() is Storage.PostgreSqlNoticesDb ? new SharedAllowance(desk.Open) : new LocalAllowance(TimeProvider.System);

        return new DeliveryDispatcher(
            desk.Queue, providers, allowance, new RoundTexts(desk.Open), (body, _, _, _) => body, policy ?? new DeliveryDesk.Never(), set, desk.Places, desk.Clock, TimeProvider.System,
            NullLogger<DeliveryDispatcher>.Instance);
    }

    /// <summary>Dispatches, and moves the domain's clock on for what was given back, until nothing waits.</summary>
    private static async Task SendAllAsync(DeliveryDesk desk, Action<DeliveryOptions> options, IReadOnlyList<Provider> providers)
    {
        var dispatcher = Dispatcher(desk, new ProviderDirectory(providers, TimeProvider.System), options);
        for (var i = 0; i < 200 && await desk.ReadAsync(db => db.Deliveries.AnyAsync(delivery => delivery.State == DeliveryState.Waiting)); i++)
        {
            await dispatcher.DispatchDueAsync(None);
            desk.Clock.Advance(TimeSpan.FromSeconds(2));
        }
    }

    private static async Task<SendOutcome> Never(OutgoingMessage message, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);

        return SendOutcome.Accepted(null);
    }

    /// <summary>Never says whether it took a message, until told to, but can be asked.</summary>
    private sealed class AskedChannel(Func<long, LookupAnswer> answer) : IChannel, IOutcomeLookup
    {
        public bool Takes { get; set; }

        public System.Collections.Concurrent.ConcurrentQueue<LookupQuestion> Questions { get; } = new();

        public string Name => "asked";

        public IReadOnlySet<Medium> Media => DeliveryDesk.AllMedia;

        public Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken) => Task.FromResult(Takes ? SendOutcome.Accepted(null) : SendOutcome.Unknown("cut"));

        public Task<LookupAnswer> LookUpAsync(LookupQuestion question, CancellationToken cancellationToken)
        {
            Questions.Enqueue(question);

            return Task.FromResult(answer(question.DeliveryId));
        }
    }
}
