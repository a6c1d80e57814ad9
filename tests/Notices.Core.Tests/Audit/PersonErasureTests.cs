using Microsoft.EntityFrameworkCore;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Feeds;
using Notices.Network;
using Notices.Storage;
using Notices.Testing;
using Xunit;

namespace Notices.Audit;

public abstract class PersonErasureTests(DatabaseKind kind)
{
    private const string Phone = "+8613900001234";

    public sealed class OnSqlite() : PersonErasureTests(DatabaseKind.Sqlite);

    public sealed class OnPostgreSql() : PersonErasureTests(DatabaseKind.PostgreSql);

    [Fact]
    public async Task Who_it_was_is_gone_and_the_record_verifies()
    {
        await using var record = await Record.CreateAsync(kind);
        await using var db = record.Open();
        await SeedAsync(db, DeliveryState.Delivered, "C1");

        var erased = await Erasure(record, db).EraseAsync("C1", Record.Administrator, default);

        Assert.Equal(new Erased(1, 1), erased.Value);
        await using var fresh = record.Open();
        var customer = await fresh.Customers.Include(c => c.Contacts).SingleAsync();
        Assert.Equal(("", null, 0), (customer.Name, customer.Address, customer.Contacts.Count));
        Assert.Null((await fresh.Deliveries.SingleAsync()).Address);
        Assert.Null((await fresh.Recipients.SingleAsync()).PlaceName);
        Assert.Empty(fresh.OptOuts);
        var entry = await fresh.AuditEntries.OrderBy(e => e.Sequence).LastAsync();
        Assert.Equal(("customer.erased", "customers/" + record.Options.Digest("C1")), (entry.Action, entry.Subject));
        Assert.DoesNotContain(Phone, entry.Line, StringComparison.Ordinal);
        Assert.True((await record.VerifyAsync()).Ok);
    }

    [Fact]
    public async Task What_was_put_away_is_erased_too_with_the_last_whose_number_it_was()
    {
        await using var record = await Record.CreateAsync(kind);
        await using var db = record.Open();
        await SeedAsync(db, DeliveryState.Delivered, "C1", "C2");
        await db.Rounds.ExecuteUpdateAsync(set => set.SetProperty(r => r.ClosedAt, Press.Start));
        record.Clock.Advance(TimeSpan.FromDays(120));
        Assert.Equal(1, await new Retention.DeliveryArchive(record.Open, new Retention.RetentionOptions(), record.Clock, TimeProvider.System).MoveDueAsync(default));

        Assert.Equal(new Erased(1, 0), (await Erasure(record, db).EraseAsync("C1", Record.Administrator, default)).Value);
        Assert.Equal(new Erased(1, 1), (await Erasure(record, db).EraseAsync("C2", Record.Administrator, default)).Value);
        var left = await db.DeliveriesArchive.AsNoTracking().SingleAsync();
        Assert.Equal((null, null), (left.Address, left.PlaceName));
        Assert.True((await record.VerifyAsync()).Ok);
    }

    [Fact]
    public async Task A_number_shared_with_somebody_else_goes_with_the_last_of_them()
    {
        await using var record = await Record.CreateAsync(kind);
        await using var db = record.Open();
        await SeedAsync(db, DeliveryState.Delivered, "C1", "C2");

        Assert.Equal(new Erased(1, 0), (await Erasure(record, db).EraseAsync("C1", Record.Administrator, default)).Value);
        Assert.Single(await db.OptOuts.ToListAsync());
        Assert.Equal(new Erased(1, 1), (await Erasure(record, db).EraseAsync("C2", Record.Administrator, default)).Value);
        Assert.Empty(await db.OptOuts.ToListAsync());
    }

    [Fact]
    public async Task It_is_refused_under_legal_hold_with_messages_on_their_way_and_to_others()
    {
        await using var record = await Record.CreateAsync(kind);
        await using var db = record.Open();
        await SeedAsync(db, DeliveryState.Waiting, "C1");
        async Task<string> Refusal(string customer, Access.Actor actor) => Assert.Single((await Erasure(record, db).EraseAsync(customer, actor, default)).Problems).Code;

        Assert.Equal("customer-messages-open", await Refusal("C1", Record.Administrator));
        await db.Outages.ExecuteUpdateAsync(set => set.SetProperty(o => o.LegalHold, true));
        Assert.Equal("customer-legal-hold", await Refusal("C1", Record.Administrator));
        Assert.Equal("not-found", await Refusal("C9", Record.Administrator));
        Assert.Equal("not-found", await Refusal("C1", Record.Administrator with { OrganisationPath = "/999/" }));
        Assert.Equal("forbidden", await Refusal("C1", Record.Auditor));
    }

    [Fact]
    public async Task What_other_systems_call_them_and_who_spoke_for_them_goes_too()
    {
        await using var record = await Record.CreateAsync(kind);
        await using var db = record.Open();
        await SeedAsync(db, DeliveryState.Delivered, "C1", "C2");
        var (one, other) = (await db.Customers.Include(c => c.Contacts).SingleAsync(c => c.CustomerNo == "C1"), await db.Customers.SingleAsync(c => c.CustomerNo == "C2"));
        var proxy = one.Contacts[0];
        (proxy.ProxyName, proxy.ProxyConsentedOn) = ("李医生", Press.Morning);
        var feeder = await db.Feeders.SingleAsync(f => f.Code == "F");
        var point = new SupplyPoint { AccountNo = "A1", CustomerId = one.Id, Transformer = new Transformer { Code = "T", Name = "T", FeederId = feeder.Id } };
        db.Add(point);
        await db.SaveChangesAsync();
        foreach (var (subject, id, value) in new[] { ("customer", one.Id, "1"), ("contact", proxy.Id, "2"), ("supply-point", point.Id, "3"), ("customer", other.Id, "4"), ("feeder", feeder.Id, "5") })
            db.Add(new ExternalId { Subject = subject, SubjectId = id, System = "cis", Value = value });
        await db.SaveChangesAsync();
        db.ChangeTracker.Clear();

        Assert.True((await Erasure(record, db).EraseAsync("C1", Record.Administrator, default)).Ok);
        Assert.Equal(["4", "5"], await db.ExternalIds.OrderBy(e => e.Value).Select(e => e.Value).ToListAsync());
        Assert.DoesNotContain(await db.Contacts.ToListAsync(), c => c.ProxyName is not null);
    }

    [Fact]
    public async Task A_relay_person_or_a_deputy_is_erased_by_phone()
    {
        await using var record = await Record.CreateAsync(kind);
        await using var db = record.Open();
        var organisation = await db.Organisations.SingleAsync();
        var place = new Place { Code = "P", Name = "东街", OrganisationId = organisation.Id };
        db.Add(place);
        await db.SaveChangesAsync();
        var (first, second) = (new RelayPerson { Name = "赵", Phone = Phone, OrganisationId = organisation.Id }, new RelayPerson { Name = "孙", Phone = "+8613900001235", DeputyName = "赵", DeputyPhone = Phone, OrganisationId = organisation.Id });
        first.Places.Add(new RelayPlace { PlaceId = place.Id });
        db.AddRange(first, second);
        await db.SaveChangesAsync();
        db.Add(new ExternalId { Subject = "relay", SubjectId = first.Id, System = "crm", Value = "1" });
        await db.SaveChangesAsync();
        db.ChangeTracker.Clear();

        Assert.Equal("not-found", Assert.Single((await Erasure(record, db).EraseRelayAsync(Phone, Record.Administrator with { OrganisationPath = "/999/" }, default)).Problems).Code);
        Assert.Equal("forbidden", Assert.Single((await Erasure(record, db).EraseRelayAsync(Phone, Record.Auditor, default)).Problems).Code);
        Assert.Equal(2, (await Erasure(record, db).EraseRelayAsync(Phone, Record.Administrator, default)).Value);
        var left = await db.RelayPersons.SingleAsync();
        Assert.Equal(("孙", null, null), (left.Name, left.DeputyName, left.DeputyPhone));
        Assert.Empty(await db.ExternalIds.ToListAsync());
        var entry = await db.AuditEntries.OrderBy(e => e.Sequence).LastAsync();
        Assert.Equal(("relay.erased", "relays/" + record.Options.Digest(Phone)), (entry.Action, entry.Subject));
        Assert.True((await record.VerifyAsync()).Ok);
    }

    [Fact]
    public async Task What_they_wrote_and_were_answered_goes_with_the_last_whose_number_it_was()
    {
        await using var record = await Record.CreateAsync(kind);
        await using var db = record.Open();
        await SeedAsync(db, DeliveryState.Delivered, "C1", "C2");
        await WriteAsync(record, db, Phone, "+8613900009999");

        Assert.True((await Erasure(record, db).EraseAsync("C1", Record.Administrator, default)).Ok);
        Assert.Equal(8, await InClearAsync(record));
        Assert.True((await Erasure(record, db).EraseAsync("C2", Record.Administrator, default)).Ok);

        Assert.Equal(4, await InClearAsync(record));
        Assert.Equal("+8613900009999", (await db.Enquiries.AsNoTracking().SingleAsync(e => e.Phone != null)).Phone);
        Assert.True((await record.VerifyAsync()).Ok);
    }

    [Fact]
    public async Task What_a_relay_person_wrote_goes_with_them()
    {
        await using var record = await Record.CreateAsync(kind);
        await using var db = record.Open();
        db.Add(new RelayPerson { Name = "赵", Phone = Phone, OrganisationId = (await db.Organisations.SingleAsync()).Id });
        await db.SaveChangesAsync();
        await WriteAsync(record, db, Phone, "+8613900009999");

        Assert.Equal(1, (await Erasure(record, db).EraseRelayAsync(Phone, Record.Administrator, default)).Value);

        Assert.Equal(4, await InClearAsync(record));
        Assert.True((await record.VerifyAsync()).Ok);
    }

    [Fact]
    public async Task What_people_wrote_is_erased_at_its_time_and_not_while_an_outage_is_under_legal_hold()
    {
        await using var record = await Record.CreateAsync(kind);
        await using var db = record.Open();
        var outage = await db.Outages.FirstAsync();
        await WriteAsync(record, db, Phone);
        await db.Enquiries.ExecuteUpdateAsync(set => set.SetProperty(e => e.OutageId, outage.Id));
        await db.Outages.ExecuteUpdateAsync(set => set.SetProperty(o => o.LegalHold, true));
        var retention = new Retention.ReplyRetention(record.Open, new Retention.RetentionOptions(), new Notices.Policy.PolicyBook(Notices.Tests.Policy.Policies.China), record.Clock);

        Assert.Equal(0, await retention.EraseDueAsync(default));
        record.Clock.Advance(TimeSpan.FromDays(366 * 30));
        Assert.Equal(3, await retention.EraseDueAsync(default));
        Assert.Equal(1, await InClearAsync(record));
        await db.Outages.ExecuteUpdateAsync(set => set.SetProperty(o => o.LegalHold, false));
        Assert.Equal(1, await retention.EraseDueAsync(default));

        Assert.Equal(0, await InClearAsync(record));
        Assert.True((await record.VerifyAsync()).Ok);
    }

    /// <summary>A reply, one put away, an enquiry and an answer of each number.</summary>
    private static async Task WriteAsync(Record record, NoticesDb db, params string[] numbers)
    {
        foreach (var number in numbers)
        {
            var reply = new Replies.Reply { Provider = "main", MessageKey = "id:" + number, Sender = number, Body = "我是王某", At = Press.Morning, ReceivedAt = Press.Morning, Batch = "new" + number, Kind = Replies.ReplyKind.Other };
            var old = new Retention.ArchivedReply
            {
                Id = 1000 + await db.RepliesArchive.CountAsync(),
                Provider = "main",
                MessageKey = "old:" + number,
                Sender = number,
                Body = "我是王某",
                At = Press.Morning,
                ReceivedAt = Press.Morning,
                Batch = "old" + number,
                Kind = Replies.ReplyKind.Other,
            };
            db.AddRange(reply, old, new Hotline.Enquiry { Topic = Hotline.Enquiry.Reply, Phone = number, Text = "我是王某", At = Press.Morning });
            await db.SaveChangesAsync();
            db.Add(new Replies.ReplyAnswer { ReplyId = reply.Id, Address = number, Body = "王某您好", Via = "main", CreatedAt = Press.Morning, EndedAt = Press.Morning, ExpiresAt = Press.Start, DueAt = Press.Morning, Language = "zh-CN", State = Ringing.OutboxState.Sent });
            await db.SaveChangesAsync();
            foreach (var row in (Replies.Reply[])[reply, old])
            {
                using var hash = new RowsHash();
                hash.AddReply(row.Id, row.Provider, row.MessageKey, row.At.UtcTicks, (short)row.Kind, null);
                await DeliverySql.RunAsync(
                    record.Open,
                    async sql =>
                    {
                        await sql.RecordAsync(record.Clock.GetUtcNow(), BatchedRows.Replies.Action, BatchedRows.Replies.Subject(row.Batch!), new { count = hash.Count, sha256 = hash.Finish() }, CancellationToken.None);

                        return true;
                    },
                    CancellationToken.None);
            }
        }

        db.ChangeTracker.Clear();
    }

    /// <summary>Rows that still say who wrote what.</summary>
    private static async Task<int> InClearAsync(Record record)
    {
        await using var db = record.Open();

        return await db.Replies.CountAsync(r => r.Sender != null || r.Body != null) + await db.RepliesArchive.CountAsync(r => r.Sender != null || r.Body != null)
            + await db.Enquiries.CountAsync(e => e.Phone != null || e.Text != null) + await db.ReplyAnswers.CountAsync(a => a.Address != null || a.Body != "");
    }

    private static PersonErasure Erasure(Record record, NoticesDb db) => new(db, new AuditTrail(db, record.Clock), record.Options, record.Clock);

    /// <summary>One message to one number, for one or more customers.</summary>
    private static async Task SeedAsync(NoticesDb db, DeliveryState state, params string[] customers)
    {
        var (organisation, notice) = (await db.Organisations.SingleAsync(), await db.Notices.SingleAsync());
        var round = new Round { NoticeId = notice.Id, Audience = "Affected", Batch = "b", ExpiresAt = Press.Start };
        db.Add(round);
        db.Add(new OptOut { Address = Phone, Source = "sms", At = Press.Morning });
        var station = new Feeder { Code = "F", Name = "F", OrganisationId = organisation.Id };
        db.Add(station);
        await db.SaveChangesAsync();
        var delivery = new Delivery { RoundId = round.Id, TextId = 1, Medium = Medium.Sms, Address = Phone, PlaceName = "东街", Accounts = "1234", State = state, DueAt = Press.Morning, ExpiresAt = Press.Start };
        db.Add(delivery);
        await db.SaveChangesAsync();
        foreach (var number in customers)
        {
            var customer = new Customer { CustomerNo = number, Name = "王某", Language = "zh-CN", OrganisationId = organisation.Id, Address = "东街1号" };
            customer.Contacts.Add(new Contact { Kind = ContactKind.Mobile, Address = Phone, Ordinal = 1, Source = "import" });
            db.Add(customer);
            await db.SaveChangesAsync();
            var recipient = new Recipient { RoundId = round.Id, SupplyPointId = customer.Id, CustomerId = customer.Id, Language = "zh-CN", AccountTail = "1234", PlaceName = "东街", State = state };
            db.Add(recipient);
            await db.SaveChangesAsync();
            db.Add(new DeliveryRecipient { DeliveryId = delivery.Id, RecipientId = recipient.Id });
            await db.SaveChangesAsync();
        }

        db.ChangeTracker.Clear();
    }
}
