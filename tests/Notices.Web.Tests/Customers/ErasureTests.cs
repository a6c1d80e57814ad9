using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Network;
using Notices.Testing;

namespace Notices.Customers;

/// <summary>A person is erased through the door, by an administrator, for a reason.</summary>
public class ErasureTests
{
    private const string Address = "/api/v1/customers/130121000003/erase";

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Who_a_customer_was_is_gone_and_that_they_were_told_stays(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var number = await life.PublishedAsync();
        var reason = new { reason = "request of 2026-11-23" };

        Assert.Equal(["forbidden"], Life.Codes(await life.Host.PostAsync(Role.Dispatcher, Address, reason, 403)));
        Assert.Equal(["reason-missing"], Life.Codes(await life.Host.PostAsync(Role.Administrator, Address, new { reason = " " }, 422)));
        Assert.Equal(["not-found"], Life.Codes(await life.Host.PostAsync(Role.Administrator, "/api/v1/customers/1/erase", reason, 404)));

        await using var db = life.Host.Database.Open();
        await db.Outages.ExecuteUpdateAsync(set => set.SetProperty(o => o.LegalHold, true));
        Assert.Equal(["customer-legal-hold"], Life.Codes(await life.Host.PostAsync(Role.Administrator, Address, reason, 409)));
        await db.Outages.ExecuteUpdateAsync(set => set.SetProperty(o => o.LegalHold, false));

        var erased = await life.Host.PostAsync(Role.Administrator, Address, reason);
        Assert.Equal((1, 1), ((int)erased["contacts"]!, (int)erased["deliveries"]!));
        var customer = await db.Customers.Include(c => c.Contacts).SingleAsync(c => c.CustomerNo == "C0003");
        Assert.Equal(("", 0), (customer.Name, customer.Contacts.Count));
        Assert.Equal(12, (await life.ToldAsync(number, Publishing.NoticeType.Initial)).Count);

        var entry = await db.AuditEntries.SingleAsync(e => e.Action == "customer.erased");
        Assert.Contains("request of 2026-11-23", entry.Line, StringComparison.Ordinal);
        Assert.DoesNotContain("130121000003", entry.Line + entry.Subject, StringComparison.Ordinal);
        await life.ProveAsync();
    }

    [Fact]
    public async Task A_relay_person_goes_by_their_phone()
    {
        await using var life = await Life.StartAsync();
        await using var db = life.Host.Database.Open();
        db.RelayPersons.Add(new RelayPerson { OrganisationId = (await db.Organisations.SingleAsync()).Id, Name = "村干部", Phone = "+8613900000077" });
        await db.SaveChangesAsync();

        Assert.Equal(["reason-missing"], Life.Codes(await life.Host.PostAsync(Role.Administrator, "/api/v1/relays/erase", new { phone = "+8613900000077" }, 422)));
        Assert.Equal(1, (int)(await life.Host.PostAsync(Role.Administrator, "/api/v1/relays/erase", new { phone = "+8613900000077", reason = "left office" }))["rows"]!);
        Assert.Empty(await db.RelayPersons.AsNoTracking().ToListAsync());
        Assert.Equal(["not-found"], Life.Codes(await life.Host.PostAsync(Role.Administrator, "/api/v1/relays/erase", new { phone = "+8613900000077", reason = "left office" }, 404)));
    }
}
