using System.Globalization;
using System.Text;
using Notices.Public;
using Notices.Words;

namespace Notices.Deliveries;

/// <summary>The list of calls to make by hand, to be worked off at a telephone that dials what is clicked, or on paper.</summary>
internal static class ManualCallPrint
{
    /// <summary>Calls on one page, more than one person makes in a shift.</summary>
    internal const int CallsOnPage = 200;

    private const string Style =
        """
        .call{border-top:1px solid var(--line);padding:.75rem 0;display:grid;gap:.25rem;break-inside:avoid}.call h2{margin:0;font-size:1.2rem;font-variant-numeric:tabular-nums}
        .call p{margin:0;white-space:pre-line}.ticks{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.25rem 0 0;padding:0}.ticks li::before{content:"☐ "}
        .now{color:var(--alert);font-weight:600}
        @media print{@page{size:A4;margin:15mm}:root{color-scheme:light;--quiet:#333;--accent:#000;--alert:#000}body{font-size:10.5pt;max-width:none;padding:0}header,nav{display:none}a{color:inherit;text-decoration:none}}
        @media screen{.ticks{display:none}}
        """;

    internal static IResult Show(ManualCallPage page, long? round, HttpContext context)
    {
        var language = context.PageLanguage();
        var title = Word("title", language);

        return Pages.Html(context, title, Write(page, round, title, language), null, Style);
    }

    private static string Write(ManualCallPage page, long? round, string title, string language)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<header>{Pages.Switch(language)}</header><main><h1>{title}</h1>");
        html.Append(CultureInfo.InvariantCulture, $"<p class=\"quiet\">{Pages.Text(Sentences.Label(page.Total == 0 ? "manual-calls-empty" : "manual-calls-count", new { count = page.Total }, language))}</p>");
        foreach (var call in page.Items) Append(html, call, language);
        if (page.Next is { } next)
            html.Append(CultureInfo.InvariantCulture, $"<nav><p><a href=\"?after={next}{(round is null ? "" : $"&amp;round={round}")}\">{Word("next", language)}</a></p></nav>");

        return html.Append("</main>").ToString();
    }

    private static void Append(StringBuilder html, ManualCallView call, string language)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(call.TimeZone);
        string At(string code, DateTimeOffset at, string more = "") => Pages.Text(Sentences.Label(code, new { at, more }, language, zone));
        var who = new[] { Word(call.IsRelay ? "relay" : $"tier-{call.Tier}", language), call.PlaceName, call.Accounts, call.Outage }.Where(part => !string.IsNullOrEmpty(part)).Select(part => Pages.Text(part!));
        html.Append(CultureInfo.InvariantCulture, $"<article class=\"call\"><h2><a href=\"tel:{Pages.Text(call.Phone)}\">{Pages.Text(call.Phone)}</a></h2>");
        html.Append(CultureInfo.InvariantCulture, $"<p class=\"quiet\">{string.Join(" · ", who)} · {At("manual-calls-until", call.ExpiresAt)}</p><p lang=\"{call.Language}\">{Pages.Text(call.Text)}</p>");
        if (call.TakenBy is { } by && call.TakenUntil is { } until) html.Append(CultureInfo.InvariantCulture, $"<p class=\"now\">{At("manual-calls-taken", until, by)}</p>");
        if (call is { LastAt: { } last, LastResult: { } result }) html.Append(CultureInfo.InvariantCulture, $"<p class=\"quiet\">{At("manual-calls-last", last, Sentences.Reason(result, language))}</p>");
        html.Append("<ul class=\"ticks\">");
        foreach (var end in CallWords.Results) html.Append(CultureInfo.InvariantCulture, $"<li>{Pages.Text(end == CallWords.Person ? Word("person", language) : Sentences.Reason(end, language))}</li>");
        html.Append("</ul></article>");
    }

    private static string Word(string code, string language) => Sentences.Label($"manual-calls-{code}", language);
}
