using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Jobs;
using Notices.Outages;
using Notices.Testing;

namespace Notices.Retention;

/// <summary>What becomes of a round that ended long ago, seen from outside.</summary>
public class RetentionTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Old_messages_stay_in_sight_until_their_time_and_longer_under_legal_hold(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        var number = await life.PublishedAsync();
        await life.GoToAsync(Life.At("2026-12-01T08:00:00"));
        await life.GoToAsync(Life.At("2026-12-01T17:00:00"));
        await life.DoAsync(number, "restore");
        await life.GoToAsync(Life.At("2026-12-03T17:00:00"));
        await using var db = life.Host.Database.Open();
        await TestHost.UntilAsync(async () => !await db.Rounds.AnyAsync(r => r.ClosedAt == null), "every round has closed", 60);
        var rounds = await db.Rounds.OrderBy(r => r.Id).Select(r => r.Id).ToListAsync();
        var (before, records) = (await SeenAsync(life, rounds), await db.Attempts.CountAsync());

        life.Host.Clock.Advance(TimeSpan.FromDays(91));
        await RingAsync(life, sweep => sweep.ArchiveAsync(default));
        Assert.Equal((0, 0), (await db.Deliveries.CountAsync(), await db.Attempts.CountAsync()));
        Assert.Equal(records, await db.AttemptsArchive.CountAsync());
        Assert.Equal(before, await SeenAsync(life, rounds));
        await life.ProveAsync();

        Assert.Equal(["forbidden"], Life.Codes(await life.Host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{number}/hold", new { reason = "诉讼" }, 403)));
        Assert.Equal(["reason-missing"], Life.Codes(await life.Host.PostAsync(Role.Administrator, $"/api/v1/outages/{number}/hold", null, 422)));
        Assert.True((bool)(await life.Host.PostAsync(Role.Administrator, $"/api/v1/outages/{number}/hold", new { reason = "诉讼" }))["legalHold"]!);
        life.Host.Clock.Advance(TimeSpan.FromDays(3 * 366));
        await RingAsync(life, sweep => sweep.EraseAsync(default));
        Assert.Equal(before, await SeenAsync(life, rounds));

        await life.Host.PostAsync(Role.Administrator, $"/api/v1/outages/{number}/release", new { reason = "结案" });
        Assert.Equal(["outage-not-held"], Life.Codes(await life.Host.PostAsync(Role.Administrator, $"/api/v1/outages/{number}/release", new { reason = "结案" }, 409)));
        await RingAsync(life, sweep => sweep.EraseAsync(default));
        Assert.Equal(0, await db.DeliveriesArchive.CountAsync(d => d.Address != null || d.PlaceName != null));
        Assert.Equal(0, await db.Recipients.CountAsync(r => r.PlaceName != null));
        Assert.NotEqual(before, await SeenAsync(life, rounds));
        Assert.Equal(["outage.held", "outage.released"], (await life.FindAsync(number))["history"]!.AsArray().TakeLast(2).Select(deed => (string)deed!["what"]!));
        await life.ProveAsync();
    }

    /// <summary>Rounds, their messages, the first of each with its attempts, and their certificates.</summary>
    private static async Task<string> SeenAsync(Life life, List<long> rounds)
    {
        var seen = new JsonArray();
        foreach (var round in rounds)
        {
            var messages = await life.Host.GetAsync(Role.Auditor, $"/api/v1/rounds/{round}/deliveries");
            seen.Add(await life.Host.GetAsync(Role.Auditor, $"/api/v1/rounds/{round}"));
            if (messages["items"]!.AsArray() is [{ } first, ..]) seen.Add(await life.Host.GetAsync(Role.Auditor, $"/api/v1/deliveries/{first["id"]}"));
            seen.Add(messages);
            seen.Add((string)(await life.Host.GetAsync(Role.Auditor, $"/api/v1/rounds/{round}/certificate"))["sha256"]!);
        }

        return seen.ToJsonString();
    }

    private static async Task RingAsync(Life life, Func<Sweep, Task> ring)
    {
        await using var scope = life.Host.Services.CreateAsyncScope();
        await ring(scope.ServiceProvider.GetRequiredService<Sweep>());
    }
}
