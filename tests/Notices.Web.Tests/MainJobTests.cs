using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Testing;

namespace Notices;

/// <summary>The main job, end to end: a plan goes in, a notice stands in the feed in time, messages go out, the record proves it.</summary>
public class MainJobTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.Parse("2026-12-01T08:00:00+08:00", System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_plan_becomes_a_notice_in_time_and_a_message_to_everyone(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        await TestCounty.SeedAsync(host.Database);

        var plan = await host.PostAsync(Role.Dispatcher, "/api/v1/outages", TestCounty.Plan(Start), 201);
        var number = (string)plan["number"]!;
        await host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{number}/submit");
        await host.PostAsync(Role.Approver, $"/api/v1/outages/{number}/approve");

        Assert.DoesNotContain(number, await host.TextAsync("/feeds/notices.atom"), StringComparison.Ordinal);
        await host.AdvanceAsync(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1)); // 23 November, 08:29
        Assert.DoesNotContain(number, await host.TextAsync("/feeds/notices.atom"), StringComparison.Ordinal);
        await host.AdvanceAsync(TimeSpan.FromMinutes(31)); // 09:00
        await TestHost.UntilAsync(async () => (await host.TextAsync("/feeds/notices.atom")).Contains(number, StringComparison.Ordinal), "published");

        var cap = XDocument.Parse(await host.TextAsync($"/feeds/cap/{number}.1.xml"));
        Assert.Empty(Feeds.CapRules.Check(cap));

        var notices = await host.GetAsync(Role.Auditor, $"/api/v1/notices?number={number}");
        var notice = notices["items"]![0]!.AsObject();
        Assert.False((bool)notice["late"]!);
        Assert.Equal("2026-11-23T09:00:00+08:00", ((DateTimeOffset)notice["publishedAt"]!).ToString("yyyy-MM-dd'T'HH:mm:sszzz", null));

        var changes = await host.GetAsync(Role.Dispatcher, "/api/v1/changes?limit=100");
        Assert.Contains(changes["items"]!.AsArray(), item => (string)item!["what"]! == "notice.published" && (string?)item["notice"] == $"{number}.1");

        var round = (long)notice["rounds"]![0]!;
        await TestHost.UntilAsync(async () => (int)(await Counts(host, round))["delivered"]! == 12, "all delivered");
        var counts = await Counts(host, round);
        Assert.Equal(12, (int)counts["snapshot"]!);

        var verdict = await host.GetAsync(Role.Auditor, "/api/v1/audit/verify");
        Assert.True((bool)verdict["ok"]!, verdict.ToJsonString());
    }

    private static async Task<JsonObject> Counts(TestHost host, long round) => (await host.GetAsync(Role.Auditor, $"/api/v1/rounds/{round}"))["counts"]!.AsObject();
}
