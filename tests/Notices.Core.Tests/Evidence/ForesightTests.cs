using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Testing;
using Xunit;

namespace Notices.Evidence;

/// <summary>When the last recipient will have been reached: the calculation by its properties, and what it is fed by real rounds.</summary>
public class ForesightTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

    private static readonly Medium[] Media = [Medium.Sms, Medium.Voice, Medium.Email];

    [Fact]
    public void More_queue_is_never_earlier_and_a_faster_pace_never_later()
    {
        var random = new Random(20261123);
        for (var i = 0; i < 2000; i++)
        {
            var (loads, paces) = (Loads(random), Paces(random));
            var before = Tiers(loads, paces);

            var more = loads.ToList();
            var at = random.Next(more.Count);
            more[at] = more[at] with { Ahead = more[at].Ahead + random.Next(1000), Own = more[at].Own + random.Next(1000) };
            foreach (var (tier, then) in Tiers(more, paces))
            {
                // A tier that had nothing to send may get something, never the other way about.
                if (then is not null && before[tier] is { } now) Assert.True(then >= now, $"{i}: tier {tier}");
                Assert.False(then is null && before[tier] is not null && Known(more, paces));
            }

            var faster = paces.Select(pace => pace with { PerSecond = pace.PerSecond * (1 + random.NextDouble()) }).ToList();
            foreach (var (tier, then) in Tiers(loads, faster)) Assert.True(then is null == before[tier] is null && (then is null || then <= before[tier]), $"{i}: tier {tier}");
        }
    }

    [Fact]
    public void A_tier_is_never_reached_after_the_next_and_choices_come_only_where_it_is_too_late()
    {
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            // Others of a later tier are at least as many: they hold those of the earlier ones.
            var ahead = random.Next(500);
            var loads = new short[] { 0, 1, 2 }.Select(tier => new QueueLoad(Medium.Sms, tier, ahead += random.Next(500), 1 + random.Next(500))).ToList();
            var until = Now.AddSeconds(random.Next(1, 4000));
            var view = Foresight.Of(Now, until, loads, [new Pace(Medium.Sms, 0.5 + (random.NextDouble() * 20), PaceBasis.Observed)], 3);

            Assert.Equal(view.Tiers.Select(tier => tier.ReachedBy), view.Tiers.Select(tier => tier.ReachedBy).Order());
            Assert.Equal(view.ReachedBy, view.Tiers[^1].ReachedBy);
            Assert.Equal(view.ReachedBy > until, view.Choices.Count > 0);
            if (view.Choices.Count == 0) continue;

            Assert.Equal(["shorten", "prioritise", "public-only"], view.Choices.Select(choice => choice.Code));
            Assert.True(view.Choices[0].ReachedBy < view.ReachedBy && view.Choices[1].ReachedBy < view.ReachedBy);
            Assert.All(view.Choices, choice => Assert.InRange(choice.Reached!.Value, 0, loads.Sum(load => load.Own)));
        }
    }

    [Fact]
    public void What_nobody_knows_is_said_to_be_unknown_and_a_text_of_one_part_is_not_shortened()
    {
        var loads = new[] { new QueueLoad(Medium.Sms, 2, 0, 1000), new QueueLoad(Medium.Voice, 2, 0, 10) };
        var unknown = Foresight.Of(Now, Now.AddHours(1), loads, [new Pace(Medium.Sms, 1, PaceBasis.Observed), new Pace(Medium.Voice, null, PaceBasis.Unknown)], 2);
        Assert.Equal((null, null, 0), (unknown.ReachedBy, unknown.Tiers[0].InTime, unknown.Choices.Count));

        var one = Foresight.Of(Now, Now.AddMinutes(10), loads[..1], [new Pace(Medium.Sms, 1, PaceBasis.Observed)], 1);
        Assert.Equal([("public-only", (long?)0)], one.Choices.Select(choice => (choice.Code, choice.Reached)));
        Assert.Equal(Now.AddSeconds(1000), one.ReachedBy);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(2.0, null, 2.0)]
    // Nine lines, each free again after 45 s.
    [InlineData(null, 9, 0.2)]
    [InlineData(2.0, 9, 0.2)]
    [InlineData(0.1, 9, 0.1)]
    public void Calls_start_no_faster_than_lines_are_free(double? started, int? lines, double? pace) =>
        Assert.Equal(pace, ForesightReading.CallPace(new ProviderLimits(null, started, null, lines, TimeSpan.FromSeconds(5))));

    [Fact]
    public void A_pace_is_measured_while_something_is_sent_and_not_over_the_silence_before()
    {
        List<HandOver> Sent(DateTimeOffset from, int count, double every, string provider = "main") => [.. Enumerable.Range(0, count).Select(i => new HandOver(Medium.Sms, provider, from.AddSeconds(i * every)))];
        Pace Of(IReadOnlyList<HandOver> newest, double? limit = null) => Assert.Single(PaceReading.Paces(new HashSet<Medium> { Medium.Sms }, newest, _ => limit, Now));

        Assert.Equal((PaceBasis.Unknown, null), (Of([]).Basis, Of([]).PerSecond));
        Assert.Equal((PaceBasis.Configured, 5.0), (Of([], 5).Basis, Of([], 5).PerSecond));
        var lately = Of([.. Sent(Now.AddHours(-2), 50, 0.01), .. Sent(Now.AddSeconds(-50), 101, 0.5)]);
        Assert.Equal(PaceBasis.Observed, lately.Basis);
        Assert.InRange(lately.PerSecond!.Value, 1.9, 2.1);
        Assert.Equal(PaceBasis.Earlier, Of(Sent(Now.AddHours(-2), 50, 0.01)).Basis);
        // Two providers side by side.
        Assert.InRange(Of([.. Sent(Now.AddSeconds(-50), 101, 0.5), .. Sent(Now.AddSeconds(-50), 101, 0.5, "other")]).PerSecond!.Value, 3.9, 4.1);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_round_waits_behind_what_is_more_urgent_and_behind_its_own_tier_alone(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        await desk.RoundAsync(40, tier: 2, kind: OutageKind.Emergency);
        await desk.RoundAsync(30, tier: 0);
        var round = await desk.RoundAsync(10, tier: 0);
        await desk.AddAsync(round, 100, 2, Medium.Sms);
        await desk.RoundAsync(500, tier: 2, state: RoundState.Paused);
        var urgent = await desk.RoundAsync(20, tier: 1, kind: OutageKind.Fault);

        var seen = (await FindAsync(desk, round.Id)).Foresight!;
        Assert.Equal(PaceBasis.Configured, Assert.Single(seen.Paces, pace => pace.Medium == Medium.Sms).Basis);
        // At one a second: 40 and 20 urgent, 30 of the same tier, then its own.
        Assert.Equal([(0, 10L, 100), (2, 100L, 200)], seen.Tiers.Select(tier => ((int)tier.Tier, tier.Waiting, (int)(tier.ReachedBy!.Value - desk.Now).TotalSeconds)));
        Assert.Empty(seen.Choices);

        // Of its own lane an emergency waits for those of its tier and before it: the forty of tier 2 come later.
        Assert.Equal(desk.Now.AddSeconds(20), (await FindAsync(desk, urgent.Id)).Foresight!.ReachedBy);

        await desk.ReadAsync(db => db.Rounds.Where(r => r.Id == round.Id).ExecuteUpdateAsync(set => set.SetProperty(r => r.ExpiresAt, desk.Now.AddSeconds(150))));
        var late = (await FindAsync(desk, round.Id)).Foresight!;
        Assert.Equal([true, false], late.Tiers.Select(tier => tier.InTime));
        Assert.Equal(["prioritise", "public-only"], late.Choices.Select(choice => choice.Code));
        Assert.Equal((desk.Now.AddSeconds(10), 10L), (late.Choices[0].ReachedBy, late.Choices[0].Reached));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task The_pace_is_that_of_the_last_minute_and_a_message_held_back_is_not_reached_before_it_is_due(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(100);
        var claimed = await desk.Queue.ClaimAsync(desk.Request(size: 40), default);
        var outcomes = claimed.Select((one, i) => OutcomeRules.After(
            one, new Try("main", desk.Now, desk.Now.AddSeconds(i * 0.5), SendOutcome.Accepted("m")), null, new DeliveryDesk.Never(), new DeliveryOptions()));
        await desk.Queue.WriteOutcomesAsync(new OutcomeBatch([.. outcomes]), default);
        desk.Clock.Advance(TimeSpan.FromSeconds(20));

        var seen = (await FindAsync(desk, round.Id)).Foresight!;
        var pace = Assert.Single(seen.Paces, pace => pace.Medium == Medium.Sms);
        Assert.Equal(PaceBasis.Observed, pace.Basis);
        Assert.InRange(pace.PerSecond!.Value, 1.9, 2.1);
        Assert.InRange((seen.ReachedBy!.Value - desk.Now).TotalSeconds, 28, 32);

        var morning = desk.Now.AddHours(3);
        await desk.ReadAsync(db => db.Deliveries.Where(d => d.State == DeliveryState.Waiting).ExecuteUpdateAsync(set => set.SetProperty(d => d.DueAt, morning)));
        Assert.Equal(morning, (await FindAsync(desk, round.Id)).Foresight!.ReachedBy);
    }

    private static async Task<RoundSummary> FindAsync(DeliveryDesk desk, long roundId)
    {
        await using var db = desk.Open();

        return (await new RoundView(db, desk.Open, desk.Foresight).FindAsync(roundId, new Actor("auditor", new HashSet<Role> { Role.Auditor }, "/1/"), default))!;
    }

    private static Dictionary<short, DateTimeOffset?> Tiers(IReadOnlyList<QueueLoad> loads, IReadOnlyList<Pace> paces) =>
        Foresight.Of(Now, Now.AddHours(1), loads, paces, 1).Tiers.ToDictionary(tier => tier.Tier, tier => tier.ReachedBy);

    private static bool Known(IReadOnlyList<QueueLoad> loads, IReadOnlyList<Pace> paces) =>
        loads.All(load => load.Own == 0 || paces.Any(pace => pace.Medium == load.Medium && pace.PerSecond > 0));

    private static List<QueueLoad> Loads(Random random) =>
        [.. Media.SelectMany(medium => new short[] { 0, 1, 2 }.Select(tier => new QueueLoad(medium, tier, random.Next(2000), random.Next(3) == 0 ? 0 : random.Next(2000), random.Next(3) == 0 ? Now.AddSeconds(random.Next(600)) : null)))];

    private static List<Pace> Paces(Random random) =>
        [.. Media.Select(medium => random.Next(6) == 0 ? new Pace(medium, null, PaceBasis.Unknown) : new Pace(medium, 0.1 + (random.NextDouble() * 50), PaceBasis.Observed))];
}
