using System.Globalization;
using System.Text;
using Notices.Feeds;
using Notices.Operation;
using Notices.Outages;
using Notices.Publishing;
using Notices.Words;

namespace Notices.Public;

/// <summary>What stands before the public now: every current notice, and where to pull them.</summary>
internal static class StatusPage
{
    public static void MapStatusPage(this IEndpointRouteBuilder routes) => routes.MapGet("/", Show).AllowAnonymous().ExcludeFromDescription();

    private static async Task<IResult> Show(PublicFeed feed, Setup.HostRequest host, OperationOptions operation, HttpContext context)
    {
        var language = context.PageLanguage();
        if (operation.IsShadow) return ShowNothing(context, language);

        var stamp = await feed.StampAsync(context.RequestAborted);
        var content = (await feed.ReadAsync(FeedRequest.All, stamp, context.RequestAborted)).Value!;
        string Word(string code) => Pages.Text(Sentences.Label(code, language));

        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"<header><span>{Word("page-as-of")} <time datetime=\"{content.AsOf:yyyy-MM-ddTHH:mm:sszzz}\">{content.AsOf:yyyy-MM-dd HH:mm zzz}</time></span>{Pages.Switch(language)}</header>");
        var current = content.Items.Where(i => i.SupersededBy is null).ToList();
        page.Append(CultureInfo.InvariantCulture, $"<main><h1>{Word("page-title")}</h1><p class=\"quiet\">{Word("page-count")} {current.Count}</p>");
        if (current.Count == 0) page.Append(CultureInfo.InvariantCulture, $"<p>{Word("page-nothing")}</p>");
        foreach (var item in current)
        {
            var text = item.Texts.GetValueOrDefault(language) ?? item.Texts.Values.First();
            page.Append(CultureInfo.InvariantCulture, $"<article id=\"{Pages.Text(item.Identifier)}\"{(IsUrgent(item) ? " class=\"urgent\"" : "")}><h2>{Pages.Text(text.Headline)}</h2>{Pages.Paragraphs(text.Body)}</article>");
        }

        page.Append(CultureInfo.InvariantCulture, $"</main><footer><a href=\"/feeds/notices.atom\">Atom</a><a href=\"/feeds/cap.atom\">CAP</a><a href=\"/docs\">{Word("page-docs")}</a>");
        if (host.Sandbox) page.Append(CultureInfo.InvariantCulture, $"{Pages.Link("/sandbox", language, Word("page-sandbox"))}");
        page.Append("</footer>");

        return Pages.Html(context, Sentences.Label("page-title", language), page.ToString(), 5);
    }

    /// <summary>While it is tried out beside the old way, the public is told by that.</summary>
    private static IResult ShowNothing(HttpContext context, string language)
    {
        string Word(string code) => Pages.Text(Sentences.Label(code, language));

        return Pages.Html(context, Sentences.Label("page-title", language), $"<header>{Pages.Switch(language)}</header><main><h1>{Word("page-title")}</h1><p>{Word("shadow-page")}</p></main>", 60);
    }

    /// <summary>Supply is off without warning, or about to go.</summary>
    private static bool IsUrgent(FeedItem item) =>
        item.Kind is OutageKind.Emergency or OutageKind.Fault && item.Type is not (NoticeType.Restored or NoticeType.Cancelled or NoticeType.Postponed);
}
