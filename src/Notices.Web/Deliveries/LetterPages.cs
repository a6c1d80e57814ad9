using System.Globalization;
using System.Text;
using Notices.Public;
using Notices.Words;

namespace Notices.Deliveries;

/// <summary>How letters are printed.</summary>
internal enum LetterForm
{
    /// <summary>A receipt to tear off, for whoever carries it to the door.</summary>
    Receipt,

    /// <summary>An address block for a window envelope.</summary>
    Post,
}

/// <summary>A page to be printed.</summary>
internal sealed record PrintPage(string Title, string Body, string Language, string Style)
{
    internal IResult Show(HttpContext context) => Pages.Html(context, Title, Body, null, Style, Language);

    /// <summary>As a file of its own.</summary>
    internal string Write(bool drill) => Pages.Frame(Title, Body, Language, Style, drill);
}

/// <summary>停电通知书 as they leave the printer, one to a page, and the list of whoever carries them.</summary>
internal static class LetterPages
{
    private const string LetterStyle =
        """
        @page{size:A4;margin:0}:root{color-scheme:light;--quiet:#444}body{max-width:none;padding:0;font-size:11pt;line-height:1.5;color:#000;background:#fff}
        .letter{box-sizing:border-box;width:210mm;min-height:296mm;margin:0 auto;padding:16mm 20mm 12mm;display:flex;flex-direction:column;break-after:page}.letter:last-child{break-after:auto}
        .letter>header{justify-content:space-between;color:#000;border-bottom:1px solid #000;padding-bottom:2mm}.number{font-variant-numeric:tabular-nums;letter-spacing:.05em;white-space:nowrap}
        .to{margin:6mm 0 2mm}.to p{margin:0}.letter h1{font-size:15pt;text-align:center;margin:6mm 0 4mm;text-wrap:balance}.letter main p{margin:0 0 3mm;white-space:pre-line}
        .post .to{position:absolute;top:45mm;left:0;box-sizing:border-box;width:85mm;height:40mm;padding:0 5mm;margin:0;overflow:hidden}.post{position:relative;padding-left:20mm}.post .to{left:20mm}.post h1{margin-top:72mm;text-align:start}
        .from{font-size:8pt;border-bottom:.5pt solid #000;margin-bottom:2mm!important}
        .receipt{margin-top:auto;border-top:1.5pt dashed #000;padding-top:4mm;break-inside:avoid}.receipt h2{font-size:12pt;margin:0 0 2mm;display:flex;justify-content:space-between}
        .receipt dl{display:grid;grid-template-columns:max-content 1fr max-content 1fr;gap:1mm 4mm;margin:0 0 3mm}.receipt dt{color:var(--quiet)}.receipt dd{margin:0;overflow-wrap:anywhere}
        .ticks{list-style:none;display:flex;flex-wrap:wrap;gap:1mm 6mm;margin:0 0 4mm;padding:0}.ticks li::before{content:"☐ "}
        .lines{display:grid;grid-template-columns:1fr 1fr;gap:6mm 8mm}.lines span{border-bottom:.5pt solid #000;min-height:8mm;display:flex;align-items:flex-end;color:var(--quiet)}
        .drill{margin:0;border-radius:0}@media screen{body{background:#777}.letter{background:#fff;margin:4mm auto;box-shadow:0 1px 6px #0006}}
        @media screen and (max-width:48rem){.letter{width:auto;min-height:0;padding:1rem}.post .to{position:static;width:auto;height:auto;padding:0}.post h1{margin-top:1rem}.receipt dl{grid-template-columns:max-content 1fr}}
        """;

    private const string WalkStyle =
        """
        body{max-width:none}h2{break-after:avoid}table{font-size:.9375rem}th,td{white-space:normal;padding:.35rem .5rem .35rem 0}td.number,th.number{white-space:nowrap;font-variant-numeric:tabular-nums}td.sign{min-width:7rem}
        .boxes{white-space:normal;min-width:11rem}.boxes span{white-space:nowrap;margin-inline-end:.6rem}.boxes span::before{content:"☐ "}.done{font-weight:600}
        @media print{@page{size:A4 landscape;margin:12mm}:root{color-scheme:light;--quiet:#333}body{font-size:9.5pt;padding:0}header{display:none}tr{break-inside:avoid}thead{display:table-header-group}}
        @media(max-width:40rem){td.sign{display:none}}
        """;

    /// <summary>In the language of each letter; the page's own is that of the first.</summary>
    internal static PrintPage Letters(LetterBatch batch, LetterForm form)
    {
        var html = new StringBuilder();
        foreach (var letter in batch.Letters) Append(html, batch, letter, form);
        var language = batch.Letters.Count > 0 ? batch.Letters[0].Language : Languages.Chinese;

        return new PrintPage($"{Word("title", language)} {batch.Outage}", html.ToString(), language, LetterStyle);
    }

    /// <summary>The letters of a stack in walking order, with room for what became of each.</summary>
    internal static PrintPage WalkSheet(LetterBatch batch, string language)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(batch.TimeZone);
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<header>{Pages.Switch(language)}</header><main><h1>{Word("walk", language)} {Pages.Text(batch.Outage)}</h1>");
        html.Append(CultureInfo.InvariantCulture, $"<p class=\"quiet\">{Pages.Text(Sentences.Label("letter-walk-head", new { count = batch.Letters.Count, at = batch.PrintedAt, until = batch.ExpiresAt, batch = batch.Batch }, language, zone))}</p>");
        foreach (var (number, group) in batch.Letters.Index().GroupBy(one => (one.Item.Station, one.Item.Township, one.Item.Place)).Index())
        {
            // 城关镇东街村 names its township already.
            var township = group.Key is { Township: { } town, Place: { } place } && place.StartsWith(town, StringComparison.Ordinal) ? null : group.Key.Township;
            var heading = string.Join(" · ", new[] { group.Key.Station, township, group.Key.Place }.Where(part => !string.IsNullOrEmpty(part)));
            html.Append(CultureInfo.InvariantCulture, $"<h2 id=\"g{number}\">{Pages.Text(heading)} · {group.Count()}</h2><div class=\"scroll\"><table aria-labelledby=\"g{number}\"><thead><tr><th>#</th><th class=\"number\">{Word("number", language)}</th><th>{Word("name", language)}</th>");
            html.Append(CultureInfo.InvariantCulture, $"<th>{Word("address", language)}</th><th>{Word("transformer", language)}</th><th>{Word("outcome", language)}</th><th>{Word("sign", language)}</th></tr></thead><tbody>");
            foreach (var (index, letter) in group) Append(html, index + 1, letter, language);
            html.Append("</tbody></table></div>");
        }

        return new PrintPage($"{Word("walk", language)} {batch.Outage}", html.Append("</main>").ToString(), language, WalkStyle);
    }

    private static void Append(StringBuilder html, LetterBatch batch, Letter letter, LetterForm form)
    {
        string Here(string code) => Word(code, letter.Language);
        var company = Pages.Text(batch.Organisation.In(letter.Language));
        html.Append(CultureInfo.InvariantCulture, $"<section class=\"letter {(form == LetterForm.Post ? "post" : "walk")}\" lang=\"{letter.Language}\"><header><span>{company}</span><span class=\"number\">{Here("number")} {letter.Number}</span></header><div class=\"to\">");
        if (form == LetterForm.Post) html.Append(CultureInfo.InvariantCulture, $"<p class=\"from\">{company}</p>");
        html.Append(CultureInfo.InvariantCulture, $"<p>{Pages.Text(letter.Name)}</p><p>{Pages.Text(AddressOf(letter))}</p></div><main>");
        if (letter.Subject is { } subject) html.Append(CultureInfo.InvariantCulture, $"<h1>{Pages.Text(subject)}</h1>");
        foreach (var paragraph in letter.Body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) html.Append(CultureInfo.InvariantCulture, $"<p>{Pages.Text(paragraph)}</p>");
        html.Append("</main>");
        if (form == LetterForm.Receipt) Receipt(html, batch, letter);
        html.Append("</section>");
    }

    private static void Receipt(StringBuilder html, LetterBatch batch, Letter letter)
    {
        string Here(string code) => Word(code, letter.Language);
        html.Append(CultureInfo.InvariantCulture, $"<aside class=\"receipt\"><h2><span>{Here("receipt")}</span><span class=\"number\">{letter.Number}</span></h2><dl><dt>{Here("name")}</dt><dd>{Pages.Text(letter.Name)}</dd><dt>{Here("outage")}</dt><dd>{Pages.Text(batch.Outage)}</dd>");
        html.Append(CultureInfo.InvariantCulture, $"<dt>{Here("address")}</dt><dd>{Pages.Text(AddressOf(letter))}</dd><dt>{Here("accounts")}</dt><dd>{Pages.Text(letter.Accounts)}</dd></dl><ul class=\"ticks\">");
        foreach (var result in LetterWords.Results.Where(result => result is not (LetterWords.Posted or LetterWords.Withdrawn))) html.Append(CultureInfo.InvariantCulture, $"<li>{Here(result)}</li>");
        html.Append("</ul><div class=\"lines\">");
        foreach (var line in (string[])["received-by", "date", "carried-by", "witness"]) html.Append(CultureInfo.InvariantCulture, $"<span>{Here(line)}</span>");
        html.Append("</div></aside>");
    }

    private static void Append(StringBuilder html, int place, Letter letter, string language)
    {
        html.Append(CultureInfo.InvariantCulture, $"<tr><td>{place}</td><td class=\"number\">{letter.Number}</td><td>{Pages.Text(letter.Name)}</td><td>{Pages.Text(letter.Address)}</td><td>{Pages.Text(letter.Transformer)}</td><td class=\"boxes\">");
        if (letter.Outcome is { } outcome) html.Append(CultureInfo.InvariantCulture, $"<b class=\"done\">{Word(outcome, language)}</b>");
        else foreach (var result in LetterWords.Results.Where(result => result != LetterWords.Withdrawn)) html.Append(CultureInfo.InvariantCulture, $"<span>{Word(result, language)}</span> ");
        html.Append("</td><td class=\"sign\"></td></tr>");
    }

    /// <summary>Where no address is known, where the supply is.</summary>
    private static string AddressOf(Letter letter) => string.IsNullOrWhiteSpace(letter.Address)
        ? string.Join(letter.Language == Languages.Chinese ? "" : ", ", (letter.Language == Languages.Chinese ? new[] { letter.Township, letter.Place } : [letter.Place, letter.Township]).Where(part => !string.IsNullOrEmpty(part)))
        : letter.Address;

    private static string Word(string code, string language) => Pages.Text(Sentences.Label($"letter-{code}", language));
}
