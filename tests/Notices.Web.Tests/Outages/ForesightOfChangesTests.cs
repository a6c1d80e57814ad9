using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Audience;
using Notices.Testing;
using Notices.Words;

namespace Notices.Outages;

/// <summary>Before a change is made, whom it would tell what; and what an approver is asked to decide about a second time.</summary>
public class ForesightOfChangesTests
{
    private static readonly Actor Dispatcher = new("dispatcher", new HashSet<Role> { Role.Dispatcher }, "/1/");

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_correction_foreseen_is_the_correction_told_and_looking_changes_nothing(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        await life.AddCustomerAsync("N1", ["JX-T3"], "+8613900000001");
        var number = await life.ApprovedAsync(Life.Plan(TestCounty.Feeder, "2026-12-01T08:00:00", "2026-12-01T18:00:00"));
        await life.GoToAsync(Life.At("2026-11-23T09:00:00"));
        var before = await life.FindAsync(number);
        var request = new CorrectOutage(LocalText.Same("our-mistake"), Transformers: ["JX-T0", "JX-T3"]);

        var seen = (await ForeseeAsync(life, changes => changes.ForeseeCorrectAsync(number, request, Dispatcher, default))).Value!;

        ForeseenGroup Group(string audience) => Assert.Single(seen.Groups, group => group.Audience == audience);
        Assert.Equal((8, 1, 4), (Group(RoundAudience.WronglyTold).SupplyPoints, Group(RoundAudience.NewlyAffected).SupplyPoints, Group(RoundAudience.StillAffected).SupplyPoints));
        Assert.Null(Group(RoundAudience.StillAffected).Text); // The times were right.
        Assert.Contains("12月1日", Group(RoundAudience.NewlyAffected).Text!.Chinese, StringComparison.Ordinal);
        Assert.NotEqual(Group(RoundAudience.NewlyAffected).Text, Group(RoundAudience.WronglyTold).Text);
        Assert.Equal(before["version"]!.ToJsonString(), (await life.FindAsync(number))["version"]!.ToJsonString());
        Assert.Equal(before["transformers"]!.ToJsonString(), (await life.FindAsync(number))["transformers"]!.ToJsonString());

        var sent = life.Outbox.Total;
        await life.DoAsync(number, "correct", new { transformers = (string[])["JX-T0", "JX-T3"], reason = "our-mistake" });
        await life.SettleAsync();
        Assert.Equal(sent + 9, life.Outbox.Total); // As many as foreseen.
        await life.ProveAsync();
    }

    [Fact]
    public async Task Postponing_rescheduling_and_cancelling_are_foreseen_and_a_refusal_is_told_as_it_would_be()
    {
        await using var life = await Life.StartAsync();
        var number = await life.ApprovedAsync(Life.Plan(TestCounty.Feeder, "2026-12-01T08:00:00", "2026-12-01T18:00:00"));
        var weather = LocalText.Same("weather");
        List<PlanWindow> later = [new(Life.At("2026-12-08T08:00:00"), Life.At("2026-12-08T18:00:00"))];
        Assert.Null((await ForeseeAsync(life, changes => changes.ForeseeRescheduleAsync(number, new RescheduleOutage(later, weather), Dispatcher, default))).Value!.DueAt); // Nobody was told yet.
        await life.GoToAsync(Life.At("2026-11-23T09:00:00"));

        var moved = (await ForeseeAsync(life, changes => changes.ForeseeRescheduleAsync(number, new RescheduleOutage(later, weather), Dispatcher, default))).Value!;
        var putOff = (await ForeseeAsync(life, changes => changes.ForeseePostponeAsync(number, weather, Dispatcher, default))).Value!;
        var off = (await ForeseeAsync(life, changes => changes.ForeseeCancelAsync(number, weather, Dispatcher, default))).Value!;
        Assert.All((ForeseenChange[])[moved, putOff, off], seen => Assert.Equal((12, 12), (Assert.Single(seen.Groups).SupplyPoints, seen.Groups[0].Customers)));
        Assert.Contains("12月8日", moved.Groups[0].Text!.Chinese, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromHours(8), moved.DueAt!.Value.Offset);
        Assert.Equal(3, ((string[])[moved.Groups[0].Text!.English, putOff.Groups[0].Text!.English, off.Groups[0].Text!.English]).Distinct().Count());

        Assert.Equal("reason-missing", Assert.Single((await ForeseeAsync(life, changes => changes.ForeseeCancelAsync(number, null, Dispatcher, default))).Problems).Code);
        var reader = new Actor("reader", new HashSet<Role> { Role.Auditor }, "/1/");
        Assert.Equal(ProblemKind.Forbidden, Assert.Single((await ForeseeAsync(life, changes => changes.ForeseeCancelAsync(number, weather, reader, default))).Problems).Kind);
        var stranger = Dispatcher with { OrganisationPath = "/987654/" };
        Assert.Equal(ProblemKind.NotFound, Assert.Single((await ForeseeAsync(life, changes => changes.ForeseeCancelAsync(number, weather, stranger, default))).Problems).Kind);
        Assert.Equal("published", (string)(await life.FindAsync(number))["status"]!);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task What_comes_back_for_approval_says_what_is_otherwise(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var plan = Life.Plan(TestCounty.Feeder, "2026-12-01T08:00:00", "2026-12-01T18:00:00");
        var number = await life.DraftAsync(plan);
        await life.DoAsync(number, "submit");
        Assert.Null((await life.FindAsync(number))["difference"]); // Seen for the first time.
        await life.DoAsync(number, "reject", new { reason = "地名有误" });
        plan["windows"] = new System.Text.Json.Nodes.JsonArray(Life.Window("2026-12-01T09:00:00", "2026-12-01T17:00:00"));
        await life.Host.PutAsync(Role.Dispatcher, $"/api/v1/outages/{number}", plan.With("owner", "li.wei"), (int)(await life.FindAsync(number))["version"]!);
        await life.DoAsync(number, "submit");

        var difference = (await life.FindAsync(number))["difference"]!;
        Assert.Equal((number, "dispatcher"), ((string)difference["number"]!, (string)difference["by"]!));
        Assert.Equal(["owner", "windows"], difference["changes"]!.AsArray().Select(change => (string)change!["field"]!).Order());
        await life.DoAsync(number, "approve");
        Assert.Null((await life.FindAsync(number))["difference"]);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_month_shows_each_window_on_its_days_in_the_counties_zone_and_only_ones_own(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        await life.AddNeighboursAsync();
        var plan = Life.Plan(TestCounty.Feeder, "2026-11-30T22:00:00", "2026-12-01T00:00:00"); // Ends with November.
        plan["windows"]!.AsArray().Add(Life.Window("2026-12-02T23:00:00", "2026-12-04T01:00:00"));
        var number = await life.DraftAsync(plan);
        var fault = (string)(await life.Host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies", new { kind = "fault", organisation = TestCounty.Code, feeders = (string[])["JX-F04"], nextUpdateBy = Life.At("2026-11-16T10:00:00") }, 202))["number"]!;

        async Task<AgendaView> ReadAsync(AgendaQuery query, Actor actor)
        {
            await using var scope = life.Host.Services.CreateAsyncScope();

            return await scope.ServiceProvider.GetRequiredService<OutageAgenda>().ReadAsync(query, actor, default);
        }

        static string Days(AgendaView month) => string.Join(' ', month.Days.Where(day => day.Items.Count > 0).Select(day => $"{day.Day.Day}:{string.Join(',', day.Items.Select(item => item.Number))}"));
        var ours = Dispatcher with { OrganisationPath = "/1/" };
        Assert.Equal($"16:{fault} 30:{number}", Days(await ReadAsync(new AgendaQuery(), ours)));
        Assert.Equal(new DateOnly(2026, 11, 16), (await ReadAsync(new AgendaQuery(), ours)).Today);
        Assert.Equal($"2:{number} 3:{number} 4:{number}", Days(await ReadAsync(new AgendaQuery(new DateOnly(2026, 12, 15)), ours)));
        Assert.Equal($"16:{fault}", Days(await ReadAsync(new AgendaQuery(Feeder: "JX-F04"), ours)));
        Assert.Equal($"30:{number}", Days(await ReadAsync(new AgendaQuery(Kind: OutageKind.Planned, Status: OutageStatus.Draft, Organisation: TestCounty.Code), ours)));
        Assert.Equal("", Days(await ReadAsync(new AgendaQuery(), Dispatcher with { OrganisationPath = "/987654/" })));
        Assert.Equal(31, (await ReadAsync(new AgendaQuery(new DateOnly(2026, 12, 1)), ours)).Days.Count);
    }

    [Fact]
    public async Task What_telling_them_costs_is_said_where_a_price_is_set_and_a_price_that_is_none_stops_the_start()
    {
        await using (var free = await Life.StartAsync()) Assert.Empty((await CostsAsync(free)).AsArray());

        await using var life = await Life.StartAsync(settings: new Dictionary<string, string?> { ["Providers:main:Price"] = "0.045 CNY" });
        var cost = Assert.Single((await CostsAsync(life)).AsArray())!;
        Assert.Equal(("sms", 12, "CNY"), ((string)cost["medium"]!, (int)cost["messages"]!, (string)cost["currency"]!));
        Assert.Equal(12 * (int)cost["parts"]! * 0.045m, (decimal)cost["amount"]!);

        await using var database = await TestDatabase.CreateAsync(DatabaseKind.Sqlite);
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => TestHost.StartAsync(database, settings: new Dictionary<string, string?> { ["Providers:main:Price"] = "cheap" }));
        Assert.Contains("Providers:main:Price is \"cheap\"", fault.Message, StringComparison.Ordinal);

        static async Task<System.Text.Json.Nodes.JsonNode> CostsAsync(Life life)
        {
            var number = await life.DraftAsync(Life.Plan(TestCounty.Feeder, "2026-12-01T08:00:00", "2026-12-01T18:00:00"));

            return (await life.Host.GetAsync(Role.Dispatcher, $"/api/v1/outages/{number}/audience"))["costs"]!;
        }
    }

    private static async Task<Result<ForeseenChange>> ForeseeAsync(Life life, Func<OutageChanges, Task<Result<ForeseenChange>>> foresee)
    {
        await using var scope = life.Host.Services.CreateAsyncScope();

        return await foresee(scope.ServiceProvider.GetRequiredService<OutageChanges>());
    }
}
