using Microsoft.EntityFrameworkCore;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Publishing;
using Notices.Testing;
using Xunit;

namespace Notices.Audience;

/// <summary>An emergency is drawn beside planned rounds, not behind them.</summary>
public class DrawingLanesTests
{
    public static TheoryData<DatabaseKind> Both => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    [Theory, MemberData(nameof(Both))]
    public async Task The_urgent_lane_draws_emergencies_and_faults_and_leaves_the_planned_round_to_the_other(DatabaseKind kind)
    {
        await using var desk = await AudienceDesk.OpenAsync(kind, 20);
        var planned = await desk.RoundAsync();
        var emergency = await desk.RoundAsync(NoticeFixtures.Planned with { Kind = OutageKind.Emergency });
        var fault = await desk.RoundAsync(NoticeFixtures.Planned with { Kind = OutageKind.Fault });

        Assert.Equal(2, await desk.DrawAsync(lane: Lane.Urgent));
        Assert.Equal([emergency, fault], await DrawnAsync(desk));

        Assert.Equal(1, await desk.DrawAsync(lane: Lane.Ordinary));
        Assert.Equal([planned, emergency, fault], await DrawnAsync(desk));
    }

    [Fact]
    public async Task While_somebody_else_has_the_recipients_counted_a_large_emergency_is_drawn_all_the_same()
    {
        await using var desk = await AudienceDesk.OpenAsync(DatabaseKind.PostgreSql, 4000);
        var emergency = await desk.RoundAsync(NoticeFixtures.Planned with { Kind = OutageKind.Emergency });
        await using var other = desk.Open();
        await using var counting = await other.Database.BeginTransactionAsync();
        await other.Database.ExecuteSqlRawAsync("ANALYZE recipients");

        Assert.Equal(1, await desk.DrawAsync(lane: Lane.Urgent).WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System));

        Assert.Contains(await desk.ReadAsync(db => db.Recipients.GroupBy(r => r.Tier).Select(tier => tier.Count()).ToListAsync()), count => count >= 2000);
        Assert.True(await desk.ReadAsync(db => db.Deliveries.AnyAsync(d => d.RoundId == emergency)));
        await desk.SumHoldsAsync(emergency);
    }

    private static Task<List<long>> DrawnAsync(AudienceDesk desk) => desk.ReadAsync(db => db.Recipients.Select(r => r.RoundId).Distinct().OrderBy(id => id).ToListAsync());
}
