using System.Text.Json.Nodes;
using System.Xml.Linq;
using Notices.Access;
using Notices.Deliveries;
using Notices.Publishing;
using Notices.Testing;

namespace Notices.Outages;

/// <summary>A postponed outage whose new date is planned as an outage of its own: one story, told once.</summary>
public class ReplacementTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Those_told_of_the_old_day_hear_the_new_one_and_the_old_outage_does_not_expire(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        await life.AddCustomerAsync("NEW", ["JX-T3"], "+8613900000007");
        var old = await life.PublishedAsync();
        await life.DoAsync(old, "postpone", new { reason = "weather" });
        await life.SettleAsync();

        // It comes back on T0 and T3; T1 and T2 are spared.
        var number = await life.ApprovedAsync(Plan(old, "2026-12-20", "JX-T0", "JX-T3"));
        Assert.DoesNotContain((await ScheduleAsync(life, old))["notices"]!.AsArray(), line => (string)line!["state"]! == "Waiting");
        Assert.Equal(number, (string)(await life.FindAsync(old))["replacedBy"]!);
        Assert.Equal(["replaced-by"], Life.Codes(await life.DoAsync(old, "cancel", new { reason = "weather" }, 409)));
        Assert.Equal(["replaced-by"], Life.Codes(await life.DoAsync(old, "reschedule", new { windows = new[] { new { startsAt = Life.At("2026-12-22T08:00:00"), endsAt = Life.At("2026-12-22T09:00:00") } }, reason = "weather" }, 409)));
        var rival = await life.DraftAsync(Plan(old, "2026-12-22", "JX-T1"));
        Assert.Equal(["replaced-already"], Life.Codes(await life.DoAsync(rival, "submit", null, 422)));

        await life.GoToAsync(Life.At("2026-12-12T09:00:00"));
        Assert.Equal("published changed", await life.StatusAsync(number) + " " + await life.TypesAsync(number));
        Assert.Equal("closed initial postponed", await life.StatusAsync(old) + " " + await life.TypesAsync(old));
        Assert.Equal(4, (await life.ToldAsync(number, NoticeType.Changed, "StillAffected")).Count(t => t.State == DeliveryState.Delivered));
        Assert.Equal(8, (await life.ToldAsync(number, NoticeType.Changed, "WronglyTold")).Count(t => t.State == DeliveryState.Delivered));
        Assert.Single(await life.ToldAsync(number, NoticeType.Changed, "NewlyAffected"));

        var moved = life.Got(Life.Phone(3));
        Assert.Equal(3, moved.Count); // told, put off, moved
        Assert.Contains("12月20日", moved[^1].Body, StringComparison.Ordinal);
        Assert.Contains("原定12月1日", moved[^1].Body, StringComparison.Ordinal);
        Assert.DoesNotContain("12月1日不停电", moved[^1].Body, StringComparison.Ordinal); // that day is past
        var spared = life.Got(Life.Phone(5));
        Assert.Equal(3, spared.Count);
        Assert.Contains("取消", spared[^1].Body, StringComparison.Ordinal);
        Assert.DoesNotContain("12月20日", spared[^1].Body, StringComparison.Ordinal);
        Assert.Contains("12月20日", Assert.Single(life.Got("+8613900000007")).Body, StringComparison.Ordinal);

        var first = (await life.Host.GetAsync(Role.Auditor, $"/api/v1/notices?number={number}"))["items"]![0]!;
        Assert.Equal($"{old}.2", (string)first["previous"]!);
        var before = (await life.Host.GetAsync(Role.Auditor, $"/api/v1/notices?number={old}"))["items"]!.AsArray();
        Assert.Equal([$"{old}.1", null], before.Select(n => (string?)n!["previous"]));

        // The spared are left alone from then on; the thirty days of the old one pass without a word.
        await life.DoAsync(number, "cancel", new { reason = "weather" });
        await life.SettleAsync();
        await life.GoToAsync(Life.At("2026-12-24T09:00:00"));
        Assert.Equal("initial postponed", await life.TypesAsync(old));
        Assert.Equal("changed cancelled", await life.TypesAsync(number));
        Assert.Equal((4, 3, 2), (life.Got(Life.Phone(3)).Count, life.Got(Life.Phone(5)).Count, life.Got("+8613900000007").Count));
        await life.ProveAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task The_feed_shows_the_new_notice_as_an_update_of_the_old(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var old = await life.ApprovedAsync(Life.Plan(TestCounty.Feeder, "2026-11-18T12:00:00", "2026-11-19T17:00:00").With("kind", "temporary"), new { confirm = (string[])["longer-than-12-hours"] });
        await life.GoToAsync(Life.At("2026-11-17T09:00:00"));
        await life.DoAsync(old, "postpone", new { reason = "weather" });
        await life.SettleAsync();
        var number = await life.ApprovedAsync(Life.Plan(TestCounty.Feeder, "2026-11-19T12:00:00", "2026-11-19T17:00:00").With("kind", "temporary").With("replaces", old));
        await life.GoToAsync(Life.At("2026-11-18T09:00:00"));
        Assert.Equal("changed", await life.TypesAsync(number));

        var alert = XDocument.Parse(await life.Host.TextAsync($"/feeds/cap/{number}.1.xml")).Root!;
        string Text(string name) => alert.Element(alert.Name.Namespace + name)!.Value;
        Assert.Equal("Update", Text("msgType"));
        Assert.Contains($",{old}.1,", Text("references"), StringComparison.Ordinal);
        Assert.Contains($",{old}.2,", Text("references"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replacement_taken_back_lets_the_old_one_expire_after_all()
    {
        await using var life = await Life.StartAsync();
        var old = await life.PublishedAsync();
        Assert.Equal(["replaces-not-postponed"], Life.Codes(await life.DoAsync(await life.DraftAsync(Plan(old, "2026-12-22", "JX-T3")), "submit", null, 422)));
        await life.DoAsync(old, "postpone", new { reason = "weather" });
        await life.SettleAsync();
        var number = await life.ApprovedAsync(Plan(old, "2026-12-20", "JX-T0"));
        await life.DoAsync(number, "withdraw", new { reason = "weather" });

        await life.GoToAsync(Life.At("2026-12-23T09:00:00"));
        Assert.Equal("cancelled initial postponed cancelled", await life.StatusAsync(old) + " " + await life.TypesAsync(old));
    }

    private static JsonObject Plan(string old, string day, params string[] transformers) => Life.Plan(TestCounty.Feeder, $"{day}T08:00:00", $"{day}T18:00:00")
        .With("feeders", new JsonArray()).With("transformers", new JsonArray([.. transformers.Select(t => (JsonNode)t)])).With("replaces", old);

    private static Task<JsonObject> ScheduleAsync(Life life, string number) => life.Host.GetAsync(Role.Auditor, $"/api/v1/outages/{number}/schedule");
}
