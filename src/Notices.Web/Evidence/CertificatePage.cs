using System.Globalization;
using System.Text;
using System.Text.Json;
using Notices.Public;
using Notices.Publishing;
using Notices.Words;

namespace Notices.Evidence;

/// <summary>A certificate on paper: who was told what, when, and where in the record it is proved.</summary>
internal sealed class CertificatePage
{
    private const string Style =
        """
        h1{text-align:center}.draft{border:2px solid var(--alert);color:var(--alert);padding:.5rem;text-align:center;font-weight:600}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.5rem;margin:0}dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}
        th,td{white-space:normal;font-variant-numeric:tabular-nums}tbody th{font-weight:400;color:var(--quiet)}time{white-space:normal}
        pre{white-space:pre-wrap;overflow-wrap:anywhere;border-inline-start:3px solid var(--line);padding-inline-start:.75rem;margin:.35rem 0;font:inherit}
        @media screen and (max-width:40rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}tbody th{display:block;border:0;padding:0}
        td{display:block;padding-inline-start:1rem}td:empty{display:none}td::before{content:attr(data-of) " ";color:var(--quiet)}}
        @media print{@page{size:A4;margin:18mm}:root{color-scheme:light;--quiet:#333;--accent:#000;--alert:#000}body{font-size:10.5pt;max-width:none;padding:0}header{display:none}h2,thead,tr,pre{break-inside:avoid}h2{break-after:avoid}
        thead{display:table-header-group}tr{display:table-row}td,tbody th{display:table-cell;border-bottom:1px solid var(--line);padding:.2rem .5rem .2rem 0}}
        """;

    private readonly CertificateView _certificate;
    private readonly RoundStatement _stated;
    private readonly string _language;
    private readonly TimeZoneInfo _zone;
    private readonly StringBuilder _page = new();

    // Of the table that is being written.
    private string[] _columns = [];

    private CertificatePage(CertificateView certificate, string language)
    {
        (_certificate, _stated, _language) = (certificate, certificate.Read(), language);
        _zone = TimeZoneInfo.FindSystemTimeZoneById(_stated.Organisation.TimeZone);
    }

    internal static IResult Show(CertificateView certificate, HttpContext context)
    {
        var language = context.PageLanguage();

        return Pages.Html(context, $"{Sentences.Certificate("title", language)} {certificate.Round}", new CertificatePage(certificate, language).Write(), null, Style);
    }

    private string Write()
    {
        _page.Append(CultureInfo.InvariantCulture, $"<header>{Pages.Switch(_language)}</header><main><h1>{Word("title")}</h1>");
        if (_stated.Mode is { } mode) _page.Append(CultureInfo.InvariantCulture, $"<p class=\"draft\">{Pages.Text(Sentences.Label($"{mode}-banner", _language))}</p>");
        if (_certificate.Provisional) _page.Append(CultureInfo.InvariantCulture, $"<p class=\"draft\">{Word("provisional")} {At(_stated.AsOf)}</p>");
        if (_certificate.Verified == false) _page.Append(CultureInfo.InvariantCulture, $"<p class=\"draft\">{Word("not-verified")}</p>");
        Subject();
        Clocks();
        Tiers();
        Media();
        Reasons();
        Texts();
        Proof();
        _page.Append("</main>");

        return _page.ToString();
    }

    private void Subject()
    {
        var (notice, people) = (_stated.Notice, _stated.People);
        _page.Append("<dl>");
        Line("organisation", Pages.Text(_stated.Organisation.Name.In(_language)));
        Line("notice", $"{Pages.Text(notice.Identifier)} · {Word($"type-{Kebab(notice.Type)}")}{(notice.Kind is { } kind ? " · " + Word($"kind-{Kebab(kind)}") : "")}");
        Line("round", $"{_stated.Round} · {Word($"audience-{Kebab(_stated.Audience)}")} · {Word($"round-{Kebab(_stated.State)}")}{(_stated.StoppedReason is { } why ? ": " + Pages.Text(why) : "")}");
        Line("snapshot", $"{Number(_stated.Recipients.Total)}{(_stated.SnapshotAt is { } drawn ? $" · {At(drawn)}" : "")}");
        if (_stated.Subscribers is { } beside) Line("subscribers", $"{Number(beside.Total)} · {Word("delivered")} {Number(beside.Delivered + beside.Acknowledged)} · {Word("sent")} {Number(beside.Sent)}");
        Line("as-of", At(_stated.AsOf));
        if (people.PlannedBy is { Length: > 0 } planned) Line("planned-by", Pages.Text(planned));
        if (people.SubmittedBy is { } submitted) Line("submitted-by", $"{Pages.Text(submitted)}{Then(people.SubmittedAt)}");
        if (people.ApprovedBy is { } approved) Line("approved-by", $"{Pages.Text(approved)}{Then(people.ApprovedAt)}");
        if (people.ReviewedBy is { } reviewed) Line("reviewed-by", $"{Pages.Text(reviewed)}{Then(people.ReviewedAt)}");
        _page.Append("</dl>");
    }

    private void Clocks()
    {
        var (open, personal) = (_stated.PublicClock, _stated.PersonalClock);
        _page.Append(CultureInfo.InvariantCulture, $"<h2>{Word("clocks")}</h2><dl>");
        Line("deadline", open.Deadline is { } latest ? At(latest) : Word("none"));
        Line("public-clock", $"{At(open.PublishedAt)} · {Late(open.LateBySeconds, open.Deadline)}{(open.LateReason is { } why ? " · " + Pages.Text(why) : "")}");
        Line("personal-clock", personal.First is { } first
            ? $"{At(first)} – {At(personal.Last!.Value)} · {Word("in-time")} {Number(personal.InTime)} · {Word("late")} {Number(personal.Late)} · {Word("not-handed-over")} {Number(personal.NotHandedOver)}"
            : $"{Word("not-handed-over")} {Number(personal.NotHandedOver)}");
        _page.Append("</dl>");
    }

    /// <summary>A column a tier and a row a figure: the states are many, the tiers few, and a page is narrow.</summary>
    private void Tiers()
    {
        var tiers = _stated.Tiers;
        Head("by-tier", Word("state"), [.. tiers.Select(tier => Word($"tier-{tier.Tier}")), Word("total")]);
        foreach (var (state, count) in States) Row(Word(state), [.. tiers.Select(tier => Number(count(tier.Recipients))), Number(count(_stated.Recipients))]);
        Row(Word("first-handed-over"), [.. tiers.Select(tier => Or(tier.FirstHandedOver)), ""]);
        Row(Word("last-handed-over"), [.. tiers.Select(tier => Or(tier.LastHandedOver)), ""]);
        Row(Word("after-deadline"), [.. tiers.Select(tier => Number(tier.AfterDeadline)), ""]);
        _page.Append("</tbody></table>");
        if (_certificate.Since is { } now) _page.Append(CultureInfo.InvariantCulture, $"<p class=\"quiet\">{Word("since")} {Word("delivered")} {Number(now.Delivered + now.Acknowledged)}, {Word("failed")} {Number(now.Failed)}.</p>");
    }

    private void Media()
    {
        // More beside each other than a page is wide stand below each other.
        foreach (var (part, media) in _stated.Media.Chunk(Beside).Index())
        {
            Head(part == 0 ? "by-medium" : null, Word("state"), media.Select(medium => Pages.Text($"{Sentences.Label($"medium-{Kebab(medium.Medium)}", _language)}{(medium.Provider is { } provider ? " · " + provider : "")}")));
            foreach (var (state, count) in States) Row(Word(state), media.Select(medium => Number(count(medium.Messages))));
            Row(Word("first-handed-over"), media.Select(medium => Or(medium.FirstHandedOver)));
            Row(Word("last-handed-over"), media.Select(medium => Or(medium.LastHandedOver)));
            Row(Word("first-delivered"), media.Select(medium => Or(medium.FirstDelivered)));
            Row(Word("last-delivered"), media.Select(medium => Or(medium.LastDelivered)));
            _page.Append("</tbody></table>");
        }
    }

    private void Reasons()
    {
        if (_stated.Reasons.Count == 0) return;

        Head("reasons", Word("reason"), [Word("state"), Word("recipients")]);
        foreach (var reason in _stated.Reasons) Row(Pages.Text(Sentences.Reason(reason.Reason ?? "", _language)), [Word(Kebab(reason.State)), Number(reason.Count)]);
        _page.Append("</tbody></table>");
    }

    private void Texts()
    {
        _page.Append(CultureInfo.InvariantCulture, $"<h2>{Word("texts")}</h2><p class=\"quiet\">{Word("texts-about")}</p>");
        foreach (var text in _stated.Texts)
        {
            var medium = text.Messages is null ? Word($"text-{text.Medium}") : Pages.Text(Sentences.Label($"medium-{text.Medium}", _language));
            _page.Append(CultureInfo.InvariantCulture, $"<h3 class=\"quiet\">{medium} · {Pages.Text(text.Language)}{(text.Variant.Length > 0 ? $" · {Word("joint")} {Pages.Text(text.Variant)}" : "")}{(text.Messages is { } bore ? $" · {Word("messages")} {Number(bore)}" : "")}</h3>");
            _page.Append(CultureInfo.InvariantCulture, $"<pre lang=\"{Pages.Text(text.Language)}\">{(text.Subject is { } subject ? Described(subject, text.Language) + "\n\n" : "")}{Described(text.Body, text.Language)}</pre>");
        }
    }

    /// <summary>In the text's own language, so that it can be read as one.</summary>
    private static string Described(string text, string language) => Pages.Text(PersonalText.Parse(text).Describe(
        Sentences.Certificate("own-place", language), Sentences.Certificate("own-accounts", language), Sentences.Certificate("own-backup", language)));

    private void Proof()
    {
        var record = _stated.Record;
        _page.Append(CultureInfo.InvariantCulture, $"<h2>{Word("proof")}</h2><dl>");
        Line("entries", $"{record.First} – {record.Last}; {Word("named")} {string.Join(", ", record.Entries.Select(entry => $"{entry.Sequence} {Pages.Text(entry.Action)}"))}");
        if (record.Attempts.Entries > 0) Line("attempts", $"{Number(record.Attempts.Entries)} ({record.Attempts.First} – {record.Attempts.Last})");
        if (record.Receipts.Entries > 0) Line("receipts", $"{Number(record.Receipts.Entries)} ({record.Receipts.First} – {record.Receipts.Last})");
        Line("notice-digest", _stated.Notice.Sha256);
        Line("digest", _certificate.Sha256);
        if (_certificate.Seal is { } seal) Line("seal", $"{seal.Sequence} · {At(seal.At)} · {seal.Hash}");
        if (_certificate.Head is { } head) Line("head", $"{head.Sequence} {head.Hash} {head.At}<br>{Pages.Text(head.Signature)}<br>{Pages.Text(head.PublicKey)}");
        _page.Append(CultureInfo.InvariantCulture, $"</dl><p class=\"quiet\">{Word("how")}</p>");
    }

    private const int Beside = 4;

    private static readonly (string Word, Func<StateCounts, int> Count)[] States =
    [
        ("total", c => c.Total), ("acknowledged", c => c.Acknowledged), ("delivered", c => c.Delivered), ("sent", c => c.Sent), ("failed", c => c.Failed),
        ("suppressed", c => c.Suppressed), ("unconfirmed", c => c.Unconfirmed), ("waiting", c => c.Waiting), ("in-flight", c => c.InFlight),
    ];

    /// <param name="corner">Above the names of the rows.</param>
    private void Head(string? title, string corner, IEnumerable<string> columns)
    {
        _columns = [.. columns];
        if (title is not null) _page.Append(CultureInfo.InvariantCulture, $"<h2>{Word(title)}</h2>");
        _page.Append(CultureInfo.InvariantCulture, $"<table><thead><tr><th scope=\"col\">{corner}</th>{string.Concat(_columns.Select(column => $"<th scope=\"col\">{column}</th>"))}</tr></thead><tbody>");
    }

    /// <summary>On a phone the cells stand below each other, so each bears its column's name.</summary>
    private void Row(string name, IEnumerable<string> cells) => _page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{name}</th>")
        .AppendJoin("", cells.Select((cell, i) => $"<td data-of=\"{_columns[i]}\">{cell}</td>")).Append("</tr>");

    private void Line(string name, string value) => _page.Append(CultureInfo.InvariantCulture, $"<dt>{Word(name)}</dt><dd>{value}</dd>");

    private string Late(double? seconds, DateTimeOffset? deadline) =>
        seconds is { } late ? $"{Word("late-by")} {TimeSpan.FromSeconds(late):d\\.hh\\:mm\\:ss}" : deadline is null ? Word("no-deadline") : Word("in-time");

    private string Or(DateTimeOffset? at) => at is { } known ? At(known) : "–";

    private string Then(DateTimeOffset? at) => at is { } known ? $" · {At(known)}" : "";

    private string At(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, _zone);

        return string.Create(CultureInfo.InvariantCulture, $"<time datetime=\"{local:yyyy-MM-ddTHH:mm:sszzz}\">{local:yyyy-MM-dd HH:mm:ss zzz}</time>");
    }

    private string Word(string code) => Pages.Text(Sentences.Certificate(code, _language));

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Kebab(object value) => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()!);
}
