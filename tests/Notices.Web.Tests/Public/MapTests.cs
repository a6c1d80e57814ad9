using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Notices.Network;
using Notices.Testing;

namespace Notices.Public;

/// <summary>The map shows places and nothing of the grid, and the list beside it says the same without script.</summary>
public class MapTests
{
    private const string Outline = "38.5,114.5 38.5,114.6 38.6,114.6 38.5,114.5";

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task The_feed_has_each_place_with_its_own_outline_or_point_and_never_a_transformers(DatabaseKind kind)
    {
        await using var life = await Life.StartAsync(kind);
        await using (var db = life.Host.Database.Open())
        {
            var places = await db.Places.OrderBy(p => p.Code).ToListAsync();
            db.Areas.Add(new Area { Code = places[0].Code, Name = places[0].Name, Rings = Outline });
            (places[1].Latitude, places[1].Longitude) = (38.7, 114.7);
            await db.SaveChangesAsync();
        }

        var number = await life.PublishedAsync();
        var text = await life.Host.TextAsync("/feeds/notices.geojson?lang=en&organisation=JX");
        var feed = JsonNode.Parse(text)!;
        var features = feed["features"]!.AsArray().ToDictionary(f => (string)f!["properties"]!["place"]!, f => f!);

        Assert.Equal(("FeatureCollection", 1, 3), ((string)feed["type"]!, (int)feed["count"]!, features.Count));
        Assert.All(features.Values, f => Assert.Equal($"{number}.1", (string)f["properties"]!["identifier"]!));
        var drawn = features["城关镇东街村"]["geometry"]!;
        Assert.Equal("MultiPolygon", (string)drawn["type"]!);
        // Longitude first, counterclockwise, closed.
        Assert.Equal("[[[[114.5,38.5],[114.6,38.5],[114.6,38.6],[114.5,38.5]]]]", drawn["coordinates"]!.ToJsonString());
        Assert.Equal("[114.7,38.7]", features["城关镇西街村"]["geometry"]!["coordinates"]!.ToJsonString());
        Assert.Null(features["城关镇南关村"]["geometry"]);
        Assert.DoesNotContain("114.1,", text, StringComparison.Ordinal); // where the transformers stand
        Assert.DoesNotContain("JX-T", text, StringComparison.Ordinal);
        Assert.Equal("2026-12-01T08:00:00+08:00", (string)features["城关镇南关村"]["properties"]!["windows"]![0]!["starts"]!);

        await life.DoAsync(number, "cancel", new { reason = "weather" });
        await life.SettleAsync();
        Assert.Equal(["cancelled"], JsonNode.Parse(await life.Host.TextAsync("/feeds/notices.geojson"))!["features"]!.AsArray().Select(f => (string)f!["properties"]!["type"]!).Distinct());
    }

    [Fact]
    public async Task The_page_says_all_without_script_and_lets_in_only_its_own_files_and_the_tiles_of_the_setting()
    {
        var settings = new Dictionary<string, string?> { ["Public:MapTiles"] = "https://{s}.tiles.example.org/{z}/{x}/{y}.png", ["Public:MapAttribution"] = "<b>Somebody</b>" };
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite, settings: settings);
        await TestCounty.SeedAsync(host.Database);
        await using (var db = host.Database.Open()) await PublicPress.PrintAsync(db, 200);
        using var client = new HttpClient { BaseAddress = host.Address };
        using var answer = await client.GetAsync(new Uri("/map?lang=en", UriKind.Relative));
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Equal(200, page.Split("<li id=").Length - 1);
        Assert.InRange(Encoding.UTF8.GetByteCount(page), 1000, 50_000);
        Assert.InRange(Encoding.UTF8.GetByteCount(await host.TextAsync("/map?lang=zh-CN")), 1000, 50_000);
        Assert.Equal(
            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https://*.tiles.example.org; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Contains("data-attribution=\"&lt;b&gt;Somebody", page, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", Assert.Single((await client.GetAsync(new Uri("/", UriKind.Relative))).Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);

        // Leaflet as distributed, with its licence.
        Assert.Contains("Volodymyr Agafonkin", await host.TextAsync("/lib/leaflet/LICENSE"), StringComparison.Ordinal);
        foreach (var (file, type) in (ValueTuple<string, string>[])[("lib/leaflet/leaflet.js", "text/javascript"), ("lib/leaflet/leaflet.css", "text/css"), ("lib/leaflet/images/layers.png", "image/png"), ("map/map.js", "text/javascript")])
        {
            using var got = await client.GetAsync(new Uri($"/{file}", UriKind.Relative));
            Assert.Equal((HttpStatusCode.OK, type), (got.StatusCode, got.Content.Headers.ContentType!.MediaType));
            using var again = new HttpRequestMessage(HttpMethod.Get, $"/{file}");
            again.Headers.IfNoneMatch.Add(got.Headers.ETag!);
            using var same = await client.SendAsync(again);
            Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        }

        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        foreach (var elsewhere in (string[])["/map/..%2Fconfig%2Fnotices.json", "/lib/leaflet/..%2F..%2F..%2Fconfig%2Fnotices.json", "/lib/none.js"])
        {
            using var outside = await client.GetAsync(new Uri(elsewhere, UriKind.Relative));
            Assert.Equal((elsewhere, HttpStatusCode.NotFound), (elsewhere, outside.StatusCode));
        }
    }

    [Theory]
    [InlineData("https://tiles.example.org/{z}/{x}.png")] // no y
    [InlineData("//tiles.example.org/{z}/{x}/{y}.png")] // whose scheme?
    [InlineData("javascript:{x}{y}{z}")]
    [InlineData("https://tiles.example.org/{z}/{x}/{y}.png; script-src *")]
    [InlineData("https://tiles.{s}.example.org/{z}/{x}/{y}.png")] // no policy can say it
    public async Task Tiles_a_browser_could_not_be_told_of_stop_the_start(string tiles)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.Sqlite);
        var fault = await Assert.ThrowsAsync<SettingsException>(() => Rehearsal.PrepareAsync(TestHost.Settings(database, new() { ["Public:MapTiles"] = tiles })));

        Assert.Contains("Public:MapTiles", Assert.Single(fault.Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://tiles.example.org:8443/osm/{z}/{x}/{y}.png?key=a-b", "https://tiles.example.org:8443")]
    [InlineData("/tiles/{z}/{x}/{y}.png", "")]
    public void A_policy_names_the_host_of_the_tiles(string tiles, string source) => Assert.Equal(source, Feeds.MapTiles.Source(tiles));

    [Fact]
    public async Task In_shadow_mode_there_is_no_map_and_in_a_drill_every_headline_is_marked()
    {
        await using (var shadow = await TestHost.StartAsync(DatabaseKind.Sqlite, settings: new() { ["Operation:Mode"] = "shadow" }))
        {
            await TestCounty.SeedAsync(shadow.Database);
            await using (var db = shadow.Database.Open()) await PublicPress.PrintAsync(db, 1);
            foreach (var path in (string[])["/map", "/outages/JX-2026-90000", "/?account=13012100001"])
            {
                var page = await shadow.TextAsync(path);
                Assert.Contains("试运行", page, StringComparison.Ordinal);
                Assert.DoesNotContain("城关", page, StringComparison.Ordinal);
            }
        }

        await using var drill = await TestHost.StartAsync(DatabaseKind.Sqlite, settings: new() { ["Operation:Mode"] = "drill" });
        await TestCounty.SeedAsync(drill.Database);
        await using (var db = drill.Database.Open()) await PublicPress.PrintAsync(db, 1);
        foreach (var path in (string[])["/", "/map", "/outages/JX-2026-90000", "/?account=13012100001"]) Assert.Contains("class=\"drill\"", await drill.TextAsync(path), StringComparison.Ordinal);
        Assert.All(JsonNode.Parse(await drill.TextAsync("/feeds/notices.geojson"))!["features"]!.AsArray(), f => Assert.StartsWith("【演练】", (string)f!["properties"]!["headline"]!, StringComparison.Ordinal));
        Assert.Contains("SUMMARY;LANGUAGE=zh-CN:【演练】", await drill.TextAsync("/feeds/notices.ics"), StringComparison.Ordinal);
    }
}
