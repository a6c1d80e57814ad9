using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Notices.Access;
using Notices.Customers;
using Notices.Network;
using Notices.Testing;

namespace Notices;

/// <summary>Customers, the work on their contacts and the grid, as those see them who look after them.</summary>
public sealed class RegistryTests
{
    private const string Evil = "<img src=x onerror=alert(1)>=cmd|' /C calc'!A0";

    [Theory]
    [InlineData(DatabaseKind.Sqlite, "zh-CN", 1280)]
    [InlineData(DatabaseKind.PostgreSql, "en-GB", 390)]
    public async Task A_customer_is_found_masked_and_read_in_clear_with_a_reason_in_this_page_alone(DatabaseKind kind, string locale, int width)
    {
        await using var world = await StartAsync(kind);
        var page = await world.OpenAsync("qian", locale, width);
        page.Dialog += (_, _) => Assert.Fail("A script ran.");
        await World.GoAsync(page, "/console/customers");
        await World.LookAsync(page, $"customers-empty-{locale}-{width}");
        foreach (var (text, found) in ((string, string)[])[("130121000003", "C0003"), ("C0003", "C0003"), ("138 0000 0003", "C0003"), ("用户3", "C0003"), ("onerror", "C-EVIL")])
        {
            await SearchAsync(page, text);
            await Assertions.Expect(page.Locator(".customers b")).ToHaveTextAsync([found]);
        }

        Assert.Equal(0, await page.Locator("main img").CountAsync());
        await Assertions.Expect(page.Locator(".customers")).Not.ToContainTextAsync("+8613900000009");
        await page.ClickAsync(".customers tr button");
        await page.FillAsync("form.bar input", "  ");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".wrong")).ToBeVisibleAsync();
        await World.LookAsync(page, $"customers-why-{locale}-{width}");
        await page.FillAsync("form.bar input", Evil);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("tr.clear")).ToContainTextAsync("+8613900000009");
        await Assertions.Expect(page.Locator("tr.clear")).ToContainTextAsync(Evil);
        await World.LookAsync(page, $"customers-clear-{locale}-{width}");
        Assert.EndsWith("/console/customers", page.Url, StringComparison.Ordinal); // Nothing that names a person stands there.
        await page.ClickAsync("tr.clear button");
        await Assertions.Expect(page.Locator(".customers")).Not.ToContainTextAsync("+8613900000009");
        await using var db = world.Host.Database.Open();
        var entry = await db.AuditEntries.SingleAsync(one => one.Action == "customer.revealed");
        Assert.Equal("qian", entry.Actor);
        Assert.DoesNotContain("C-EVIL", entry.Line, StringComparison.Ordinal);

        // Everybody, in pages.
        await SearchAsync(page, "");
        await Assertions.Expect(page.Locator(".customers b")).ToHaveCountAsync(50);
        await World.LookAsync(page, $"customers-all-{locale}-{width}");
        await page.ClickAsync("#next");
        await Assertions.Expect(page.Locator(".customers b")).ToHaveCountAsync(16);
        await SearchAsync(page, new string('x', 150));
        await Assertions.Expect(page.Locator(".problems")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Another_countys_customer_is_nobody_and_who_only_reads_reads_masked()
    {
        await using var world = await StartAsync(DatabaseKind.Sqlite);
        await world.AddAsync("zhou", "周坐席", Role.Agent, "LZ");
        var page = await world.OpenAsync("zhou", "en-GB");
        const string nobody = "Nobody like that is a customer of your organisation.";
        foreach (var text in (string[])["130121000003", "139999999999", "13800000003", "用户3", "C0003"])
        {
            // Each time from a fresh page, so that no earlier answer is taken for this one.
            await World.GoAsync(page, "/console/customers");
            await SearchAsync(page, text);
            await Assertions.Expect(page.Locator(".empty")).ToContainTextAsync(nobody);
        }

        await World.LookAsync(page, "customers-other-en");
        await World.GoAsync(page, $"/console/customers?feeder={TestCounty.Feeder}");
        await Assertions.Expect(page.Locator(".empty")).ToBeVisibleAsync();
        await World.GoAsync(page, "/console/network?feeder=" + TestCounty.Feeder);
        var theirs = await page.Locator(".problems").InnerTextAsync();
        await World.GoAsync(page, "/console/network?feeder=JX-F99");
        Assert.Equal(theirs.Replace(TestCounty.Feeder, "JX-F99", StringComparison.Ordinal), await page.Locator(".problems").InnerTextAsync());
        await World.GoAsync(page, "/console/contacts?organisation=" + TestCounty.Code);
        await Assertions.Expect(page.Locator(".problems")).ToBeVisibleAsync();
        await World.GoAsync(page, "/console/network?q=13号杆");
        await Assertions.Expect(page.Locator(".empty").First).ToBeVisibleAsync();

        var auditor = await world.OpenAsync("zhao", "en-GB");
        await World.GoAsync(auditor, "/console/customers");
        await SearchAsync(auditor, "C0003");
        await Assertions.Expect(auditor.Locator(".customers b")).ToHaveTextAsync(["C0003"]);
        Assert.Equal(0, await auditor.Locator(".customers button").CountAsync());
        await World.GoAsync(auditor, "/console/contacts?state=suspended");
        await auditor.WaitForSelectorAsync(".customers");
        Assert.Equal(0, await auditor.Locator(".customers button").CountAsync());
    }

    [Theory]
    [InlineData(DatabaseKind.PostgreSql, "zh-CN", 1280, true)]
    [InlineData(DatabaseKind.Sqlite, "en-GB", 390, false)]
    public async Task Contacts_that_need_work_are_counted_narrowed_and_used_again_with_a_reason(DatabaseKind kind, string locale, int width, bool dark)
    {
        await using var world = await StartAsync(kind);
        var page = await world.OpenAsync("qian", locale, width, dark);
        await World.GoAsync(page, "/console/contacts");
        await Assertions.Expect(page.Locator("#count")).ToHaveTextAsync("4");
        Assert.Equal(["NOTME", "DEAF", "NONE", "OLD"], await page.Locator(".customers b").AllInnerTextsAsync()); // The most vulnerable first.
        await World.LookAsync(page, $"contacts-{locale}-{width}");
        await page.SelectOptionAsync("#tier", "2");
        await page.ClickAsync("form button[type=submit]");
        await World.AtAsync(page, "/console/contacts?state=missing&tier=2&organisation=");
        await World.LiveAsync(page);
        await Assertions.Expect(page.Locator("#count")).ToHaveTextAsync("2");
        await page.SelectOptionAsync("#tier", "");
        await page.SelectOptionAsync("#state", "suspended");
        await page.ClickAsync("form button[type=submit]");
        await World.LiveAsync(page);
        await Assertions.Expect(page.Locator(".customers b")).ToHaveTextAsync(["NOTME"]);
        await page.ClickAsync("[data-contact]");
        await page.ClickAsync("form.bar button[type=submit]");
        await Assertions.Expect(page.Locator(".wrong")).ToBeVisibleAsync();
        await page.FillAsync("form.bar input", Evil);
        await World.LookAsync(page, $"contacts-resume-{locale}-{width}");
        await page.DblClickAsync("form.bar button[type=submit]"); // A double click resumes it once.
        await Assertions.Expect(page.Locator("#count")).ToHaveTextAsync("0");
        await Assertions.Expect(page.Locator(".empty")).ToBeVisibleAsync();
        await using var db = world.Host.Database.Open();
        Assert.Equal(1, await db.AuditEntries.CountAsync(one => one.Action == "contact.resumed"));
        await World.GoAsync(page, "/console/contacts?state=nothing&tier=x&after=zzz");
        await Assertions.Expect(page.Locator(".problems")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite, "zh-CN", 1280)]
    [InlineData(DatabaseKind.PostgreSql, "en-GB", 390)]
    public async Task The_grid_is_walked_from_organisation_to_transformer_and_a_plan_begins_at_a_feeder(DatabaseKind kind, string locale, int width)
    {
        await using var world = await StartAsync(kind);
        await world.Host.ImportAsync("network", "organisation,substation,feeder_code,feeder_name,voltage_kv,section,transformer_code,transformer_name,place,place_code,township\nJX,城关变电站,JX-F05,城关033线,10,,JX-T9,台区9,城关镇北关村,130121100209,城关镇\n");
        var page = await world.OpenAsync("li", locale, width);
        await World.GoAsync(page, "/console/network");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("城关变电站");
        await Assertions.Expect(page.Locator("form time").First).ToContainTextAsync("2026-11-16"); // When the network was imported.
        await World.LookAsync(page, $"network-{locale}-{width}");
        await page.ClickAsync($"a[href='/console/network?organisation=JX&feeder={TestCounty.Feeder}']");
        await page.WaitForSelectorAsync("h2:has-text('JX-F03')");
        await Assertions.Expect(page.Locator("tr", new PageLocatorOptions { HasText = "JX-T1" })).ToContainTextAsync("13号杆开关以下");
        await World.LookAsync(page, $"network-feeder-{locale}-{width}");
        foreach (var (words, what) in ((string, string)[])[("jx-t1", "JX-T1"), ("031", "JX-F03"), ("城关变", "JX-F05"), ("13号杆", "13号杆开关以下"), ("北关", "130121100209")])
        {
            await World.GoAsync(page, "/console/network?q=" + Uri.EscapeDataString(words));
            await Assertions.Expect(page.Locator("tbody b").First).ToHaveTextAsync(what);
        }

        await World.LookAsync(page, $"network-found-{locale}-{width}");
        await World.GoAsync(page, "/console/network?q=" + Uri.EscapeDataString(Evil));
        await Assertions.Expect(page.Locator("#q")).ToHaveValueAsync(Evil);
        await Assertions.Expect(page.Locator(".empty").First).ToBeVisibleAsync();
        await World.GoAsync(page, "/console/network?organisation=LZ");
        await Assertions.Expect(page.Locator(".problems")).ToBeVisibleAsync();

        await World.GoAsync(page, "/console/network?feeder=JX-F05");
        await page.ClickAsync("a.b.main[href='/console/plan?feeder=JX-F05']");
        await World.AtAsync(page, "/edit");
        await Assertions.Expect(page.Locator(".picked b").First).ToHaveTextAsync("JX-F05");
        await using var db = world.Host.Database.Open();
        Assert.Equal(1, await db.Outages.CountAsync());
        await World.GoAsync(page, "/console/plan?feeder=LZ-F01");
        await Assertions.Expect(page.Locator(".wrong, .problems").First).ToBeVisibleAsync();
        Assert.Equal(1, await db.Outages.CountAsync());
    }

    private static async Task SearchAsync(IPage page, string text)
    {
        await page.FillAsync("#q", text);
        await page.ClickAsync("#search");
    }

    /// <summary>The county with contacts of every trouble, and another county that is none of ours.</summary>
    private static async Task<World> StartAsync(DatabaseKind kind)
    {
        var world = await World.StartAsync(kind);
        await using var db = world.Host.Database.Open();
        var (ours, transformer) = (await db.Organisations.SingleAsync(o => o.Code == TestCounty.Code), await db.Transformers.SingleAsync(t => t.Code == "JX-T0"));
        var day = DateTimeOffset.Parse("2026-11-10T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
        void Add(string no, Action<Customer> shape)
        {
            var customer = new Customer { OrganisationId = ours.Id, CustomerNo = no, Name = no, Language = "zh-CN" };
            customer.SupplyPoints.Add(new SupplyPoint { AccountNo = "9" + no, TransformerId = transformer.Id });
            shape(customer);
            customer.Tier = Notices.Audience.PriorityTier.Of(customer.Grade, customer.Vulnerability, customer.Loss, customer.Dependency);
            db.Add(customer);
        }

        Contact Number(string address) => new() { Kind = ContactKind.Mobile, Address = address, Ordinal = 1, Source = "import" };
        Add("C-EVIL", customer =>
        {
            (customer.Name, customer.Address) = (Evil, "河北省石家庄市井陉县城关镇东街1号");
            customer.Contacts.Add(Number("+8613900000009"));
        });
        Add("NONE", _ => { });
        Add("DEAF", customer =>
        {
            (customer.Needs, customer.Vulnerability) = (Needs.Deaf | Needs.LandlineOnly, Vulnerability.ElderlyAlone);
            customer.Contacts.Add(new Contact { Kind = ContactKind.Landline, Address = "+8631182000001", Ordinal = 1, Source = "import" });
        });
        Add("OLD", customer =>
        {
            customer.Contacts.Add(Number("+8613900000002"));
            customer.Contacts[0].ValidTo = day;
        });
        Add("NOTME", customer =>
        {
            customer.Vulnerability = Vulnerability.LifeSupport;
            customer.Contacts.Add(Number("+8613900000003"));
            (customer.Contacts[0].SuspendedAt, customer.Contacts[0].SuspendedReason) = (day, "not-me");
        });
        for (var i = 0; i < 49; i++) Add($"M{i:00}", customer => customer.Contacts.Add(Number($"+86137000000{i:00}")));
        var other = new Organisation { Code = "LZ", Name = "鹿泉供电公司", Level = OrganisationLevel.County, TimeZone = "Asia/Shanghai" };
        db.Add(other);
        await db.SaveChangesAsync();
        other.Path = $"/{other.Id}/";
        db.Add(new Feeder { OrganisationId = other.Id, Code = "LZ-F01", Name = "鹿泉011线", VoltageKv = 10 });
        await db.SaveChangesAsync();
        await world.AddAsync("qian", "钱坐席", Role.Agent);

        return world;
    }
}
