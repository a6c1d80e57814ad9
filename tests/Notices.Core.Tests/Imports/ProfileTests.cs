using Notices.Outages;
using Xunit;

namespace Notices.Imports;

public sealed class ProfileTests
{
    private static async Task<OutageFile> ReadAsync(string profile, params string[] path)
    {
        await using var stream = File.OpenRead(RealData.Path(path));
        var read = await OutageFile.ReadAsync(stream, new ImportRequest { FileName = path[^1], Profile = RealData.Profile(profile) }, CancellationToken.None);
        Assert.Empty(read.Problems);

        return read.Value!;
    }

    private static ImportedOutage Find(OutageFile file, string reference) => file.Outages.Single(o => o.Outage.Reference == reference).Outage;

    [Theory]
    [InlineData("taipower-outage-sample.csv")]
    [InlineData("taipower-outage-sample.json")]
    public async Task The_106_Taipower_rows_are_41_outages(string name)
    {
        var file = await ReadAsync("taipower-notices", "taiwan-taipower", "planned", name);

        Assert.Equal((106, 0), (file.Report.Rows, file.Report.Rejected));
        Assert.Equal(41, file.Outages.Count);
        var split = Find(file, "H14439");
        Assert.Equal("TPC-TPN", split.Organisation);
        Assert.Equal(["台北市中山區松江路", "台北市中山區吉林路", "台北市中山區長春路"], split.Places);
        Assert.Equal(
        [
            "00:00-00:20 台北市中山區長春路",
            "00:00-03:00 台北市中山區松江路、台北市中山區吉林路",
            "02:40-03:00 台北市中山區長春路",
        ], split.Windows.Select(w => $"{w.StartsAt:HH:mm}-{w.EndsAt:HH:mm} {string.Join('、', w.Places)}"));
        Assert.All(file.Outages.Where(o => o.Outage.Reference != "H14439"), o => Assert.Empty(Assert.Single(o.Outage.Windows).Places));
    }

    [Fact]
    public async Task British_incidents_without_a_start_or_with_an_end_before_it_are_rejected()
    {
        var file = await ReadAsync("ukpn-incidents", "ukpn-planned", "planned_incidents.csv");

        Assert.Equal((2250, 8), (file.Report.Rows, file.Report.Rejected));
        Assert.Equal(2242, file.Outages.Count);
        Assert.All(file.Outages, o => Assert.Equal(OutageKind.Planned, o.Outage.Kind));
        var nameless = file.Report.Rejections.Single(r => r.Fields[0] == "INCD-584517-Z");
        Assert.Equal(["starts_at", "ends_at"], nameless.Problems.Select(p => p.Field));
        Assert.Contains(file.Report.Rejections, r => r.Fields[0] == "INCD-23137-O" && r.Problems[0].Code == "import-ends-before-start");
    }

    [Fact]
    public async Task A_British_incident_keeps_its_moments_and_its_words()
    {
        var file = await ReadAsync("ukpn-incidents", "ukpn-planned", "planned_incidents.csv");
        var winter = Find(file, "INCD-104936-C");
        var summer = file.Outages.First(o => o.Outage.Windows[0].StartsAt.Month == 7).Outage;

        Assert.Equal(DateTimeOffset.Parse("2025-11-04T08:00Z", null), winter.Windows[0].StartsAt);
        Assert.Equal(DateTimeOffset.Parse("2025-11-04T13:15Z", null), winter.Windows[0].EndsAt);
        Assert.Equal(DateTimeOffset.Parse("2025-10-16T15:07:56+01:00", null), winter.PublishedAt);
        Assert.Equal(DateTimeOffset.Parse("2025-11-04T13:52:05.58Z", null), winter.RestoredAt);
        Assert.Equal(5, winter.Customers);
        Assert.Equal(["PE280AW", "PE280AP", "PE180AW", "PE280TR"], winter.Places);
        Assert.Equal(TimeSpan.FromHours(1), summer.Windows[0].StartsAt.Offset);
        Assert.Equal(24, file.Outages.Count(o => o.Outage.Work!.Contains("previously scheduled", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Sichuan_notices_keep_their_townships_and_name_no_feeder()
    {
        var file = await ReadAsync("sichuan-notices", "sichuan-guangyuan", "notices.json");

        Assert.Equal((7, 0), (file.Outages.Count, file.Report.Rejected));
        Assert.All(file.Outages, o => Assert.Equal("GY", o.Outage.Organisation));
        Assert.All(file.Outages, o => Assert.Empty(o.Outage.Feeders));
        Assert.Equal(6, file.Outages.Count(o => o.Outage.Kind == OutageKind.Planned));
        Assert.Equal(OutageKind.Fault, file.Outages[6].Outage.Kind);
        Assert.Equal(["上西片区金轮北路"], file.Outages[6].Outage.Places);
        Assert.Equal(DateTimeOffset.Parse("2021-03-18T10:00+08:00", null), file.Outages[0].Outage.PublishedAt);
        Assert.Equal("122604", file.Outages[0].Outage.Reference);
        var two = file.Outages[1].Outage.Places;
        Assert.Equal(["公兴镇新生村", "公兴镇凤凰村", "公兴镇凤凰移动基站", "圈龙乡金林村"], two.Take(4));
        Assert.Contains("演圣镇天马村", file.Outages[2].Outage.Places);
        Assert.Contains("长岭乡双桥村", file.Outages[2].Outage.Places);
        Assert.Equal(TimeSpan.FromHours(35), file.Outages[4].Outage.Windows[0].EndsAt - file.Outages[4].Outage.Windows[0].StartsAt);
        var groups = file.Outages[5].Outage.Places;
        Assert.Equal(["龙王镇田家村五组", "龙王镇田家村六组", "龙王镇龙王场人民北路", "龙王镇市场村三组", "龙王镇市场村四组", "龙王镇市场村五组", "龙王镇洛阳村"], groups.Take(7));
        Assert.Contains("新观乡轿顶村三组", groups);
    }

    [Fact]
    public async Task Keelung_transformers_come_with_their_feeders_in_degrees()
    {
        await using var stream = File.OpenRead(RealData.Path("taiwan-taipower", "feeder", "KEELUNG_tr_feeder.csv"));
        var request = new ImportRequest { FileName = "k.csv", Profile = RealData.Profile("taipower-feeders") };
        var opened = await ImportSource.OpenAsync(stream, ImportKind.Network, request, CancellationToken.None);
        using var source = opened.Value!;
        var rows = source.Rows().Select(r => NetworkRow.Parse(r, RowSettings.Of(request, null))).ToList();

        Assert.Equal(3222, rows.Count(r => r.Ok));
        var first = rows[0].Value!;
        Assert.Equal(("KL-1", "KL-CA31", "CA31", 11m), (first.TransformerCode, first.FeederCode, first.FeederName, first.VoltageKv));
        // The same transformers in WGS84 stand in the publisher's KML file.
        var kml = await File.ReadAllTextAsync(RealData.Path("taiwan-taipower", "feeder", "KEELUNG.kml"));
        var points = System.Text.RegularExpressions.Regex.Matches(kml, "<coordinates>([0-9.]+),([0-9.]+)</coordinates>")
            .Select(m => (double.Parse(m.Groups[1].Value, null), double.Parse(m.Groups[2].Value, null))).ToList();
        Assert.Contains(points, p => Math.Abs(p.Item1 - first.Longitude!.Value) < 5e-5 && Math.Abs(p.Item2 - first.Latitude!.Value) < 5e-5);
        Assert.Equal(3222, rows.Count(r => points.Exists(p => Math.Abs(p.Item1 - r.Value!.Longitude!.Value) < 5e-5 && Math.Abs(p.Item2 - r.Value.Latitude!.Value) < 5e-5)));
    }

    [Fact]
    public void Every_shipped_profile_loads()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(RealData.Repository(), "config", "imports"), "*.json"))
            Assert.NotNull(RealData.Profile(Path.GetFileNameWithoutExtension(file)));
    }

    [Fact]
    public void A_profile_tells_everything_that_is_wrong_with_it_at_once()
    {
        var loaded = ProfileLoader.Read("bad", """
            { "into": "outages", "zone": "Mars/Olympus", "colour": "red", "coordinates": "EPSG:1",
              "columns": { "kind": { "from": "a", "match": "(" }, "start": "b", "places": { "from": "c", "splitt": "," }, "reason": 7, "work": { "from": "x", "value": "y" } } }
            """);

        Assert.Equal(
            ["colour", "columns", "columns.kind.match", "columns.places.splitt", "columns.reason", "columns.start", "columns.work", "coordinates", "zone"],
            loaded.Problems.Select(p => p.Field).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("../secrets")]
    [InlineData("nothing-such")]
    public void An_unknown_profile_is_refused_with_those_there_are(string name)
    {
        var problem = Assert.Single(ProfileLoader.Load(Path.Combine(RealData.Repository(), "config", "imports"), name).Problems);

        Assert.Equal(("import-profile-unknown", ProblemKind.NotFound), (problem.Code, problem.Kind));
        Assert.Contains("taipower-notices", problem.Values!.ToString(), StringComparison.Ordinal);
    }
}
