using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Customers;

namespace Notices.Outages;

/// <summary>What a submission refuses and what it warns of; one host, a feeder of its own for each story.</summary>
public sealed class SubmissionTests(SubmissionTests.County county) : IClassFixture<SubmissionTests.County>
{
    private static int _feeder;

    private Life Life => county.Life!;

    [Fact]
    public async Task The_end_must_lie_after_the_start()
    {
        var refused = await RefusedAsync(Plan("2026-12-01T18:00:00", "2026-12-01T08:00:00"));

        Assert.Contains(("end-not-after-start", "windows[0].endsAt"), Named(refused));
    }

    [Fact]
    public async Task A_draft_shows_what_submission_will_refuse()
    {
        var draft = await Life.Host.PostAsync(Role.Dispatcher, "/api/v1/outages", Plan("2026-12-01T18:00:00", "2026-12-01T08:00:00"), 201);

        Assert.Contains(draft["warnings"]!.AsArray(), w => (string)w!["code"]! == "end-not-after-start");
    }

    [Fact]
    public async Task A_planned_start_lies_ahead() =>
        Assert.Contains(("start-in-past", "windows[0].startsAt"), Named(await RefusedAsync(Plan("2026-11-01T08:00:00", "2026-11-01T18:00:00"))));

    [Fact]
    public async Task A_scope_is_needed()
    {
        var plan = Plan("2026-12-01T08:00:00", "2026-12-01T18:00:00");
        plan["feeders"] = new JsonArray();
        plan["places"] = new JsonArray("某村");

        Assert.Contains(("scope-missing", "feeders"), Named(await RefusedAsync(plan)));
    }

    [Fact]
    public async Task Another_organisations_feeder_is_refused()
    {
        var plan = Plan("2026-12-01T08:00:00", "2026-12-01T18:00:00");
        plan["feeders"] = new JsonArray("LZ-F01");

        Assert.Contains(("scope-of-another-organisation", "feeders[0]"), Named(await Life.Host.PostAsync(Role.Dispatcher, "/api/v1/outages", plan, 422)));
    }

    [Fact]
    public async Task Unknown_names_are_refused_all_at_once()
    {
        var plan = Plan("2026-12-01T08:00:00", "2026-12-01T18:00:00");
        (plan["feeders"], plan["transformers"], plan["sections"]) = (new JsonArray("NO-1"), new JsonArray("NO-2"), new JsonArray("NO-1/NO-3"));
        (plan["joinTo"], plan["replaces"], plan["consents"]) = ("NO-4", "NO-5", new JsonArray("NO-6"));

        var named = Named(await Life.Host.PostAsync(Role.Dispatcher, "/api/v1/outages", plan, 422));
        Assert.Equal(
            ["unknown-customer", "unknown-feeder", "unknown-outage", "unknown-outage", "unknown-section", "unknown-transformer"], named.Select(n => n.Code).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Main_and_backup_supply_are_cut_together_with_a_signed_consent_only()
    {
        var (one, two) = (Next(), Next());
        await Life.AddCustomerAsync("DUAL", [$"T{one}"], "+8613900000001", c => c.SupplyPoints[0].Role = SupplyRole.Main);
        await using (var db = Life.Host.Database.Open())
        {
            var id = (await db.Customers.FirstAsync(c => c.CustomerNo == "DUAL")).Id;
            db.SupplyPoints.Add(new SupplyPoint { CustomerId = id, AccountNo = "DUAL-B", Role = SupplyRole.Backup, TransformerId = (await db.Transformers.FirstAsync(t => t.Code == $"T{two}")).Id });
            await db.SaveChangesAsync();
        }

        var plan = Life.Plan($"F{one}", "2026-12-01T08:00:00", "2026-12-01T18:00:00");
        plan["feeders"] = new JsonArray($"F{one}", $"F{two}");
        var refused = await RefusedAsync(plan);
        Assert.Contains(("both-supplies-cut", "consents"), Named(refused));
        Assert.Contains("DUAL", refused.ToJsonString(), StringComparison.Ordinal);

        // The two feeders by two plans at one time are the same thing.
        await Life.DoAsync(await Life.DraftAsync(Life.Plan($"F{one}", "2026-12-20T08:00:00", "2026-12-20T18:00:00")), "submit");
        Assert.Contains("both-supplies-cut", Life.Codes(await RefusedAsync(Life.Plan($"F{two}", "2026-12-20T09:00:00", "2026-12-20T10:00:00"))));

        plan["consents"] = new JsonArray("DUAL");
        plan["confirm"] = new JsonArray("repeated-outage");
        await Life.DoAsync(await Life.DraftAsync(plan), "submit");
    }

    [Fact]
    public async Task Places_and_scope_agree_until_somebody_explains()
    {
        var plan = Plan("2026-12-01T08:00:00", "2026-12-01T18:00:00");
        plan["places"] = new JsonArray("别处村");
        var named = Named(await RefusedAsync(plan));
        Assert.Contains(("places-not-in-scope", "places"), named);
        Assert.Contains(("places-not-named", "places"), named);

        plan["placesExplained"] = "地名刚改";
        await Life.DoAsync(await Life.DraftAsync(plan), "submit");
    }

    [Fact]
    public async Task An_overlap_names_the_other_and_is_lifted_by_joining_it()
    {
        var feeder = $"F{Next()}";
        var first = await Life.DraftAsync(Life.Plan(feeder, "2026-12-01T08:00:00", "2026-12-01T18:00:00"));
        await Life.DoAsync(first, "submit");

        var plan = Life.Plan(feeder, "2026-12-01T12:00:00", "2026-12-01T20:00:00");
        var refused = await RefusedAsync(plan);
        var overlap = refused["problems"]!.AsArray().Single(p => (string)p!["code"]! == "overlaps-other-outage")!;
        Assert.Contains(first, (string)overlap["message"]!, StringComparison.Ordinal);

        plan["joinTo"] = first;
        await Life.DoAsync(await Life.DraftAsync(plan), "submit");

        // A third job joins the same cut and meets the second there.
        await Life.DoAsync(await Life.DraftAsync(plan), "submit");
    }

    [Fact]
    public async Task More_than_twelve_hours_warn_and_exactly_twelve_do_not()
    {
        await Life.DoAsync(await Life.DraftAsync(Plan("2026-12-01T08:00:00", "2026-12-01T20:00:00")), "submit");

        var number = await Life.DraftAsync(Plan("2026-12-01T08:00:00", "2026-12-02T19:00:00"));
        Assert.Equal(["longer-than-12-hours"], Life.Codes(await Life.DoAsync(number, "submit", null, 422)));
        Assert.Equal(["longer-than-12-hours"], Life.Codes(await Life.DoAsync(number, "submit", new { confirm = new[] { "protected-period" } }, 422)));
        Assert.Equal("submitted", (string)(await Life.DoAsync(number, "submit", new { confirm = new[] { "longer-than-12-hours" } }))["status"]!);
    }

    [Fact]
    public async Task A_transformer_cut_again_within_thirty_days_warns()
    {
        var feeder = $"F{Next()}";
        await Life.DoAsync(await Life.DraftAsync(Life.Plan(feeder, "2026-12-01T08:00:00", "2026-12-01T10:00:00")), "submit");
        await Life.DoAsync(await Life.DraftAsync(Life.Plan(feeder, "2027-01-10T08:00:00", "2027-01-10T10:00:00")), "submit");

        var again = await Life.DraftAsync(Life.Plan(feeder, "2026-12-01T14:00:00", "2026-12-01T16:00:00"));
        Assert.Equal(["repeated-outage"], Life.Codes(await Life.DoAsync(again, "submit", null, 422)));
        await Life.DoAsync(again, "submit", new { confirm = new[] { "repeated-outage" } });
    }

    [Fact]
    public async Task A_protected_period_warns()
    {
        var number = await Life.DraftAsync(Plan("2027-06-08T08:00:00", "2027-06-08T10:00:00"));

        Assert.Equal(["protected-period"], Life.Codes(await Life.DoAsync(number, "submit", null, 422)));
        await Life.DoAsync(number, "submit", new { confirm = new[] { "protected-period" } });
    }

    [Fact]
    public async Task Too_short_a_lead_needs_a_reason_and_is_marked_late()
    {
        var number = await Life.DraftAsync(Plan("2026-11-20T08:00:00", "2026-11-20T10:00:00"));
        var refused = await Life.DoAsync(number, "submit", null, 422);
        Assert.Equal(["lead-time-too-short"], Life.Codes(refused));
        Assert.Contains("条例", (string)refused["problems"]![0]!["message"]!, StringComparison.Ordinal); // quotes its clause

        await Life.DoAsync(number, "submit", new { lateReason = "设备缺陷发展" });
        await Life.DoAsync(number, "approve");
        await Life.SettleAsync();

        Assert.Equal("initial!", await Life.TypesAsync(number));
        var notice = (await Life.Host.GetAsync(Role.Auditor, $"/api/v1/notices?number={number}"))["items"]![0]!;
        Assert.Equal("设备缺陷发展", (string)notice["lateReason"]!);
    }

    [Fact]
    public async Task Everything_wrong_is_said_at_once()
    {
        var plan = Plan("2026-11-01T18:00:00", "2026-11-01T08:00:00");
        plan["feeders"] = new JsonArray();
        plan.Remove("reason");

        var codes = Life.Codes(await RefusedAsync(plan));
        foreach (var code in (string[])["scope-missing", "reason-missing", "end-not-after-start", "start-in-past", "places-missing", "lead-time-too-short"]) Assert.Contains(code, codes);
    }

    private static int Next() => Interlocked.Increment(ref _feeder);

    private static JsonObject Plan(string start, string end) => Life.Plan($"F{Next()}", start, end);

    private static List<(string Code, string? Field)> Named(JsonObject answer) => [.. answer["problems"]!.AsArray().Select(p => ((string)p!["code"]!, (string?)p["field"]))];

    private async Task<JsonObject> RefusedAsync(JsonObject plan) => await Life.DoAsync(await Life.DraftAsync(plan), "submit", null, 422);

    public sealed class County : IAsyncLifetime
    {
        internal Life? Life { get; private set; }

        public async ValueTask InitializeAsync()
        {
            Life = await Life.StartAsync();
            await Life.AddNeighboursAsync();
            await Life.AddFeedersAsync(40);
        }

        public ValueTask DisposeAsync() => Life!.DisposeAsync();
    }
}
