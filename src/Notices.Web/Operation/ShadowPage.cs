using System.Globalization;
using System.Text;
using System.Text.Json;
using Notices.Public;
using Notices.Words;

namespace Notices.Operation;

/// <summary>A day's report of shadow mode, to be read beside what was really done.</summary>
internal static class ShadowPage
{
    private const string Style =
        """
        .sums{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.75rem;margin:1rem 0;padding:0;list-style:none}.sums li{border:1px solid var(--line);border-radius:.5rem;padding:.6rem .75rem}.sums b{display:block;font-size:1.4rem;font-variant-numeric:tabular-nums}
        article h2{margin:0}td,th{font-variant-numeric:tabular-nums}details{margin:.35rem 0}summary{cursor:pointer;color:var(--accent)}blockquote{margin:.35rem 0;border-inline-start:3px solid var(--line);padding-inline-start:.75rem;white-space:pre-line}
        @media(max-width:40rem){td[data-of]::before{content:attr(data-of) " ";color:var(--quiet)}td:empty{display:none}}
        @media print{@page{size:A4;margin:15mm}:root{color-scheme:light;--quiet:#333;--accent:#000;--alert:#000}body{font-size:10pt;max-width:none;padding:0}header{display:none}article{break-inside:avoid}}
        """;

    internal static IResult Show(ShadowReport report, HttpContext context)
    {
        var language = context.PageLanguage();
        var title = $"{Sentences.Label("shadow-report", language)} {report.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";

        return Pages.Html(context, title, Write(report, title, language), null, Style);
    }

    private static string Write(ShadowReport report, string title, string language)
    {
        var (html, totals) = (new StringBuilder(), report.Totals);
        string Word(string code) => Pages.Text(Sentences.Label($"shadow-{code}", language));
        void Sum(string code, int count, bool isAlert = false) => html.Append(CultureInfo.InvariantCulture, $"<li{(isAlert && count > 0 ? " class=\"alert\"" : "")}><b>{count:N0}</b>{Word(code)}</li>");
        html.Append(CultureInfo.InvariantCulture, $"<header>{Pages.Switch(language)}</header><main><h1>{Pages.Text(title)}</h1><p class=\"quiet\">{Word(report.IsFinal ? "final" : "so-far")} · {Pages.Text(report.TimeZone)}</p><p>{Word("banner")}</p><ul class=\"sums\">");
        Sum("notices", totals.Notices);
        Sum("late", totals.Late, true);
        Sum("recipients", totals.Recipients);
        Sum("not-reached", totals.NotReached, true);
        foreach (var medium in totals.Media) html.Append(CultureInfo.InvariantCulture, $"<li><b>{medium.Messages:N0}</b>{Medium(medium.Medium, language)}{(medium.SmsParts > 0 ? $" · {Pages.Text(Sentences.Label("shadow-parts", new { count = medium.SmsParts }, language))}" : "")}</li>");
        Sum("rings", totals.Rings);
        html.Append("</ul>");
        if (report.Notices.Count == 0) html.Append(CultureInfo.InvariantCulture, $"<p>{Word("nothing")}</p>");
        foreach (var notice in report.Notices) Append(html, notice, TimeZoneInfo.FindSystemTimeZoneById(report.TimeZone), language);

        return html.Append("</main>").ToString();
    }

    private static void Append(StringBuilder html, ShadowNotice notice, TimeZoneInfo zone, string language)
    {
        string Word(string code) => Pages.Text(Sentences.Label($"shadow-{code}", language));
        string At(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        string Clock(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var what = string.Join(" · ", new[] { Sentences.Certificate($"type-{Kebab(notice.Type)}", language), notice.Kind is { } kind ? Sentences.Certificate($"kind-{Kebab(kind)}", language) : null, notice.Organisation }.OfType<string>());
        html.Append(CultureInfo.InvariantCulture, $"<article><h2>{Pages.Text(notice.Identifier)}</h2><p class=\"quiet\">{Pages.Text(what)}</p><p>{Word("published")} {At(notice.PublishedAt)}");
        if (notice.Deadline is { } deadline) html.Append(CultureInfo.InvariantCulture, $" · {Word("deadline")} {At(deadline)} · {(notice.Late ? $"<span class=\"alert\">{Word("is-late")}</span>" : Word("in-time"))}");
        html.Append("</p>");
        if (notice.Recipients.Count > 0) html.Append(CultureInfo.InvariantCulture, $"<p>{Word("recipients")}: {string.Join("; ", notice.Recipients.Select(tier => $"{Sentences.Certificate($"tier-{tier.Tier}", language)} {tier.Count:N0}").Select(Pages.Text))}</p>");
        if (notice.NotReached.Count > 0) html.Append(CultureInfo.InvariantCulture, $"<p class=\"alert\">{Word("not-reached")}: {string.Join("; ", notice.NotReached.Select(reason => $"{Sentences.Reason(reason.Reason, language)} {reason.Count:N0}").Select(Pages.Text))}</p>");
        if (notice.Messages.Count > 0)
        {
            html.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\"><table><thead><tr><th>{Word("medium")}</th><th>{Word("language")}</th><th>{Word("tier")}</th><th>{Word("messages")}</th><th>{Word("sms-parts")}</th><th>{Word("from-to")}</th></tr></thead><tbody>");
            foreach (var line in notice.Messages)
                html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Medium(line.Medium, language)}</td><td>{line.Language}</td><td data-of=\"{Word("tier")}\">{line.Tier}</td><td data-of=\"{Word("messages")}\">{line.Messages:N0}</td><td data-of=\"{Word("sms-parts")}\">{(line.SmsParts > 0 ? line.SmsParts.ToString("N0", CultureInfo.InvariantCulture) : "")}</td><td>{Clock(line.First)}–{Clock(line.Last)}</td></tr>");
            html.Append("</tbody></table></div>");
        }

        foreach (var text in notice.Texts)
        {
            html.Append(CultureInfo.InvariantCulture, $"<details><summary>{Medium(text.Medium, language)} · {text.Language}</summary><blockquote lang=\"{text.Language}\">");
            if (text.Subject is { } subject) html.Append(CultureInfo.InvariantCulture, $"<b>{Pages.Text(subject)}</b>\n");
            html.Append(CultureInfo.InvariantCulture, $"{Pages.Text(text.Text)}</blockquote></details>");
        }

        html.Append("</article>");
    }

    private static string Medium(Deliveries.Medium medium, string language) => Pages.Text(Sentences.Label($"medium-{Kebab(medium)}", language));

    private static string Kebab<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
