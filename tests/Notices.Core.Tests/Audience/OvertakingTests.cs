using Microsoft.EntityFrameworkCore;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Policy;
using Notices.Publishing;
using Notices.Testing;
using Xunit;

namespace Notices.Audience;

/// <summary>What becomes of a message that still waits when the outage has something newer to say.</summary>
public class OvertakingTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task Messages_waiting_for_one_person_fold_into_the_newest(DatabaseKind kind)
    {
        await using var desk = await AudienceDesk.OpenAsync(kind, 40);
        var first = await desk.RoundAsync();
        await desk.DrawAsync();
        // Some are on their way already: what corrects or repeats them comes after.
        var claimed = (await desk.Queue.ClaimAsync(desk.Request(5), None)).Select(message => message.Id).ToList();
        var waiting = await desk.ReadAsync(db => db.Deliveries.CountAsync(d => d.State == DeliveryState.Waiting));

        var second = await desk.RoundAsync(NoticeFixtures.Started);
        await desk.DrawAsync(7);

        await using var db = desk.Open();
        Assert.Equal(waiting, await db.Deliveries.CountAsync(d => d.RoundId == first && d.State == DeliveryState.Suppressed && d.Reason == DeliveryReasons.Folded));
        Assert.Equal(0, await db.Deliveries.CountAsync(d => d.RoundId == first && d.State == DeliveryState.Waiting));
        Assert.Equal(claimed.Order(), await db.Deliveries.Where(d => d.RoundId == second && d.AfterId != null && db.Deliveries.Any(b => b.Id == d.AfterId && b.State == DeliveryState.Claimed))
            .Select(d => d.AfterId!.Value).OrderBy(id => id).ToListAsync());
        await desk.SumHoldsAsync(second);
        // Nobody is lost: whoever's first message was folded has a second that waits.
        var lost = await db.Recipients.CountAsync(r => r.RoundId == first && r.Reason == DeliveryReasons.Folded
            && !db.Recipients.Any(s => s.RoundId == second && s.SupplyPointId == r.SupplyPointId && s.State == DeliveryState.Waiting));
        Assert.Equal(0, lost);
        Assert.True(await db.Recipients.AnyAsync(r => r.RoundId == first && r.Reason == DeliveryReasons.Folded));
        Assert.Equal(await db.Recipients.CountAsync(r => r.RoundId == first), (await desk.Queue.RoundCountsAsync(first, None)).Snapshot);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_message_that_stands_for_somebody_the_newer_one_leaves_out_is_not_folded(DatabaseKind kind)
    {
        await using var desk = await AudienceDesk.OpenAsync(kind, 0);
        await using (var db = desk.Open())
        {
            var transformer = await db.Transformers.Select(t => t.Id).FirstAsync();
            foreach (var (no, phone, grade) in ((string, string, KeyGrade?)[])[("A", "+8613800000001", KeyGrade.First), ("B", "+8613800000001", null), ("C", "+8613800000002", KeyGrade.First)])
            {
                var customer = new Customer { OrganisationId = desk.Organisation, CustomerNo = no, Name = no, Language = "zh-CN", Grade = grade, Tier = (short)(grade is null ? 2 : 1), WantsShortReminder = true };
                customer.SupplyPoints.Add(new SupplyPoint { AccountNo = no + "0001", TransformerId = transformer });
                customer.Contacts.Add(new Contact { Kind = ContactKind.Mobile, Address = phone, Ordinal = 1, Source = "import" });
                db.Add(customer);
            }

            await db.SaveChangesAsync();
        }

        var first = await desk.RoundAsync();
        await desk.DrawAsync();
        await desk.RoundAsync(NoticeFixtures.Reminder, nameof(NoticeAudience.KeyCustomersWhoAsked));
        await desk.DrawAsync();

        var states = await desk.ReadAsync(db => db.Deliveries.Where(d => d.RoundId == first).OrderBy(d => d.Address).Select(d => d.State).ToListAsync());
        Assert.Equal([DeliveryState.Waiting, DeliveryState.Suppressed], states);
        await desk.SumHoldsAsync(first);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task An_earlier_round_that_is_drawn_or_let_go_after_the_cancellation_sends_nothing_more(DatabaseKind kind)
    {
        await using var desk = await AudienceDesk.OpenAsync(kind, 40);
        var first = await desk.RoundAsync();
        await desk.ReadAsync(db => db.Rounds.ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RoundState.Paused)));
        await desk.RoundAsync(NoticeFixtures.Cancelled, nameof(NoticeAudience.Told));
        await desk.DrawAsync();

        await desk.ReadAsync(db => db.Rounds.Where(r => r.Id == first).ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RoundState.Expanding)));
        await desk.DrawAsync(7);

        Assert.Empty(await desk.Queue.ClaimAsync(desk.Request(1000), None));
        Assert.Equal([DeliveryReasons.Superseded], await desk.ReadAsync(db => db.Recipients.Where(r => r.RoundId == first).Select(r => r.Reason).Distinct().ToListAsync()));
        Assert.Equal(await desk.ReadAsync(db => db.SupplyPoints.CountAsync()), (await desk.Queue.RoundCountsAsync(first, None)).Suppressed);
        await desk.SumHoldsAsync(first);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_change_ends_what_waits_and_keeps_what_failed_before_as_it_was(DatabaseKind kind)
    {
        await using var desk = await AudienceDesk.OpenAsync(kind, 40);
        var first = await desk.RoundAsync(NoticeFixtures.Temporary);
        await desk.DrawAsync();
        await desk.ReadAsync(db => db.Deliveries.Where(d => d.Medium == Medium.Voice && d.State == DeliveryState.Waiting)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.State, DeliveryState.Failed).SetProperty(d => d.Reason, "no-answer")));
        await desk.ReadAsync(db => db.Recipients.Where(r => r.State == DeliveryState.Waiting
                && !db.DeliveryRecipients.Any(l => l.RecipientId == r.Id && db.Deliveries.Any(d => d.Id == l.DeliveryId && d.State == DeliveryState.Waiting)))
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.State, DeliveryState.Failed).SetProperty(r => r.Reason, "no-answer")));
        await desk.SumHoldsAsync(first);
        var both = await desk.ReadAsync(db => db.Recipients.CountAsync(r => r.RoundId == first && r.State == DeliveryState.Failed));

        await desk.RoundAsync(NoticeFixtures.Changed with { Kind = Outages.OutageKind.Temporary }, nameof(NoticeAudience.ToldAndAffected));
        await desk.DrawAsync();

        Assert.Equal(0, await desk.ReadAsync(db => db.Deliveries.CountAsync(d => d.RoundId == first && d.State == DeliveryState.Waiting)));
        await desk.SumHoldsAsync(first);
        // Whose message was overtaken and whose call had failed: the call is the better end.
        Assert.True(await desk.ReadAsync(db => db.Recipients.CountAsync(r => r.RoundId == first && r.State == DeliveryState.Failed && r.Reason == "no-answer")) > both);
    }
}
