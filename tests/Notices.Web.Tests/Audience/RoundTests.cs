using Microsoft.EntityFrameworkCore;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Network;
using Notices.Publishing;
using Notices.Testing;

namespace Notices.Audience;

/// <summary>Who is in a round, how they are reached, and that the sums hold.</summary>
public class RoundTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task One_message_a_number_and_every_recipient_accounted_for(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind, customers: 2);
        foreach (var no in (string[])["A", "B", "C"]) await life.AddCustomerAsync(no, ["JX-T0"], "+8613911111111"); // one phone, three accounts
        await life.AddCustomerAsync("DEAF", ["JX-T0"], "+8613922222222", c => (c.Needs, c.Vulnerability) = (Needs.Deaf, Vulnerability.LifeSupport));
        await life.AddCustomerAsync("NONE", ["JX-T1"], null);
        await life.AddCustomerAsync("GONE", ["JX-T1"], "+8613933333333", c => c.Contacts[0].SuspendedAt = TestHost.Monday);
        await life.AddCustomerAsync("OLD", ["JX-T1"], "+8613944444444", c =>
        {
            c.Contacts[0].ValidTo = TestHost.Monday;
            c.Contacts.Add(new Contact { Kind = ContactKind.Mobile, Address = "+8613955555555", Ordinal = 2, Source = "import" });
        });
        await life.AddCustomerAsync("FIX", ["JX-T1"], "+8631188888888", c => (c.Contacts[0].Kind, c.Needs) = (ContactKind.Landline, Needs.LandlineOnly));
        await using (var db = life.Host.Database.Open())
        {
            db.OptOuts.Add(new OptOut { Address = Life.Phone(1), At = TestHost.Monday, Source = "sms" });
            await db.SaveChangesAsync();
        }

        var plan = Life.Plan(TestCounty.Feeder, "2026-11-18T08:00:00", "2026-11-18T18:00:00");
        plan["kind"] = "temporary"; // tier 0 by message and call at once
        var number = await life.ApprovedAsync(plan);
        await life.GoToAsync(Life.At("2026-11-16T09:00:00"));
        Assert.Equal("initial", await life.TypesAsync(number));

        var three = Assert.Single(life.Got("+8613911111111"));
        await using (var db = life.Host.Database.Open())
        {
            var delivery = await db.Deliveries.SingleAsync(d => d.Address == "+8613911111111" && d.Medium == Medium.Sms);
            Assert.Equal(3, delivery.Accounts.Split('、').Length);
            Assert.All(delivery.Accounts.Split('、'), tail => Assert.Contains(tail, three.Body, StringComparison.Ordinal));
            Assert.Equal(3, await db.DeliveryRecipients.CountAsync(l => l.DeliveryId == delivery.Id));
        }

        Assert.Equal([Medium.Sms], life.Got("+8613922222222").Select(m => m.Medium)); // never called
        Assert.Empty(life.Got("+8613933333333"));
        Assert.Empty(life.Got("+8613944444444"));
        Assert.Single(life.Got("+8613955555555"));
        Assert.Single(life.Got(Life.Phone(1))); // no reminders wanted, but this is no reminder
        await using (var db = life.Host.Database.Open())
        {
            var reasons = await db.Recipients.Join(db.Customers, r => r.CustomerId, c => c.Id, (r, c) => new { c.CustomerNo, r.State, r.Reason }).ToDictionaryAsync(r => r.CustomerNo);
            Assert.Equal((DeliveryState.Suppressed, "no-contact"), (reasons["NONE"].State, reasons["NONE"].Reason));
            Assert.Equal((DeliveryState.Suppressed, "no-contact"), (reasons["GONE"].State, reasons["GONE"].Reason));
            Assert.Equal(DeliveryState.Suppressed, reasons["FIX"].State); // tier 2 gets no calls about temporary work
            Assert.Contains(await db.Deliveries.Where(d => d.Address == "+8613922222222").ToListAsync(), d => d is { Medium: Medium.Voice, State: DeliveryState.Suppressed, Reason: "need-excludes-medium" });
            // Tier 0 is drawn, and leaves, before the others.
            Assert.True(await db.Deliveries.Where(d => d.Tier == 0).MaxAsync(d => d.Id) < await db.Deliveries.Where(d => d.Tier == 2).MinAsync(d => d.Id));
        }

        await life.GoToAsync(Life.At("2026-11-17T08:00:00"));
        Assert.Equal("initial reminder", await life.TypesAsync(number));
        Assert.Single(life.Got(Life.Phone(1))); // opted out
        Assert.Equal(2, life.Got("+8613911111111").Count);
        await life.ProveAsync();
    }

    [Fact]
    public async Task Who_is_fed_otherwise_at_the_time_is_not_cut_and_who_is_fed_from_here_is()
    {
        await using var life = await Life.StartAsync();
        await life.AddCustomerAsync("OTHER", ["JX-T3"], "+8613900000003");
        await life.Host.ImportAsync("alternate-feeds", $"transformer_code,fed_by,from,to\nJX-T0,JX-F04,2026-11-30,2026-12-02\nJX-T3,{TestCounty.Feeder},2026-11-01,\nJX-T2,JX-F04,2026-11-20,2026-11-29\n");

        await life.PublishedAsync();
        Assert.Single(life.Got("+8613900000003"));
        Assert.Empty(life.Got(Life.Phone(3))); // T0 is on the other line that day
        Assert.Single(life.Got(Life.Phone(5))); // T2 is back by then
    }

    [Fact]
    public async Task An_English_text_names_places_in_English_and_fits_the_short_alphabet()
    {
        await using var life = await Life.StartAsync();
        await life.Host.ImportAsync("network", $"""
            organisation,feeder_code,transformer_code,place,place_en,place_code
            JX,{TestCounty.Feeder},JX-T0,城关镇东街村,Dongjie,130121100200
            JX,{TestCounty.Feeder},JX-T1,城关镇西街村,Xijie,130121100201
            JX,{TestCounty.Feeder},JX-T2,城关镇南关村,Nanguan,130121100202
            """);
        await life.AddCustomerAsync("EN", ["JX-T0", "JX-T1"], "+8613900000002", c => c.Language = "en");
        await life.PublishedAsync();

        var body = Assert.Single(life.Got("+8613900000002")).Body;
        Assert.Contains("Dongjie, Xijie", body, StringComparison.Ordinal);
        Assert.All(body, c => Assert.InRange(c, ' ', '~'));
        Assert.Contains("城关镇东街村", Assert.Single(life.Got(Life.Phone(3))).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_keeps_a_second_supply_is_told_so()
    {
        await using var life = await Life.StartAsync(customers: 3);
        await life.AddCustomerAsync("TWO", ["JX-T0", "JX-T3"], "+8613900000002", c => c.SupplyPoints[1].Role = SupplyRole.Backup);
        await life.PublishedAsync();

        var (with, without) = (Assert.Single(life.Got("+8613900000002")).Body, Assert.Single(life.Got(Life.Phone(0))).Body);
        Assert.Contains("另一", with, StringComparison.Ordinal);
        Assert.DoesNotContain("另一", without, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_and_silence_of_the_carrier_end_in_a_state_of_their_own()
    {
        await using var life = await Life.StartAsync(settings: new()
        {
            ["Providers:main:Rules:000003"] = "refuse",
            ["Providers:main:Rules:000004"] = "fail",
        });
        var number = await life.PublishedAsync();
        var told = await life.ToldAsync(number, NoticeType.Initial);

        Assert.Equal(12, told.Count);
        Assert.Equal(2, told.Count(t => t.State == DeliveryState.Failed));
        await life.ProveAsync();
    }
}
