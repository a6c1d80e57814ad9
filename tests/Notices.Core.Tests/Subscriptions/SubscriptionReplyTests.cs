using Microsoft.EntityFrameworkCore;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Replies;
using Notices.Testing;
using Xunit;

namespace Notices.Subscriptions;

/// <summary>A reply with the code confirms, a stop ends.</summary>
public class SubscriptionReplyTests
{
    private const string Number = "+8613912345678";

    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task The_code_sent_back_confirms_and_a_stop_ends_all_of_the_number(DatabaseKind kind)
    {
        await using var desks = await ReplyDesks.OpenAsync(kind);
        await AddAsync(desks, 1, "482193");
        await AddAsync(desks, 2, "077310");

        await desks.ApplyAsync("+8613900000000", "482193"); // somebody else's number
        await desks.ApplyAsync(Number, "123456", "４８２ １９３。");

        var rows = await RowsAsync(desks);
        Assert.Equal([true, false], rows.Select(row => row.ConfirmedAt is not null));
        Assert.StartsWith("【井陉县供电公司】已确认", Assert.Single(await desks.AnswersAsync()).Body, StringComparison.Ordinal);
        // The others are words for somebody of the hotline.
        Assert.Equal(2, await desks.Desk.ReadAsync(db => db.Enquiries.CountAsync()));

        await desks.ApplyAsync(Number, "TD");
        var ended = Assert.Single(await RowsAsync(desks));
        Assert.Equal((null, desks.Desk.Now), (ended.Address, ended.WithdrawnAt));
        Assert.Contains("已退订", (await desks.AnswersAsync())[^1].Body, StringComparison.Ordinal);

        var actions = (await desks.Desk.ActionsAsync()).Where(action => action.StartsWith("subscription", StringComparison.Ordinal)).ToList();
        Assert.Equal(["subscription.confirmed", "subscription.ended", "subscription.ended"], actions);
        Assert.All(await desks.Desk.ReadAsync(db => db.AuditEntries.Select(entry => entry.Line).ToListAsync()), line => Assert.DoesNotContain("39123456", line, StringComparison.Ordinal));
        Assert.True(await desks.RowsHoldAsync());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_code_that_comes_too_late_confirms_nothing_and_a_customers_stop_is_answered_as_one(DatabaseKind kind)
    {
        await using var desks = await ReplyDesks.OpenAsync(kind);
        await AddAsync(desks, 1, "482193");
        desks.Desk.Clock.Advance(TimeSpan.FromHours(24));
        await desks.ApplyAsync(Number, "482193");
        Assert.Null(Assert.Single(await RowsAsync(desks)).ConfirmedAt);

        await using (var db = desks.Desk.Open())
        {
            var county = await db.Organisations.FirstAsync();
            db.Add(new Customers.Customer
            {
                OrganisationId = county.Id,
                CustomerNo = "C1",
                Name = "用户",
                Language = "zh-CN",
                Contacts = { new Customers.Contact { Kind = Customers.ContactKind.Mobile, Address = Number, Ordinal = 1, Source = "import" } },
            });
            await db.SaveChangesAsync();
        }

        await AddAsync(desks, 2, "482193");
        await desks.ApplyAsync(Number, "482193", "TD");
        Assert.Equal(2, (await desks.AnswersAsync()).Count);
        Assert.Contains("依法必须告知", (await desks.AnswersAsync())[^1].Body, StringComparison.Ordinal);
    }

    private static async Task AddAsync(ReplyDesks desks, long place, string code)
    {
        await using var db = desks.Desk.Open();
        db.Add(new Subscription { Medium = Medium.Sms, Address = Number, Language = "zh-CN", PlaceId = place, RequestedAt = desks.Desk.Now, CodeDigest = SubscriptionSecrets.OfCode(desks.Digests, Number, code) });
        await db.SaveChangesAsync();
    }

    private static Task<List<Subscription>> RowsAsync(ReplyDesks desks) => desks.Desk.ReadAsync(db => db.Subscriptions.AsNoTracking().OrderBy(s => s.Id).ToListAsync());
}
