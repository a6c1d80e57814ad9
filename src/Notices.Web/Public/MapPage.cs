using System.Globalization;
using System.Text;
using Notices.Feeds;
using Notices.Operation;
using Notices.Setup;
using Notices.Words;

namespace Notices.Public;

/// <summary>The places where it is off and will be, as a list and, where scripts run, on a map; never lines or transformers.</summary>
internal static class MapPage
{
    /// <summary>Lines in the list: as many as the feed holds.</summary>
    private const int Most = PublicFeed.Limit;

    private const string Style =
        """
        body{max-width:75rem}#map{height:min(70vh,38rem);border:1px solid var(--line);border-radius:.5rem;background:var(--soft);z-index:0}#map[hidden]{display:none}
        .key i{display:inline-block;width:1rem;height:.75rem;border:2px solid;margin:0 .35rem 0 0;vertical-align:-.05rem}.key span{margin-inline-end:1rem}.key .planned i{border-style:dashed}
        @media(min-width:60rem){.beside{display:grid;grid-template-columns:3fr 2fr;gap:1.5rem;align-items:start}.beside>div{position:sticky;top:1rem}}
        #map .name{background:none;border:0;box-shadow:none;padding:0;color:CanvasText;font-weight:600}#map .leaflet-popup-content a{color:#0b57a4}
        @media print{#map,.key{display:none}}
        """;

    public static void MapMapPage(this IEndpointRouteBuilder routes) => routes.MapMethods("/map", [HttpMethods.Get, HttpMethods.Head], Show).AllowAnonymous().ExcludeFromDescription();

    private static async Task<IResult> Show(BoardCache cache, PublicOptions options, HostRequest host, OperationOptions operation, HttpContext context)
    {
        if (operation.IsShadow) return StatusPage.ShowNothing(context);

        var (language, shown) = (context.PageLanguage(), await cache.CurrentAsync(context.RequestAborted));
        var query = new BoardQuery(BoardFilter.Read(context.Request.Query["organisation"], null, null), 1);

        return shown.Page(
            "map|" + query.Address(language),
            () => new WrittenPage(Write(shown.Board, query, language, options, StatusPage.Frame(options, host, context)), language, Policy(options)));
    }

    private static string Write(PublicBoard board, BoardQuery query, string language, PublicOptions options, BoardPage frame)
    {
        var lines = board.Select(query.Filter).Where(e => e.State is SupplyState.Off or SupplyState.Planned).Take(Most).ToList();
        string Address(string code, int page) => "map" + query.Address(code);
        string Data(string name, string label) => $" data-{name}=\"{BoardPage.Word(label, language)}\"";

        var text = new StringBuilder(16 * 1024);
        BoardPage.Head(text, board.AsOf, language, Address);
        text.Append(CultureInfo.InvariantCulture, $"<p>{Pages.Link("/", language, "← " + BoardPage.Word("page-title", language))}</p><h1>{BoardPage.Word("map-title", language)}</h1><div class=\"beside\"><div>");
        text.Append(CultureInfo.InvariantCulture, $"<div id=\"map\" role=\"region\" aria-label=\"{BoardPage.Word("map-title", language)}\" hidden data-feed=\"{Pages.Text(query.FeedAddress("notices.geojson", language))}\"");
        text.Append(Data("loading", "map-loading")).Append(Data("unknown", "map-unknown")).Append(Data("some", "map-some")).Append(Data("failed", "map-failed"));
        text.Append(CultureInfo.InvariantCulture, $" data-tiles=\"{Pages.Text(options.MapTiles)}\" data-attribution=\"{Pages.Text(options.MapAttribution)}\"></div><p id=\"map-note\" class=\"quiet\" role=\"status\" hidden></p>");
        text.Append(CultureInfo.InvariantCulture, $"<p class=\"key quiet\"><span class=\"off\"><i></i>{BoardPage.Word("board-off", language)}</span><span class=\"planned\"><i></i>{BoardPage.Word("board-planned", language)}</span></p></div><div>");
        if (lines.Count == 0) text.Append(CultureInfo.InvariantCulture, $"<p class=\"empty\">{BoardPage.Word("page-nothing", language)}</p>");
        else foreach (var state in (SupplyState[])[SupplyState.Off, SupplyState.Planned]) Group(text, state, [.. lines.Where(e => e.State == state)], language);
        text.Append("</div></div>");
        frame.Foot(text, query, language);
        text.Append("<script src=\"/lib/leaflet/leaflet.js\"></script><script src=\"/map/map.js\"></script>");

        return frame.Frame(Sentences.Label("map-title", language), text.ToString(), language, Address, Style, "<link rel=\"stylesheet\" href=\"/lib/leaflet/leaflet.css\">");
    }

    /// <summary>A line each, so that all of them fit: the map shows what the list holds.</summary>
    private static void Group(StringBuilder text, SupplyState state, List<BoardEntry> lines, string language)
    {
        text.Append(CultureInfo.InvariantCulture, $"<section><h2>{BoardPage.Word(BoardPage.LabelOf(state), language)} <span class=\"n\">{lines.Count}</span></h2>");
        if (lines.Count == 0) text.Append(CultureInfo.InvariantCulture, $"<p class=\"quiet\">{BoardPage.Word(BoardPage.LabelOf(state) + "-none", language)}</p>");
        text.Append("<ul class=\"plain\">");
        foreach (var line in lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"<li id=\"{Pages.Text(line.Item.Identifier)}\" data-state=\"{state.ToString().ToLowerInvariant()}\"><a href=\"/{PublicOptions.PathOf(line.Item.Facts)}?lang={language}\">{Pages.Text(line.Headline.In(language))}</a></li>");
        }

        text.Append("</ul></section>");
    }

    /// <summary>Scripts, pictures and data of our own, and the pictures of the map from where the setting says.</summary>
    private static string Policy(PublicOptions options) =>
        $"default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: {MapTiles.Source(options.MapTiles)}".TrimEnd()
        + "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
}
