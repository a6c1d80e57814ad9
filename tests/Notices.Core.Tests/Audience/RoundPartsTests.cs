using Microsoft.EntityFrameworkCore;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Publishing;
using Notices.Testing;
using Xunit;

namespace Notices.Audience;

/// <summary>A large round on SQLite is drawn in many short transactions, and comes to the same.</summary>
public class RoundPartsTests
{
    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(50)]
    public async Task A_round_drawn_in_parts_is_the_same_as_one_drawn_at_once_on_either_database(int part)
    {
        for (var seed = 1; seed <= 4; seed++)
        {
            // Tier 0 by message and call together; the others by whatever is there.
            var facts = seed % 2 == 0 ? NoticeFixtures.Temporary : NoticeFixtures.Planned;
            await using var parts = await AudienceDesk.OpenAsync(DatabaseKind.Sqlite, 60, seed);
            await using var whole = await AudienceDesk.OpenAsync(DatabaseKind.Sqlite, 60, seed);
            await using var other = await AudienceDesk.OpenAsync(DatabaseKind.PostgreSql, 60, seed);
            var round = await parts.RoundAsync(facts);

            await parts.DrawAsync(part);
            await whole.DrawAsync(await whole.RoundAsync(facts) > 0 ? 100_000 : 0);
            await other.DrawAsync(await other.RoundAsync(facts) > 0 ? 100_000 : 0);

            var drawn = await parts.DrawnAsync(round);
            Assert.Equal(await whole.DrawnAsync(round), drawn);
            Assert.Equal(await other.DrawnAsync(round), drawn);
            Assert.Equal(await parts.ReadAsync(db => db.SupplyPoints.CountAsync()), drawn.Count(line => line.StartsWith("person", StringComparison.Ordinal)));
            await parts.SumHoldsAsync(round);
            // One transaction a part, and each says what it drew.
            var entries = await parts.ReadAsync(db => db.AuditEntries.Where(entry => entry.Action == "round.drawn").Select(entry => entry.Line).ToListAsync());
            Assert.True(entries.Count >= drawn.Count(line => line.StartsWith("person", StringComparison.Ordinal)) / part);
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Killed_at_any_moment_it_goes_on_where_it_stood_and_the_sums_hold_all_along(DatabaseKind kind)
    {
        await using var calm = await AudienceDesk.OpenAsync(kind, 40, 3);
        var round = await calm.RoundAsync();
        await calm.DrawAsync(6);
        var expected = await calm.DrawnAsync(round);

        await using var desk = await AudienceDesk.OpenAsync(kind, 40, 3);
        Assert.Equal(round, await desk.RoundAsync());
        var (kills, before) = (0, 0);
        for (var readings = 1; ; readings = readings % 6 + 1)
        {
            try
            {
                await desk.DrawAsync(6, new MortalClock(desk.Clock, readings));
                break;
            }
            catch (KilledException)
            {
                kills++;
                await desk.SumHoldsAsync(round);
                var drawn = await desk.ReadAsync(db => db.Recipients.CountAsync());
                Assert.True(drawn >= before);
                before = drawn;
                // Nothing leaves of a tier that is not wholly drawn: its messages may still get another account to name.
                var next = await desk.ReadAsync(db => db.Rounds.Select(r => r.NextTier).SingleAsync());
                await desk.ReadAsync(async db => await db.Rounds.Where(r => r.State == RoundState.Waiting).ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RoundState.Expanding)));
                var due = await desk.Queue.NextDueAsync(DeliveryDesk.AllMedia, default);
                Assert.Equal(await desk.ReadAsync(db => db.Deliveries.AnyAsync(d => d.State == DeliveryState.Waiting && d.Tier < next)), due is not null);
            }
        }

        Assert.True(kills > 2, $"{kills}");
        Assert.Equal(expected, await desk.DrawnAsync(round));
        await desk.SumHoldsAsync(round);
        Assert.Equal((round, (short)3), await desk.ReadAsync(async db => ((await db.Rounds.SingleAsync(r => r.State == RoundState.Running)).Id, (await db.Rounds.SingleAsync()).NextTier)));
    }

    [Fact]
    public async Task Held_between_two_parts_it_goes_on_only_when_let_go()
    {
        await using var desk = await AudienceDesk.OpenAsync(DatabaseKind.Sqlite, 60);
        var round = await desk.RoundAsync(NoticeFixtures.Planned with { Kind = OutageKind.Planned });
        await Assert.ThrowsAsync<KilledException>(() => desk.DrawAsync(5, new MortalClock(desk.Clock, 12)));
        var drawn = await desk.ReadAsync(db => db.Recipients.CountAsync());
        Assert.InRange(drawn, 1, 59);

        await desk.ReadAsync(db => db.Rounds.ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RoundState.Paused)));
        Assert.Equal(0, await desk.DrawAsync(5));
        Assert.Equal(drawn, await desk.ReadAsync(db => db.Recipients.CountAsync()));

        await desk.ReadAsync(db => db.Rounds.ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RoundState.Expanding)));
        Assert.Equal(1, await desk.DrawAsync(5));
        Assert.Equal(await desk.ReadAsync(db => db.SupplyPoints.CountAsync()), await desk.ReadAsync(db => db.Recipients.CountAsync()));
        await desk.SumHoldsAsync(round);
    }

    /// <summary>Ends the process, as far as its database can tell, at the n-th look at the time.</summary>
    private sealed class MortalClock(TimeProvider clock, int readings) : TimeProvider
    {
        private int _left = readings;

        public override DateTimeOffset GetUtcNow() => _left-- > 0 ? clock.GetUtcNow() : throw new KilledException();
    }

    private sealed class KilledException : Exception;
}
