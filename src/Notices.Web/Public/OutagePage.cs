using System.Globalization;
using System.Text;
using Notices.Feeds;
using Notices.Words;

namespace Notices.Public;

/// <summary>Writes all that was said of one outage or announcement, newest first, each notice in the words it was published in.</summary>
internal sealed class OutagePage(BoardPage frame)
{
    /// <param name="story">Newest first, at least one.</param>
    internal string Write(PublicBoard board, IReadOnlyList<FeedItem> story, string language)
    {
        var newest = story[0];
        var number = newest.Facts.Number;
        var entry = board.Find(number);
        string Address(string code, int page) => $"{PublicOptions.PathOf(newest.Facts)}?lang={code}";

        var text = new StringBuilder(16 * 1024);
        BoardPage.Head(text, board.AsOf, language, Address);
        text.Append(CultureInfo.InvariantCulture, $"<p class=\"back\"><a href=\"/?lang={language}\">← {BoardPage.Word("page-title", language)}</a></p><h1>{Pages.Text(TextOf(newest, language).Headline)}</h1>");
        // Nothing current is said of it any more: what follows is what was said.
        if (entry is null) text.Append(CultureInfo.InvariantCulture, $"<p class=\"empty\">{BoardPage.Word("outage-past", language)}</p>");
        else text.Append(CultureInfo.InvariantCulture, $"<p><span class=\"state {entry.State.ToString().ToLowerInvariant()}\">{BoardPage.Word(BoardPage.LabelOf(entry.State), language)}</span></p><p>{Pages.Text(entry.When.In(language))}</p>");
        if (newest.SupersededBy is { } elsewhere && elsewhere.LastIndexOf('.') is var dot and > 0 && elsewhere[..dot] != number)
            text.Append(CultureInfo.InvariantCulture, $"<p><a href=\"/outages/{Uri.EscapeDataString(elsewhere[..dot])}?lang={language}\">{BoardPage.Word("outage-goes-on", language)} {Pages.Text(elsewhere[..dot])}</a></p>");

        foreach (var (item, i) in story.Select((item, i) => (item, i)))
        {
            if (i == 1) text.Append(CultureInfo.InvariantCulture, $"<h2>{BoardPage.Word("outage-earlier", language)} <span class=\"n\">{story.Count - 1}</span></h2>");
            Notice(text, item, i == 0, language);
        }

        if (newest.Kind is not null) BoardPage.News(text, board.Entries, language);
        // The next notices of the line, else of the place, are what readers of this one may want.
        var feeder = newest.Facts.Feeders is [var line, ..] ? line.Code : null;
        var place = newest.Facts.Places is [var village, ..] ? village.Name : null;
        frame.Foot(text, new BoardQuery(new BoardFilter(newest.Facts.Organisation.Code), 1), language, feeder, feeder is null ? place : null);

        return frame.Frame(TextOf(newest, language).Headline, text.ToString(), language, Address);
    }

    private static void Notice(StringBuilder text, FeedItem item, bool isNewest, string language)
    {
        var words = TextOf(item, language);
        var (version, at) = (item.Facts.Version, PublicTime.At(item.PublishedAt, language));
        text.Append(CultureInfo.InvariantCulture, $"<article id=\"{Pages.Text(item.Identifier)}\"{(isNewest ? "" : " class=\"old\"")}><p class=\"quiet\">{Pages.Text(Sentences.Label("outage-version", new { version, at }, language))}");
        if (!isNewest) text.Append(CultureInfo.InvariantCulture, $" · <strong>{BoardPage.Word("outage-superseded", language)}</strong>");
        text.Append("</p>");
        if (!isNewest) text.Append(CultureInfo.InvariantCulture, $"<h3>{Pages.Text(words.Headline)}</h3>");
        text.Append(Pages.Paragraphs(words.Body)).Append("</article>");
    }

    private static FeedText TextOf(FeedItem item, string language) => item.Texts.GetValueOrDefault(language) ?? item.Texts.Values.FirstOrDefault() ?? new FeedText(item.Facts.Number, "");
}
