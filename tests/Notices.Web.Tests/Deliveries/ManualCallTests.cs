using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Testing;

namespace Notices.Deliveries;

/// <summary>Calls people make: the list, who takes one, what they enter.</summary>
public class ManualCallTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Somebody_takes_a_call_makes_it_and_enters_what_became_of_it(DatabaseKind kind)
    {
        await using var host = await StartAsync(kind);
        var listed = (await host.GetAsync(Role.Agent, "/api/v1/manual-calls"))["items"]!.AsArray();
        Assert.Equal(listed.Select(one => (int)one!["tier"]!).Order(), listed.Select(one => (int)one!["tier"]!));
        var call = listed[0]!;
        var id = (long)call["id"]!;
        Assert.Equal((0, TestPhone(call)), ((int)call["tier"]!, (string)call["phone"]!));
        Assert.Contains("停电", (string)call["text"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("请按", (string)call["text"]!, StringComparison.Ordinal);

        await host.PostAsync(Role.Agent, $"/api/v1/manual-calls/{id}/take");
        await host.PostAsync(Role.Agent, $"/api/v1/manual-calls/{id}/take"); // again, it is prolonged
        Assert.Equal("call-taken", Code(await host.PostAsync(Role.Dispatcher, $"/api/v1/manual-calls/{id}/take", expected: 409)));
        Assert.Equal("call-taken", Code(await host.PostAsync(Role.Dispatcher, $"/api/v1/manual-calls/{id}/result", new { result = "person" }, 409)));
        Assert.Equal("agent", (string)(await FindAsync(host, id))!["takenBy"]!);

        // Nobody answers: it stays on the list, and says so.
        var first = await host.PostAsync(Role.Agent, $"/api/v1/manual-calls/{id}/result", new { result = "no-answer" });
        Assert.True((bool)first["stillListed"]!);
        var again = (await FindAsync(host, id))!;
        Assert.Equal(("no-answer", 1, null), ((string)again["lastResult"]!, (int)again["calls"]!, (string?)again["takenBy"]));

        var last = await host.PostAsync(Role.Dispatcher, $"/api/v1/manual-calls/{id}/result", new { result = "person", acknowledged = true, seconds = 48 });
        Assert.Equal("acknowledged", (string)last["state"]!);
        Assert.Null(await FindAsync(host, id));
        Assert.Equal("call-not-listed", Code(await host.PostAsync(Role.Agent, $"/api/v1/manual-calls/{id}/result", new { result = "person" }, 409)));

        var wrong = (long)listed[1]!["id"]!;
        Assert.Equal(("failed", "wrong-number"), await host.PostAsync(Role.Agent, $"/api/v1/manual-calls/{wrong}/result", new { result = "wrong-number" }) is var end ? ((string)end["state"]!, (string)end["reason"]!) : default);

        var records = (await host.GetAsync(Role.Auditor, "/api/v1/call-records"))["items"]!.AsArray().Where(one => (long)one!["deliveryId"]! == id).ToList();
        Assert.Equal([("no-answer", "by agent"), ("person", "by dispatcher")], records.Select(one => ((string)one!["result"]!, (string)one["detail"]!)));
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
        await using var db = host.Database.Open();
        Assert.True(await db.AuditEntries.AnyAsync(entry => entry.Action == "manual-calls.read" && entry.Actor == "agent"));
        Assert.Equal(DeliveryState.Acknowledged, (await db.Recipients.SingleAsync(one => db.DeliveryRecipients.Any(link => link.DeliveryId == id && link.RecipientId == one.Id))).State);
    }

    [Fact]
    public async Task What_is_entered_wrong_is_told_at_once_and_nothing_is_written()
    {
        await using var host = await StartAsync(DatabaseKind.Sqlite);
        var id = (long)(await host.GetAsync(Role.Agent, "/api/v1/manual-calls?limit=1"))["items"]![0]!["id"]!;

        var refused = await host.PostAsync(Role.Agent, $"/api/v1/manual-calls/{id}/result", new { result = "asleep", acknowledged = true, seconds = -1, startedAt = "2030-01-01T00:00:00Z" }, 422);

        Assert.Equal(["acknowledged", "result", "seconds", "startedAt"], refused["problems"]!.AsArray().Select(one => (string)one!["field"]!).Order(StringComparer.Ordinal));
        await host.PostAsync(Role.Agent, "/api/v1/manual-calls/987654/result", new { result = "person" }, 404);
        await host.PostAsync(Role.Auditor, $"/api/v1/manual-calls/{id}/result", new { result = "person" }, 403);
        await host.GetAsync(Role.Auditor, "/api/v1/manual-calls", 403);
        await host.GetAsync(Role.Agent, "/api/v1/manual-calls?after=here", 400);
        Assert.Equal(0, (int)(await FindAsync(host, id))!["calls"]!);
    }

    [Theory]
    [InlineData("zh-CN", "人工外呼名单")]
    [InlineData("en", "Calls to make by hand")]
    public async Task The_list_is_a_page_to_dial_from_or_to_print(string language, string title)
    {
        await using var host = await StartAsync(DatabaseKind.Sqlite);
        var client = await host.AsAsync(Role.Agent);

        var page = await client.GetStringAsync(new Uri($"/manual-calls?lang={language}", UriKind.Relative));

        Assert.Contains($"<h1>{title}</h1>", page, StringComparison.Ordinal);
        Assert.Contains("href=\"tel:+8613800000000\"", page, StringComparison.Ordinal);
        Assert.Matches(language == "en" ? "until .*[0-9]{2}:[0-9]{2}" : "[0-9]{2}:[0-9]{2}前有效", page);
        if (Environment.GetEnvironmentVariable("NOTICES_PICTURES") is { Length: > 0 } folder) await File.WriteAllTextAsync(Path.Combine(folder, $"manual-calls.{language}.html"), page);
    }

    private static async Task<TestHost> StartAsync(DatabaseKind kind)
    {
        var host = await TestHost.StartAsync(kind, settings: new()
        {
            ["Providers:main:Channel"] = "sandbox",
            ["Providers:main:Media"] = "sms",
            ["Providers:hand:Channel"] = "manual-calls",
        });
        await TestCounty.SeedAsync(host.Database);
        await host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies",
            new { kind = "emergency", organisation = TestCounty.Code, feeders = new[] { TestCounty.Feeder }, minutesLeft = 60, estimatedRestoration = host.Clock.GetUtcNow().AddHours(4) }, 202);
        await TestHost.UntilAsync(
            async () =>
            {
                await using var db = host.Database.Open();

                return await db.Deliveries.Where(row => row.Medium == Medium.Voice).ToListAsync() is { Count: > 1 } calls && calls.TrueForAll(row => row.State == DeliveryState.Accepted);
            },
            "all stand on the list");

        return host;
    }

    private static async Task<JsonNode?> FindAsync(TestHost host, long id) =>
        (await host.GetAsync(Role.Agent, "/api/v1/manual-calls?limit=500"))["items"]!.AsArray().FirstOrDefault(one => (long)one!["id"]! == id);

    private static string TestPhone(JsonNode call) => call is not null ? "+8613800000000" : "";

    private static string Code(JsonObject problem) => (string)problem["problems"]![0]!["code"]!;
}
