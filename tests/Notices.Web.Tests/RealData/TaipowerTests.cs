using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Channels.Sandbox;
using Notices.Customers;
using Notices.Imports;
using Notices.Network;
using Notices.Outages;
using Notices.Testing;

namespace Notices.RealDataTests;

/// <summary>Real notices of Taipower, linked to the real feeders of Keelung with made-up customers on them.</summary>
public class TaipowerTests
{
    private const int CustomersAFeeder = 25;

    [Fact]
    public async Task Keelungs_outages_reach_every_affected_customer_once()
    {
        var notices = RealData.Path("taiwan-taipower", "planned", "taipower-outage-sample.csv");
        await using var host = await TestHost.StartAsync(
            DatabaseKind.Sqlite, DateTimeOffset.Parse("2026-09-01T08:30:00+08:00", null), new() { ["Customers:Region"] = "TW" });
        host.Organisation = "TPC";
        await ImportNetworkAsync(host, RealData.Path("taiwan-taipower", "feeder", "KEELUNG_tr_feeder.csv"));

        var report = await ImportAsync(host, notices);
        Assert.Equal(106, report.Counts.Rows);
        Assert.Equal((40, 1), (report.Drafted.Count, report.History)); // 41 requests, one of them stale
        var drafts = new List<JsonObject>();
        foreach (var number in report.Drafted) drafts.Add(await host.GetAsync(Role.Auditor, $"/api/v1/outages/{number}"));
        Assert.Contains(drafts, d => d["windows"]!.AsArray().Count > 1); // H14439's second window

        var keelung = drafts.Where(d => d["places"]!.AsArray().Any(p => ((string)p!).Contains("基隆市", StringComparison.Ordinal))).ToList();
        Assert.Equal(17, keelung.Count);
        var feeders = await FeedersAsync(host, keelung.Count);
        await ImportCustomersAsync(host, feeders);
        foreach (var (draft, feeder) in keelung.Zip(feeders)) await LinkAndApproveAsync(host, draft, feeder.Key);

        await host.LiveThroughAsync(DateTimeOffset.Parse("2026-10-07T10:00:00+08:00", null));

        foreach (var draft in keelung)
        {
            var published = (await host.GetAsync(Role.Auditor, $"/api/v1/notices?number={(string)draft["number"]!}"))["items"]!.AsArray();
            var initial = published.Single(n => (string)n!["type"]! == "initial")!;
            Assert.False((bool)initial["late"]!);
            var round = (long)initial["rounds"]!.AsArray().Single()!;
            await TestHost.UntilAsync(async () => Delivered(await host.GetAsync(Role.Auditor, $"/api/v1/rounds/{round}")) == CustomersAFeeder, $"{draft["number"]} reaches all");
            var counts = (await host.GetAsync(Role.Auditor, $"/api/v1/rounds/{round}"))["counts"]!;
            Assert.Equal(CustomersAFeeder, (int)counts["snapshot"]!);
        }

        Assert.Equal(0, host.Services.GetRequiredService<SandboxOutbox>().Doubles);
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
    }

    private static int Delivered(JsonObject round) => (int)round["counts"]!["delivered"]!;

    private static async Task ImportNetworkAsync(TestHost host, string file)
    {
        await using var scope = host.Services.CreateAsyncScope();
        await using var stream = File.OpenRead(file);
        var report = await scope.ServiceProvider.GetRequiredService<NetworkImport>().RunAsync(
            stream, new ImportRequest { FileName = "KEELUNG_tr_feeder.csv", Profile = RealData.Profile("taipower-feeders") }, Actor.System, null, default);
        Assert.Empty(report.Problems);
        Assert.Equal((3222, 3222), (report.Value!.Rows, report.Value.Added));
    }

    private static async Task<OutageImportReport> ImportAsync(TestHost host, string file)
    {
        await using var scope = host.Services.CreateAsyncScope();
        await using var stream = File.OpenRead(file);
        var result = await scope.ServiceProvider.GetRequiredService<OutageImport>().RunAsync(
            stream, new ImportRequest { FileName = "taipower-outage-sample.csv", Profile = RealData.Profile("taipower-notices") }, false, Actor.System, null, default);
        Assert.Empty(result.Problems);

        return result.Value!;
    }

    /// <summary>Real feeders and some of their transformers.</summary>
    private static async Task<List<KeyValuePair<string, List<string>>>> FeedersAsync(TestHost host, int count)
    {
        await using var db = host.Database.Open();
        var transformers = await db.Transformers.Select(t => new { Feeder = t.Feeder!.Code, t.Code }).ToListAsync();

        return [.. transformers.GroupBy(t => t.Feeder).OrderByDescending(g => g.Count()).Take(count).Select(g => KeyValuePair.Create(g.Key, g.Select(t => t.Code).ToList()))];
    }

    private static async Task ImportCustomersAsync(TestHost host, List<KeyValuePair<string, List<string>>> feeders)
    {
        var csv = new StringBuilder("account_no,customer_id,name,transformer_code,phone\n");
        foreach (var ((_, transformers), f) in feeders.Select((f, i) => (f, i)))
        {
            for (var i = 0; i < CustomersAFeeder; i++)
                csv.AppendLine(CultureInfo.InvariantCulture, $"{f:00}{i:000000},T{f:00}{i:000},用戶{i},{transformers[i % transformers.Count]},09{12 + f:00}{i:000000}");
        }

        await using var scope = host.Services.CreateAsyncScope();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(csv.ToString()));
        var report = await scope.ServiceProvider.GetRequiredService<CustomerImport>().RunAsync(
            stream, new ImportRequest { FileName = "customers.csv", Region = "TW", Organisation = "TPC-KL" }, Actor.System, null, default);
        Assert.Empty(report.Problems);
        Assert.True(report.Value!.Rejected == 0, string.Join("; ", report.Value.Rejections.SelectMany(r => r.Problems).Select(p => $"{p.Code} {p.Field}").Distinct()));
    }

    private static async Task LinkAndApproveAsync(TestHost host, JsonObject draft, string feeder)
    {
        var number = (string)draft["number"]!;
        var plan = new JsonObject
        {
            ["reference"] = (string)draft["reference"]!,
            ["kind"] = "planned",
            ["organisation"] = (string)draft["organisation"]!,
            ["feeders"] = new JsonArray(feeder),
            ["places"] = draft["places"]!.DeepClone(),
            ["placesExplained"] = "the network file names no places",
            ["windows"] = draft["windows"]!.DeepClone(),
            ["reason"] = draft["reason"]?.DeepClone() ?? draft["work"]!.DeepClone(),
            ["work"] = draft["work"]?.DeepClone(),
        };
        await host.PutAsync(Role.Dispatcher, $"/api/v1/outages/{number}", plan, (int)draft["version"]!);
        await host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{number}/submit", new { confirm = new[] { "repeated-outage", "protected-period" } });
        await host.PostAsync(Role.Approver, $"/api/v1/outages/{number}/approve");
    }
}
