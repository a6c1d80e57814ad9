using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Jobs;
using Notices.Outages;
using Notices.Testing;

namespace Notices.Evidence;

/// <summary>The report's numbers against what was kept of the same events in another way: the record and the certificates.</summary>
public class ComplianceTests
{
    private const string Formula = "=HYPERLINK(\"http://example.org\",\"设备缺陷\")<script>";
    private const string Period = "from=2026-11-01T00:00:00%2B08:00&to=2027-01-01T00:00:00%2B08:00";
    private const string Report = "/api/v1/compliance?" + Period;

    private static readonly string[] Feeders = [TestCounty.Feeder];

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Its_numbers_are_those_of_the_record_and_of_the_certificates_in_life_and_in_the_archive(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind, settings: new() { ["Providers:main:Rules:000003"] = "refuse", ["Providers:main:Rules:000005"] = "try-later" });
        await life.AddNeighboursAsync();
        await TellAsync(life);

        var report = await life.Host.GetAsync(Role.Auditor, Report);
        var totals = report["totals"]!.Deserialize<ComplianceFigures>(Json.Stored)!;
        Assert.Equal(["2026-11", "2026-12"], report["lines"]!.AsArray().Select(line => (string)line!["month"]!));
        Assert.Equal([new LateReason(Formula, 1)], totals.PublicClock.LateReasons);
        Assert.True(totals.PublicClock.Notices is { OnTime: > 0, Late: 1, Emergency: > 0, WithoutDeadline: > 0 }, report.ToJsonString());
        Assert.True(totals.PersonalClock.Recipients is { InTime: > 0, Late: > 0, NotHandedOver: > 0 }, report.ToJsonString());
        Assert.Contains(totals.Reasons, reason => reason.Reason == "stopped");

        await AgreesWithTheRecordAsync(life, totals);
        await AgreesWithTheCertificatesAsync(life, totals);
        await AgreesWithItsListsAsync(life, totals);

        life.Host.Clock.Advance(TimeSpan.FromDays(91));
        await using (var scope = life.Host.Services.CreateAsyncScope()) await scope.ServiceProvider.GetRequiredService<Sweep>().ArchiveAsync(default);
        await using (var db = life.Host.Database.Open()) Assert.Equal(0, await db.Deliveries.CountAsync());
        Assert.Equal(report["totals"]!.ToJsonString(), (await life.Host.GetAsync(Role.Auditor, Report))["totals"]!.ToJsonString());
        await AgreesWithItsListsAsync(life, totals);

        var table = await (await life.Host.AsAsync(Role.Auditor)).GetStringAsync(new Uri("/api/v1/compliance.csv?" + Period, UriKind.Relative));
        Assert.Contains("late-reason,,,,,\"'=HYPERLINK(\"\"http://example.org\"\",\"\"设备缺陷\"\")<script>\",1\n", table, StringComparison.Ordinal);
        Assert.DoesNotContain(",=HYPERLINK", table, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_may_not_see_it_or_asks_for_nonsense_gets_a_sentence()
    {
        await using var life = await Life.StartAsync();
        await life.AddNeighboursAsync();
        await life.PublishedAsync();
        Task<JsonObject> AskAsync(string query, int status, string route = "/api/v1/compliance") => life.Host.GetAsync(Role.Auditor, $"{route}?{query}", status);

        var now = await life.Host.GetAsync(Role.Auditor, "/api/v1/compliance");
        Assert.Equal(["2026-10-31T16:00:00+00:00", "2026-11-30T16:00:00+00:00"], new[] { (string)now["from"]!, (string)now["to"]! }.Select(at => DateTimeOffset.Parse(at, null).ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:sszzz", null)));
        Assert.Equal(1, (int)now["totals"]!["publicClock"]!["notices"]!["published"]!);
        Assert.Equal(["compliance-period-reversed"], Life.Codes(await AskAsync("from=2026-12-01T00:00:00Z&to=2026-12-01T00:00:00Z", 422)));
        Assert.Equal(["compliance-period-too-long"], Life.Codes(await AskAsync("from=2023-11-30T00:00:00Z&to=2026-12-01T00:00:00Z", 422)));
        Assert.Equal(["compliance-period-outside"], Life.Codes(await AskAsync("from=0001-01-01T00:00:00Z&to=0001-02-01T00:00:00Z", 422)));
        Assert.Equal(["compliance-period-outside"], Life.Codes(await AskAsync("from=9999-12-31T00:00:00Z&to=9999-12-31T23:00:00Z", 422)));
        Assert.Equal(["parameter-unreadable"], Life.Codes(await AskAsync("from=yesterday", 400)));
        Assert.Equal(["compliance-filter-unfit"], Life.Codes(await AskAsync("number=late&tier=1", 422, "/api/v1/compliance/notices")));
        Assert.Equal(["parameter-unreadable"], Life.Codes(await AskAsync("number=all", 400, "/api/v1/compliance/notices")));
        Assert.Equal(["unknown-organisation"], Life.Codes(await AskAsync("organisation=LZ%27--", 422)));

        using var other = await (await life.ClientAsync(Role.Auditor, "LZ")).GetAsync(new Uri("/api/v1/compliance/notices", UriKind.Relative));
        Assert.Empty((await JsonNode.ParseAsync(await other.Content.ReadAsStreamAsync()))!["items"]!.AsArray());
        using var theirs = await (await life.ClientAsync(Role.Auditor, "LZ")).GetAsync(new Uri("/api/v1/compliance?organisation=JX", UriKind.Relative));
        using var agent = await (await life.ClientAsync(Role.Agent)).GetAsync(new Uri("/api/v1/compliance", UriKind.Relative));
        using var radio = await (await life.ClientAsync(Role.Broadcaster)).GetAsync(new Uri("/api/v1/compliance.csv", UriKind.Relative));
        Assert.Equal([422, 403, 403], new[] { theirs, agent, radio }.Select(answer => (int)answer.StatusCode));
    }

    /// <summary>A cut announced too late, a planned one whose first round is stopped, an emergency; each to its end.</summary>
    private static async Task TellAsync(Life life)
    {
        var late = await life.ApprovedAsync(Life.Plan(TestCounty.Feeder, "2026-11-16T20:00:00", "2026-11-16T22:00:00").With("kind", "temporary"), new { lateReason = Formula });
        await life.SettleAsync();
        await life.GoToAsync(Life.At("2026-11-16T20:00:00"));
        await life.GoToAsync(Life.At("2026-11-16T21:00:00"));
        await life.DoAsync(late, "restore");
        await life.SettleAsync();

        var planned = await life.ApprovedAsync(Life.Plan(TestCounty.Feeder, "2026-12-01T08:00:00", "2026-12-01T18:00:00"), new { confirm = (string[])["repeated-outage"] });
        await life.GoToAsync(Life.At("2026-11-23T09:00:00"));
        var round = (long)(await life.Host.GetAsync(Role.Auditor, $"/api/v1/notices?number={planned}"))["items"]![0]!["rounds"]![0]!;
        await life.Host.PostAsync(Role.Dispatcher, $"/api/v1/rounds/{round}/stop", new { reason = "纸质通知已送达" });

        await life.GoToAsync(Life.At("2026-11-24T08:00:00"));
        var declared = await life.Host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies", new { kind = "emergency", organisation = TestCounty.Code, feeders = Feeders, minutesLeft = 20, estimatedRestoration = Life.At("2026-11-24T12:00:00") }, 202);
        await life.SettleAsync();
        await life.GoToAsync(Life.At("2026-11-24T09:00:00"));
        await life.DoAsync((string)declared["number"]!, "restore");
        await life.SettleAsync();

        await life.GoToAsync(Life.At("2026-12-01T08:00:00"));
        await life.GoToAsync(Life.At("2026-12-01T17:00:00"));
        await life.DoAsync(planned, "restore");
        await life.GoToAsync(Life.At("2026-12-03T17:00:00"));
        await using var db = life.Host.Database.Open();
        await TestHost.UntilAsync(async () => !await db.Rounds.AnyAsync(r => r.ClosedAt == null), "every round has closed", 60);
    }

    private static async Task AgreesWithTheRecordAsync(Life life, ComplianceFigures totals)
    {
        async Task<List<JsonNode>> EntriesAsync(string action) => [.. (await life.Host.GetAsync(Role.Auditor, $"/api/v1/audit?action={action}&limit=500"))["items"]!.AsArray().Select(entry => entry!)];
        var closings = (await EntriesAsync("rounds.closed")).ConvertAll(entry => JsonNode.Parse((string)entry["after"]!)!["recipients"]!.Deserialize<StateCounts>(Json.Stored)!);

        Assert.Equal((await EntriesAsync("notice.published")).Count, totals.PublicClock.Notices.Published);
        Assert.Equal(Sum(closings), totals.Recipients);
    }

    private static async Task AgreesWithTheCertificatesAsync(Life life, ComplianceFigures totals)
    {
        await using var db = life.Host.Database.Open();
        var stated = (await db.Certificates.OrderBy(c => c.RoundId).ToListAsync()).ConvertAll(c => JsonSerializer.Deserialize<RoundStatement>(c.Statement, Json.Stored)!);
        var measured = stated.Where(one => one.PublicClock.Deadline is not null && one.Notice.Kind != OutageKind.Emergency).ToList();

        Assert.Equal(Sum(stated.Select(one => one.Recipients)), totals.Recipients);
        Assert.Equal(
            [.. stated.SelectMany(one => one.Tiers).GroupBy(tier => tier.Tier).OrderBy(tier => tier.Key).Select(tier => (tier.Key, Sum(tier.Select(one => one.Recipients))))],
            totals.Tiers.Select(tier => (tier.Tier, tier.Recipients)));
        Assert.Equal(
            [.. stated.SelectMany(one => one.Media).GroupBy(medium => (medium.Medium, medium.Provider)).Select(medium => (medium.Key, Sum(medium.Select(one => one.Messages)))).OrderBy(medium => medium.Key.ToString(), StringComparer.Ordinal)],
            totals.Media.Select(medium => ((medium.Medium, medium.Provider), medium.Messages)).OrderBy(medium => medium.Item1.ToString(), StringComparer.Ordinal));
        Assert.Equal(
            new PersonalClockCounts(measured.Sum(one => one.PersonalClock.InTime), measured.Sum(one => one.PersonalClock.Late), measured.Sum(one => one.PersonalClock.NotHandedOver)), totals.PersonalClock.Recipients);
        Assert.Equal(measured.Where(one => one.PublicClock.MarkedLate || one.PublicClock.LateBySeconds is not null).Select(one => one.Notice.Identifier).Distinct().Count(), totals.PublicClock.Notices.Late);
        Assert.Equal(stated.SelectMany(one => one.Reasons).Sum(reason => reason.Count), totals.Reasons.Sum(reason => reason.Count));
    }

    /// <summary>Every number is the sum of the counts of its list, read in pages of two.</summary>
    private static async Task AgreesWithItsListsAsync(Life life, ComplianceFigures totals)
    {
        var (notices, told) = (totals.PublicClock.Notices, totals.PersonalClock.Recipients);
        List<(string Filter, int Number)> numbers =
        [
            ("number=published", notices.Published), ("number=on-time", notices.OnTime), ("number=late", notices.Late), ("number=emergency", notices.Emergency), ("number=without-deadline", notices.WithoutDeadline),
            ($"number=late&reason={Uri.EscapeDataString(Formula)}", 1), ("number=published&kind=planned", totals.PublicClock.Kinds.Single(kind => kind.Kind == OutageKind.Planned).Notices.Published),
            ("number=told-in-time", told.InTime), ("number=told-late", told.Late), ("number=not-handed-over", told.NotHandedOver),
            ("number=total", totals.Recipients.Total), ("number=open", 0), ("number=delivered", totals.Recipients.Delivered), ("number=failed", totals.Recipients.Failed),
            ("number=told-late&tier=1", totals.PersonalClock.Tiers.Single(tier => tier.Tier == 1).Recipients.Late),
        ];
        numbers.AddRange(totals.Tiers.Select(tier => ($"number=total&tier={tier.Tier}", tier.Recipients.Total)));
        numbers.AddRange(totals.Reasons.Select(reason => ($"number={JsonNamingPolicy.KebabCaseLower.ConvertName(reason.State.ToString())}&reason={reason.Reason}", reason.Count)));
        numbers.AddRange(totals.Media.GroupBy(medium => medium.Medium).Select(medium => ($"number=total&medium={JsonNamingPolicy.KebabCaseLower.ConvertName(medium.Key.ToString())}", medium.Sum(one => one.Messages.Total))));
        numbers.AddRange(totals.Media.Where(medium => medium.Provider is not null).GroupBy(medium => medium.Provider).Select(provider => ($"number=delivered&provider={provider.Key}", provider.Sum(one => one.Messages.Delivered))));

        foreach (var (filter, number) in numbers)
        {
            var (sum, after) = (0, "");
            do
            {
                var page = await life.Host.GetAsync(Role.Auditor, $"/api/v1/compliance/notices?{Period}&{filter}&limit=2{after}");
                sum += page["items"]!.AsArray().Sum(item => (int)item!["count"]!);
                after = page["next"] is { } next ? $"&after={next}" : "";
            }
            while (after.Length > 0);

            Assert.True(sum == number, $"{filter}: {sum} in the list, {number} in the report");
        }
    }

    private static StateCounts Sum(IEnumerable<StateCounts> counts) => counts.Aggregate(new StateCounts(0, 0, 0, 0, 0, 0, 0, 0, 0), (sum, one) => new StateCounts(
        sum.Total + one.Total, sum.Waiting + one.Waiting, sum.InFlight + one.InFlight, sum.Acknowledged + one.Acknowledged, sum.Delivered + one.Delivered, sum.Sent + one.Sent, sum.Failed + one.Failed,
        sum.Suppressed + one.Suppressed, sum.Unconfirmed + one.Unconfirmed));
}
