using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Publishing;
using Notices.Testing;
using Xunit;

namespace Notices.Audience;

/// <summary>A round that would come too late is shortened, kept to the most urgent, or left to the public feed; a bulk round is watched first.</summary>
public class RoundChoicesTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly Actor Dispatcher = new("wang", new HashSet<Role> { Role.Dispatcher }, "/");

    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task A_shortened_round_sends_the_storm_text_for_all_that_is_unsent(DatabaseKind kind)
    {
        await using var desk = await AudienceDesk.OpenAsync(kind, 40);
        var round = await desk.RoundAsync();
        await RelayTests.AddAsync(desk, "王村长", "+8613700000001", "东街村");
        await desk.DrawAsync();
        var gone = (await desk.Queue.ClaimAsync(desk.Request(4), None)).Select(message => message.Id).ToHashSet();

        Assert.True((await ChooseAsync(desk, choices => choices.ShortenAsync(round, "暴雨", Dispatcher, None))).Ok);

        await using var db = desk.Open();
        var texts = await db.RoundTexts.ToDictionaryAsync(text => text.Id);
        Assert.All(await db.Deliveries.Where(d => d.Medium == Medium.Sms && d.State != DeliveryState.Suppressed).ToListAsync(), message =>
            Assert.Equal(message.Purpose == DeliveryPurpose.Relay ? RoundText.Relay : gone.Contains(message.Id) ? "" : RoundText.Storm, texts[message.TextId].Variant));
        Assert.All(texts.Values.Where(text => text.Variant == RoundText.Storm), text => Assert.Equal(1, SmsText.Measure(PersonalText.Fill(text.Body, text.Language == "en" ? "Dongjie" : "东街村", "1234")).Parts));
        Assert.Equal(2, texts.Values.Count(text => text.Variant == RoundText.Storm));
        await desk.SumHoldsAsync(round);
        Assert.Equal("round-choice-made", (await ChooseAsync(desk, choices => choices.ShortenAsync(round, "暴雨", Dispatcher, None))).Problems[0].Code);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_choice_holds_for_tiers_not_drawn_yet(DatabaseKind kind)
    {
        await using var desk = await AudienceDesk.OpenAsync(kind, 60);
        var round = await desk.RoundAsync();
        await RelayTests.AddAsync(desk, "王村长", "+8613700000001", "东街村");
        Assert.True((await ChooseAsync(desk, choices => choices.ShortenAsync(round, "暴雨", Dispatcher, None))).Ok);
        Assert.True((await ChooseAsync(desk, choices => choices.PrioritiseAsync(round, "暴雨", Dispatcher, None))).Ok);

        await desk.DrawAsync(9);

        await using var db = desk.Open();
        Assert.Equal(await db.SupplyPoints.CountAsync(), await db.Recipients.CountAsync());
        Assert.Equal([DeliveryReasons.PublicOnly], await db.Recipients.Where(r => r.Tier == 2).Select(r => r.Reason).Distinct().ToListAsync());
        Assert.False(await db.Deliveries.AnyAsync(d => d.Tier == 2));
        Assert.True(await db.Deliveries.AnyAsync(d => d.Purpose == DeliveryPurpose.Relay && d.State == DeliveryState.Waiting));
        Assert.True(await db.Deliveries.Where(d => d.Medium == Medium.Sms && d.Purpose == DeliveryPurpose.Customers && d.State == DeliveryState.Waiting)
            .AllAsync(d => db.RoundTexts.Any(t => t.Id == d.TextId && t.Variant == RoundText.Storm)));
        await desk.SumHoldsAsync(round);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Prioritised_only_the_most_urgent_are_sent_to_and_the_others_are_accounted_for(DatabaseKind kind)
    {
        await using var desk = await AudienceDesk.OpenAsync(kind, 60);
        var round = await desk.RoundAsync();
        await desk.DrawAsync();
        var everything = await desk.Queue.ClaimAsync(desk.Request(1000), None);
        var last = everything[^1];
        // One of tier 2 is in a worker's hands and comes back for another try.
        await desk.Queue.WriteOutcomesAsync(new OutcomeBatch([.. everything.Where(message => message != last).Select(DeliveryOutcome.GiveBack)]), None);

        Assert.True((await ChooseAsync(desk, choices => choices.PrioritiseAsync(round, "暴雨", Dispatcher, None))).Ok);
        await desk.Queue.WriteOutcomesAsync(new OutcomeBatch([DeliveryOutcome.GiveBack(last)]), None);

        var claimed = await desk.Queue.ClaimAsync(desk.Request(1000), None);
        Assert.Equal([0, 1], claimed.Select(message => (int)message.Tier).Distinct().Order());
        await desk.DrawAsync(); // the sweep
        await using var db = desk.Open();
        Assert.Equal(0, await db.Deliveries.CountAsync(d => d.Tier == 2 && d.State == DeliveryState.Waiting));
        Assert.Equal(DeliveryReasons.PublicOnly, (await db.Deliveries.SingleAsync(d => d.Id == last.Id)).Reason);
        var counts = await desk.Queue.RoundCountsAsync(round, None);
        Assert.Equal(await db.Recipients.CountAsync(), counts.Waiting + counts.InFlight + counts.Suppressed);
        Assert.True(await db.AuditEntries.AnyAsync(entry => entry.Action == "rounds.prioritised" && entry.Actor == "wang"));
        Assert.Equal("round-choice-made", (await ChooseAsync(desk, choices => choices.PrioritiseAsync(round, "x", Dispatcher, None))).Problems[0].Code);
        Assert.True((await ChooseAsync(desk, choices => choices.PublicOnlyAsync(round, "x", Dispatcher, None))).Ok);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Public_only_sends_nothing_more_and_the_round_closes(DatabaseKind kind)
    {
        await using var desk = await AudienceDesk.OpenAsync(kind, 60);
        var round = await desk.RoundAsync(NoticeFixtures.Started);
        await RelayTests.AddAsync(desk, "王村长", "+8613700000001", "东街村");
        await desk.DrawAsync();

        Assert.True((await ChooseAsync(desk, choices => choices.PublicOnlyAsync(round, "来不及", Dispatcher, None))).Ok);

        Assert.Empty(await desk.Queue.ClaimAsync(desk.Request(1000), None));
        Assert.Null(await desk.Queue.NextDueAsync(DeliveryDesk.AllMedia, None));
        await desk.SumHoldsAsync(round);
        Assert.Equal(1, await desk.Queue.CloseFinishedRoundsAsync(desk.Now, None));
        var counts = await desk.Queue.RoundCountsAsync(round, None);
        Assert.Equal(counts.Snapshot, counts.Suppressed);
        Assert.Equal("round-state-forbids", (await ChooseAsync(desk, choices => choices.ShortenAsync(round, "x", Dispatcher, None))).Problems[0].Code);
        await using var db = desk.Open();
        var summary = (await new RoundView(db, desk.Open, desk.Foresight).FindAsync(round, Actor.System, None))!;
        Assert.Equal((1, 1, (short)-1, "来不及"), (summary.Relays.Persons, summary.Relays.NotReached, summary.LastTier, summary.ChoiceReason));
    }

    [Fact]
    public async Task A_choice_needs_a_dispatcher_of_the_organisation_and_a_reason()
    {
        await using var desk = await AudienceDesk.OpenAsync(DatabaseKind.Sqlite, 5);
        var round = await desk.RoundAsync();

        Assert.Equal("round-choice-needs-reason", (await ChooseAsync(desk, choices => choices.ShortenAsync(round, " ", Dispatcher, None))).Problems[0].Code);
        Assert.Equal(ProblemKind.Forbidden, (await ChooseAsync(desk, choices => choices.PublicOnlyAsync(round, "x", Dispatcher with { Roles = new HashSet<Role> { Role.Agent } }, None))).Problems[0].Kind);
        Assert.Equal(ProblemKind.NotFound, (await ChooseAsync(desk, choices => choices.PublicOnlyAsync(round, "x", Dispatcher with { OrganisationPath = "/99/" }, None))).Problems[0].Kind);
        Assert.Equal(ProblemKind.NotFound, (await ChooseAsync(desk, choices => choices.PublicOnlyAsync(round + 1, "x", Dispatcher, None))).Problems[0].Kind);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_bulk_round_goes_to_the_watch_list_first_and_to_all_others_a_minute_later(DatabaseKind kind)
    {
        await using var desk = await AudienceDesk.OpenAsync(kind, 30);
        desk.Watch = new WatchOptions { From = 20, Phones = ["+8613600000001", "+8613600000002"] };
        var round = await desk.RoundAsync(NoticeFixtures.Started, customers: 30);
        await desk.DrawAsync();

        Assert.Equal(["+8613600000001", "+8613600000002"], (await desk.Queue.ClaimAsync(desk.Request(1000), None)).Select(message => message.Address!).Order());
        Assert.Equal(desk.Now.AddMinutes(1), await desk.Queue.NextDueAsync(DeliveryDesk.AllMedia, None));
        desk.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotEmpty(await desk.Queue.ClaimAsync(desk.Request(1000), None));
        await using var db = desk.Open();
        Assert.Equal(await db.SupplyPoints.CountAsync(), (await desk.Queue.RoundCountsAsync(round, None)).Snapshot);

        // Neither a small round nor an emergency is watched.
        await desk.RoundAsync(NoticeFixtures.Started, customers: 19);
        await desk.RoundAsync(NoticeFixtures.Emergency, customers: 30);
        await desk.DrawAsync();
        Assert.Equal(2, await db.Deliveries.CountAsync(d => d.Purpose == DeliveryPurpose.Watch));
    }

    [Fact]
    public void A_watch_list_without_numbers_or_with_odd_ones_is_named_at_start()
    {
        Assert.Empty(new WatchOptions().Faults());
        Assert.Contains("Watch:Phones", Assert.Single(new WatchOptions { From = 1000 }.Faults()), StringComparison.Ordinal);
        Assert.Equal(3, new WatchOptions { From = -1, Phones = ["13800000000"], Wait = TimeSpan.Zero }.Faults().Count());
    }

    private static async Task<Result<RoundState>> ChooseAsync(AudienceDesk desk, Func<RoundChoices, Task<Result<RoundState>>> choose)
    {
        await using var db = desk.Open();

        return await choose(new RoundChoices(db, desk.Open, new AuditTrail(db, desk.Clock), NoticeFixtures.Renderer, desk.Clock));
    }
}
