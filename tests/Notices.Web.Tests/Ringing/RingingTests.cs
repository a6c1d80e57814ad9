using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Outages;
using Notices.Policy;
using Notices.Testing;

namespace Notices.Ringing;

/// <summary>People who have to act are rung in time, once, and not any more when there is no reason left.</summary>
public class RingingTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_plan_nobody_approves_rings_the_approver_then_the_deputy_and_nobody_once_it_is_approved(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        await AddAsync(life, "wang", [Role.Approver], phone: "13900000101");
        await AddAsync(life, "zhao", [Role.Approver], phone: "13900000102", email: "zhao@example.org", post: StaffPost.Deputy);
        await AddAsync(life, "chen", [Role.Auditor], phone: "13900000103", post: StaffPost.DutyLeader, language: "en");
        var number = await life.DraftAsync(Life.Plan(TestCounty.Feeder, "2026-12-01T08:00:00", "2026-12-01T18:00:00"));
        await life.DoAsync(number, "submit");
        Assert.Equal(["Waiting", "Waiting", "Waiting"], (await RingsAsync(life, number)).Select(m => (string)m["state"]!));

        await life.GoToAsync(Life.At("2026-11-19T20:44:00"));
        Assert.Empty(life.Outbox.Last());
        await life.GoToAsync(Life.At("2026-11-19T20:45:00")); // half of the week until 23 November, 9:00
        var first = Assert.Single(life.Outbox.Last());
        Assert.Equal("+8613900000101", first.Address);
        Assert.Contains($"{number}（城关031线，12月1日（周二）08:00停电）待您审批，最迟应于11月23日（周一）24:00前公告", first.Body, StringComparison.Ordinal);

        await life.GoToAsync(Life.At("2026-11-21T15:00:00"));
        Assert.Single(life.Got("+8613900000102"));
        var deputy = (await RingsAsync(life, number))[1];
        Assert.Equal(("ring-deputy", "Done"), ((string)deputy["kind"]!, (string)deputy["state"]!));
        Assert.Equal(
            [("zhao", "sms", "sent", null), ("zhao", "email", "unreachable", "no-provider")],
            deputy["rings"]!.AsArray().Select(r => ((string)r!["to"]!, (string)r["medium"]!, (string)r["state"]!, (string?)r["reason"])));

        await life.DoAsync(number, "approve");
        await life.GoToAsync(Life.At("2026-11-22T18:00:00"));
        Assert.Empty(life.Got("+8613900000103"));
        Assert.Equal(["Done", "Done", "Withdrawn"], (await RingsAsync(life, number)).Select(m => (string)m["state"]!));

        await using (var db = life.Host.Database.Open())
        {
            var lines = await db.AuditEntries.Where(e => e.Subject == "outage/" + number).Select(e => e.Action + e.Line).ToListAsync();
            Assert.Equal(2, lines.Count(l => l.StartsWith("staff.rung", StringComparison.Ordinal)));
            Assert.Equal(2, lines.Count(l => l.StartsWith("rings.tried", StringComparison.Ordinal)));
            Assert.DoesNotContain(lines, l => l.Contains("139000001", StringComparison.Ordinal) || l.Contains("zhao@", StringComparison.Ordinal));
        }

        await life.ProveAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task The_owner_is_asked_around_the_planned_end_then_the_duty_leader_and_an_extension_asks_anew(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        await AddAsync(life, "li.wei", [Role.Dispatcher], phone: "13900000104");
        await AddAsync(life, "chen", [Role.Auditor], phone: "13900000103", post: StaffPost.DutyLeader, language: "en");
        var number = await life.PublishedAsync(Life.Plan(TestCounty.Feeder, "2026-12-01T08:00:00", "2026-12-01T18:00:00").With("owner", "li.wei"));
        await life.GoToAsync(Life.At("2026-12-01T08:00:00"));

        await life.GoToAsync(Life.At("2026-12-01T17:30:00"));
        Assert.Contains("原定今日（12月1日）18:00送电", Assert.Single(life.Got("+8613900000104")).Body, StringComparison.Ordinal);
        await life.DoAsync(number, "extend", new { estimatedRestoration = Life.At("2026-12-01T19:00:00") });
        await life.GoToAsync(Life.At("2026-12-01T18:20:00"));
        Assert.Single(life.Got("+8613900000104")); // neither at 17:50 nor at 18:10: it was said
        Assert.Empty(life.Got("+8613900000103"));

        // The service was away at 18:30: it asks once, not twice.
        await life.GoToAsync(Life.At("2026-12-01T18:55:00"));
        Assert.Equal(2, life.Got("+8613900000104").Count);
        await life.GoToAsync(Life.At("2026-12-01T19:10:00"));
        Assert.Contains("its owner has not answered", Assert.Single(life.Got("+8613900000103")).Body, StringComparison.Ordinal);
        await life.DoAsync(number, "restore");
        await life.GoToAsync(Life.At("2026-12-01T20:00:00"));
        Assert.Equal("initial started overrun restored", string.Join(' ', (await life.TypesAsync(number)).Split(' ').Where(t => t != "reminder")));
        await life.ProveAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_promise_that_is_not_kept_is_on_record_and_so_is_that_nobody_could_be_rung(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var number = (string)(await life.Host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies", new { kind = "fault", organisation = TestCounty.Code, feeders = (string[])[TestCounty.Feeder], nextUpdateBy = Life.At("2026-11-16T10:00:00") }, 202))["number"]!;
        await life.GoToAsync(Life.At("2026-11-16T10:00:00"));

        var broken = Assert.Single((await ScheduleAsync(life, number))["moments"]!.AsArray(), m => (string)m!["kind"]! == "next-update-owed")!;
        Assert.Equal("Done", (string)broken["state"]!);
        var ring = Assert.Single(broken["rings"]!.AsArray())!;
        Assert.Equal(("unreachable", "nobody-to-ring"), ((string)ring["state"]!, (string)ring["reason"]!));
        Assert.Contains((await life.FindAsync(number))["history"]!.AsArray(), h => (string)h!["what"]! == "promise.broken");
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_ring_the_carrier_puts_off_is_withdrawn_with_its_reason_and_one_of_a_dead_worker_is_not_sent_again(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind, settings: new() { ["Providers:main:Rules:0101"] = "try-later" });
        await AddAsync(life, "wang", [Role.Approver], phone: "13900000101");
        await AddAsync(life, "zhao", [Role.Approver], phone: "13900000102");
        var number = await life.DraftAsync(Life.Plan(TestCounty.Feeder, "2026-12-01T08:00:00", "2026-12-01T18:00:00"));
        await life.DoAsync(number, "submit");
        await life.GoToAsync(Life.At("2026-11-19T20:45:00"));
        Assert.Equal([("wang", "waiting"), ("zhao", "sent")], await StatesAsync(life, number));

        // As a worker leaves it that was killed between claim and answer, its lease run out.
        await using (var db = life.Host.Database.Open())
        {
            var died = TimeProvider.System.GetUtcNow().AddMinutes(-1);
            await db.StaffRings.Where(r => r.State == OutboxState.Sent).ExecuteUpdateAsync(set => set
                .SetProperty(r => r.State, OutboxState.Claimed).SetProperty(r => r.LeaseOwner, "dead").SetProperty(r => r.LeaseUntil, died));
        }

        await life.DoAsync(number, "approve");
        await life.GoToAsync(Life.At("2026-11-19T21:00:00"));
        Assert.Equal([("wang", "withdrawn"), ("zhao", "unconfirmed")], await StatesAsync(life, number));
        Assert.Single(life.Got("+8613900000101"));
        Assert.Single(life.Got("+8613900000102"));
        await life.ProveAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Many_workers_at_once_ring_everybody_once(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind, customers: 1);
        for (var i = 0; i < 30; i++) await AddAsync(life, $"a{i}x", [Role.Approver], phone: $"139000002{i:00}");
        var number = await life.DraftAsync(Life.Plan(TestCounty.Feeder, "2026-12-01T08:00:00", "2026-12-01T18:00:00"));
        await life.DoAsync(number, "submit");
        life.Host.Clock.Advance(Life.At("2026-11-19T20:45:00") - life.Host.Clock.GetUtcNow());

        async Task WorkAsync()
        {
            await using var scope = life.Host.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<MomentKeeper>().DoDueAsync(default);
            await scope.ServiceProvider.GetRequiredService<RingDispatcher>().SendDueAsync(default);
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(WorkAsync)));
        await life.SettleAsync();
        Assert.Equal(30, life.Outbox.Last().Select(m => m.Address).Distinct().Count());
        Assert.Equal(30, life.Outbox.Last().Count);
        Assert.Equal(30, (await StatesAsync(life, number)).Count(s => s.State == "sent"));
    }

    private static async Task AddAsync(Life life, string name, Role[] roles, string? phone = null, string? email = null, StaffPost? post = null, string? language = null)
    {
        await using var scope = life.Host.Services.CreateAsyncScope();
        var added = await scope.ServiceProvider.GetRequiredService<UserDesk>().AddAsync(
            new AddUser(name, "a long enough word", roles, TestCounty.Code, null, email, phone, language, post), Actor.System, default);
        Assert.True(added.Ok, string.Join(", ", added.Problems.Select(p => p.Code)));
    }

    private static Task<JsonObject> ScheduleAsync(Life life, string number) => life.Host.GetAsync(Role.Auditor, $"/api/v1/outages/{number}/schedule");

    private static async Task<List<JsonNode>> RingsAsync(Life life, string number) =>
        [.. (await ScheduleAsync(life, number))["moments"]!.AsArray().Select(m => m!).Where(m => ((string)m["kind"]!).StartsWith("ring-", StringComparison.Ordinal))];

    private static async Task<List<(string To, string State)>> StatesAsync(Life life, string number) =>
        [.. (await RingsAsync(life, number)).SelectMany(m => m["rings"]!.AsArray()).Select(r => ((string)r!["to"]!, (string)r["state"]!)).OrderBy(r => r.Item1, StringComparer.Ordinal)];
}
