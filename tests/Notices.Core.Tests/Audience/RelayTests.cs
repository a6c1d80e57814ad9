using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Network;
using Notices.Policy;
using Notices.Publishing;
using Notices.Testing;
using Xunit;

namespace Notices.Audience;

/// <summary>Relay persons are asked with tier 0, each once, and are never counted as customers.</summary>
public class RelayTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task Each_relay_person_of_the_places_is_asked_once_and_stands_beside_the_snapshot(DatabaseKind kind)
    {
        await using var desk = await AudienceDesk.OpenAsync(kind, 30);
        await AddAsync(desk, "王村长", "+8613700000001", "东街村", "西街村");
        await AddAsync(desk, "李网格员", "+8613700000002", "南关村");
        await AddAsync(desk, "外村", "+8613700000003");
        // One who is a customer too, and one number for the county's and the station's office.
        var customer = await desk.ReadAsync(db => db.Contacts.Include(c => c.Customer!.SupplyPoints).Where(c => c.Kind == ContactKind.Mobile && c.Customer!.Tier == 2).OrderBy(c => c.Id).LastAsync());
        await AddAsync(desk, "赵主任", customer.Address, "北关村");
        await AddAsync(desk, "赵经理", customer.Address, await StationAsync(desk), "南关村");
        var round = await desk.RoundAsync();

        await desk.DrawAsync(4);

        await using var db = desk.Open();
        Assert.Equal(["东街村、西街村", "南关村", "北关村", "南关村"], (await db.RelayTellings.OrderBy(t => t.RelayPersonId).Select(t => t.Places).ToListAsync()).Select(Sorted));
        var messages = await db.Deliveries.Where(d => d.Purpose == DeliveryPurpose.Relay).OrderBy(d => d.Address).ToListAsync();
        Assert.Equal(3, messages.Count);
        Assert.All(messages, message => Assert.Equal((Medium.Sms, (short)0, DeliveryState.Waiting), (message.Medium, message.Tier, message.State)));
        var both = messages.Single(message => message.Address == customer.Address);
        Assert.Equal("北关村、南关村", Sorted(both.PlaceName!));
        Assert.All(customer.Customer!.SupplyPoints, point => Assert.Contains(point.AccountNo[^4..], both.Accounts, StringComparison.Ordinal));
        var body = PersonalText.Fill((await db.RoundTexts.SingleAsync(t => t.Id == messages[0].TextId)).Body, messages[0].PlaceName, messages[0].Accounts);
        Assert.StartsWith("【国网井陉供电】请转告", body, StringComparison.Ordinal);
        Assert.All((string[])["东街村", "西街村", "12月1日（周二）08:00-18:00", "已转告请回复1"], part => Assert.Contains(part, body, StringComparison.Ordinal));
        Assert.DoesNotContain("户号", body, StringComparison.Ordinal);

        // The customer among them gets that one message and counts once, as a customer.
        Assert.Equal(1, await db.Deliveries.CountAsync(d => d.Medium == Medium.Sms && d.Address == customer.Address));
        Assert.Equal(await db.SupplyPoints.CountAsync(), await db.Recipients.CountAsync());
        await desk.SumHoldsAsync(round);
        var summary = (await new RoundView(db, desk.Open, desk.Foresight).FindAsync(round, Actor.System, None))!;
        Assert.Equal(new RelayCounts(4, 4, 0, 0, 0, 0, 0), summary.Relays);
        Assert.Contains("round.relayed", await db.AuditEntries.Select(entry => entry.Action).ToListAsync());

        // They leave with tier 0, ahead of all others.
        var first = await desk.Queue.ClaimAsync(desk.Request(3 + await db.Deliveries.CountAsync(d => d.Tier == 0 && d.Purpose == DeliveryPurpose.Customers && d.State == DeliveryState.Waiting)), None);
        Assert.Superset(messages.Select(message => message.Id).ToHashSet(), first.Select(claimed => claimed.Id).ToHashSet());
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite, false)]
    [InlineData(DatabaseKind.Sqlite, true)]
    [InlineData(DatabaseKind.PostgreSql, false)]
    [InlineData(DatabaseKind.PostgreSql, true)] // put off so long that they were asked in a round that lies in the archive
    public async Task Who_was_asked_is_told_that_it_is_off_and_who_was_not_reached_is_not(DatabaseKind kind, bool archived)
    {
        await using var desk = await AudienceDesk.OpenAsync(kind, 10);
        await AddAsync(desk, "王村长", "+8613700000001", "东街村");
        await AddAsync(desk, "李网格员", "+8613700000002", "南关村");
        await desk.RoundAsync(NoticeFixtures.Temporary); // tier 0 by message and call
        await desk.DrawAsync();
        Assert.Equal(4, await desk.ReadAsync(db => db.Deliveries.CountAsync(d => d.Purpose == DeliveryPurpose.Relay)));
        await desk.ReadAsync(db => db.Deliveries.ExecuteUpdateAsync(set => set.SetProperty(d => d.State, d => d.Address == "+8613700000002" ? DeliveryState.Failed : DeliveryState.Delivered)));
        await desk.ReadAsync(db => db.Recipients.ExecuteUpdateAsync(set => set.SetProperty(r => r.State, DeliveryState.Delivered)));

        if (archived)
        {
            await desk.ReadAsync(db => db.Rounds.ExecuteUpdateAsync(set => set.SetProperty(r => r.ClosedAt, desk.Now)));
            var later = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(desk.Now.AddDays(120));
            Assert.True(await new Retention.DeliveryArchive(desk.Open, new Retention.RetentionOptions(), later, TimeProvider.System).MoveDueAsync(None) > 4);
        }

        var cancelled = await desk.RoundAsync(NoticeFixtures.Cancelled with { Kind = Outages.OutageKind.Temporary }, nameof(NoticeAudience.Told));
        await desk.DrawAsync();

        var asked = await desk.ReadAsync(db => db.Deliveries.Where(d => d.RoundId == cancelled && d.Purpose == DeliveryPurpose.Relay && d.Medium == Medium.Sms).ToListAsync());
        Assert.Equal("+8613700000001", Assert.Single(asked).Address);
        Assert.Contains("停电已取消", await desk.ReadAsync(db => db.RoundTexts.Where(t => t.Id == asked[0].TextId).Select(t => t.Body).SingleAsync()), StringComparison.Ordinal);
        await desk.SumHoldsAsync(cancelled);
    }

    private static string Sorted(string joined) => string.Join('、', joined.Split('、').Order(StringComparer.Ordinal));

    internal static Task AddAsync(AudienceDesk desk, string name, string phone, params string[] places) => AddAsync(desk, name, phone, desk.Organisation, places);

    private static async Task<long> StationAsync(AudienceDesk desk)
    {
        await using var db = desk.Open();
        var station = new Organisation { Code = "JX-01", Name = "城关供电所", TimeZone = "Asia/Shanghai", Level = OrganisationLevel.Station, ParentId = desk.Organisation, Path = $"/{desk.Organisation}/0/" };
        db.Add(station);
        await db.SaveChangesAsync();

        return station.Id;
    }

    private static async Task AddAsync(AudienceDesk desk, string name, string phone, long organisation, params string[] places)
    {
        await using var db = desk.Open();
        var person = new RelayPerson { OrganisationId = organisation, Name = name, Phone = phone };
        foreach (var place in await db.Places.Where(p => places.Contains(p.Name)).ToListAsync()) person.Places.Add(new RelayPlace { PlaceId = place.Id });
        db.Add(person);
        await db.SaveChangesAsync();
    }
}
