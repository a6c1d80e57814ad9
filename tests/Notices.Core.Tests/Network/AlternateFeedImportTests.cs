using Microsoft.EntityFrameworkCore;
using Notices.Imports;
using Notices.Testing;
using Xunit;

namespace Notices.Network;

public sealed class AlternateFeedImportTests
{
    private const string Header = "transformer_code,fed_by,fed_by_section,from,to\n";

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task A_transformer_is_fed_otherwise_from_a_day_or_an_hour_and_the_end_may_be_told_later(DatabaseKind kind)
    {
        const string open = Header + "JX-T3,JX-F01,13号杆以下,2026-12-01,\nJX-T2,JX-F02,,2026-12-01 08:00,2026-12-01T18:00:00+08:00\n";
        await using var desk = await ImportDesk.OpenAsync(kind);
        Assert.Equal(2, (await desk.ImportAsync(ImportKind.AlternateFeeds, open)).Added);
        Assert.Equal("", desk.TakeRejected());
        Assert.Equal(2, (await desk.ImportAsync(ImportKind.AlternateFeeds, open)).Unchanged);

        var all = await desk.ReadAsync(db => db.AlternateFeeds.Include(f => f.Section).Include(f => f.Feeder).OrderBy(f => f.Transformer!.Code).ToListAsync());
        Assert.Equal(("JX-F02", null, At("2026-12-01T08:00"), At("2026-12-01T18:00")), (all[0].Feeder!.Code, all[0].Section, all[0].From, all[0].To!.Value));
        Assert.Equal(("JX-F01", "13号杆以下", At("2026-12-01T00:00"), null), (all[1].Feeder!.Code, all[1].Section!.Name, all[1].From, all[1].To));

        Assert.Equal(1, (await desk.ImportAsync(ImportKind.AlternateFeeds, Header + "JX-T3,JX-F01,13号杆以下,2026-12-01,2026-12-05\n")).Changed);
        Assert.Equal(At("2026-12-06T00:00"), await desk.ReadAsync(db => db.AlternateFeeds.Where(f => f.Transformer!.Code == "JX-T3").Select(f => f.To).SingleAsync()));
        Assert.Equal(1, (await desk.ImportAsync(ImportKind.AlternateFeeds, Header + "JX-T3,JX-F01,,2026-12-06,\n")).Added);
    }

    [Fact]
    public async Task Two_lines_at_once_the_own_line_and_what_is_not_there_are_refused()
    {
        await using var desk = await ImportDesk.OpenAsync(DatabaseKind.Sqlite);
        var neighbour = await desk.NeighbourAsync();
        await desk.ImportAsync(ImportKind.AlternateFeeds, Header + """
            ,,,,soon
            NONE,NONE,,2026-12-01,
            JX-T3,JX-F01,nowhere,2026-12-01,
            JX-T3,JX-F02,,2026-12-01,
            JX-T3,JX-F01,,2026-12-01,2026-11-01
            JX-T3,JX-F01,,2026-12-01,2026-12-31
            JX-T3,PS-F1,,2026-12-31,
            JX-T3,PS-F1,,2027-01-01,
            JX-T3,PS-F1,,2027-01-01,

            """);

        Assert.Equal(
            "2: import-value-missing import-value-missing import-value-missing import-time\n3: import-transformer-unknown import-feeder-unknown\n4: import-section-unknown\n5: import-feed-own\n"
            + "6: import-ends-before-start\n8: import-feed-overlap\n10: import-twice",
            desk.TakeRejected());
        await desk.ImportAsync(ImportKind.AlternateFeeds, Header + "JX-T1,PS-F1,,2026-12-01,\nPS-T1,JX-F01,,2026-12-01,\n", false, neighbour);
        Assert.Equal("2: import-transformer-unknown\n3: import-feeder-unknown", desk.TakeRejected());
        Assert.Equal(1, (await desk.ImportAsync(ImportKind.AlternateFeeds, Header + "PS-T1,JX-F01,,2026-12-01,\n", true)).Added);
        Assert.Equal(2, await desk.ReadAsync(db => db.AlternateFeeds.CountAsync()));
    }

    private static DateTimeOffset At(string local) => DateTimeOffset.Parse(local + "+08:00", null);
}
