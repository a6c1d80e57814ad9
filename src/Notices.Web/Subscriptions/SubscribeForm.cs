using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Notices.Deliveries;
using Notices.Public;
using Notices.Words;

namespace Notices.Subscriptions;

/// <summary>The pages on which people subscribe, confirm and end it. What is wrong stands at its field.</summary>
internal static class SubscribeForm
{
    internal static IResult Ask(
        HttpContext context, AskSubscription request, IReadOnlyList<Problem> problems, IReadOnlyList<SubscriptionTarget> found, IReadOnlyList<SubscriptionTarget> counties, SubscriptionOffer offer, SubscriptionOptions options)
    {
        var language = context.PageLanguage();
        var fields = new StringBuilder(8 * 1024);
        fields.Append(Input(context, "find", "subscribe-find", problems, $"maxlength=\"{SubscriptionTargets.Longest}\" value=\"{Pages.Text(request.Find)}\" autocomplete=\"off\"{(problems.Count == 0 && string.IsNullOrEmpty(request.Find) ? " autofocus" : "")}"));
        if (found.Count > 0) fields.Append(Choices(context, request, problems, found, language));
        if (counties.Count > 0) fields.Append(Counties(context, request, problems, counties, language));
        if (offer.Media.Count > 1)
            fields.Append(Radios(context, "medium", "subscribe-medium", problems, offer.Media.Select(one => (Word(one), Text(context, "subscribe-medium-" + Word(one)), Word(one) == request.Medium || (request.Medium is null && one == offer.Media[0])))));
        fields.Append(Input(
            context, "address", offer.Media.Count > 1 ? "subscribe-address" : "subscribe-address-" + Word(offer.Media[0]), problems,
            $"required maxlength=\"254\" value=\"{Pages.Text(request.Address)}\" autocapitalize=\"none\" autocomplete=\"{(offer.Media is [Medium.Sms] ? "tel" : "email")}\"{(offer.Media is [Medium.Sms] ? " type=\"tel\"" : "")}"));
        fields.Append(Radios(context, "language", "subscribe-language", problems, Languages.All.Select(one => (one, $"<span lang=\"{one}\">{(one == Languages.Chinese ? "中文" : "English")}</span>", one == request.Language))));
        fields.Append("<button>").Append(Text(context, "subscribe-send")).Append("</button>");
        var kept = Pages.Text(Sentences.Label("subscribe-kept", new { hours = Hours(options) }, language));

        return Page(context, "subscribe-title", problems, $"<p>{Text(context, "subscribe-lead")}</p>{Form(context, fields.ToString(), "/subscribe")}<p class=\"quiet\">{kept}</p>");
    }

    /// <summary>The same words for every address.</summary>
    internal static IResult Asked(HttpContext context, SubscriptionAsked asked, SubscriptionOptions options)
    {
        var language = context.PageLanguage();
        var address = asked.Address;
        var what = Pages.Text(Sentences.Label("subscribe-asked-" + Word(asked.Medium), new { address }, language));
        var wait = Pages.Text(Sentences.Label("subscribe-asked-wait-" + Word(asked.Medium), new { minutes = (int)Math.Ceiling(options.CoolDown.TotalMinutes), count = options.MessagesPerDay }, language));
        var code = asked.Medium == Medium.Sms ? CodeForm(context, address, [], false) : "";

        return Page(context, "subscribe-asked", [], $"<p>{Text(context, "subscribe-asked-about")} <strong>{Pages.Text(asked.About.Name.In(language))}</strong></p><p>{what}</p>{code}<p class=\"quiet\">{wait}</p><p>{Pages.Link("/subscribe", language, Text(context, "subscribe-again"))}</p>");
    }

    internal static IResult Code(HttpContext context, string address, IReadOnlyList<Problem> problems) => Page(context, "subscribe-asked", problems, CodeForm(context, address, problems, true));

    internal static IResult Confirm(HttpContext context, SubscriptionView view, IReadOnlyList<Problem> problems) =>
        Page(context, "subscription-confirm-title", problems, $"<p>{About(context, "subscription-confirm-what", view)}</p>{Form(context, $"<button>{Text(context, "subscribe-confirm")}</button>")}");

    internal static IResult One(HttpContext context, SubscriptionView view, IReadOnlyList<Problem> problems)
    {
        var language = context.PageLanguage();
        var again = $"<p>{Pages.Link("/subscribe", language, Text(context, "subscribe-again"))}</p>";

        return view.Withdrawn
            ? Page(context, "subscription-title", problems, $"<p><span class=\"state news\">{Text(context, "subscription-ended")}</span></p><p role=\"status\">{Text(context, "subscription-ended-what")}</p>{again}")
            : Page(
                context, "subscription-title", problems,
                $"<p><span class=\"state over\">{Text(context, "subscription-active")}</span></p><p role=\"status\">{About(context, "subscription-active-what", view)}</p><p class=\"quiet\">{Text(context, "subscription-keep")}</p>"
                + Form(context, $"<button class=\"bad\">{Text(context, "subscription-end")}</button>") + again);
    }

    internal static IResult Unknown(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;

        return Page(context, "subscription-title", [], $"<p>{Text(context, "subscription-unknown")}</p><p>{Pages.Link("/subscribe", context.PageLanguage(), Text(context, "subscribe-title"))}</p>");
    }

    internal static IResult Closed(HttpContext context) => Page(context, "subscribe-title", [], $"<p class=\"empty\">{Text(context, "subscribe-closed")}</p>");

    private static IResult Page(HttpContext context, string title, IReadOnlyList<Problem> problems, string body)
    {
        var language = context.PageLanguage();
        if (problems.Count > 0) context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        // Links of this page lead elsewhere, and its address is a secret.
        context.Response.Headers["Referrer-Policy"] = "same-origin";
        var general = PlainForm.Problems(context, [.. problems.Where(problem => problem.Field is null)]);

        return Pages.Html(
            context, Sentences.Label(title, language),
            $"<header><a href=\"/?lang={language}\">{Text(context, "page-title")}</a>{Pages.Switch(language)}</header><main><h1>{Text(context, title)}</h1>{general}{body}</main>", style: PublicStyle.Text + PlainForm.Style + Style);
    }

    private static string CodeForm(HttpContext context, string address, IReadOnlyList<Problem> problems, bool shown) => Form(
        context,
        (shown ? Input(context, "address", "subscribe-address-sms", problems, $"required type=\"tel\" maxlength=\"40\" autocomplete=\"tel\" value=\"{Pages.Text(address)}\"") : $"<input type=\"hidden\" name=\"address\" value=\"{Pages.Text(address)}\">")
        + Input(context, "code", "subscribe-code", problems, "required inputmode=\"numeric\" autocomplete=\"one-time-code\" maxlength=\"12\" size=\"8\"")
        + $"<button>{Text(context, "subscribe-confirm")}</button>",
        "/subscribe/code");

    /// <param name="action">Null: to its own address.</param>
    private static string Form(HttpContext context, string fields, string? action = null)
    {
        var tokens = context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context);
        var to = action is null ? "" : $" action=\"{action}?lang={context.PageLanguage()}\"";

        return $"<form method=\"post\"{to} novalidate><input type=\"hidden\" name=\"{tokens.FormFieldName}\" value=\"{tokens.RequestToken}\">{fields}</form>";
    }

    private static string Input(HttpContext context, string name, string label, IReadOnlyList<Problem> problems, string attributes) =>
        $"<label for=\"{name}\">{Text(context, label)}</label><input id=\"{name}\" name=\"{name}\" {attributes}{Marked(name, problems)}>{Wrong(context, name, problems)}";

    private static string Radios(HttpContext context, string name, string legend, IReadOnlyList<Problem> problems, IEnumerable<(string Value, string Label, bool Chosen)> choices) =>
        $"<fieldset{Marked(name, problems)}><legend>{Text(context, legend)}</legend>{string.Concat(choices.Select(one => $"<label><input type=\"radio\" name=\"{name}\" value=\"{Pages.Text(one.Value)}\"{(one.Chosen ? " checked" : "")}>{one.Label}</label>"))}{Wrong(context, name, problems)}</fieldset>";

    /// <summary>What the words are names of; the only one is chosen.</summary>
    private static string Choices(HttpContext context, AskSubscription request, IReadOnlyList<Problem> problems, IReadOnlyList<SubscriptionTarget> found, string language) =>
        $"<input type=\"hidden\" name=\"found\" value=\"{Pages.Text(request.Find)}\">"
        + Radios(context, "about", "subscribe-about", problems, found.Select(one => (one.Key, $"{Pages.Text(one.Name.In(language))} <span class=\"quiet\">{Pages.Text(one.Organisation.In(language))}</span>", found.Count == 1 || one.Key == request.About)));

    private static string Counties(HttpContext context, AskSubscription request, IReadOnlyList<Problem> problems, IReadOnlyList<SubscriptionTarget> counties, string language)
    {
        var options = string.Concat(counties.Select(one => $"<option value=\"{one.Key}\"{(one.Key == request.County ? " selected" : "")}>{Pages.Text(one.Name.In(language))}</option>"));

        return $"<label for=\"county\">{Text(context, "subscribe-county")}</label><select id=\"county\" name=\"county\"{Marked("county", problems)}><option value=\"\">{Text(context, "subscribe-county-none")}</option>{options}</select>{Wrong(context, "county", problems)}";
    }

    private static string Marked(string name, IReadOnlyList<Problem> problems) => !problems.Any(problem => problem.Field == name) ? "" : name is "about" or "medium" or "language" ? $" aria-describedby=\"wrong-{name}\"" : $" aria-invalid=\"true\" aria-describedby=\"wrong-{name}\"";

    private static string Wrong(HttpContext context, string name, IReadOnlyList<Problem> problems) => problems.FirstOrDefault(problem => problem.Field == name) is { } wrong
        ? $"<p class=\"wrong\" id=\"wrong-{name}\" role=\"alert\">{Pages.Text(Sentences.Of(wrong, context.PageLanguage()))}</p>"
        : "";

    private static string About(HttpContext context, string label, SubscriptionView view)
    {
        var language = context.PageLanguage();
        var about = view.About is not { } target ? Sentences.Label("subscription-gone", language)
            : target.Name == target.Organisation ? target.Name.In(language) : $"{target.Name.In(language)} · {target.Organisation.In(language)}";

        return Pages.Text(Sentences.Label(label, new { about, address = view.Address }, language));
    }

    private static string Text(HttpContext context, string code) => PlainForm.Word(code, context);

    private static string Word(Medium medium) => medium.ToString().ToLowerInvariant();

    private static int Hours(SubscriptionOptions options) => (int)Math.Ceiling(options.ConfirmWithin.TotalHours);

    private const string Style =
        """
        body{max-width:34rem}main>p{margin:.5rem 0}fieldset legend{padding:0}fieldset label{padding:.3rem 0;min-height:1.75rem}fieldset input{min-height:0;width:1.1rem;height:1.1rem;vertical-align:-.15rem}
        .wrong{color:var(--alert);margin:.1rem 0 0}[aria-invalid]{border-color:var(--alert)!important;border-width:2px!important}button{justify-self:start}
        """;
}
