using System.Globalization;
using System.Text;
using Notices.Channels.Sandbox;
using Notices.Public;
using Notices.Words;

namespace Notices.Sandbox;

/// <summary>The outbox of the pretended carriers; mapped for demonstrations and drills only.</summary>
internal static class SandboxPages
{
    private const int Shown = 200;

    /// <param name="policy">Who may look; null for everybody. A drill's texts speak of real people.</param>
    public static void MapSandbox(this IEndpointRouteBuilder routes, string? policy)
    {
        var page = routes.MapGet("/sandbox", Show).ExcludeFromDescription();
        if (policy is null) page.AllowAnonymous();
        else page.RequireAuthorization(policy);
    }

    private static IResult Show(SandboxOutbox outbox, HttpContext context)
    {
        var language = context.PageLanguage();
        string Word(string code) => Pages.Text(Sentences.Label(code, language));

        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"<header>{Pages.Link("/", language, "← " + Word("page-title"))}{Pages.Switch(language)}</header><main><h1>{Word("page-sandbox")}</h1><p class=\"quiet\">{Word("sandbox-about")}</p>");
        page.Append(CultureInfo.InvariantCulture, $"<p>{Word("sandbox-total")} <b>{outbox.Total:N0}</b> · {Word("sandbox-doubles")} <b>{outbox.Doubles:N0}</b></p>");
        var messages = outbox.Last(Shown);
        if (messages.Count == 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>{Word("sandbox-nothing")}</p></main>");
        }
        else
        {
            page.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{Word("page-sandbox")}\"><table><caption>{Word("sandbox-last")}</caption><thead><tr>");
            foreach (var column in (string[])["sandbox-time", "sandbox-medium", "sandbox-to", "sandbox-text", "sandbox-result"]) page.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{Word(column)}</th>");
            page.Append("</tr></thead><tbody>");
            foreach (var message in messages)
            {
                page.Append(CultureInfo.InvariantCulture, $"<tr><td>{message.At:MM-dd HH:mm:ss}</td><td>{Word("medium-" + message.Medium.ToString().ToLowerInvariant())}</td><td>{Pages.Text(message.Address)}</td>");
                page.Append(CultureInfo.InvariantCulture, $"<td class=\"text\" lang=\"{message.Language}\">{Pages.Text(message.Body)}</td><td>{Word("carrier-" + message.Result)}{(message.Again ? $" <span class=\"alert\">{Word("sandbox-again")}</span>" : "")}</td></tr>");
            }

            page.Append("</tbody></table></div></main>");
        }

        return Pages.Html(context, Sentences.Label("page-sandbox", language), page.ToString());
    }
}
