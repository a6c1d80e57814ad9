using Notices.Access;
using Notices.Testing;

namespace Notices.Outages;

/// <summary>Who, when, why, before and after: of every change of an outage.</summary>
public class HistoryTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Every_change_says_who_made_it_when_and_why_and_what_it_changed(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var plan = Life.Plan(TestCounty.Feeder, "2026-12-01T08:00:00", "2026-12-01T18:00:00");
        var number = await life.DraftAsync(plan);
        await life.Host.PutAsync(Role.Dispatcher, $"/api/v1/outages/{number}", plan.With("owner", "li.wei"), 1);
        await life.DoAsync(number, "submit");
        await life.DoAsync(number, "reject", new { reason = "地名有误" });
        await life.DoAsync(number, "submit");
        await life.DoAsync(number, "approve");
        await life.GoToAsync(Life.At("2026-11-23T09:00:00"));
        await life.DoAsync(number, "postpone", new { reason = "weather" });
        await life.SettleAsync();
        await life.DoAsync(number, "reschedule", new { windows = new[] { new { startsAt = Life.At("2026-12-03T08:00:00"), endsAt = Life.At("2026-12-03T18:00:00") } }, reason = "weather" });
        await life.SettleAsync();
        foreach (var moment in (string[])["2026-12-02T08:00:00", "2026-12-03T07:30:00", "2026-12-03T08:00:00"]) await life.GoToAsync(Life.At(moment));
        await life.DoAsync(number, "extend", new { estimatedRestoration = Life.At("2026-12-03T19:00:00"), reason = "work-not-finished" });
        await life.SettleAsync();
        await life.DoAsync(number, "restore", new { transformers = (string[])["JX-T0"] });
        await life.SettleAsync();
        await life.DoAsync(number, "restore");
        await life.SettleAsync();

        var history = (await life.FindAsync(number))["history"]!.AsArray().Select(h => h!).ToList();
        Assert.Equal(
            ["draft", "draft", "draft>submitted", "submitted>rejected", "rejected>submitted", "submitted>approved", "approved>published", "published>postponed", "postponed>published",
                "published>in-progress", "in-progress", "in-progress>partly-restored", "partly-restored>restored"],
            Steps(history));
        Assert.Equal(
            ["outage.planned", "outage.changed", "outage.submitted", "outage.rejected", "outage.submitted", "outage.approved", "outage.published", "outage.postponed", "outage.rescheduled",
                "outage.started", "outage.extended", "outage.restored", "outage.restored"],
            history.Select(h => (string)h["what"]!).Where(w => w.StartsWith("outage.", StringComparison.Ordinal)));
        System.Text.Json.Nodes.JsonNode The(string what, int at = 0) => history.Where(h => (string)h["what"]! == what).ElementAt(at);
        Assert.Equal(("dispatcher", "approver", "system"), ((string)The("outage.planned")["by"]!, (string)The("outage.rejected")["by"]!, (string)The("outage.started")["by"]!));
        Assert.Equal("owner", (string)Assert.Single(The("outage.changed")["changes"]!.AsArray())!["field"]!);
        Assert.Equal("地名有误", (string)The("outage.rejected")["why"]!["reason"]!["zh-CN"]!);
        var moved = Assert.Single(The("outage.rescheduled")["changes"]!.AsArray(), c => (string)c!["field"]! == "windows")!;
        Assert.Contains("2026-12-01T08:00", moved["before"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("2026-12-03T08:00", moved["after"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("2026-12-03T08:00:00+08:00", (string)The("outage.started")["at"]!);
        Assert.Equal($"{number}.1", (string)The("outage.published")["why"]!["notice"]!);
        await life.ProveAsync();
    }

    /// <summary>The status before and after each entry that changed it, or the one it left as it was.</summary>
    private static List<string> Steps(List<System.Text.Json.Nodes.JsonNode> history)
    {
        var (steps, now) = (new List<string>(), "draft");
        foreach (var deed in history.Where(h => ((string)h["what"]!).StartsWith("outage.", StringComparison.Ordinal)))
        {
            if (deed["changes"]!.AsArray().FirstOrDefault(c => (string)c!["field"]! == "status") is not { } change)
            {
                steps.Add(now);
                continue;
            }

            Assert.Equal(now, (string)change["before"]!);
            now = (string)change["after"]!;
            steps.Add($"{change["before"]}>{now}");
        }

        return steps;
    }
}
