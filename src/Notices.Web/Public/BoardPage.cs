using System.Globalization;
using System.Text;
using Notices.Feeds;
using Notices.Words;

namespace Notices.Public;

/// <summary>Writes the board: what is off, what is planned, what is over, and how to narrow it.</summary>
/// <param name="drill">Bears the banner of a drill.</param>
/// <param name="sandbox">Links to the sandbox carriers' outbox.</param>
/// <param name="subscribing">Links to where one subscribes.</param>
internal sealed class BoardPage(PublicOptions options, bool drill, bool sandbox, bool subscribing)
{
    /// <summary>Lines on a page; with the longest names it stays below 50 kB.</summary>
    internal const int LinesOnPage = 40;

    private const int NewsOnPage = 10;

    internal string Write(PublicBoard board, BoardQuery query, string language)
    {
        var chosen = board.Select(query.Filter);
        var lines = chosen.Where(e => e.State != SupplyState.News).ToList();
        var pages = Math.Max(1, (lines.Count + LinesOnPage - 1) / LinesOnPage);
        var page = Math.Min(query.Page, pages);
        var here = lines.Skip((page - 1) * LinesOnPage).Take(LinesOnPage).ToList();

        var text = new StringBuilder(32 * 1024);
        Head(text, board.AsOf, language, query.Address);
        text.Append(CultureInfo.InvariantCulture, $"<h1>{Word("page-title", language)}</h1>");
        Forms(text, board, query, language);
        if (lines.Count == 0) text.Append(CultureInfo.InvariantCulture, $"<p class=\"empty\">{Word(query.Filter == BoardFilter.None ? "page-nothing" : "board-nothing-found", language)}</p>");
        else Groups(text, lines, here, language);
        if (pages > 1) Turn(text, query, page, pages, language);
        if (page == 1) News(text, chosen, language);
        Foot(text, query, language);

        return Frame(Sentences.Label("page-title", language), text.ToString(), language, query.Address);
    }

    /// <summary>Which of the current outages concern an account; nothing of the account but the end the reader typed.</summary>
    internal string WriteAccount(PublicBoard board, string account, IReadOnlySet<string> concerned, string language)
    {
        var query = new BoardQuery(BoardFilter.None, 1);
        var lines = board.Entries.Where(e => e.State != SupplyState.News && concerned.Contains(e.Number)).ToList();
        var tail = account.Trim() is { Length: > 4 } number ? number[^4..] : "";

        var text = new StringBuilder(8 * 1024);
        Head(text, board.AsOf, language, query.Address);
        text.Append(CultureInfo.InvariantCulture, $"<p><a href=\"/?lang={language}\">← {Word("page-title", language)}</a></p><h1>{Pages.Text(Sentences.Label(tail.Length > 0 ? "account-title-tail" : "account-title", new { tail }, language))}</h1>");
        if (lines.Count == 0) text.Append(CultureInfo.InvariantCulture, $"<p class=\"empty\">{Word("account-nothing", language)}</p>");
        else Groups(text, lines, lines, language);
        AccountForm(text, language);
        Foot(text, query, language);

        return Frame(Sentences.Label("account-title", language), text.ToString(), language, query.Address);
    }

    internal string Frame(string title, string body, string language, Func<string, int, string> address, string style = "", string links = "")
    {
        links += string.Concat(Languages.All.Select(l => $"<link rel=\"alternate\" hreflang=\"{l}\" href=\"{Pages.Text(options.Link(address(l, 1)))}\">"));

        return Pages.Frame(title, body, language, PublicStyle.Text + style, drill, links);
    }

    internal static void Head(StringBuilder text, DateTimeOffset asOf, string language, Func<string, int, string> address)
    {
        var other = language == Languages.Chinese ? (Code: Languages.English, Name: "English") : (Code: Languages.Chinese, Name: "中文");
        text.Append(CultureInfo.InvariantCulture, $"<a class=\"skip\" href=\"#main\">{Word("page-skip", language)}</a><header><span>{Word("page-as-of", language)} <time datetime=\"{asOf:yyyy-MM-ddTHH:mm:sszzz}\">{Pages.Text(PublicTime.At(asOf, language))}</time></span>");
        text.Append(CultureInfo.InvariantCulture, $"<a href=\"{Pages.Text("/" + address(other.Code, 1))}\" hreflang=\"{other.Code}\" lang=\"{other.Code}\">{other.Name}</a></header><main id=\"main\">");
    }

    private static void Forms(StringBuilder text, PublicBoard board, BoardQuery query, string language)
    {
        text.Append(CultureInfo.InvariantCulture, $"<details{(query.Filter == BoardFilter.None ? "" : " open")}><summary>{Word("find-title", language)}</summary><form class=\"find\" method=\"get\" action=\"/\"><input type=\"hidden\" name=\"lang\" value=\"{language}\"><label>{Word("find-organisation", language)}<select name=\"organisation\"><option value=\"\">{Word("find-all", language)}</option>");
        foreach (var one in board.Organisations)
        {
            var selected = string.Equals(one.Code, query.Filter.Organisation, StringComparison.OrdinalIgnoreCase) ? " selected" : "";
            text.Append(CultureInfo.InvariantCulture, $"<option value=\"{Pages.Text(one.Code)}\"{selected}>{Pages.Text(one.Name.In(language))}</option>");
        }

        text.Append(CultureInfo.InvariantCulture, $"</select></label><label>{Word("find-feeder", language)}<input name=\"feeder\" maxlength=\"{BoardFilter.Longest}\" value=\"{Pages.Text(query.Filter.Feeder)}\"></label>");
        text.Append(CultureInfo.InvariantCulture, $"<label>{Word("find-place", language)}<input name=\"place\" maxlength=\"{BoardFilter.Longest}\" value=\"{Pages.Text(query.Filter.Place)}\"></label><button>{Word("find-show", language)}</button>{(query.Filter == BoardFilter.None ? "" : Pages.Link("/", language, Word("find-show-all", language)))}</form></details>");
        AccountForm(text, language);
        text.Append(CultureInfo.InvariantCulture, $"<p><a href=\"{Pages.Text("/map" + query.Address(language))}\">{Word("map-link", language)}</a></p>");
    }

    /// <summary>Posted: what is posted stands in no address, so in no log, history, cache or link.</summary>
    private static void AccountForm(StringBuilder text, string language) => text.Append(
        CultureInfo.InvariantCulture,
        $"<details><summary>{Word("find-by-account", language)}</summary><form class=\"find\" method=\"post\" action=\"/?lang={language}\"><label>{Word("find-account", language)}<input name=\"account\" required maxlength=\"{AccountLookup.Longest}\" inputmode=\"numeric\" autocomplete=\"off\"></label><button>{Word("find-check", language)}</button><p class=\"quiet\">{Word("find-account-note", language)}</p></form></details>");

    private static void Groups(StringBuilder text, List<BoardEntry> all, List<BoardEntry> here, string language)
    {
        foreach (var state in (SupplyState[])[SupplyState.Off, SupplyState.Planned, SupplyState.Over])
        {
            var (count, lines) = (all.Count(e => e.State == state), here.Where(e => e.State == state).ToList());
            // The first two always stand there: that nothing is off is what many come to read.
            if (lines.Count == 0 && (count > 0 || state == SupplyState.Over)) continue;

            text.Append(CultureInfo.InvariantCulture, $"<section><h2>{Word(LabelOf(state), language)} <span class=\"n\">{count}</span></h2>");
            if (count == 0) text.Append(CultureInfo.InvariantCulture, $"<p class=\"quiet\">{Word(LabelOf(state) + "-none", language)}</p>");
            foreach (var line in lines) Line(text, line, language);
            text.Append("</section>");
        }
    }

    private static void Line(StringBuilder text, BoardEntry entry, string language) => text.Append(
        CultureInfo.InvariantCulture,
        $"<article id=\"{Pages.Text(entry.Item.Identifier)}\"{(entry.Urgent ? " class=\"urgent\"" : "")}><h3><a href=\"/{PublicOptions.PathOf(entry.Item.Facts)}?lang={language}\">{Pages.Text(entry.Headline.In(language))}</a></h3><p>{Pages.Text(entry.When.In(language))}</p><p class=\"quiet\">{Pages.Text(entry.Where.In(language))}</p></article>");

    private static void Turn(StringBuilder text, BoardQuery query, int page, int pages, string language)
    {
        text.Append(CultureInfo.InvariantCulture, $"<nav class=\"pages\" aria-label=\"{Word("page-pages", language)}\">");
        text.Append(page > 1 ? $"<a rel=\"prev\" href=\"{Pages.Text("/" + query.Address(language, page - 1))}\">← {Word("page-previous", language)}</a>" : "<span></span>");
        text.Append(CultureInfo.InvariantCulture, $"<span class=\"quiet\">{page} / {pages}</span>");
        text.Append(page < pages ? $"<a rel=\"next\" href=\"{Pages.Text("/" + query.Address(language, page + 1))}\">{Word("page-next", language)} →</a>" : "<span></span>");
        text.Append("</nav>");
    }

    internal static void News(StringBuilder text, IEnumerable<BoardEntry> entries, string language)
    {
        var news = entries.Where(e => e.State == SupplyState.News).Take(NewsOnPage).ToList();
        if (news.Count == 0) return;

        text.Append(CultureInfo.InvariantCulture, $"<section><h2>{Word("board-news", language)}</h2><ul class=\"plain\">");
        foreach (var one in news)
        {
            text.Append(CultureInfo.InvariantCulture, $"<li><a href=\"/{PublicOptions.PathOf(one.Item.Facts)}?lang={language}\">{Pages.Text(one.Headline.In(language))}</a> <span class=\"quiet\">{Pages.Text(one.When.In(language))}</span></li>");
        }

        text.Append("</ul></section>");
    }

    /// <param name="feeder">What the page is about, where its filter does not say it.</param>
    internal void Foot(StringBuilder text, BoardQuery query, string language, string? feeder = null, string? place = null)
    {
        text.Append("</main><footer>").Append(Subscribe(feeder ?? query.Filter.Feeder, place ?? query.Filter.Place, language));
        text.Append(CultureInfo.InvariantCulture, $"<a href=\"{Pages.Text(query.FeedAddress("notices.ics", language))}\">{Word("page-calendar", language)}</a><a href=\"{Pages.Text(query.FeedAddress("notices.atom", language))}\">Atom</a><a href=\"/feeds/cap.atom\">CAP</a><a href=\"/docs\">{Word("page-docs", language)}</a>");
        if (sandbox) text.Append(Pages.Link("/sandbox", language, Word("page-sandbox", language)));
        text.Append("</footer>");
    }

    /// <summary>The link to where one subscribes, with the line or place the page is about; nothing where that is not offered.</summary>
    internal string Subscribe(string? feeder, string? place, string language)
    {
        var about = feeder is not null ? "&feeder=" + Uri.EscapeDataString(feeder) : place is not null ? "&place=" + Uri.EscapeDataString(place) : "";

        return subscribing ? $"<a href=\"/subscribe?lang={language}{Pages.Text(about)}\">{Word("subscribe-title", language)}</a>" : "";
    }

    internal static string LabelOf(SupplyState state) => "board-" + state.ToString().ToLowerInvariant();

    internal static string Word(string code, string language) => Pages.Text(Sentences.Label(code, language));
}
