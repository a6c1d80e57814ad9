using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Deliveries;
using Notices.Publishing;
using Notices.Testing;

namespace Notices.Outages;

/// <summary>What follows when a plan people know of changes: the right notice, to the right people, once.</summary>
public class OutageLifeTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task What_nobody_has_approved_is_never_published_and_what_is_approved_too_late_says_so(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var number = await life.DraftAsync(Life.Plan(TestCounty.Feeder, "2026-12-01T08:00:00", "2026-12-01T18:00:00"));
        await life.DoAsync(number, "submit");
        var lines = (await life.Host.GetAsync(Role.Approver, $"/api/v1/outages/{number}/schedule"))["notices"]!.AsArray();
        Assert.All(lines, line => Assert.Contains((string)line!["state"]!, (string[])["Preview", "Skipped"]));

        await life.GoToAsync(Life.At("2026-11-24T09:00:00")); // it should have gone out the morning before
        Assert.Equal("submitted ", await life.StatusAsync(number) + " " + await life.TypesAsync(number));
        Assert.Empty(life.Outbox.Last());

        Assert.Equal(["lead-time-too-short"], Life.Codes(await life.DoAsync(number, "approve", null, 422)));
        await life.DoAsync(number, "approve", new { lateReason = "审批人外出" });
        await life.SettleAsync();
        Assert.Equal("published initial!", await life.StatusAsync(number) + " " + await life.TypesAsync(number));
        Assert.Equal(12, (await life.ToldAsync(number, NoticeType.Initial)).Count);
        await life.ProveAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_moved_day_is_told_to_those_told_and_the_clock_starts_anew(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var number = await life.PublishedAsync();
        Assert.Equal(["reason-missing"], Life.Codes(await life.DoAsync(number, "reschedule", new { windows = Days("2026-12-10") }, 422)));

        await life.DoAsync(number, "reschedule", new { windows = Days("2026-12-10"), reason = "weather" });
        await life.SettleAsync();
        Assert.Equal("initial changed", await life.TypesAsync(number));
        Assert.Equal(12, (await life.ToldAsync(number, NoticeType.Changed)).Count(t => t.State == DeliveryState.Delivered));
        Assert.Equal(2, life.Got(Life.Phone(3)).Count);
        Assert.Contains("12月10日", life.Got(Life.Phone(3))[^1].Body, StringComparison.Ordinal);
        Assert.Contains("12月1日", life.Got(Life.Phone(3))[^1].Body, StringComparison.Ordinal);
        var notice = (await life.Host.GetAsync(Role.Auditor, $"/api/v1/notices?number={number}"))["items"]![0]!;
        Assert.Equal("2026-12-03T00:00:00+08:00", (string)notice["deadline"]!);
        Assert.Contains($"{number}.2", await life.Host.TextAsync("/feeds/notices.atom"), StringComparison.Ordinal);

        // Nearer than the lead time only with a reason, and marked.
        Assert.Equal(["lead-time-too-short"], Life.Codes(await life.DoAsync(number, "reschedule", new { windows = Days("2026-11-28"), reason = "weather" }, 422)));
        await life.DoAsync(number, "reschedule", new { windows = Days("2026-11-28"), reason = "weather", lateReason = "抢在寒潮前" });
        await life.SettleAsync();
        Assert.Equal("initial changed changed!", await life.TypesAsync(number));

        // The new day runs its course.
        foreach (var moment in (string[])["2026-11-27T08:00:00", "2026-11-28T07:30:00", "2026-11-28T08:00:00"]) await life.GoToAsync(Life.At(moment));
        Assert.Equal("in-progress", await life.StatusAsync(number));
        Assert.Equal("initial changed changed! reminder reminder started", await life.TypesAsync(number));
        await life.ProveAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_correction_speaks_to_three_groups(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        await life.AddCustomerAsync("NEW", ["JX-T3"], "+8613900000007");
        var number = await life.PublishedAsync();
        life.Outbox.Clear();

        // It was T0 and T3, not T0, T1 and T2.
        await life.DoAsync(number, "correct", new { transformers = new[] { "JX-T0", "JX-T3" }, reason = "our-mistake" });
        await life.SettleAsync();

        Assert.Equal("initial corrected", await life.TypesAsync(number));
        Assert.Equal(8, (await life.ToldAsync(number, NoticeType.Corrected, "WronglyTold")).Count(t => t.State == DeliveryState.Delivered));
        Assert.Single(await life.ToldAsync(number, NoticeType.Corrected, "NewlyAffected"));
        Assert.Empty(life.Got(Life.Phone(3))); // on T0, told rightly
        var wrongly = Assert.Single(life.Got(Life.Phone(5)));
        Assert.Contains("更正", wrongly.Body, StringComparison.Ordinal);
        Assert.Contains("歉", wrongly.Body, StringComparison.Ordinal);
        var newly = Assert.Single(life.Got("+8613900000007"));
        Assert.DoesNotContain("更正", newly.Body, StringComparison.Ordinal);
        Assert.Contains("12月1日", newly.Body, StringComparison.Ordinal);

        // Now the hours were wrong: those told and affected hear the right ones, once.
        life.Outbox.Clear();
        await life.DoAsync(number, "correct", new
        {
            transformers = new[] { "JX-T0", "JX-T3" },
            reason = "our-mistake",
            windows = new[] { new { startsAt = Life.At("2026-12-01T09:00:00"), endsAt = Life.At("2026-12-01T17:00:00") } },
        });
        await life.SettleAsync();
        Assert.Contains("9:00", Assert.Single(life.Got(Life.Phone(3))).Body.Replace("09:00", "9:00", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Single(life.Got("+8613900000007"));
        Assert.Empty(life.Got(Life.Phone(5)));
        await life.ProveAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_postponed_outage_waits_for_its_new_date_and_expires_without_one(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        await life.AddFeedersAsync(1);
        await life.AddCustomerAsync("F0C", ["T0"], "+8613900000009");
        var second = await life.ApprovedAsync(Life.Plan("F0", "2026-12-01T09:00:00", "2026-12-01T11:00:00"));
        var number = await life.PublishedAsync();
        foreach (var each in (string[])[number, second]) await life.DoAsync(each, "postpone", new { reason = "weather" });
        await life.SettleAsync();
        Assert.Equal("initial postponed", await life.TypesAsync(number));
        Assert.Equal(12, (await life.ToldAsync(number, NoticeType.Postponed)).Count);
        Assert.Equal(["state-forbids"], Life.Codes(await life.DoAsync(number, "start", null, 409)));

        // The old day passes without a word, and a new date needs its own lead time.
        await life.GoToAsync(Life.At("2026-12-02T10:00:00"));
        Assert.Equal("initial postponed", await life.TypesAsync(number));
        Assert.Equal(["lead-time-too-short"], Life.Codes(await life.DoAsync(second, "reschedule", new { windows = Days("2026-12-05"), reason = "weather" }, 422)));
        await life.DoAsync(second, "reschedule", new { windows = Days("2026-12-20"), reason = "weather" });
        await life.SettleAsync();
        Assert.Equal("initial postponed changed", await life.TypesAsync(second));
        Assert.Equal("published", await life.StatusAsync(second));

        await life.GoToAsync(Life.At("2026-12-24T09:00:00")); // thirty days after the postponement
        Assert.Equal("cancelled", await life.StatusAsync(number));
        Assert.Equal("initial postponed cancelled", await life.TypesAsync(number));
        Assert.Equal(12, (await life.ToldAsync(number, NoticeType.Cancelled)).Count(t => t.State == DeliveryState.Delivered));
        await life.ProveAsync();
    }

    [Fact]
    public async Task A_cancelled_outage_is_told_to_those_told_and_to_nobody_else()
    {
        await using var life = await Life.StartAsync();
        var number = await life.PublishedAsync();
        await life.AddCustomerAsync("LATER", ["JX-T0"], "+8613900000008"); // moved in after the notice
        await life.DoAsync(number, "cancel", new { reason = "weather" });
        await life.SettleAsync();

        Assert.Equal("initial cancelled", await life.TypesAsync(number));
        Assert.Equal(12, (await life.ToldAsync(number, NoticeType.Cancelled)).Count);
        Assert.Empty(life.Got("+8613900000008"));
        await life.GoToAsync(Life.At("2026-12-01T19:00:00"));
        Assert.Equal("initial cancelled", await life.TypesAsync(number));
        await life.ProveAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Messages_held_over_night_fold_into_the_newest(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var number = await life.PublishedAsync();
        await life.GoToAsync(Life.At("2026-11-23T22:00:00"));
        life.Outbox.Clear();
        await life.DoAsync(number, "reschedule", new { windows = Days("2026-12-10"), reason = "weather" });
        await life.SettleAsync();
        Assert.Empty(life.Outbox.Last()); // the feed has it at once, people sleep
        Assert.Equal("initial changed", await life.TypesAsync(number));

        await life.DoAsync(number, "cancel", new { reason = "weather" });
        await life.SettleAsync();
        Assert.All(await life.ToldAsync(number, NoticeType.Changed), t => Assert.Equal((DeliveryState.Suppressed, "superseded"), (t.State, t.Reason)));

        await life.GoToAsync(Life.At("2026-11-24T07:00:00"));
        Assert.Contains("取消", Assert.Single(life.Got(Life.Phone(3))).Body, StringComparison.Ordinal);
        await life.ProveAsync();
    }

    [Fact]
    public async Task A_start_held_back_is_not_announced_and_its_delay_is_told_to_the_first_tiers()
    {
        await using var life = await Life.StartAsync();
        var number = await life.PublishedAsync();
        foreach (var moment in (string[])["2026-11-30T08:00:00", "2026-12-01T07:30:00", "2026-12-01T07:50:00"]) await life.GoToAsync(Life.At(moment));
        life.Outbox.Clear();
        await life.DoAsync(number, "start", new { notStarted = true });
        await life.GoToAsync(Life.At("2026-12-01T08:14:00"));
        Assert.Equal("initial reminder reminder", await life.TypesAsync(number));
        Assert.Equal("published", await life.StatusAsync(number));

        await life.GoToAsync(Life.At("2026-12-01T08:15:00"));
        Assert.Equal("initial reminder reminder changed", await life.TypesAsync(number));
        Assert.Equal(2, (await life.ToldAsync(number, NoticeType.Changed)).Count);
        Assert.NotEmpty(life.Outbox.Last());
        Assert.All(life.Outbox.Last(), message => Assert.Contains("尚未开始", message.Body, StringComparison.Ordinal));

        await life.GoToAsync(Life.At("2026-12-01T08:30:00"));
        await life.DoAsync(number, "start");
        await life.SettleAsync();
        Assert.Equal("initial reminder reminder changed started", await life.TypesAsync(number));
        Assert.Equal("in-progress", await life.StatusAsync(number));
        await life.ProveAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task It_runs_over_is_extended_and_comes_back_in_parts(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var number = await life.PublishedAsync();
        foreach (var moment in (string[])["2026-11-30T08:00:00", "2026-12-01T07:30:00", "2026-12-01T08:00:00"]) await life.GoToAsync(Life.At(moment));
        Assert.Equal("initial reminder reminder started", await life.TypesAsync(number));
        Assert.Equal("in-progress", await life.StatusAsync(number));

        // Nobody answers: told a quarter of an hour after the planned end, as not yet confirmed.
        await life.GoToAsync(Life.At("2026-12-01T18:14:00"));
        Assert.Equal("initial reminder reminder started", await life.TypesAsync(number));
        await life.GoToAsync(Life.At("2026-12-01T18:15:00"));
        Assert.Equal("initial reminder reminder started overrun", await life.TypesAsync(number));
        Assert.Equal(12, (await life.ToldAsync(number, NoticeType.Overrun)).Count);

        await life.DoAsync(number, "extend", new { estimatedRestoration = Life.At("2026-12-01T20:00:00") });
        await life.SettleAsync();
        Assert.Equal("initial reminder reminder started overrun overrun", await life.TypesAsync(number));
        Assert.Contains("20:00", life.Got(Life.Phone(3))[^1].Body, StringComparison.Ordinal);

        await life.DoAsync(number, "restore", new { transformers = new[] { "JX-T1" } });
        await life.SettleAsync();
        Assert.Equal("partly-restored", await life.StatusAsync(number));
        Assert.Equal(4, (await life.ToldAsync(number, NoticeType.Restored)).Count); // of that transformer, all told of the overrun
        Assert.Equal(["part-not-cut"], Life.Codes(await life.DoAsync(number, "restore", new { transformers = new[] { "JX-T3" } }, 422)));

        await life.GoToAsync(Life.At("2026-12-01T19:30:00"));
        await life.DoAsync(number, "restore");
        await life.SettleAsync();
        Assert.Equal("restored", await life.StatusAsync(number));
        Assert.Equal("initial reminder reminder started overrun overrun restored restored", await life.TypesAsync(number));
        await life.GoToAsync(Life.At("2026-12-01T23:00:00"));
        Assert.Equal("initial reminder reminder started overrun overrun restored restored", await life.TypesAsync(number));

        var log = await life.Host.GetAsync(Role.Auditor, $"/api/v1/audit?subject=outage/{number}&limit=100");
        Assert.Equal(
            ["outage.restored", "outage.restored", "outage.extended", "outage.started", "outage.published", "outage.approved", "outage.submitted", "outage.planned"],
            log["items"]!.AsArray().Select(e => (string)e!["action"]!).Where(a => a.StartsWith("outage.", StringComparison.Ordinal)));
        await life.ProveAsync();
    }

    [Fact]
    public async Task On_time_only_the_first_tiers_hear_that_supply_is_back()
    {
        await using var life = await Life.StartAsync();
        var number = await life.PublishedAsync();
        await life.GoToAsync(Life.At("2026-12-01T17:00:00"));
        await life.DoAsync(number, "restore");
        await life.SettleAsync();

        Assert.Equal(2, (await life.ToldAsync(number, NoticeType.Restored)).Count);
        await life.ProveAsync();
    }

    [Fact]
    public async Task A_service_that_was_away_tells_each_thing_once_when_it_is_back()
    {
        await using var life = await Life.StartAsync();
        var number = await life.ApprovedAsync(Life.Plan(TestCounty.Feeder, "2026-12-01T08:00:00", "2026-12-01T18:00:00"));

        // From before the first notice to the middle of the cut in one leap.
        await life.GoToAsync(Life.At("2026-12-01T12:00:00"));
        var types = await life.TypesAsync(number);
        Assert.StartsWith("initial!", types, StringComparison.Ordinal);
        Assert.DoesNotContain("reminder", types, StringComparison.Ordinal);
        Assert.Equal(types.Split(' ').Distinct().Count(), types.Split(' ').Length);
        await life.ProveAsync();
    }

    private static JsonArray Days(string day) => [Life.Window($"{day}T08:00:00", $"{day}T18:00:00")];
}
