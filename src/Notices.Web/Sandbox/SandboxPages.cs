using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Notices.Channels.Sandbox;
using Notices.Deliveries;
using Notices.Public;
using Notices.Replies;
using Notices.Setup;
using Notices.Words;

namespace Notices.Sandbox;

/// <summary>The outbox of the pretended carriers; mapped for demonstrations and drills only.</summary>
internal static class SandboxPages
{
    private const int Shown = 200;

    private const string Style =
        """
        form{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end;border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem;margin:1rem 0}form h2,form p{flex-basis:100%;margin:0}
        label{display:grid;gap:.2rem;font-size:.875rem;color:var(--quiet)}label.wide{flex:1 1 14rem}input,button{font:inherit;padding:.35rem .6rem;min-width:0}
        """;

    /// <param name="policy">Who may look; null for everybody. A drill's texts speak of real people.</param>
    public static void MapSandbox(this IEndpointRouteBuilder routes, string? policy)
    {
        var page = routes.MapGet("/sandbox", Show).ExcludeFromDescription();
        if (policy is not null)
        {
            page.RequireAuthorization(policy);

            return;
        }

        page.AllowAnonymous();
        routes.MapPost("/sandbox", Reply).AllowAnonymous().WithMetadata(new BodyLimit(16 << 10)).ExcludeFromDescription();
    }

    /// <summary>Somebody who got a message sends one back. Other sites' pages cannot do that in a reader's name.</summary>
    private static async Task<IResult> Reply(HttpContext context, ProviderDirectory providers, IInboundSink inbox, TimeProvider clock, CancellationToken stopping)
    {
        if (context.Request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none") || !context.Request.HasFormContentType) return new ProblemsResult([Problem.Forbidden("sandbox.reply")]);

        var form = await context.Request.ReadFormAsync(stopping);
        var (from, text) = (form["from"].ToString().Trim(), form["text"].ToString());
        if (from.Length > 0 && providers.Providers.FirstOrDefault(provider => provider.Channel.Name == "sandbox" && provider.Media.Contains(Medium.Sms)) is { } carrier)
            await inbox.RecordAsync(new InboundText(carrier.Name, Guid.NewGuid().ToString("N"), from, null, text, clock.GetUtcNow()), stopping);

        return TypedResults.Redirect($"/sandbox?lang={context.PageLanguage()}");
    }

    private static IResult Show(SandboxOutbox outbox, HttpContext context)
    {
        var language = context.PageLanguage();
        string Word(string code) => Pages.Text(Sentences.Label(code, language));

        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"<header>{Pages.Link("/", language, "← " + Word("page-title"))}{Pages.Switch(language)}</header><main><h1>{Word("page-sandbox")}</h1><p class=\"quiet\">{Word("sandbox-about")}</p>");
        page.Append(CultureInfo.InvariantCulture, $"<p>{Word("sandbox-total")} <b>{outbox.Total:N0}</b> · {Word("sandbox-doubles")} <b>{outbox.Doubles:N0}</b></p>");
        var messages = outbox.Last(Shown);
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null) AppendForm(page, messages, Word, language);
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

        return Pages.Html(context, Sentences.Label("page-sandbox", language), page.ToString(), style: Style);
    }

    private static void AppendForm(StringBuilder page, IReadOnlyList<SandboxMessage> messages, Func<string, string> word, string language)
    {
        var numbers = messages.Where(message => message.Medium == Medium.Sms).Select(message => message.Address).Distinct(StringComparer.Ordinal).Take(50).ToList();
        page.Append(CultureInfo.InvariantCulture, $"<form method=\"post\" action=\"/sandbox?lang={language}\"><h2>{word("sandbox-reply")}</h2><p class=\"quiet\">{word("sandbox-reply-about")}</p>");
        page.Append(CultureInfo.InvariantCulture, $"<label>{word("sandbox-reply-from")}<input name=\"from\" type=\"tel\" list=\"numbers\" required maxlength=\"20\" value=\"{Pages.Text(numbers.FirstOrDefault())}\"></label>");
        page.Append(CultureInfo.InvariantCulture, $"<label class=\"wide\">{word("sandbox-reply-text")}<input name=\"text\" required maxlength=\"500\" value=\"1\"></label><button>{word("sandbox-reply-send")}</button><datalist id=\"numbers\">");
        foreach (var number in numbers) page.Append(CultureInfo.InvariantCulture, $"<option value=\"{Pages.Text(number)}\"></option>");
        page.Append("</datalist></form>");
    }
}
