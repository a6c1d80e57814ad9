using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Testing;

namespace Notices.Deliveries;

/// <summary>Letters through the API: counted, printed, shown, entered.</summary>
public class PaperTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_clerk_prints_a_stack_and_enters_what_became_of_it(DatabaseKind kind)
    {
        await using var host = await StartAsync(kind);
        var round = await RoundAsync(host);
        var audience = await host.GetAsync(Role.Dispatcher, $"/api/v1/outages/{await NumberAsync(host)}/audience");
        var before = await host.GetAsync(Role.Agent, $"/api/v1/rounds/{round}/paper");
        Assert.Equal(((int)audience["letters"]!, "城关镇"), ((int)before["total"]!["letters"]!, (string)before["groups"]![0]!["township"]!));
        Assert.True((int)before["total"]!["waiting"]! > 0);
        Assert.NotNull(before["postBy"]);

        var printed = await host.PostAsync(Role.Agent, $"/api/v1/rounds/{round}/paper/print", new { limit = 1 });
        Assert.Equal((1, (int)before["total"]!["letters"]! - 1), ((int)printed["letters"]!, (int)printed["waiting"]!));
        var shown = await host.GetAsync(Role.Agent, $"/api/v1/rounds/{round}/paper/{printed["batch"]}");
        var letter = shown["letters"]![0]!;
        Assert.Contains("停电", (string)letter["body"]!, StringComparison.Ordinal);

        var wrong = await host.PostAsync(Role.Agent, "/api/v1/paper/outcomes", new { outcomes = new object[] { new { receipt = letter["number"]!.GetValue<string>(), result = "refused", by = "张三" }, new { receipt = "1", result = "eaten" } } }, 422);
        Assert.Equal(["outcomes[0].witness", "outcomes[1].receipt", "outcomes[1].result"], wrong["problems"]!.AsArray().Select(one => (string)one!["field"]!));
        var entered = await host.PostAsync(Role.Agent, "/api/v1/paper/outcomes", new { outcomes = new[] { new { receipt = letter["number"]!.GetValue<string>(), result = "handed-over", by = "张三", to = "李四", signedFor = true } } });
        Assert.Equal((1, 0), ((int)entered["entered"]!, (int)entered["repeated"]!));
        Assert.Equal(1, (int)(await host.GetAsync(Role.Agent, $"/api/v1/rounds/{round}/paper"))["total"]!["signedFor"]!);

        await host.GetAsync(Role.Auditor, $"/api/v1/rounds/{round}/paper", 403);
        await host.GetAsync(Role.Agent, "/api/v1/rounds/987654/paper", 404);
        await host.GetAsync(Role.Agent, $"/api/v1/rounds/{round}/paper/nothing", 404);
        await host.PostAsync(Role.Agent, $"/api/v1/rounds/{round}/paper/print", new { limit = 0 }, 422);
        var empty = await host.PostAsync(Role.Agent, "/api/v1/paper/outcomes", new { outcomes = new object[] { new { }, new { receipt = "1" } } }, 422);
        Assert.Equal(["outcomes[0].receipt", "outcomes[0].result", "outcomes[1].receipt", "outcomes[1].result"], empty["problems"]!.AsArray().Select(one => (string)one!["field"]!));
        await host.PostAsync(Role.Agent, "/api/v1/paper/outcomes", new { }, 422);
        var form = await host.GetAsync(Role.Agent, $"/rounds/{round}/paper/{printed["batch"]}?form=fax", 400);
        Assert.Equal(("parameter-unreadable", "form"), ((string)form["problems"]![0]!["code"]!, (string)form["problems"]![0]!["field"]!));
        Assert.DoesNotContain("LetterForm", form.ToJsonString(), StringComparison.Ordinal);
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
        await using var db = host.Database.Open();
        Assert.True(await db.AuditEntries.AnyAsync(entry => entry.Action == "letters.read" && entry.Actor == "agent"));
    }

    [Fact]
    public async Task Letters_and_the_walk_sheet_are_pages_to_be_printed()
    {
        await using var host = await StartAsync(DatabaseKind.Sqlite);
        var round = await RoundAsync(host);
        var stack = await host.PostAsync(Role.Agent, $"/api/v1/rounds/{round}/paper/print");
        var client = await host.AsAsync(Role.Agent);
        async Task<string> PageAsync(string name, string path)
        {
            var page = await client.GetStringAsync(new Uri(path, UriKind.Relative));
            if (Environment.GetEnvironmentVariable("NOTICES_PICTURES") is { Length: > 0 } folder) await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.html"), page);

            return page;
        }

        var letters = await PageAsync("letters", (string)stack["document"]!);
        var post = await PageAsync("letters-post", (string)stack["post"]!);
        var walk = await PageAsync("walk.zh-CN", (string)stack["walkSheet"]! + "?lang=zh-CN");
        var english = await PageAsync("walk.en", (string)stack["walkSheet"]! + "?lang=en");

        Assert.Equal((int)stack["letters"]!, letters.Split("<section").Length - 1);
        Assert.Contains("送达回执", letters, StringComparison.Ordinal);
        Assert.DoesNotContain("送达回执", post, StringComparison.Ordinal);
        Assert.Contains("用户0", letters, StringComparison.Ordinal);
        Assert.Contains("&lt;1号&gt;", letters, StringComparison.Ordinal); // an address is no markup
        Assert.Contains("<h1>送达清单", walk, StringComparison.Ordinal);
        Assert.Contains("<h1>Walk sheet", english, StringComparison.Ordinal);
    }

    private static async Task<TestHost> StartAsync(DatabaseKind kind)
    {
        var host = await TestHost.StartAsync(kind, settings: new() { ["Policy:Jurisdiction"] = "au", ["Providers:main:Channel"] = "sandbox", ["Providers:main:Media"] = "sms,voice" });
        await TestCounty.SeedAsync(host.Database);
        await using var db = host.Database.Open();
        await db.Organisations.ExecuteUpdateAsync(set => set.SetProperty(o => o.Hotline, "95598"));
        await db.Customers.ExecuteUpdateAsync(set => set.SetProperty(c => c.Address, c => "城关镇东街村" + "<" + (c.Id % 3) + "号>"));
        // Somebody whom nothing but a letter reaches.
        await db.Contacts.Where(c => db.Customers.Any(k => k.Id == c.CustomerId && k.Tier == 2 && k.CustomerNo.CompareTo("C0006") > 0)).ExecuteDeleteAsync();

        return host;
    }

    private static async Task<long> RoundAsync(TestHost host)
    {
        var plan = await host.PostAsync(Role.Dispatcher, "/api/v1/outages", TestCounty.Plan(host.Clock.GetUtcNow().AddDays(20)), 201);
        await host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{plan["number"]}/submit");
        await host.PostAsync(Role.Approver, $"/api/v1/outages/{plan["number"]}/approve");
        await using (var plans = host.Database.Open()) host.Clock.SetUtcNow((await plans.ScheduledNotices.OrderBy(due => due.Id).FirstAsync()).DueAt);
        long round = 0;
        await TestHost.UntilAsync(
            async () =>
            {
                await using var db = host.Database.Open();
                round = await db.Rounds.Where(r => r.State == RoundState.Running && db.Deliveries.Any(d => d.RoundId == r.Id && d.Medium == Medium.Paper)).Select(r => r.Id).FirstOrDefaultAsync();

                return round != 0;
            },
            "letters wait to be printed");

        return round;
    }

    private static async Task<string> NumberAsync(TestHost host)
    {
        await using var db = host.Database.Open();

        return await db.Outages.Select(o => o.Number).SingleAsync();
    }
}
