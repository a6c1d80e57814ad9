using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Imports;
using Notices.Testing;
using Xunit;

namespace Notices.Network;

public sealed class NetworkImportTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Organisations_come_in_whatever_their_order_and_know_their_path(DatabaseKind kind)
    {
        await using var desk = await ImportDesk.OpenAsync(kind, false);
        var all = await desk.ReadAsync(db => db.Organisations.ToDictionaryAsync(o => o.Code));

        Assert.Equal($"/{all["SJZ"].Id}/{all["JX"].Id}/", all["JX"].Path);
        Assert.Equal((OrganisationLevel.County, "Asia/Shanghai", "130121"), (all["JX"].Level, all["JX"].TimeZone, all["JX"].Adcode));

        var again = await desk.OrganisationsAsync("code,name,level,parent,hotline,time_zone\nJX,井陉供电,county,SJZ,95598,\nA,a,county,B,,\nB,b,county,A,,\nC,c,village,NONE,,Mars\nJX,x,,,,\nSJZ,石家庄供电公司,city,,,\n");
        Assert.Equal((0, 1, 1, 4), (again.Added, again.Changed, again.Unchanged, again.Rejected));
        Assert.Equal(["import-parent-circle", "import-parent-circle", "import-time-zone", "import-twice", "import-value-unknown"], desk.Rejected.SelectMany(r => r.Problems).Select(p => p.Code).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task The_grid_comes_in_once_and_a_second_run_changes_what_differs(DatabaseKind kind)
    {
        await using var desk = await ImportDesk.OpenAsync(kind);
        var before = await desk.EntriesAsync();

        Assert.Equal(3, (await desk.NetworkAsync(ImportDesk.Grid)).Unchanged);
        Assert.Equal(before + 1, await desk.EntriesAsync());
        var moved = await desk.NetworkAsync(ImportDesk.Grid.Replace("JX-F01,城关031线,10,,JX-T2", "JX-F02,微水041线,10,,JX-T2", StringComparison.Ordinal).Replace("东街台区", "东街一台区", StringComparison.Ordinal));
        Assert.Equal((0, 2, 1), (moved.Added, moved.Changed, moved.Unchanged));

        var transformers = await desk.ReadAsync(db => db.Transformers.Include(t => t.Feeder).ThenInclude(f => f!.Substation).Include(t => t.Section).Include(t => t.Place).OrderBy(t => t.Code).ToListAsync());
        Assert.Equal(["JX-F01", "JX-F02", "JX-F02"], transformers.Select(t => t.Feeder!.Code));
        Assert.Equal(("东街一台区", "13号杆以下", "东街", "城关镇东街", "城关站", 38.03), (transformers[0].Name, transformers[0].Section!.Name, transformers[0].Place!.Name, transformers[0].Place!.Code, transformers[0].Feeder!.Substation!.Name, transformers[0].Latitude));
        Assert.Equal("130121001", transformers[2].Place!.Code);
    }

    [Fact]
    public async Task A_row_tells_all_that_is_wrong_with_it()
    {
        await using var desk = await ImportDesk.OpenAsync(DatabaseKind.Sqlite, false);
        var report = await desk.NetworkAsync("organisation,feeder_code,transformer_code,voltage_kv,latitude,longitude,township\nNONE,,T 1,x,95,,T\n");

        Assert.Equal((1, 1), (report.Rows, report.Rejected));
        Assert.Equal(
            ["import-code", "import-number", "import-number", "import-organisation-unknown", "import-position-half", "import-value-missing", "import-value-missing"],
            desk.Rejected[0].Problems.Select(p => p.Code).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task The_3222_transformers_of_Keelung_come_in_with_their_organisation(DatabaseKind kind)
    {
        var bytes = await File.ReadAllBytesAsync(RealData.Path("taiwan-taipower", "feeder", "KEELUNG_tr_feeder.csv"));
        await using var desk = await ImportDesk.OpenAsync(kind, false);
        var request = desk.Request("KEELUNG_tr_feeder.csv") with { Profile = RealData.Profile("taipower-feeders") };

        foreach (var (added, unchanged) in new[] { (3222, 0), (0, 3222) })
        {
            var report = await desk.RunAsync((db, audit) => new NetworkImport(db, audit).RunAsync(new MemoryStream(bytes), request, ImportDesk.Dispatcher, null, CancellationToken.None));
            Assert.Equal((3222, added, unchanged, 0), (report.Rows, report.Added, report.Unchanged, report.Rejected));
        }

        Assert.Equal(3222, await desk.ReadAsync(db => db.Transformers.CountAsync(t => t.Feeder!.VoltageKv == 11 && t.Feeder.Organisation!.Code == "TPC-KL" && t.Latitude > 25)));
    }

    [Fact]
    public async Task A_dry_run_changes_nothing_and_a_stranger_may_not_import()
    {
        await using var desk = await ImportDesk.OpenAsync(DatabaseKind.Sqlite, false);
        var before = await desk.EntriesAsync();
        var report = await desk.NetworkAsync(ImportDesk.Grid, desk.Request("n.csv") with { DryRun = true, Profile = null });

        Assert.Equal((3, 0, before), (report.Added, await desk.ReadAsync(db => db.Feeders.CountAsync()), await desk.EntriesAsync()));
        await using var db = desk.Database.Open();
        var refused = await new NetworkImport(db, new AuditTrail(db, TimeProvider.System)).RunAsync(
            ImportDesk.Stream(ImportDesk.Grid), desk.Request("n.csv"), new Actor("a", new HashSet<Role> { Role.Auditor }, "/"), null, CancellationToken.None);
        Assert.Equal(ProblemKind.Forbidden, Assert.Single(refused.Problems).Kind);
    }

    [Fact]
    public async Task Another_countys_dispatcher_can_neither_add_to_nor_take_over_a_grid()
    {
        await using var desk = await ImportDesk.OpenAsync(DatabaseKind.Sqlite);
        await desk.OrganisationsAsync("code,name,parent\nPS,平山县供电公司,SJZ\n");
        var path = await desk.ReadAsync(db => db.Organisations.Where(o => o.Code == "PS").Select(o => o.Path).SingleAsync());
        var other = new Actor("p", new HashSet<Role> { Role.Dispatcher }, path);
        var report = await desk.RunAsync((db, audit) => new NetworkImport(db, audit).RunAsync(
            ImportDesk.Stream("organisation,feeder_code,transformer_code\nJX,JX-F01,JX-T1\nPS,JX-F01,PS-T1\nPS,PS-F01,JX-T1\nPS,PS-F01,PS-T2\n"), desk.Request("n.csv"), other, null, CancellationToken.None));

        Assert.Equal((1, 3), (report.Added, report.Rejected));
        Assert.Equal(["import-organisation-unknown", "import-other-organisation", "import-other-organisation"], desk.Rejected.Select(r => r.Problems[0].Code));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Places_get_English_names_from_the_network_or_from_the_area_of_their_code(DatabaseKind kind)
    {
        await using var desk = await ImportDesk.OpenAsync(kind);
        await desk.NetworkAsync("organisation,feeder_code,transformer_code,place,place_en,township\nJX,JX-F01,JX-T1,东街,Dongjie,城关镇\nJX,JX-F01,JX-T2,西街,,城关镇\n");
        await desk.NetworkAsync(ImportDesk.Grid);
        Assert.Equal("Dongjie", await EnglishAsync("东街"));

        foreach (var name in new[] { "Weishui", "Elsewhere" })
        {
            var areas = """{"type":"Feature","properties":{"code":"130121001","name":"微水村","name_en":"NAME"},"geometry":{"type":"Polygon","coordinates":[[[1,2],[3,4],[5,6],[1,2]]]}}""".Replace("NAME", name, StringComparison.Ordinal);
            await desk.RunAsync((db, audit) => new AreaImport(db, audit).RunAsync(ImportDesk.Stream(areas), desk.Request("a.geojson"), ImportDesk.Dispatcher, null, CancellationToken.None));
        }

        Assert.Equal("Elsewhere", await desk.ReadAsync(db => db.Areas.Select(a => a.NameEn).SingleAsync()));
        Assert.Equal(("Dongjie", null, "Weishui"), (await EnglishAsync("东街"), await EnglishAsync("西街"), await EnglishAsync("微水村")));

        Task<string?> EnglishAsync(string place) => desk.ReadAsync(db => db.Places.Where(p => p.Name == place).Select(p => p.NameEn).SingleAsync());
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task Areas_come_in_as_alerts_write_them(DatabaseKind kind)
    {
        const string areas = """
            {"type":"FeatureCollection","features":[
              {"type":"Feature","properties":{"code":"510802","name":"利州区","geocode":"510802000000"},"geometry":{"type":"MultiPolygon","coordinates":[[[[105.5,32.5],[105.6,32.5],[105.6,32.6],[105.5,32.5]]],[[[1,2],[3,4],[5,6],[1,2]]]]}},
              {"type":"Feature","properties":{"code":"x","geocode":"12"},"geometry":{"type":"Polygon","coordinates":[[[105.5,132.5],[1,1]]]}},
              {"type":"Feature","properties":null,"geometry":null}]}
            """;
        await using var desk = await ImportDesk.OpenAsync(kind, false);
        async Task<ImportReport> RunAsync(string text) =>
            await desk.RunAsync((db, audit) => new AreaImport(db, audit).RunAsync(ImportDesk.Stream(text), desk.Request("a.geojson"), ImportDesk.Dispatcher, null, CancellationToken.None));

        Assert.Equal((1, 2), (await RunAsync(areas) is var first ? (first.Added, first.Rejected) : default));
        Assert.Equal(["import-area-geocode", "import-area-property-missing", "import-area-ring"], desk.Rejected[0].Problems.Select(p => p.Code).Order(StringComparer.Ordinal));
        Assert.Equal(1, (await RunAsync(areas)).Unchanged);
        var area = await desk.ReadAsync(db => db.Areas.SingleAsync());
        Assert.Equal("32.5,105.5 32.5,105.6 32.6,105.6 32.5,105.5\n2,1 4,3 6,5 2,1", area.Rings);
        await using var context = desk.Database.Open();
        Assert.Equal("import-area-broken", (await new AreaImport(context, new AuditTrail(context, TimeProvider.System)).RunAsync(ImportDesk.Stream("{"), desk.Request("a"), ImportDesk.Dispatcher, null, CancellationToken.None)).Problems[0].Code);
    }
}
