using Notices.Testing;

namespace Notices.Outages;

/// <summary>A change is held to what a submission is held to.</summary>
public class ChangeChecksTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_new_time_is_warned_of_as_a_new_plan_would_be(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var number = await life.PublishedAsync();
        var windows = new[] { new { startsAt = Life.At("2026-12-10T08:00:00"), endsAt = Life.At("2026-12-11T19:00:00") } }; // 35 hours: most are typing errors

        Assert.Equal(["longer-than-12-hours"], Life.Codes(await life.DoAsync(number, "reschedule", new { windows, reason = "weather" }, 422)));
        Assert.Equal("2026-12-01T08:00:00+08:00", (string)(await life.FindAsync(number))["windows"]![0]!["startsAt"]!);
        await life.DoAsync(number, "reschedule", new { windows, reason = "weather", confirm = (string[])["longer-than-12-hours"] });
        await life.SettleAsync();
        Assert.Equal("initial changed", await life.TypesAsync(number));
        await life.ProveAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_reason_that_cannot_be_printed_is_refused_at_once_and_nothing_is_changed(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var number = await life.PublishedAsync();
        var windows = new[] { new { startsAt = Life.At("2026-12-10T08:00:00"), endsAt = Life.At("2026-12-10T18:00:00") } };
        const string Link = "详见 www.example.org";

        foreach (var (verb, body) in new (string, object)[]
        {
            ("reschedule", new { windows, reason = Link }), ("correct", new { windows, reason = Link, confirm = (string[])["longer-than-12-hours"] }),
        })
        {
            Assert.Contains("text-has-link", Life.Codes(await life.DoAsync(number, verb, body, 422)));
        }

        Assert.Equal("published", await life.StatusAsync(number));
        await life.GoToAsync(Life.At("2026-11-23T09:10:00"));
        Assert.Equal("initial", await life.TypesAsync(number));
    }
}
