using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Testing;
using Notices.Words;
using Xunit;

namespace Notices.Evidence;

/// <summary>What a round says of itself while it runs, and what is certified of it for good.</summary>
public class RoundEvidenceTests
{
    private static readonly Actor Auditor = new("auditor", new HashSet<Role> { Role.Auditor }, "/1/");

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Every_part_of_a_live_round_adds_up_to_its_snapshot(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(10);
        await desk.RoundAsync(5, tier: 0); // another's rows are not counted
        await desk.AddAsync(round, 4, 1, Medium.Email);
        await SettleAsync(desk, round.Id, tier: 2, take: 6, SendOutcome.Refused("no"), "first");
        await SettleAsync(desk, round.Id, tier: 1, take: 3, SendOutcome.Accepted("m", true), "second");

        await using var db = desk.Open();
        var seen = (await new RoundView(db, desk.Open, desk.Foresight).FindAsync(round.Id, Auditor, default))!;

        Assert.Equal((14, 5, 3, 6), (seen.Counts.Snapshot, seen.Counts.Waiting, seen.Counts.InFlight, seen.Counts.Failed));
        Assert.Equal([(1, 4, 3), (2, 10, 0)], seen.Tiers.Select(t => ((int)t.Tier, t.Recipients.Total, t.Recipients.InFlight)));
        Assert.Equal([new ReasonCount(DeliveryState.Failed, DeliveryReasons.RefusedByCarrier, 6)], seen.Reasons);
        Assert.Equal(seen.Reasons, seen.Tiers[1].Reasons);
        Assert.Equal(
            [(Medium.Sms, null, 4), (Medium.Sms, "main", 6), (Medium.Email, null, 1), (Medium.Email, "main", 3)],
            seen.Media.OrderBy(m => m.Medium).ThenBy(m => m.Provider).Select(m => (m.Medium, m.Provider, m.Messages.Total)));
        Assert.Equal(6, seen.Media.Sum(m => m.Messages.Failed));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_finished_round_closes_with_a_certificate_whose_digest_the_record_keeps(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(8);
        await SettleAsync(desk, round.Id, 2, 3, SendOutcome.Refused("no"), "first");
        Assert.Equal(0, await desk.Queue.CloseFinishedRoundsAsync(desk.Now, default));
        var provisional = await FindAsync(desk, round.Id);
        Assert.True(provisional.Provisional);
        Assert.Equal(5, provisional.Read().Recipients.Waiting);
        Assert.Null(provisional.Seal);

        desk.Clock.Advance(TimeSpan.FromMinutes(2));
        await SettleAsync(desk, round.Id, 2, 5, SendOutcome.Accepted("m"), "second");
        desk.Clock.Advance(TimeSpan.FromHours(7));
        await desk.Queue.ExpireAsync(desk.Now, default);
        Assert.Equal(1, await desk.Queue.CloseFinishedRoundsAsync(desk.Now, default));
        Assert.Equal(0, await desk.Queue.CloseFinishedRoundsAsync(desk.Now, default));

        var certificate = await FindAsync(desk, round.Id);
        var stated = certificate.Read();
        Assert.False(certificate.Provisional);
        Assert.Equal((true, RoundState.Closed), (certificate.Verified, stated.State));
        Assert.Equal((8, 5, 3), (stated.Recipients.Total, stated.Recipients.Sent, stated.Recipients.Failed));
        Assert.Equal((5, 0, 3), (stated.PersonalClock.InTime, stated.PersonalClock.Late, stated.PersonalClock.NotHandedOver));
        Assert.Equal(desk.Now.AddHours(-7), stated.PersonalClock.First);
        Assert.Equal(2, stated.Record.Attempts.Entries);
        Assert.Equal(["停电通知"], stated.Texts.Select(text => text.Body));
        Assert.Equal(certificate.Sha256, await desk.ReadAsync(async db => AuditLine.Of(await db.AuditEntries.SingleAsync(e => e.Sequence == certificate.Seal!.Sequence))!.AfterText("certificate")));
        Assert.Equal(certificate.Text, (await FindAsync(desk, round.Id)).Text);
        Assert.DoesNotContain("+86138", certificate.Text, StringComparison.Ordinal);

        // A late receipt does not change what was certified; it is said beside it.
        var first = (await desk.DeliveriesAsync(round.Id)).First(d => d.State == DeliveryState.Sent);
        await desk.Receipts.ApplyAsync([new ReceiptNews("main", null, first.Id, DeliveryState.Delivered, desk.Now)], default);
        var later = await FindAsync(desk, round.Id);
        Assert.Equal((certificate.Text, 1), (later.Text, later.Since?.Delivered));

        // Changed behind its back it is found.
        await using var db = desk.Open();
        await db.Certificates.ExecuteUpdateAsync(set => set.SetProperty(c => c.Statement, certificate.Text.Replace("\"failed\":3", "\"failed\":0", StringComparison.Ordinal)));
        Assert.False((await FindAsync(desk, round.Id)).Verified);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Handed_over_after_the_deadline_is_late_for_that_customer_alone(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(4);
        await desk.ReadAsync(db => db.Notices.ExecuteUpdateAsync(set => set.SetProperty(n => n.Deadline, desk.Now.AddMinutes(1))));
        await SettleAsync(desk, round.Id, 2, 3, SendOutcome.Accepted("m"), "first");
        desk.Clock.Advance(TimeSpan.FromMinutes(3));
        await SettleAsync(desk, round.Id, 2, 1, SendOutcome.Accepted("m"), "second");

        var stated = (await FindAsync(desk, round.Id)).Read();

        Assert.Null(stated.PublicClock.LateBySeconds);
        Assert.Equal((3, 1, 0, 120.0), (stated.PersonalClock.InTime, stated.PersonalClock.Late, stated.PersonalClock.NotHandedOver, stated.PersonalClock.LateBySeconds));
        Assert.Equal(1, Assert.Single(stated.Tiers).AfterDeadline);
    }

    [Fact]
    public async Task Another_county_and_a_station_see_no_certificate()
    {
        await using var desk = await DeliveryDesk.OpenAsync(DatabaseKind.Sqlite);
        var round = await desk.RoundAsync(1);

        Assert.Equal("not-found", (await FindAsync(desk, round.Id, new Actor("other", new HashSet<Role> { Role.Auditor }, "/2/"))).Problems.Single().Code);
        Assert.Equal("forbidden", (await FindAsync(desk, round.Id, new Actor("radio", new HashSet<Role> { Role.Broadcaster }, "/1/"))).Problems.Single().Code);
    }

    [Fact]
    public void Every_word_of_a_certificate_stands_in_both_languages()
    {
        var (chinese, english) = (Sentences.CertificateCodes(Languages.Chinese), Sentences.CertificateCodes(Languages.English));

        Assert.Equal(chinese.Order(StringComparer.Ordinal), english.Order(StringComparer.Ordinal));
        Assert.Superset(Enum.GetNames<Publishing.NoticeType>().Select(type => $"type-{type.ToLowerInvariant()}").ToHashSet(), english.ToHashSet());
        Assert.Superset(Enum.GetNames<RoundState>().Select(state => $"round-{state.ToLowerInvariant()}").ToHashSet(), english.ToHashSet());
        Assert.Superset(Enum.GetNames<Outages.OutageKind>().Select(kind => $"kind-{kind.ToLowerInvariant()}").ToHashSet(), english.ToHashSet());
        Assert.Superset(Enum.GetNames<Policy.NoticeAudience>().Select(a => "audience-" + System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(a)).ToHashSet(), english.ToHashSet());
    }

    private static async Task<CertificateView> FindAsync(DeliveryDesk desk, long roundId) => (await FindAsync(desk, roundId, Auditor)).Value!;

    private static async Task<Result<CertificateView>> FindAsync(DeliveryDesk desk, long roundId, Actor actor)
    {
        await using var db = desk.Open();
        using var signer = new CheckpointSigner(AuditOptions.Fresh());

        return await new Certificates(db, desk.Open, signer, desk.Clock).FindAsync(roundId, actor, default);
    }

    /// <summary>Claims so many of a tier and writes one outcome for all of them; what else was claimed is given back.</summary>
    private static async Task SettleAsync(DeliveryDesk desk, long roundId, short tier, int take, SendOutcome outcome, string worker)
    {
        var claimed = await desk.Queue.ClaimAsync(desk.Request(worker), default);
        var ours = claimed.Where(one => one.RoundId == roundId && one.Tier == tier).Take(take).ToList();
        Assert.Equal(take, ours.Count);
        await desk.Queue.WriteOutcomesAsync(
            new OutcomeBatch([.. ours.Select(one => desk.Outcome(one, outcome)), .. claimed.Except(ours).Select(DeliveryOutcome.GiveBack)]), default);
    }
}
