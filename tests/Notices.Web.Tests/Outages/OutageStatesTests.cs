using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Notices.Access;

namespace Notices.Outages;

/// <summary>Who may do what to an outage, and when.</summary>
public sealed class OutageStatesTests(OutageStatesTests.County county) : IClassFixture<OutageStatesTests.County>
{
    private static int _feeder;

    private Life Life => county.Life!;

    [Fact]
    public async Task The_approver_is_not_the_submitter()
    {
        var number = await DraftAsync();
        await Life.DoAsync(number, "submit");

        using var answer = await (await Life.ClientAsync(Role.Approver, name: "dispatcher")).PostAsJsonAsync($"/api/v1/outages/{number}/approve", new { });
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("approver-is-submitter", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejection_needs_a_reason_and_the_plan_may_be_submitted_again()
    {
        var number = await DraftAsync();
        await Life.DoAsync(number, "submit");
        Assert.Equal(["reason-missing"], Life.Codes(await Life.DoAsync(number, "reject", new { }, 422)));
        Assert.Equal("rejected", (string)(await Life.DoAsync(number, "reject", new { reason = "地名有误" }))["status"]!);
        Assert.Equal("submitted", (string)(await Life.DoAsync(number, "submit"))["status"]!);
    }

    [Fact]
    public async Task What_nobody_was_told_of_is_withdrawn_for_good()
    {
        var number = await DraftAsync();
        await Life.DoAsync(number, "submit");
        await Life.DoAsync(number, "approve");
        Assert.Equal(["reason-missing"], Life.Codes(await Life.DoAsync(number, "withdraw", new { }, 422)));
        await Life.DoAsync(number, "withdraw", new { reason = "weather" });

        foreach (var verb in (string[])["submit", "approve", "cancel", "postpone", "restore", "start"])
            Assert.Equal(["state-forbids"], Life.Codes(await Life.DoAsync(number, verb, verb is "cancel" or "postpone" ? new { reason = "weather" } : null, 409)));
        var schedule = await Life.Host.GetAsync(Role.Dispatcher, $"/api/v1/outages/{number}/schedule");
        Assert.DoesNotContain(schedule["notices"]!.AsArray(), n => (string)n!["state"]! is "Waiting");
    }

    [Fact]
    public async Task A_change_needs_the_version_read_and_says_what_differs()
    {
        var plan = Life.Plan($"F{Next()}", "2026-12-01T08:00:00", "2026-12-01T18:00:00");
        var number = await Life.DraftAsync(plan);
        Assert.Equal(428, (int)(await PutAsync(number, plan, null)).Status);
        Assert.Equal(400, (int)(await PutAsync(number, plan, "abc")).Status);

        plan["windows"] = new JsonArray(Life.Window("2026-12-02T08:00:00", "2026-12-02T18:00:00"));
        Assert.Equal(200, (int)(await PutAsync(number, plan, "\"1\"")).Status);

        plan["windows"] = new JsonArray(Life.Window("2026-12-03T08:00:00", "2026-12-03T18:00:00"));
        var (status, answer) = await PutAsync(number, plan, "1");
        Assert.Equal(412, (int)status);
        Assert.Contains("windows", (string)answer["problems"]![0]!["message"]!, StringComparison.Ordinal);
        Assert.Equal("2026-12-02T08:00:00+08:00", (string)(await Life.FindAsync(number))["windows"]![0]!["startsAt"]!);

        await Life.DoAsync(number, "submit");
        Assert.Equal(409, (int)(await PutAsync(number, plan, "3")).Status);
    }

    [Fact]
    public async Task Two_who_edit_at_once_do_not_overwrite_each_other()
    {
        var plan = Life.Plan($"F{Next()}", "2026-12-01T08:00:00", "2026-12-01T18:00:00");
        var number = await Life.DraftAsync(plan);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PutAsync(number, JsonNode.Parse(plan.ToJsonString())!.AsObject(), "1")));

        Assert.Equal(1, answers.Count(a => a.Status == HttpStatusCode.OK));
        Assert.Equal(5, answers.Count(a => a.Status == HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task A_key_sees_its_own_organisation_and_what_lies_below()
    {
        var number = await DraftAsync();
        var below = await Life.DraftAsync(Life.Plan("S1-F01", "2026-12-01T08:00:00", "2026-12-01T18:00:00").With("organisation", "JX-S1"));
        var (other, station) = (await Life.ClientAsync(Role.Dispatcher, "LZ"), await Life.ClientAsync(Role.Dispatcher, "JX-S1"));

        foreach (var path in (string[])["", "/schedule", "/audience", "/preview"])
            Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/api/v1/outages/{number}{path}")).StatusCode);
        foreach (var verb in (string[])["submit", "withdraw", "cancel"])
            Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsJsonAsync($"/api/v1/outages/{number}/{verb}", new { })).StatusCode);
        Assert.Empty((await other.GetFromJsonAsync<JsonObject>("/api/v1/outages"))!["items"]!.AsArray());
        Assert.Empty((await other.GetFromJsonAsync<JsonObject>("/api/v1/changes"))!["items"]!.AsArray());

        Assert.Equal([below], (await station.GetFromJsonAsync<JsonObject>("/api/v1/outages"))!["items"]!.AsArray().Select(o => (string)o!["number"]!));
        Assert.Equal("draft", await Life.StatusAsync(below));
        var refused = await Life.Host.PostAsync(Role.Dispatcher, "/api/v1/outages", Life.Plan("LZ-F01", "2026-12-01T08:00:00", "2026-12-01T18:00:00").With("organisation", "LZ"), 422);
        Assert.Equal(["unknown-organisation"], Life.Codes(refused));
    }

    [Fact]
    public async Task Another_system_plans_and_changes_by_its_own_numbers()
    {
        var client = await Life.ClientAsync(Role.Dispatcher);
        var plan = Life.Plan($"F{Next()}", "2026-12-01T08:00:00", "2026-12-01T18:00:00");
        using var created = await client.PutAsJsonAsync("/api/v1/outages/by-reference/pms/2026-1187", plan);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var number = (string)(await created.Content.ReadFromJsonAsync<JsonObject>())!["number"]!;

        plan["windows"] = new JsonArray(Life.Window("2026-12-05T08:00:00", "2026-12-05T18:00:00"));
        using var changed = await client.PutAsJsonAsync("/api/v1/outages/by-reference/pms/2026-1187", plan);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Equal(number, (string)(await changed.Content.ReadFromJsonAsync<JsonObject>())!["number"]!);
        Assert.Equal("2026-12-05T08:00:00+08:00", (string)(await Life.FindAsync(number))["windows"]![0]!["startsAt"]!);

        var log = (await client.GetFromJsonAsync<JsonObject>("/api/v1/changes"))!;
        Assert.Equal(["outage.planned", "outage.changed"], log["items"]!.AsArray().Where(i => (string)i!["number"]! == number).Select(i => (string)i!["what"]!));
        var after = (await client.GetFromJsonAsync<JsonObject>($"/api/v1/changes?after={log["next"]}"))!;
        Assert.DoesNotContain(after["items"]!.AsArray(), i => (string)i!["number"]! == number);
    }

    private static int Next() => Interlocked.Increment(ref _feeder);

    private Task<string> DraftAsync() => Life.DraftAsync(Life.Plan($"F{Next()}", "2026-12-01T08:00:00", "2026-12-01T18:00:00"));

    private async Task<(HttpStatusCode Status, JsonObject Answer)> PutAsync(string number, JsonObject plan, string? version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/outages/{number}") { Content = JsonContent.Create(plan) };
        if (version is not null) request.Headers.TryAddWithoutValidation("If-Match", version);
        using var answer = await (await Life.ClientAsync(Role.Dispatcher)).SendAsync(request);

        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonObject>())!);
    }

    public sealed class County : IAsyncLifetime
    {
        internal Life? Life { get; private set; }

        public async ValueTask InitializeAsync()
        {
            Life = await Life.StartAsync();
            await Life.AddNeighboursAsync();
            await Life.AddFeedersAsync(20);
        }

        public ValueTask DisposeAsync() => Life!.DisposeAsync();
    }
}

internal static class Plans
{
    /// <summary>The plan with one member set.</summary>
    internal static JsonObject With(this JsonObject plan, string name, JsonNode? value)
    {
        plan[name] = value;

        return plan;
    }
}
