using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audience;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Evidence;
using Notices.Network;
using Notices.Policy;
using Notices.Publishing;
using Notices.Testing;
using Xunit;

namespace Notices.Subscriptions;

/// <summary>Subscribers are told after all customers, each address once, and are never counted among those affected.</summary>
public class SubscriberRoundTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task Subscribers_of_a_place_a_line_and_an_area_are_told_once_after_all_customers(DatabaseKind kind)
    {
        await using var desks = await SubscriptionDesks.OpenAsync(kind, 30);
        desks.Options.MessagesPerDay = 20;
        await AddElsewhereAsync(desks);
        var customer = await ReachedAsync(desks);
        await desks.SubscribeAsync(SubscriptionDesks.Mail);
        await desks.SubscribeAsync(SubscriptionDesks.Mail, "西街村");
        await desks.SubscribeAsync("second@example.org", "JX-F03", "en");
        await desks.SubscribeAsync("second@example.org", "JX", "en");
        await desks.SubscribeAsync(SubscriptionDesks.Number, "JX-F03");
        await desks.SubscribeAsync(customer, "东街村");
        await desks.SubscribeAsync("third@example.org", "外村");
        await desks.AskAsync("fourth@example.org"); // never confirmed
        var gone = await desks.SubscribeAsync("fifth@example.org");
        await desks.DoAsync(desk => desk.WithdrawAsync(gone, None));
        var round = await desks.Desk.RoundAsync();

        await desks.Desk.DrawAsync(4);

        await using var db = desks.Desk.Open();
        var messages = await db.Deliveries.AsNoTracking().Where(d => d.Purpose == DeliveryPurpose.Subscribers).OrderBy(d => d.Address).ToListAsync();
        Assert.Equal([SubscriptionDesks.Number, SubscriptionDesks.Mail, "second@example.org"], messages.Select(message => message.Address!));
        Assert.All(messages, message => Assert.Equal((PriorityTier.Subscribers, DeliveryState.Waiting, ""), (message.Tier, message.State, message.Accounts)));
        // The customer's own message stands for the subscription too.
        Assert.Equal(DeliveryPurpose.Customers, (await db.Deliveries.SingleAsync(d => d.Medium == Medium.Sms && d.Address == customer)).Purpose);
        Assert.Equal(6, await db.SubscriptionTellings.CountAsync());
        Assert.Equal(6, await db.SubscriptionDeliveries.CountAsync());

        Assert.Equal("东街村、西街村", string.Join('、', messages[1].PlaceName!.Split('、').Order(StringComparer.Ordinal)));
        var text = await db.RoundTexts.SingleAsync(t => t.Id == messages[1].TextId);
        var body = PersonalText.Fill(text.Body, messages[1].PlaceName, messages[1].Accounts);
        Assert.Contains("西街村", body, StringComparison.Ordinal);
        Assert.DoesNotContain("户号", body, StringComparison.Ordinal);
        var english = await db.RoundTexts.SingleAsync(t => t.Id == messages[2].TextId);
        Assert.Equal(("en", null), (english.Language, messages[2].PlaceName));
        Assert.DoesNotContain("account", PersonalText.Fill(english.Body, null, ""), StringComparison.OrdinalIgnoreCase);

        Assert.Equal(await db.SupplyPoints.CountAsync(), await db.Recipients.CountAsync());
        await desks.Desk.SumHoldsAsync(round);
        var summary = (await new RoundView(db, desks.Desk.Open, desks.Desk.Foresight).FindAsync(round, Actor.System, None))!;
        Assert.Equal((6, 6), (summary.Subscribers.Total, summary.Subscribers.Waiting));
        Assert.DoesNotContain(summary.Tiers, tier => tier.Tier == PriorityTier.Subscribers);

        // They leave when every customer's message has left.
        var first = await desks.Desk.Queue.ClaimAsync(desks.Desk.Request(await db.Deliveries.CountAsync(d => d.Purpose == DeliveryPurpose.Customers && d.State == DeliveryState.Waiting)), None);
        Assert.DoesNotContain(first, claimed => claimed.ForSubscriber);
        var last = await desks.Desk.Queue.ClaimAsync(desks.Desk.Request(100), None);
        Assert.Equal(messages.Select(message => message.Id).Order(), last.Where(claimed => claimed.ForSubscriber).Select(claimed => claimed.Id).Order());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Whoever_withdraws_while_a_round_is_under_way_is_sent_nothing_more_and_the_certificate_names_subscribers_apart(DatabaseKind kind)
    {
        await using var desks = await SubscriptionDesks.OpenAsync(kind, 12);
        var mark = await desks.SubscribeAsync(SubscriptionDesks.Mail);
        await desks.SubscribeAsync(SubscriptionDesks.Number);
        await desks.SubscribeAsync("second@example.org", "JX");
        var round = await desks.Desk.RoundAsync();
        await desks.Desk.DrawAsync();

        await desks.DoAsync(desk => desk.WithdrawAsync(mark, None));
        await desks.DoAsync(desk => desk.EndAsync(SubscriptionDesks.Number, Medium.Sms, "page", SubscriptionAsking.Visitor, None));

        await using var db = desks.Desk.Open();
        var left = await db.Deliveries.AsNoTracking().Where(d => d.Purpose == DeliveryPurpose.Subscribers).OrderBy(d => d.State).ThenBy(d => d.Id).Select(d => new { d.State, d.Reason }).ToListAsync();
        Assert.Equal([(DeliveryState.Suppressed, "subscription-ended"), (DeliveryState.Suppressed, "subscription-ended"), (DeliveryState.Waiting, null)], left.Select(one => (one.State, one.Reason)));

        // What waits of the customers expires, the subscriber's is taken by the carrier.
        var claimed = (await desks.Desk.Queue.ClaimAsync(desks.Desk.Request(1000), None)).Where(one => one.ForSubscriber).ToList();
        Assert.Equal("second@example.org", Assert.Single(claimed).Address);
        var now = desks.Desk.Now;
        await desks.Desk.Queue.WriteOutcomesAsync(
            new OutcomeBatch([new DeliveryOutcome(claimed[0].Id, claimed[0].Number, DeliveryState.Sent, now, null, new Try("main", now, now, SendOutcome.Accepted("m1", false)))]), None);
        await desks.Desk.Queue.GiveBackAllAsync("w", None);
        desks.Desk.Clock.Advance(TimeSpan.FromDays(9));
        await desks.Desk.Queue.ExpireAsync(desks.Desk.Now, None);
        await desks.Desk.Queue.CloseFinishedRoundsAsync(desks.Desk.Now, None);

        var stated = System.Text.Json.JsonSerializer.Deserialize<RoundStatement>((await db.Certificates.SingleAsync(c => c.RoundId == round)).Statement, Json.Stored)!;
        Assert.Equal((3, 1, 2), (stated.Subscribers!.Total, stated.Subscribers.Sent, stated.Subscribers.Suppressed));
        Assert.Equal(await db.SupplyPoints.CountAsync(), stated.Recipients.Total);
        Assert.Equal(0, stated.Recipients.Sent);
        Assert.Equal(stated.Recipients.Total, stated.Tiers.Sum(tier => tier.Recipients.Total));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_cancellation_goes_to_those_told_and_a_change_to_those_concerned_too(DatabaseKind kind)
    {
        await using var desks = await SubscriptionDesks.OpenAsync(kind, 8);
        await desks.SubscribeAsync(SubscriptionDesks.Mail);
        await desks.Desk.RoundAsync();
        await desks.Desk.DrawAsync();
        await TakenAsync(desks);
        await desks.SubscribeAsync("second@example.org", "JX-F03");

        var only = await desks.Desk.RoundAsync(NoticeFixtures.Planned with { Type = NoticeType.Reminder }, nameof(NoticeAudience.KeyCustomers));
        var told = await desks.Desk.RoundAsync(NoticeFixtures.Planned with { Type = NoticeType.Reminder }, nameof(NoticeAudience.Told));
        await desks.Desk.DrawAsync();
        Assert.Empty(await SubscribersAsync(desks, only));
        Assert.Equal([SubscriptionDesks.Mail], await SubscribersAsync(desks, told));
        var both = await desks.Desk.RoundAsync(NoticeFixtures.Planned with { Type = NoticeType.Reminder }, nameof(NoticeAudience.ToldAndAffected));
        var newly = await desks.Desk.RoundAsync(NoticeFixtures.Planned with { Type = NoticeType.Reminder }, RoundAudience.NewlyAffected);
        await desks.Desk.DrawAsync();
        Assert.Equal([SubscriptionDesks.Mail, "second@example.org"], await SubscribersAsync(desks, both));
        // Drawn, and nothing has left for them yet.
        Assert.Equal(["second@example.org"], await SubscribersAsync(desks, newly));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_number_left_out_for_a_customers_need_or_wish_is_told_for_its_subscriber(DatabaseKind kind)
    {
        await using var desks = await SubscriptionDesks.OpenAsync(kind, 20);
        string number;
        await using (var db = desks.Desk.Open())
        {
            var contact = await db.Contacts.Include(c => c.Customer).OrderBy(c => c.Id).FirstAsync(c => c.Kind == ContactKind.Mobile && db.Contacts.Count(o => o.Address == c.Address) == 1);
            (number, contact.Customer!.Needs) = (contact.Address, Needs.NoMobile);
            await db.SaveChangesAsync();
        }

        await desks.SubscribeAsync(number);
        var round = await desks.Desk.RoundAsync();
        await desks.Desk.DrawAsync();

        Assert.Equal([number], await SubscribersAsync(desks, round));
        await desks.Desk.SumHoldsAsync(round);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Drawn_again_after_a_kill_nobody_is_told_twice(DatabaseKind kind)
    {
        await using var desks = await SubscriptionDesks.OpenAsync(kind, 10);
        await desks.SubscribeAsync(SubscriptionDesks.Mail);
        var round = await desks.Desk.RoundAsync();
        await desks.Desk.DrawAsync(3);
        await using (var db = desks.Desk.Open()) await db.Rounds.ExecuteUpdateAsync(set => set.SetProperty(r => r.NextTier, (short)0).SetProperty(r => r.State, RoundState.Expanding));

        await desks.Desk.DrawAsync(3);

        Assert.Equal([SubscriptionDesks.Mail], await SubscribersAsync(desks, round));
        Assert.Equal(1, await desks.Desk.ReadAsync(read => read.SubscriptionTellings.CountAsync()));
    }

    /// <summary>A customer's number to which a short message goes.</summary>
    private static async Task<string> ReachedAsync(SubscriptionDesks desks)
    {
        await using var db = desks.Desk.Open();
        var contact = await db.Contacts.Include(c => c.Customer).OrderBy(c => c.Id).FirstAsync(c => c.Kind == ContactKind.Mobile && c.Customer!.Tier == 2 && db.Contacts.Count(o => o.Address == c.Address) == 1);
        contact.Customer!.Needs = Needs.None;
        await db.SaveChangesAsync();

        return contact.Address;
    }

    private static async Task AddElsewhereAsync(SubscriptionDesks desks)
    {
        await using var db = desks.Desk.Open();
        db.Add(new Transformer
        {
            Feeder = new Feeder { OrganisationId = desks.Desk.Organisation, Code = "JX-F09", Name = "外线", VoltageKv = 10 },
            Code = "T9",
            Name = "台区9",
            Place = new Place { OrganisationId = desks.Desk.Organisation, Code = "P9", Name = "外村" },
        });
        await db.SaveChangesAsync();
    }

    /// <summary>The carrier takes all that waits.</summary>
    private static async Task TakenAsync(SubscriptionDesks desks)
    {
        await using var db = desks.Desk.Open();
        await db.Deliveries.Where(d => d.State == DeliveryState.Waiting).ExecuteUpdateAsync(set => set.SetProperty(d => d.State, DeliveryState.Sent).SetProperty(d => d.AcceptedAt, desks.Desk.Now));
        await db.Recipients.Where(r => r.State == DeliveryState.Waiting).ExecuteUpdateAsync(set => set.SetProperty(r => r.State, DeliveryState.Sent));
    }

    private static Task<List<string>> SubscribersAsync(SubscriptionDesks desks, long round) =>
        desks.Desk.ReadAsync(db => db.Deliveries.Where(d => d.RoundId == round && d.Purpose == DeliveryPurpose.Subscribers && d.State == DeliveryState.Waiting).OrderBy(d => d.Address).Select(d => d.Address!).ToListAsync());
}
