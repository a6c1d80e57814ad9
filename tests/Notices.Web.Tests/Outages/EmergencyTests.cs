using System.Text.Json.Nodes;
using Notices.Access;
using Notices.Deliveries;
using Notices.Publishing;
using Notices.Testing;

namespace Notices.Outages;

/// <summary>Declared by one person, out at once, looked at by a second afterwards.</summary>
public class EmergencyTests
{
    private static readonly string[] Feeders = [TestCounty.Feeder];

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task An_emergency_is_durable_when_answered_and_out_at_once(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var declared = await life.Host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies", new { kind = "emergency", organisation = TestCounty.Code, feeders = Feeders, minutesLeft = 20, estimatedRestoration = Life.At("2026-11-16T12:00:00") }, 202);
        var number = (string)declared["number"]!;
        Assert.True((bool)declared["reviewOwed"]!);
        await life.SettleAsync();

        Assert.Equal("initial", await life.TypesAsync(number));
        Assert.Equal("published", await life.StatusAsync(number));
        Assert.Equal(12, (await life.ToldAsync(number, NoticeType.Initial)).Count(t => t.State is DeliveryState.Delivered or DeliveryState.Acknowledged));
        Assert.Equal([Medium.Sms, Medium.Voice], life.Got(Life.Phone(0)).Select(m => m.Medium).Order()); // life support: both at once
        Assert.Equal([Medium.Sms], life.Got(Life.Phone(3)).Select(m => m.Medium));

        // The second person, who is not the first.
        using (var same = await (await life.ClientAsync(Role.Approver, name: "dispatcher")).PostAsync($"/api/v1/outages/{number}/review", null)) Assert.Equal(403, (int)same.StatusCode);
        Assert.False((bool)(await life.DoAsync(number, "review"))["reviewOwed"]!);
        Assert.Equal(["state-forbids"], Life.Codes(await life.DoAsync(number, "review", null, 409)));

        await life.GoToAsync(Life.At("2026-11-16T08:50:00"));
        Assert.Equal("in-progress", await life.StatusAsync(number));
        await life.DoAsync(number, "restore");
        await life.SettleAsync();
        Assert.Equal("initial started restored", await life.TypesAsync(number));
        Assert.Equal(12, (await life.ToldAsync(number, NoticeType.Restored)).Count); // told of an emergency, so told of its end
        await life.ProveAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task An_emergency_with_its_end_open_starts_at_its_announced_moment_unless_somebody_says_not(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        await life.AddFeedersAsync(1);
        async Task<string> DeclareAsync(string feeder) => (string)(await life.Host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies", new { kind = "emergency", organisation = TestCounty.Code, feeders = (string[])[feeder], minutesLeft = 20, nextUpdateBy = Life.At("2026-11-16T12:00:00") }, 202))["number"]!;
        var (number, held) = (await DeclareAsync(TestCounty.Feeder), await DeclareAsync("F0"));
        await life.SettleAsync();
        await life.DoAsync(held, "start", new { notStarted = true });

        await life.GoToAsync(Life.At("2026-11-16T08:50:00"));
        Assert.Equal("in-progress initial started", await life.StatusAsync(number) + " " + await life.TypesAsync(number));
        Assert.Equal("2026-11-16T08:50:00+08:00", (string)(await life.FindAsync(number))["startedAt"]!);
        Assert.Equal("published initial", await life.StatusAsync(held) + " " + await life.TypesAsync(held));

        await life.GoToAsync(Life.At("2026-11-16T09:05:00")); // a quarter of an hour late is told
        Assert.Equal("published initial changed", await life.StatusAsync(held) + " " + await life.TypesAsync(held));
        await life.DoAsync(held, "start");
        await life.SettleAsync();
        Assert.Equal("in-progress initial changed started", await life.StatusAsync(held) + " " + await life.TypesAsync(held));
        await life.ProveAsync();
    }

    [Fact]
    public async Task A_fault_is_told_after_its_hold_off_and_a_promise_may_move()
    {
        await using var life = await Life.StartAsync();
        var number = (string)(await life.Host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies", new { kind = "fault", organisation = TestCounty.Code, feeders = Feeders, nextUpdateBy = Life.At("2026-11-16T10:00:00"), reason = "wind" }, 202))["number"]!;
        await life.GoToAsync(Life.At("2026-11-16T08:34:00"));
        Assert.Equal("", await life.TypesAsync(number));
        await life.GoToAsync(Life.At("2026-11-16T08:35:00"));
        Assert.Equal("initial", await life.TypesAsync(number));
        Assert.Equal("in-progress", await life.StatusAsync(number));
        Assert.Contains("10:00", life.Got(Life.Phone(3))[^1].Body, StringComparison.Ordinal);

        await life.DoAsync(number, "extend", new { nextUpdateBy = Life.At("2026-11-16T11:00:00") });
        await life.SettleAsync();
        Assert.Equal("initial changed", await life.TypesAsync(number));
        await life.DoAsync(number, "extend", new { estimatedRestoration = Life.At("2026-11-16T11:30:00") });
        await life.SettleAsync();
        Assert.Equal("initial changed changed", await life.TypesAsync(number));
        Assert.Contains("11:30", life.Got(Life.Phone(3))[^1].Body, StringComparison.Ordinal);
        await life.DoAsync(number, "restore");
        await life.SettleAsync();
        Assert.Equal(12, (await life.ToldAsync(number, NoticeType.Restored)).Count);
        await life.ProveAsync();
    }

    [Fact]
    public async Task A_fault_over_before_its_hold_off_tells_nobody()
    {
        await using var life = await Life.StartAsync();
        var number = (string)(await life.Host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies", new { kind = "fault", organisation = TestCounty.Code, feeders = Feeders, nextUpdateBy = Life.At("2026-11-16T10:00:00") }, 202))["number"]!;
        await life.GoToAsync(Life.At("2026-11-16T08:33:00"));
        using (var early = await (await life.ClientAsync(Role.Dispatcher)).PostAsync($"/api/v1/outages/{number}/restore", null)) Assert.Equal(200, (int)early.StatusCode);
        await life.GoToAsync(Life.At("2026-11-16T09:00:00"));

        Assert.Equal("", await life.TypesAsync(number));
        Assert.Empty(life.Outbox.Last());
    }

    [Fact]
    public async Task Only_people_of_the_first_tiers_are_woken_by_a_fault()
    {
        await using var life = await Life.StartAsync(now: Life.At("2026-11-16T23:00:00"));
        var number = (string)(await life.Host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies", new { kind = "fault", organisation = TestCounty.Code, feeders = Feeders, nextUpdateBy = Life.At("2026-11-17T10:00:00") }, 202))["number"]!;
        await life.GoToAsync(Life.At("2026-11-16T23:05:00"));
        Assert.Equal([Life.Phone(0), Life.Phone(1)], life.Outbox.Last().Select(m => m.Address).Distinct().Order());

        await life.GoToAsync(Life.At("2026-11-17T07:00:00"));
        Assert.Equal(12, life.Outbox.Last().Select(m => m.Address).Distinct().Count());
        Assert.Equal(12, (await life.ToldAsync(number, NoticeType.Initial)).Count);
    }

    [Theory]
    [InlineData("restoration-not-said", """{"kind":"fault"}""")]
    [InlineData("restoration-not-said", """{"kind":"fault","estimatedRestoration":"2026-11-16T12:00:00+08:00","nextUpdateBy":"2026-11-16T12:00:00+08:00"}""")]
    [InlineData("next-update-in-past", """{"kind":"fault","nextUpdateBy":"2026-11-16T07:00:00+08:00"}""")]
    [InlineData("restoration-in-past", """{"kind":"emergency","estimatedRestoration":"2026-11-16T07:00:00+08:00"}""")]
    [InlineData("not-an-emergency", """{"kind":"planned","nextUpdateBy":"2026-11-16T12:00:00+08:00"}""")]
    [InlineData("minutes-left-out-of-range", """{"kind":"emergency","minutesLeft":-5,"nextUpdateBy":"2026-11-16T12:00:00+08:00"}""")]
    [InlineData("start-said-twice", """{"kind":"emergency","minutesLeft":5,"startsAt":"2026-11-16T12:00:00+08:00","nextUpdateBy":"2026-11-16T12:00:00+08:00"}""")]
    [InlineData("start-in-future", """{"kind":"fault","minutesLeft":5,"nextUpdateBy":"2026-11-16T12:00:00+08:00"}""")]
    [InlineData("scope-missing", """{"kind":"fault","feeders":[],"nextUpdateBy":"2026-11-16T12:00:00+08:00"}""")]
    public async Task A_declaration_that_cannot_be_told_is_refused_and_leaves_nothing(string code, string body)
    {
        await using var life = await Life.StartAsync(customers: 1);
        var plan = JsonNode.Parse(body)!.AsObject();
        plan["organisation"] = TestCounty.Code;
        plan.TryAdd("feeders", new JsonArray(TestCounty.Feeder));

        Assert.Contains(code, Life.Codes(await life.Host.PostAsync(Role.Dispatcher, "/api/v1/emergencies", plan, 422)));
        Assert.Empty((await life.Host.GetAsync(Role.Auditor, "/api/v1/outages"))["items"]!.AsArray());
    }
}
