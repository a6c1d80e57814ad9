using Microsoft.EntityFrameworkCore;
using Notices.Audit;
using Notices.Testing;
using Xunit;

namespace Notices.Retention;

public abstract class TimedErasureTests(DatabaseKind kind)
{
    private const int ThreeYears = (3 * 365) + 2; // one leap day, and the hours until the round closed

    public sealed class OnSqlite() : TimedErasureTests(DatabaseKind.Sqlite);

    public sealed class OnPostgreSql() : TimedErasureTests(DatabaseKind.PostgreSql);

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // also what no run has moved yet
    public async Task Who_was_told_is_gone_at_its_time_and_that_they_were_stays(bool archived)
    {
        await using var desk = await RetentionDesk.OpenAsync(kind);
        var round = await desk.EndedAsync(6);
        await NamePlacesAsync(desk);
        desk.Pass(91);
        if (archived) await desk.Archive().MoveDueAsync(default);
        desk.Pass(ThreeYears - 91 - 3);
        Assert.Equal(0, await desk.Erasure().EraseDueAsync(default));
        var stated = await desk.StatedAsync(round.Id);

        desk.Pass(3);
        Assert.Equal(12, await desk.Erasure().EraseDueAsync(default));

        Assert.Equal(0, await ClearAsync(desk));
        Assert.Equal((stated.Recipients, stated.PersonalClock), ((await desk.StatedAsync(round.Id)).Recipients, (await desk.StatedAsync(round.Id)).PersonalClock));
        await desk.SoundAsync();
        await using var db = desk.Open();
        var entries = await db.AuditEntries.OrderByDescending(e => e.Sequence).Take(2).ToListAsync();
        Assert.Equal([("recipients.erased", 6L), ("deliveries.erased", 6L)], entries.Select(e => (e.Action, AuditLine.Of(e)!.AfterNumber("count")!.Value)));
        Assert.NotNull((await db.Rounds.SingleAsync()).ErasedAt);
        Assert.Equal(0, await desk.Erasure().EraseDueAsync(default));
    }

    [Fact]
    public async Task An_outage_under_legal_hold_keeps_its_moment_until_it_is_released()
    {
        await using var desk = await RetentionDesk.OpenAsync(kind);
        var round = await desk.EndedAsync(4, "moment");
        await desk.EndedAsync(4, "moment");
        await desk.EndedAsync(4, "other");
        desk.Pass(91);
        await desk.Archive().MoveDueAsync(default);
        desk.Pass(ThreeYears);
        await using var db = desk.Open();
        var number = await db.Rounds.Where(r => r.Id == round.Id).Select(r => r.Notice!.Number).SingleAsync();
        var hold = desk.Hold(db);

        Assert.Equal("outage-not-held", Assert.Single((await hold.ReleaseAsync(number, "案件已结", RetentionDesk.Administrator, default)).Problems).Code);
        Assert.Equal("reason-missing", Assert.Single((await hold.HoldAsync(number, " ", RetentionDesk.Administrator, default)).Problems).Code);
        Assert.Equal("forbidden", Assert.Single((await hold.HoldAsync(number, "诉讼", RetentionDesk.Auditor, default)).Problems).Code);
        Assert.Equal("not-found", Assert.Single((await hold.HoldAsync(number, "诉讼", RetentionDesk.Administrator with { OrganisationPath = "/9/" }, default)).Problems).Code);
        Assert.True((await hold.HoldAsync(number, "诉讼", RetentionDesk.Administrator, default)).Value!.LegalHold);

        Assert.Equal(4, await desk.Erasure().EraseDueAsync(default));
        Assert.Equal(8, await ClearAsync(desk));

        Assert.False((await hold.ReleaseAsync(number, "案件已结", RetentionDesk.Administrator, default)).Value!.LegalHold);
        Assert.Equal(8, await desk.Erasure().EraseDueAsync(default));
        Assert.Equal(0, await ClearAsync(desk));
        Assert.Equal(["outage.held", "outage.released"], await db.AuditEntries.Where(e => e.Subject == "outage/" + number).OrderBy(e => e.Sequence).Select(e => e.Action).ToListAsync());
        await desk.SoundAsync();
    }

    [Fact]
    public async Task A_hold_that_comes_while_it_runs_keeps_the_rest()
    {
        await using var desk = await RetentionDesk.OpenAsync(kind);
        await desk.EndedAsync(6);
        desk.Pass(ThreeYears);
        var opened = 0;
        var erasure = desk.Erasure(2, () =>
        {
            if (++opened == 6) // the hold is looked at, ids are read twice, one part is done
            {
                using var db = desk.Open();
                db.Outages.ExecuteUpdate(set => set.SetProperty(o => o.LegalHold, true));
            }

            return desk.Open();
        });

        Assert.InRange(await erasure.EraseDueAsync(default), 2, 4);
        Assert.InRange(await ClearAsync(desk), 2, 4);
        Assert.Null(await desk.Deliveries.ReadAsync(db => db.Rounds.Select(r => r.ErasedAt).SingleAsync()));
        await desk.SoundAsync();
    }

    [Fact]
    public async Task Stopped_half_way_the_next_run_goes_on()
    {
        await using var desk = await RetentionDesk.OpenAsync(kind);
        await desk.EndedAsync(9);
        desk.Pass(ThreeYears);
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => desk.Erasure(2, desk.Stopping(8, stop)).EraseDueAsync(stop.Token));

        var left = await ClearAsync(desk);
        Assert.InRange(left, 1, 8);
        Assert.Equal(left, await desk.Erasure(2).EraseDueAsync(default));
        Assert.Equal(0, await ClearAsync(desk));
        await desk.SoundAsync();
    }

    private static Task<int> NamePlacesAsync(RetentionDesk desk) => desk.Deliveries.ReadAsync(db => db.Recipients.ExecuteUpdateAsync(set => set.SetProperty(r => r.PlaceName, "东街")));

    /// <summary>Rows that still say something of a person.</summary>
    private static Task<int> ClearAsync(RetentionDesk desk) => desk.Deliveries.ReadAsync(async db =>
        await db.Deliveries.CountAsync(d => d.Address != null || d.PlaceName != null) + await db.DeliveriesArchive.CountAsync(d => d.Address != null || d.PlaceName != null)
        + await db.Recipients.CountAsync(r => r.PlaceName != null));
}
