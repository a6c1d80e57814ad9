using Microsoft.AspNetCore.Mvc;
using Notices.Public;
using Notices.Setup;
using Notices.Words;

namespace Notices.Customers;

/// <summary>The link of a mail by which its reader stops reminders and news: open to everybody, since the address itself, made for one mail, says who was given it.</summary>
internal static class UnsubscribeEndpoints
{
    /// <summary>Of the form that takes the wish back.</summary>
    private const string Again = "again";

    /// <summary>Bytes of a wish; mail programs send one short field.</summary>
    private const int LongestBody = 4096;

    public static void MapUnsubscribe(this IEndpointRouteBuilder routes)
    {
        var link = routes.MapGroup("/" + OptingOut.Path).AllowAnonymous().ExcludeFromDescription();

        link.MapGet("{mark}", Show);
        link.MapPost("{mark}", Change).WithMetadata(new BodyLimit(LongestBody));
    }

    /// <summary>Changes nothing: filters follow every link of a mail.</summary>
    private static async Task<IResult> Show(string mark, [FromServices] OptingOut wishes, HttpContext context) => Page(await wishes.FindAsync(mark, context.RequestAborted), context);

    /// <summary>One click of a mail program (RFC 8058), or a button of the page. Whatever else is posted stops too: a wish lost would be worse than one taken back.</summary>
    private static async Task<IResult> Change(string mark, [FromServices] OptingOut wishes, HttpContext context)
    {
        var stopped = !await SaysAsync(context.Request, Again);

        return Page(await wishes.SetAsync(mark, stopped, context.RequestAborted), context);
    }

    private static async Task<bool> SaysAsync(HttpRequest request, string field)
    {
        if (!request.HasFormContentType) return false;

        try
        {
            return (await request.ReadFormAsync(request.HttpContext.RequestAborted)).ContainsKey(field);
        }
        catch (Exception fault) when (fault is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            return false;
        }
    }

    private static IResult Page(OptingOutView? view, HttpContext context)
    {
        var asked = Languages.Nearest(context.Request.Query["lang"]);
        var language = asked ?? view?.Language ?? context.PageLanguage();
        string Word(string code) => Pages.Text(Sentences.Label(code, language));
        if (view is null) context.Response.StatusCode = StatusCodes.Status404NotFound;

        var body = view switch
        {
            null => $"<h1>{Word("unsubscribe-title")}</h1><p>{Word("unsubscribe-unknown")}</p>",
            { Subscriber: true, Stopped: false } => $"<h1>{Word("subscription-end-title")}</h1><p>{Word("subscription-end-what")}</p>{Button("subscription-end", "stop")}",
            { Subscriber: true } => $"<h1>{Word("unsubscribe-done")}</h1><p>{Word("subscription-ended-address")}</p><p>{Pages.Link("/subscribe", language, Word("subscribe-title"))}</p>",
            { Stopped: false } => $"<h1>{Word("unsubscribe-title")}</h1><p>{Word("unsubscribe-what")}</p>{Button("unsubscribe-stop", "stop")}<p class=\"quiet\">{Word("unsubscribe-law")}</p>",
            _ => $"<h1>{Word("unsubscribe-done")}</h1><p>{Word("unsubscribe-stopped")}</p><p>{Word("unsubscribe-law")}</p>{Button("unsubscribe-again", Again)}",
        };
        var sender = view is null ? "" : $"<span>{Pages.Text(view.Organisation.In(language))}</span>";

        return Pages.Html(context, Sentences.Label("unsubscribe-title", language), $"<header>{sender}{Pages.Switch(language)}</header><main>{body}</main>", null, Style, language);

        string Button(string words, string field) => $"<form method=\"post\"><input type=\"hidden\" name=\"{field}\" value=\"1\"><button>{Word(words)}</button></form>";
    }

    private const string Style =
        """
        body{max-width:38rem}main{padding:.5rem 0}
        button{font:inherit;padding:.6rem 1.25rem;margin:.5rem 0;border:1px solid var(--accent);border-radius:.375rem;background:var(--accent);color:Canvas;cursor:pointer}
        button:focus-visible{outline:3px solid var(--line);outline-offset:2px}
        """;
}
