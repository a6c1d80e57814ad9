using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Imports;
using Notices.Network;
using Notices.Outages;
using Notices.Testing;

namespace Notices.RealDataTests;

/// <summary>Seven real notices of the State Grid: drafts without a feeder, which a dispatcher has to link before anything goes out.</summary>
public class SichuanTests
{
    [Fact]
    public async Task The_notices_are_refused_without_a_feeder_and_told_in_time_with_one()
    {
        var file = RealData.Path("sichuan-guangyuan", "notices.json");
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite, DateTimeOffset.Parse("2021-03-01T08:30:00+08:00", null));
        host.Organisation = "GY";

        var report = await ImportAsync(host, file);
        Assert.Equal(7, report.Drafted.Count);
        Assert.Equal(7, report.Refused.Count);
        Assert.All(report.Refused, refused => Assert.Contains(refused.Problems, p => p.Code == "scope-missing"));

        var drafts = new List<JsonObject>();
        foreach (var number in report.Drafted) drafts.Add(await host.GetAsync(Role.Auditor, $"/api/v1/outages/{number}"));
        await LinkAsync(host, drafts);
        foreach (var draft in drafts.Where(d => (string)d["kind"]! == "planned")) await SubmitAndApproveAsync(host, draft);

        // The fault is told when it happens, not before.
        var fault = drafts.Single(d => (string)d["kind"]! == "fault");
        await LiveThroughAsync(host, "2021-03-11T10:05:00+08:00");
        await host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies",
            new { kind = "fault", organisation = "GY", feeders = new[] { Feeder(fault) }, places = fault["places"], estimatedRestoration = "2021-03-11T11:38:00+08:00", reason = "equipment-fault" }, 202);
        await LiveThroughAsync(host, "2021-03-11T10:15:00+08:00");

        var notices = (await host.GetAsync(Role.Auditor, "/api/v1/notices?limit=200"))["items"]!.AsArray().Select(n => n!.AsObject()).Where(n => (string)n["type"]! == "initial").ToList();
        Assert.Equal(7, notices.Count);
        Assert.All(notices, n => Assert.False((bool)n["late"]!, n.ToJsonString()));
        foreach (var draft in drafts.Where(d => (string)d["kind"]! == "planned"))
        {
            var notice = notices.Single(n => (string)n["number"]! == (string)draft["number"]!);
            var (published, start) = ((DateTimeOffset)notice["publishedAt"]!, (DateTimeOffset)draft["windows"]![0]!["startsAt"]!);
            Assert.Equal(new TimeOnly(9, 0), TimeOnly.FromTimeSpan(published.TimeOfDay));
            Assert.Equal(8, (start.Date - published.Date).Days); // seven whole days between
        }

        var faultNotice = notices.Single(n => (string)n["kind"]! == "fault");
        Assert.Equal(DateTimeOffset.Parse("2021-03-11T10:10:00+08:00", null), (DateTimeOffset)faultNotice["publishedAt"]!); // after the hold-off
        Assert.True((bool)(await host.GetAsync(Role.Auditor, "/api/v1/audit/verify"))["ok"]!);
    }

    [Fact]
    public async Task An_emptied_notice_is_refused_with_all_its_reasons()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite);
        await TestCounty.SeedAsync(host.Database);
        var plan = await host.PostAsync(Role.Dispatcher, "/api/v1/outages", new { kind = "planned", organisation = TestCounty.Code }, 201);

        var refused = await host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{(string)plan["number"]!}/submit", null, 422);

        var codes = refused["problems"]!.AsArray().Select(p => (string)p!["code"]!).ToList();
        Assert.Equal(["scope-missing", "windows-missing", "reason-missing", "places-missing"], codes);
        Assert.All(refused["problems"]!.AsArray(), p => Assert.NotNull(p!["field"]));
    }

    private static async Task<OutageImportReport> ImportAsync(TestHost host, string file)
    {
        await using var scope = host.Services.CreateAsyncScope();
        await using var stream = File.OpenRead(file);
        var result = await scope.ServiceProvider.GetRequiredService<OutageImport>().RunAsync(
            stream, new ImportRequest { FileName = "notices.json", Profile = RealData.Profile("sichuan-notices") }, true, Actor.System, null, default);
        Assert.Empty(result.Problems);

        return result.Value!;
    }

    /// <summary>A made-up feeder for each notice, with a transformer in each of its places and two customers on each.</summary>
    private static async Task LinkAsync(TestHost host, List<JsonObject> drafts)
    {
        await using var db = host.Database.Open();
        var organisation = await db.Organisations.SingleAsync(o => o.Code == "GY");
        await db.Database.ExecuteSqlRawAsync("UPDATE organisations SET signature_en = 'GY Power' WHERE code = 'GY'");
        foreach (var draft in drafts)
        {
            var feeder = new Feeder { OrganisationId = organisation.Id, Code = Feeder(draft), Name = "广元0" + ((string)draft["reference"]!)[^2..] + "线", VoltageKv = 10 };
            foreach (var (place, i) in draft["places"]!.AsArray().Select((p, i) => ((string)p!, i)))
            {
                db.Transformers.Add(new Transformer
                {
                    Feeder = feeder,
                    Code = $"{feeder.Code}-{i}",
                    Name = $"{place}台区",
                    Place = new Place { OrganisationId = organisation.Id, Code = $"{feeder.Code}-{i}", Name = place },
                });
            }
        }

        await db.SaveChangesAsync();
    }

    private static string Feeder(JsonObject draft) => $"GY-{(string)draft["reference"]!}";

    private static async Task SubmitAndApproveAsync(TestHost host, JsonObject draft)
    {
        var number = (string)draft["number"]!;
        var plan = new JsonObject
        {
            ["reference"] = (string)draft["reference"]!,
            ["kind"] = "planned",
            ["organisation"] = "GY",
            ["feeders"] = new JsonArray(Feeder(draft)),
            ["places"] = draft["places"]!.DeepClone(),
            ["windows"] = draft["windows"]!.DeepClone(),
            ["reason"] = draft["reason"]!.DeepClone(),
        };
        await host.PutAsync(Role.Dispatcher, $"/api/v1/outages/{number}", plan, (int)draft["version"]!);

        var hours = ((DateTimeOffset)draft["windows"]![0]!["endsAt"]! - (DateTimeOffset)draft["windows"]![0]!["startsAt"]!).TotalHours;
        if (hours > 12)
        {
            var warned = await host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{number}/submit", null, 422);
            Assert.Equal("longer-than-12-hours", (string)warned["code"]!);
        }

        await host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{number}/submit", new { confirm = hours > 12 ? (string[])["longer-than-12-hours"] : [] });
        await host.PostAsync(Role.Approver, $"/api/v1/outages/{number}/approve");
    }

    private static Task LiveThroughAsync(TestHost host, string until) => host.LiveThroughAsync(DateTimeOffset.Parse(until, null));
}
