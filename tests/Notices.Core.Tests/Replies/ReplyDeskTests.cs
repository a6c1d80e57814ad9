using Microsoft.EntityFrameworkCore;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Hotline;
using Notices.Network;
using Notices.Outages;
using Notices.Testing;
using Xunit;

namespace Notices.Replies;

public class ReplyDeskTests
{
    private const string Number = "+8613800000001";

    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task A_one_acknowledges_the_newest_message_to_that_number_and_no_other(DatabaseKind kind)
    {
        await using var desks = await ReplyDesks.OpenAsync(kind);
        var older = await desks.ToldAsync(3);
        var newer = await desks.ToldAsync(3);

        await desks.ApplyAsync(Number, "收到");
        // As a gateway writes the number that leaves the plus and the country away.
        await desks.ApplyAsync("13800000002", "1");
        await desks.ApplyAsync("8613800000003", "１");

        Assert.All(await desks.Desk.DeliveriesAsync(newer[0].RoundId), row => Assert.Equal(DeliveryState.Acknowledged, row.State));
        Assert.All(await desks.Desk.DeliveriesAsync(older[0].RoundId), row => Assert.Equal(DeliveryState.Accepted, row.State));
        await desks.Desk.SumHoldsAsync(newer[0].RoundId, 3);
        // Once more: the older one stays what it is.
        await desks.ApplyAsync(Number, "1");
        Assert.Equal(DeliveryState.Accepted, (await desks.Desk.DeliveriesAsync(older[0].RoundId))[0].State);
        Assert.Empty(await desks.AnswersAsync());
        Assert.True(await desks.RowsHoldAsync());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Without_id_and_time_the_same_within_ten_minutes_is_one_told_twice(DatabaseKind kind)
    {
        await using var desks = await ReplyDesks.OpenAsync(kind);
        Task<int> KeptAsync() => desks.Desk.ReadAsync(db => db.Replies.CountAsync());

        await desks.TellUntimedAsync(Number, "停电了");
        await desks.TellUntimedAsync(Number, "停电了");
        Assert.Equal(1, await KeptAsync());
        // Wherever the stretches of time meet.
        for (var minute = 1; minute < 10; minute++)
        {
            desks.Desk.Clock.Advance(TimeSpan.FromMinutes(1));
            await desks.TellUntimedAsync(Number, "停电了");
            Assert.Equal(1, await KeptAsync());
        }

        await desks.TellUntimedAsync(Number, "还没来电");
        await desks.TellUntimedAsync("+8613800000002", "停电了");
        Assert.Equal(3, await KeptAsync());
        desks.Desk.Clock.Advance(TimeSpan.FromMinutes(1));
        await desks.TellUntimedAsync(Number, "停电了");
        Assert.Equal(4, await KeptAsync());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Nothing_is_acknowledged_that_is_over_or_was_not_sent(DatabaseKind kind)
    {
        await using var desks = await ReplyDesks.OpenAsync(kind);
        var told = await desks.ToldAsync(1);
        var waiting = await desks.Desk.RoundAsync(1);
        desks.Desk.Clock.Advance(TimeSpan.FromHours(7));

        await desks.ApplyAsync(Number, "1");

        Assert.Equal(DeliveryState.Accepted, (await desks.Desk.DeliveriesAsync(told[0].RoundId))[0].State);
        Assert.Equal(DeliveryState.Waiting, (await desks.Desk.DeliveriesAsync(waiting.Id))[0].State);
        Assert.Null((await desks.Desk.ReadAsync(db => db.Replies.SingleAsync())).DeliveryId);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_reply_told_twice_has_effect_once_also_without_an_id_and_with_two_at_work(DatabaseKind kind)
    {
        await using var desks = await ReplyDesks.OpenAsync(kind);
        var told = await desks.ToldAsync(1);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => desks.TellAsync(Number, i % 2 == 0 ? "1" : "TD", i % 2 == 0 ? "A" : "B")));
        await desks.TellAsync(Number, "您好", "");
        await desks.TellAsync(Number, "您好", "");

        var others = Enumerable.Range(0, 3).Select(_ => desks.NewDesk()).ToList();
        var applied = await Task.WhenAll(others.Select(other => Task.Run(() => other.ApplyDueAsync(CancellationToken.None))));
        await desks.TellAsync(Number, "TD", "B");

        Assert.Equal(3, applied.Sum());
        Assert.Equal(0, await desks.Replies.ApplyDueAsync(CancellationToken.None));
        Assert.Equal(DeliveryState.Acknowledged, (await desks.Desk.DeliveriesAsync(told[0].RoundId))[0].State);
        Assert.Single(await desks.AnswersAsync());
        Assert.Equal(1, await desks.Desk.ReadAsync(db => db.OptOuts.CountAsync()));
        Assert.Equal(1, await desks.Desk.ReadAsync(db => db.Enquiries.CountAsync()));
        Assert.Single(await desks.Desk.ActionsAsync(), action => action == "replies.applied");
        Assert.True(await desks.RowsHoldAsync());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_stop_is_answered_that_statutory_notices_go_on_and_a_start_takes_it_back(DatabaseKind kind)
    {
        await using var desks = await ReplyDesks.OpenAsync(kind);

        await desks.ApplyAsync(Number, "TD", "START", "stop");
        Assert.Equal(Number, (await desks.Desk.ReadAsync(db => db.OptOuts.SingleAsync())).Address);
        await desks.ApplyAsync(Number, "start");

        Assert.Equal(0, await desks.Desk.ReadAsync(db => db.OptOuts.CountAsync()));
        Assert.Collection(
            await desks.AnswersAsync(),
            stop => Assert.StartsWith("【井陉县供电公司】已停发提醒和资讯；依法必须告知的停电通知和紧急通知仍会发送", stop.Body, StringComparison.Ordinal),
            start => Assert.Contains("will be sent to you again", start.Body, StringComparison.Ordinal),
            stop => Assert.Contains("Notices the law requires and emergencies still come", stop.Body, StringComparison.Ordinal),
            start => Assert.Equal((Number, "main"), (start.Address, start.Via)));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Not_me_suspends_the_contact_and_what_is_no_keyword_waits_for_the_hotline(DatabaseKind kind)
    {
        await using var desks = await ReplyDesks.OpenAsync(kind);
        await SeedAsync(desks, null);
        var told = await desks.ToldAsync(1);

        await desks.ApplyAsync(Number, "仍未来电", "几点来电？", "非本人");

        await using var db = desks.Desk.Open();
        var contact = await db.Contacts.SingleAsync();
        long? point = (await db.SupplyPoints.SingleAsync()).Id;
        Assert.Equal((desks.Desk.Now, "not-me"), (contact.SuspendedAt!.Value, contact.SuspendedReason));
        Assert.Collection(
            await db.Enquiries.OrderBy(row => row.Id).ToListAsync(),
            row => Assert.Equal((Enquiry.StillOut, "仍未来电", Number), (row.Topic, row.Text, row.Phone)),
            row => Assert.Equal((Enquiry.Reply, "几点来电？", (point, (long?)null)), (row.Topic, row.Text, (row.SupplyPointId, row.ClosedAt is null ? null : 1L))));
        Assert.Equal(2, (await desks.AnswersAsync()).Count);
        Assert.Equal(DeliveryState.Accepted, (await desks.Desk.DeliveriesAsync(told[0].RoundId))[0].State);
        var line = await db.AuditEntries.Where(entry => entry.Action == "replies.applied").Select(entry => entry.Line).SingleAsync();
        Assert.DoesNotContain("1380000", line, StringComparison.Ordinal);
        Assert.Contains("\"contactsSuspended\":1", line, StringComparison.Ordinal);
        Assert.True(await desks.RowsHoldAsync());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_question_is_answered_with_the_outage_at_that_account_and_not_more_often_than_the_limit(DatabaseKind kind)
    {
        await using var desks = await ReplyDesks.OpenAsync(kind, answersPerHour: 4);
        await SeedAsync(desks, OutageStatus.InProgress);

        await desks.ApplyAsync(Number, "停电 1301210000", "STATUS 1301210000", "停电 99", "停电", "停电 1301210000");

        Assert.Equal(
            [
                "【井陉县供电公司】户号尾号0000所在线路今日（11月23日）15:30起停电，预计今日（11月23日）18:00送电。请视线路始终带电。详询95598。",
                "井陉县供电公司: account ..0000 is without power since today 23 Nov 15:30, expected back today 23 Nov 18:00. Treat wires as live. Info 95598",
                "【井陉县供电公司】没有户号尾号为99的这一户号，请核对后重发，或致电95598。",
                "【井陉县供电公司】查询停电请回复“停电”加户号，户号见电费账单，或致电95598。",
            ],
            (await desks.AnswersAsync()).Select(answer => answer.Body));
        // An hour later there is room again; somebody else's number had it all along.
        await desks.ApplyAsync("+8613900000009", "停电 1301210000");
        desks.Desk.Clock.Advance(TimeSpan.FromHours(1.1));
        await desks.ApplyAsync(Number, "停电 1301210000");
        Assert.Equal(6, (await desks.AnswersAsync()).Count);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_changed_reply_is_found_by_the_verifier(DatabaseKind kind)
    {
        await using var desks = await ReplyDesks.OpenAsync(kind);
        await desks.ApplyAsync(Number, "TD", "1");
        Assert.True(await desks.RowsHoldAsync());

        await using var db = desks.Desk.Open();
        // What is erased at its time is not in the digest.
        await db.Replies.ExecuteUpdateAsync(set => set.SetProperty(row => row.Sender, (string?)null).SetProperty(row => row.Body, (string?)null));
        Assert.True(await desks.RowsHoldAsync());
        await db.Replies.Where(row => row.Kind == ReplyKind.Stop).ExecuteUpdateAsync(set => set.SetProperty(row => row.Kind, ReplyKind.Start));
        Assert.False(await desks.RowsHoldAsync());
    }

    /// <summary>A customer with that number, and an outage at the account.</summary>
    private static async Task SeedAsync(ReplyDesks desks, OutageStatus? status)
    {
        await using var db = desks.Desk.Open();
        var organisation = await db.Organisations.SingleAsync();
        var transformer = new Transformer { Code = "T1", Name = "台区1", Feeder = new Feeder { OrganisationId = organisation.Id, Code = "F1", Name = "城关031线" }, Place = new Place { OrganisationId = organisation.Id, Code = "P1", Name = "东街" } };
        db.Add(transformer);
        await db.SaveChangesAsync();
        var customer = new Customer { OrganisationId = organisation.Id, CustomerNo = "C1", Name = "用户", Language = "zh-CN" };
        customer.SupplyPoints.Add(new SupplyPoint { AccountNo = "1301210000", TransformerId = transformer.Id });
        customer.Contacts.Add(new Contact { Kind = ContactKind.Mobile, Address = Number, Ordinal = 1, Source = "import" });
        db.Add(customer);
        if (status is { } at)
        {
            var outage = new Outage { Number = "O1", OrganisationId = organisation.Id, Kind = OutageKind.Planned, Status = at, StartedAt = desks.Desk.Now.AddMinutes(-30), CreatedAt = desks.Desk.Now };
            outage.Windows.Add(new OutageWindow { StartsAt = desks.Desk.Now.AddMinutes(-30), EndsAt = desks.Desk.Now.AddHours(2) });
            db.Add(outage);
            await db.SaveChangesAsync();
            db.Add(new OutageTransformer { OutageId = outage.Id, TransformerId = transformer.Id });
        }

        await db.SaveChangesAsync();
    }
}
