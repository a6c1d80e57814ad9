using Microsoft.EntityFrameworkCore;
using Notices.Audit;
using Notices.Outages;
using Notices.Testing;
using Xunit;

namespace Notices.Deliveries;

public class DeliveryQueueTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task Two_workers_never_claim_the_same_message_and_together_claim_all(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        await desk.RoundAsync(500);

        var claims = await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var queue = desk.NewQueue();
            var mine = new List<long>();
            while (await queue.ClaimAsync(desk.Request($"w{worker}", 17), None) is { Count: > 0 } batch) mine.AddRange(batch.Select(claimed => claimed.Id));

            return mine;
        })));

        var all = claims.SelectMany(ids => ids).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        // On PostgreSQL a worker may stop early when the last rows were locked by another; none is left in the end.
        Assert.Equal(500, all.Count + (await desk.Queue.ClaimAsync(desk.Request("last"), None)).Count);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task The_lower_tier_goes_first_then_the_longest_due(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        await desk.RoundAsync(3, tier: 2, shape: delivery => delivery.DueAt = desk.Now.AddHours(-1));
        await desk.RoundAsync(2, tier: 1, shape: delivery => delivery.DueAt = desk.Now.AddMinutes(-5));
        await desk.RoundAsync(2, tier: 0, shape: delivery => delivery.DueAt = desk.Now.AddMinutes(-(delivery.Address![^1] - '0')));

        var batch = await desk.Queue.ClaimAsync(desk.Request(size: 5), None);

        Assert.Equal([0, 0, 1, 1, 2], batch.Select(claimed => (int)claimed.Tier));
        Assert.True(batch[0].DueAt < batch[1].DueAt);
        Assert.All(batch, claimed => Assert.Equal(1, claimed.Number));
        Assert.Equal(2, (await desk.Queue.ClaimAsync(desk.Request(), None)).Count);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Nothing_is_claimed_that_is_not_due_expired_held_or_without_a_provider(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        await desk.RoundAsync(1, shape: delivery => delivery.DueAt = desk.Now.AddSeconds(1));
        await desk.RoundAsync(1, shape: delivery => delivery.ExpiresAt = desk.Now);
        await desk.RoundAsync(1, medium: Medium.Paper);
        foreach (var state in (RoundState[])[RoundState.Paused, RoundState.Stopped, RoundState.Waiting, RoundState.Closed]) await desk.RoundAsync(1, state: state);

        Assert.Empty(await desk.Queue.ClaimAsync(desk.Request(), None));
        Assert.Equal(desk.Now.AddSeconds(1), await desk.Queue.NextDueAsync(DeliveryDesk.AllMedia, None));

        await desk.RoundAsync(1, state: RoundState.Expanding);
        desk.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, (await desk.Queue.ClaimAsync(desk.Request(), None)).Count);
        Assert.Null(await desk.Queue.NextDueAsync(DeliveryDesk.AllMedia, None));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_correction_never_overtakes_the_message_it_corrects(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var first = await desk.RoundAsync(1, tier: 2);
        var original = (await desk.DeliveriesAsync(first.Id))[0];
        await desk.RoundAsync(1, tier: 0, shape: delivery => delivery.AfterId = original.Id);

        var claimed = Assert.Single(await desk.Queue.ClaimAsync(desk.Request(), None));
        Assert.Equal(original.Id, claimed.Id);
        Assert.Empty(await desk.Queue.ClaimAsync(desk.Request(), None));
        Assert.Null(await desk.Queue.NextDueAsync(DeliveryDesk.AllMedia, None));

        await desk.Queue.WriteOutcomesAsync(new OutcomeBatch([desk.Outcome(claimed, SendOutcome.Accepted("m1"))]), None);
        Assert.Single(await desk.Queue.ClaimAsync(desk.Request(), None));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Outcomes_attempts_recipients_and_one_entry_are_written_together(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(6);
        var claimed = await desk.Queue.ClaimAsync(desk.Request(), None);
        SendOutcome[] answers =
        [
            SendOutcome.Accepted("m0"), SendOutcome.Accepted("m1", true), SendOutcome.TryLater("busy"), SendOutcome.Refused("550"), SendOutcome.Unknown("cut"),
        ];
        List<DeliveryOutcome> outcomes = [.. claimed.Take(5).Select((delivery, i) => desk.Outcome(delivery, answers[i])), DeliveryOutcome.GiveBack(claimed[5])];
        var batch = new OutcomeBatch(outcomes);

        await desk.Queue.WriteOutcomesAsync(batch, None);
        await desk.Queue.WriteOutcomesAsync(batch, None); // The answer to the first commit was lost.

        var rows = await desk.DeliveriesAsync(round.Id);
        Assert.Equal([DeliveryState.Sent, DeliveryState.Accepted, DeliveryState.Waiting, DeliveryState.Failed, DeliveryState.Unconfirmed, DeliveryState.Waiting], rows.Select(row => row.State));
        Assert.Equal([null, null, null, "refused-by-carrier", "outcome-unknown", null], rows.Select(row => row.Reason));
        Assert.Equal([1, 1, 1, 1, 1, 0], rows.Select(row => (int)row.Attempts));
        Assert.Equal(desk.Now.AddSeconds(30), rows[2].DueAt);
        Assert.Equal("m0", rows[0].ProviderMessageId);
        Assert.Equal(desk.Now, rows[0].AcceptedAt);
        Assert.All(rows, row => Assert.Null(row.LeaseOwner));
        var recipients = await desk.ReadAsync(db => db.Recipients.OrderBy(recipient => recipient.Id).ToListAsync());
        Assert.Equal(rows.Select(row => row.State), recipients.Select(recipient => recipient.State));
        Assert.Equal(rows.Select(row => row.Reason), recipients.Select(recipient => recipient.Reason));
        await desk.SumHoldsAsync(round.Id, 6);

        var attempts = await desk.AttemptsAsync();
        Assert.Equal(5, attempts.Count);
        var entry = Assert.Single(await desk.ReadAsync(db => db.AuditEntries.ToListAsync()));
        Assert.Equal($"attempts/{batch.Id}", entry.Subject);
        using var hash = new RowsHash();
        foreach (var attempt in attempts) hash.Add(attempt);
        Assert.Contains($"\"count\":5,\"sha256\":\"{hash.Finish()}\",\"outcomes\":{{\"accepted\":2,\"try-later\":1,\"refused\":1,\"unknown\":1}}", entry.Line, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_recipient_is_what_the_best_of_its_deliveries_is_also_when_two_workers_write_at_once(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(100);
        await using (var db = desk.Open())
        {
            // Each recipient also has a call.
            var sms = await db.Deliveries.Where(delivery => delivery.RoundId == round.Id).OrderBy(delivery => delivery.Id).ToListAsync();
            var recipients = await db.Recipients.OrderBy(recipient => recipient.Id).Select(recipient => recipient.Id).ToListAsync();
            var calls = sms.ConvertAll(delivery => new Delivery { RoundId = round.Id, TextId = delivery.TextId, Medium = Medium.Voice, Address = delivery.Address, Tier = 2, Accounts = delivery.Accounts, State = DeliveryState.Waiting, DueAt = desk.Now, ExpiresAt = delivery.ExpiresAt });
            db.AddRange(calls);
            await db.SaveChangesAsync();
            db.AddRange(calls.Zip(recipients, (call, recipient) => new DeliveryRecipient { DeliveryId = call.Id, RecipientId = recipient }));
            await db.SaveChangesAsync();
        }

        var claimed = await desk.Queue.ClaimAsync(desk.Request(), None);
        var halves = claimed.GroupBy(delivery => delivery.Medium).Select(group => group.Select(delivery => desk.Outcome(
            delivery, delivery.Medium == Medium.Voice ? new SendOutcome(SendOutcomeKind.Accepted, Call: new CallResult("person", "1", 9)) : SendOutcome.Refused("full"))).Reverse().ToList());
        await Task.WhenAll(halves.SelectMany(half => half.Chunk(20)).Select(part => Task.Run(() => desk.NewQueue().WriteOutcomesAsync(new OutcomeBatch(part), None))));

        await desk.SumHoldsAsync(round.Id, 100);
        Assert.Equal(100, (await desk.Queue.RoundCountsAsync(round.Id, None)).Acknowledged);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task What_a_dead_worker_held_becomes_unconfirmed_and_only_an_emergency_is_sent_again_marked(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var planned = await desk.RoundAsync(2);
        var emergency = await desk.RoundAsync(1, kind: OutageKind.Emergency, shape: delivery => delivery.Address = "+8613900000000");
        var lost = await desk.Queue.ClaimAsync(desk.Request("dead", lease: TimeSpan.FromMilliseconds(200)), None);
        Assert.Equal(0, await desk.Queue.ReleaseExpiredLeasesAsync(new DeliveryDesk.Emergencies(), desk.Now, None));
        await PassAsync(desk, kind);

        Assert.Equal(3, await desk.Queue.ReleaseExpiredLeasesAsync(new DeliveryDesk.Emergencies(), desk.Now, None));

        Assert.All(await desk.DeliveriesAsync(planned.Id), row => Assert.Equal((DeliveryState.Unconfirmed, "worker-died"), (row.State, row.Reason)));
        var again = Assert.Single(await desk.Queue.ClaimAsync(desk.Request(), None));
        Assert.Equal((short)2, again.Number);
        Assert.All(await desk.AttemptsAsync(), attempt => Assert.Equal(((short)SendOutcomeKind.Unknown, "worker-died"), (attempt.Outcome, attempt.Detail)));
        await desk.Queue.WriteOutcomesAsync(new OutcomeBatch([desk.Outcome(again, SendOutcome.Accepted("m"))]), None);
        var marked = (await desk.DeliveriesAsync(emergency.Id))[0];
        Assert.Equal((DeliveryState.Sent, "sent-again"), (marked.State, marked.Reason));
        await desk.SumHoldsAsync(planned.Id, 2);
        await desk.SumHoldsAsync(emergency.Id, 1);

        // The worker was only stopped, wakes up and writes: what it knows is believed, and recorded.
        await desk.Queue.WriteOutcomesAsync(new OutcomeBatch([.. lost.Where(row => row.RoundId == planned.Id).Select(row => desk.Outcome(row, SendOutcome.Accepted("late")))]), None);
        Assert.All(await desk.DeliveriesAsync(planned.Id), row => Assert.Equal(DeliveryState.Sent, row.State));
        await desk.SumHoldsAsync(planned.Id, 2);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_renewed_lease_is_not_taken_over_and_what_was_never_seen_can_be_given_back(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(2);
        await desk.Queue.ClaimAsync(desk.Request("alive", lease: TimeSpan.FromMilliseconds(200)), None);
        await desk.Queue.RenewLeasesAsync("alive", TimeSpan.FromMinutes(5), None);
        await PassAsync(desk, kind);

        Assert.Equal(0, await desk.Queue.ReleaseExpiredLeasesAsync(new DeliveryDesk.Never(), desk.Now, None));
        Assert.Equal(2, await desk.Queue.GiveBackAllAsync("alive", None));
        Assert.All(await desk.DeliveriesAsync(round.Id), row => Assert.Equal((DeliveryState.Waiting, (short)0), (row.State, row.Attempts)));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Past_its_expiry_what_waits_is_suppressed_and_what_was_accepted_is_sent(DatabaseKind kind)
    {
        await using var desk = await DeliveryDesk.OpenAsync(kind);
        var round = await desk.RoundAsync(3);
        var claimed = await desk.Queue.ClaimAsync(desk.Request(size: 2), None);
        await desk.Queue.WriteOutcomesAsync(new OutcomeBatch([desk.Outcome(claimed[0], SendOutcome.Accepted("m", true)), desk.Outcome(claimed[1], SendOutcome.TryLater("later", TimeSpan.FromDays(3)))]), None);
        Assert.Equal(claimed[1].ExpiresAt, (await desk.DeliveriesAsync(round.Id))[1].DueAt);
        Assert.Equal(0, await desk.Queue.ExpireAsync(desk.Now, None));
        Assert.Equal(0, await desk.Queue.CloseFinishedRoundsAsync(desk.Now, None));
        await desk.SumHoldsAsync(round.Id, 3);
        desk.Clock.Advance(TimeSpan.FromHours(6));

        Assert.Equal(3, await desk.Queue.ExpireAsync(desk.Now, None));

        Assert.Equal([DeliveryState.Sent, DeliveryState.Suppressed, DeliveryState.Suppressed], (await desk.DeliveriesAsync(round.Id)).Select(row => row.State));
        Assert.Equal(["expired", "expired"], await desk.ReadAsync(db => db.Recipients.Where(row => row.State == DeliveryState.Suppressed).Select(row => row.Reason!).ToListAsync()));
        await desk.SumHoldsAsync(round.Id, 3);
        Assert.Equal(1, await desk.Queue.CloseFinishedRoundsAsync(desk.Now, None));
        Assert.Equal(0, await desk.Queue.CloseFinishedRoundsAsync(desk.Now, None));
        Assert.Equal(RoundState.Closed, await desk.ReadAsync(db => db.Rounds.Select(row => row.State).SingleAsync()));
        Assert.Equal("rounds.closed", (await desk.ActionsAsync())[^1]);
    }

    /// <summary>A quarter of a second of machine time: the fake clock's on SQLite, the database's own on PostgreSQL.</summary>
    private static async Task PassAsync(DeliveryDesk desk, DatabaseKind kind)
    {
        desk.Machine.Advance(TimeSpan.FromMilliseconds(250));
        if (kind == DatabaseKind.PostgreSql) await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
    }
}
