using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Deliveries;
using Notices.Publishing;
using Notices.Testing;

namespace Notices.Audience;

/// <summary>Rounds of one moment: one message for whoever is in several, each round still counting its own people.</summary>
public class MergedRoundTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Two_outages_told_at_one_moment_make_one_message(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        await life.AddCustomerAsync("BOTH", ["JX-T0", "JX-T3"], "+8613900000005");
        var (one, two) = await PlanBothAsync(life, "2026-12-01");
        await life.GoToAsync(Life.At("2026-11-23T09:00:00"));

        var message = Assert.Single(life.Got("+8613900000005"));
        Assert.Contains("8:00", message.Body, StringComparison.Ordinal);
        Assert.Contains("19:00", message.Body, StringComparison.Ordinal);
        Assert.Contains("城关031线", message.Body, StringComparison.Ordinal);
        Assert.Contains("城关032线", message.Body, StringComparison.Ordinal);
        Assert.Single(life.Got(Life.Phone(3)));
        Assert.DoesNotContain("城关032线", life.Got(Life.Phone(3))[0].Body, StringComparison.Ordinal);

        // Each round has its own people, and the joint message counts in both.
        Assert.Equal(13, (await life.ToldAsync(one, NoticeType.Initial)).Count(t => t.State == DeliveryState.Delivered));
        Assert.Equal(DeliveryState.Delivered, Assert.Single(await life.ToldAsync(two, NoticeType.Initial)).State);
        await using (var db = life.Host.Database.Open())
        {
            var left = Assert.Single(await db.Deliveries.Where(d => d.Reason == "merged").ToListAsync());
            Assert.False(await db.DeliveryRecipients.AnyAsync(l => l.DeliveryId == left.Id));
            Assert.Equal(2, (await db.Deliveries.SingleAsync(d => d.Address == "+8613900000005" && d.State == DeliveryState.Delivered)).Accounts.Split('、').Length);
            Assert.True(await db.AuditEntries.AnyAsync(e => e.Action == "rounds.merged"));
        }

        await life.ProveAsync();
        await using (var db = life.Host.Database.Open())
        {
            foreach (var (number, messages) in ((string, int)[])[(one, 13), (two, 1)])
            {
                var id = await db.Rounds.Where(r => r.Notice!.Number == number).Select(r => r.Id).SingleAsync();
                Assert.Equal(messages, (await life.Host.GetAsync(Notices.Access.Role.Auditor, $"/api/v1/rounds/{id}"))["media"]!.AsArray().Sum(m => (int)m!["messages"]!["delivered"]!));
            }
        }

        await TestHost.UntilAsync(
            async () =>
            {
                await using var db = life.Host.Database.Open();

                return await db.Rounds.AllAsync(r => r.State == RoundState.Closed);
            },
            "both rounds closed", 30);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_joint_message_still_waiting_is_parted_when_one_of_its_outages_is_called_off(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        await life.AddCustomerAsync("BOTH", ["JX-T0", "JX-T3"], "+8613900000005");
        var (one, two) = await PlanBothAsync(life, "2026-12-01");
        await HoldAsync(life);
        await life.GoToAsync(Life.At("2026-11-23T09:00:00"));
        Assert.Empty(life.Got("+8613900000005"));

        await life.DoAsync(two, "cancel", new { reason = "weather" });
        await life.SettleAsync();
        await LetGoAsync(life);
        await life.SettleAsync();

        var message = Assert.Single(life.Got("+8613900000005"));
        Assert.Contains("城关031线", message.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("城关032线", message.Body, StringComparison.Ordinal);
        Assert.Equal("superseded", Assert.Single(await life.ToldAsync(two, NoticeType.Initial)).Reason);
        Assert.Empty(await life.ToldAsync(two, NoticeType.Cancelled)); // never told, so nothing to take back
        Assert.Equal(13, (await life.ToldAsync(one, NoticeType.Initial)).Count(t => t.State == DeliveryState.Delivered));
        await life.ProveAsync();
    }

    [Fact]
    public async Task A_round_that_is_stopped_leaves_the_joint_messages()
    {
        await using var life = await Life.StartAsync();
        await life.AddCustomerAsync("BOTH", ["JX-T0", "JX-T3"], "+8613900000005");
        var (one, two) = await PlanBothAsync(life, "2026-12-01");
        await HoldAsync(life);
        await life.GoToAsync(Life.At("2026-11-23T09:00:00"));
        var round = (long)(await life.Host.GetAsync(Role.Auditor, $"/api/v1/notices?number={one}"))["items"]![0]!["rounds"]![0]!;
        await life.Host.PostAsync(Role.Dispatcher, $"/api/v1/rounds/{round}/stop", new { reason = "纸质通知已送达" });
        await LetGoAsync(life);
        await life.SettleAsync();

        Assert.DoesNotContain("城关031线", Assert.Single(life.Got("+8613900000005")).Body, StringComparison.Ordinal);
        Assert.Equal(DeliveryState.Delivered, Assert.Single(await life.ToldAsync(two, NoticeType.Initial)).State);
        await life.ProveAsync();
    }

    private static async Task<(string One, string Two)> PlanBothAsync(Life life, string day)
    {
        var one = await life.ApprovedAsync(Life.Plan(TestCounty.Feeder, $"{day}T08:00:00", $"{day}T18:00:00"));
        var two = await life.ApprovedAsync(Life.Plan("JX-F04", $"{day}T19:00:00", $"{day}T21:00:00"));

        return (one, two);
    }

    /// <summary>Messages wait a while, as they would at night.</summary>
    private static async Task HoldAsync(Life life)
    {
        await using var db = life.Host.Database.Open();
        await db.Database.ExecuteSqlRawAsync(life.Host.Database.Kind == DatabaseKind.Sqlite
            ? "CREATE TRIGGER hold AFTER INSERT ON deliveries WHEN new.state = 4 BEGIN UPDATE deliveries SET due_at = due_at + 36000000000 WHERE id = new.id; END"
            : "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN new.due_at := new.due_at + interval ''1 hour''; RETURN new; END'; CREATE TRIGGER hold BEFORE INSERT ON deliveries FOR EACH ROW EXECUTE FUNCTION hold()");
    }

    private static Task LetGoAsync(Life life) => life.GoToAsync(Life.At("2026-11-23T10:30:00"));
}
