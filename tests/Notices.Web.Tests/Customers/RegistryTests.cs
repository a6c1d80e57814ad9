using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Testing;

namespace Notices.Customers;

/// <summary>Customers as the staff sees them: masked, in clear on record, and those nobody can reach.</summary>
public class RegistryTests
{
    private const string Script = "=<script>alert(1)</script>";

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_customer_is_found_masked_and_read_in_clear_on_record(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        await life.AddCustomerAsync("C-EVIL", ["JX-T3"], "+8613900000009", customer => (customer.Name, customer.Address) = (Script, "河北省石家庄市井陉县城关镇东街1号"));
        async Task<List<string>> FoundAsync(string query) => [.. (await life.Host.GetAsync(Role.Auditor, $"/api/v1/customers?{query}"))["items"]!.AsArray().Select(item => (string)item!["customerNo"]!)];

        Assert.Equal(["C0003"], await FoundAsync("q=130121000003"));
        Assert.Equal(["C0003"], await FoundAsync("q=C0003"));
        Assert.Equal(["C0003"], await FoundAsync("q=13800000003"));
        Assert.Equal(["C0001", "C0010", "C0011"], await FoundAsync("q=" + Uri.EscapeDataString("用户1")));
        Assert.Equal(["C-EVIL"], await FoundAsync("q=" + Uri.EscapeDataString("<script>")));
        Assert.Equal(["C-EVIL"], await FoundAsync("feeder=JX-F04"));
        Assert.Equal(["C0000"], await FoundAsync("tier=0"));
        Assert.Empty(await FoundAsync("q=%25"));
        Assert.Equal(["text-too-long"], Life.Codes(await life.Host.GetAsync(Role.Auditor, "/api/v1/customers?q=" + new string('x', 101), 422)));

        var (all, after) = (new List<string>(), "");
        do
        {
            var page = await life.Host.GetAsync(Role.Agent, $"/api/v1/customers?limit=5{after}");
            Assert.DoesNotContain("+8613800000", page.ToJsonString(), StringComparison.Ordinal);
            all.AddRange(page["items"]!.AsArray().Select(item => (string)item!["customerNo"]!));
            after = page["next"] is { } next ? $"&after={next}" : "";
        }
        while (after.Length > 0);
        Assert.Equal(13, all.Distinct().Count());

        var evil = (await life.Host.GetAsync(Role.Auditor, "/api/v1/customers?q=C-EVIL"))["items"]![0]!;
        Assert.Equal(["=••", "河北省石家庄••"], new[] { (string)evil["name"]!, (string)evil["address"]! });
        var account = (string)evil["accountNo"]!;
        Assert.Equal(["reason-missing"], Life.Codes(await life.Host.PostAsync(Role.Agent, $"/api/v1/customers/{account}/reveal", new { reason = " " }, 422)));
        var clear = await life.Host.PostAsync(Role.Agent, $"/api/v1/customers/{account}/reveal", new { reason = Script });
        Assert.Equal([Script, "+8613900000009"], new[] { (string)clear["name"]!, (string)clear["contacts"]![0]!["address"]! });

        var entry = (await life.Host.GetAsync(Role.Auditor, "/api/v1/audit?action=customer.revealed"))["items"]!.AsArray().Single()!;
        Assert.Equal(Script, (string)JsonNode.Parse((string)entry["after"]!)!["reason"]!);
        Assert.DoesNotContain("C-EVIL", entry.ToJsonString(), StringComparison.Ordinal);
        await life.ProveAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Whom_nothing_reaches_is_listed_with_the_reason_and_a_contact_is_resumed_once(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var (since, ended) = (Life.At("2026-11-10T08:00:00"), Life.At("2026-11-12T08:00:00"));
        await life.AddCustomerAsync("NONE", ["JX-T0"], null);
        await life.AddCustomerAsync("DEAF", ["JX-T0"], null, customer =>
        {
            (customer.Needs, customer.Vulnerability) = (Needs.Deaf, Vulnerability.ElderlyAlone);
            customer.Contacts.Add(new Contact { Kind = ContactKind.Landline, Address = "+8631182000001", Ordinal = 1, Source = "import" });
        });
        await life.AddCustomerAsync("OLD", ["JX-T0"], "+8613900000002", customer => customer.Contacts[0].ValidTo = ended);
        var notMe = await life.AddCustomerAsync("NOTME", ["JX-T0"], "+8613900000003", customer =>
        {
            (customer.Contacts[0].SuspendedAt, customer.Contacts[0].SuspendedReason, customer.Vulnerability) = (since, "not-me", Vulnerability.LifeSupport);
        });
        await life.AddCustomerAsync("GONE", ["JX-T0"], null, customer => customer.Name = "");
        async Task<string> ListAsync(string query) => string.Join(' ', (await life.Host.GetAsync(Role.Agent, $"/api/v1/customers/contacts?{query}"))["items"]!.AsArray()
            .Select(item => $"{item!["customer"]!["customerNo"]}:{item["reason"]}:{(item["since"] is { } at ? at.GetValue<DateTimeOffset>().ToString("dd", null) : "")}"));

        Assert.Equal("NOTME:suspended:10 DEAF:need-excludes: NONE:no-contact: OLD:not-valid:12", await ListAsync("state=missing"));
        Assert.Equal("NOTME:suspended:10", await ListAsync("state=suspended"));
        var first = await life.Host.GetAsync(Role.Agent, "/api/v1/customers/contacts?limit=3");
        Assert.Equal("OLD:not-valid:12", await ListAsync($"after={first["next"]}"));
        Assert.Equal(["cursor-unknown"], Life.Codes(await life.Host.GetAsync(Role.Agent, "/api/v1/customers/contacts?after=x", 400)));

        var resume = $"/api/v1/customers/contacts/{notMe.Contacts[0].Id}/resume";
        Assert.Equal(["reason-missing"], Life.Codes(await life.Host.PostAsync(Role.Agent, resume, null, 422)));
        await life.Host.PostAsync(Role.Agent, resume, new { reason = "回访核实" });
        Assert.Equal(["contact-not-suspended"], Life.Codes(await life.Host.PostAsync(Role.Agent, resume, new { reason = "回访核实" }, 409)));
        Assert.Equal("", await ListAsync("state=suspended"));
        Assert.Single((await life.Host.GetAsync(Role.Auditor, "/api/v1/audit?action=contact.resumed"))["items"]!.AsArray());
        await life.ProveAsync();
    }

    [Fact]
    public async Task Another_organisation_learns_nothing_and_other_roles_change_nothing()
    {
        await using var life = await Life.StartAsync();
        await life.AddNeighboursAsync();
        var customer = await life.AddCustomerAsync("NOTME", ["JX-T0"], "+8613900000003", one => one.Contacts[0].SuspendedAt = Life.At("2026-11-10T08:00:00"));
        var stranger = await life.ClientAsync(Role.Agent, "LZ");
        async Task<JsonObject> AskAsync(string path, object body, int status)
        {
            using var answer = await stranger.PostAsJsonAsync(path, body);
            Assert.Equal(status, (int)answer.StatusCode);

            return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        }

        var (theirs, nobodys) = (await AskAsync("/api/v1/customers/130121000003/reveal", new { reason = "r" }, 404), await AskAsync("/api/v1/customers/139999999999/reveal", new { reason = "r" }, 404));
        Assert.Equal(theirs["problems"]!.ToJsonString(), nobodys["problems"]!.ToJsonString().Replace("139999999999", "130121000003", StringComparison.Ordinal));
        await AskAsync($"/api/v1/customers/contacts/{customer.Contacts[0].Id}/resume", new { reason = "r" }, 404);
        foreach (var path in (string[])["/api/v1/customers?q=130121000003", "/api/v1/customers?q=13800000003", "/api/v1/customers", "/api/v1/customers/contacts?state=suspended"])
        {
            Assert.Empty((await stranger.GetFromJsonAsync<JsonObject>(path))!["items"]!.AsArray());
        }

        await life.Host.PostAsync(Role.Auditor, "/api/v1/customers/130121000003/reveal", new { reason = "r" }, 403);
        await life.Host.PostAsync(Role.Approver, $"/api/v1/customers/contacts/{customer.Contacts[0].Id}/resume", new { reason = "r" }, 403);
        await life.Host.GetAsync(Role.Broadcaster, "/api/v1/customers", 403);
    }
}
