using System.Globalization;
using System.Net;
using System.Text;
using Notices.Operation;
using Notices.Words;

namespace Notices.Public;

/// <summary>The frame of the plain pages: no script, readable on a phone, in the dark and by a screen reader.</summary>
internal static class Pages
{
    private const string Style =
        """
        :root{color-scheme:light dark;--line:#8884;--quiet:#555;--accent:#0b57a4;--alert:#a51d0f}
        @media(prefers-color-scheme:dark){:root{--quiet:#aaa;--accent:#8fc1ff;--alert:#ff9c8f}}
        body{font:16px/1.55 system-ui,"PingFang SC","Noto Sans SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:0 auto;padding:1rem;max-width:60rem}
        a{color:var(--accent)}h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.15rem;margin:1.5rem 0 .25rem}
        header,footer{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:baseline;color:var(--quiet)}header a[hreflang]{margin-inline-start:auto}footer{border-top:1px solid var(--line);padding-top:.75rem}
        article{border-top:1px solid var(--line);padding:.75rem 0}article h2{font-size:1.0625rem;margin:0}article p{margin:.35rem 0;white-space:pre-line}
        article.urgent{border-inline-start:4px solid var(--alert);padding-inline-start:.75rem}article.urgent h2{color:var(--alert)}
        .drill{background:#b00020;color:#fff;font-weight:700;text-align:center;padding:.6rem 1rem;margin:0 0 1rem;border-radius:.25rem}
        @media print{.drill{background:none;color:#000;border:3px solid #000}}
        .quiet{color:var(--quiet);font-size:.875rem}.alert{color:var(--alert);font-weight:600}
        .scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}caption{text-align:left;color:var(--quiet)}
        th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);white-space:nowrap}td.text{min-width:16rem;white-space:normal}
        @media(max-width:40rem){thead{display:none}tr{display:block;padding:.5rem 0;border-bottom:1px solid var(--line)}td{display:inline-block;border:0;padding:0 .75rem 0 0}td.text{display:block;min-width:0}}
        """;

    /// <param name="style">Rules of this page beside the common ones.</param>
    /// <param name="language">Where it is not the one asked for.</param>
    internal static IResult Html(HttpContext context, string title, string body, int? maxAge = null, string style = "", string? language = null)
    {
        language ??= context.PageLanguage();
        context.Response.Headers.CacheControl = maxAge is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"public, max-age={seconds}") : "no-store";
        context.Response.Headers.Vary = "Accept-Language";
        Guard(context.Response);

        return TypedResults.Content(Frame(title, body, language, style, IsDrill(context)), "text/html; charset=utf-8", Encoding.UTF8);
    }

    /// <summary>What no page of ours does, so that a browser need not let it: no script, nothing from elsewhere, in nobody's frame.</summary>
    internal static void Guard(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
    }

    /// <summary>The whole page, also for a file of its own.</summary>
    /// <param name="links">Further elements of its head.</param>
    internal static string Frame(string title, string body, string language, string style, bool drill, string links = "") =>
        $"""
        <!DOCTYPE html>
        <html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>{Text(drill ? DrillMark.Line(title, language) : title)}</title>
        <link rel="alternate" type="application/atom+xml" href="/feeds/notices.atom">{links}<style>{Style}{style}</style></head><body>
        {(drill ? Banner(language) : "")}{body}
        </body></html>
        """;

    /// <summary>On every page of a drill, on screen and on paper.</summary>
    private static string Banner(string language) => $"<p class=\"drill\" role=\"note\">{Text(Sentences.Label("drill-banner", language))}</p>";

    internal static bool IsDrill(HttpContext context) => context.RequestServices.GetRequiredService<OperationOptions>().IsDrill;

    /// <summary>The language asked for by <c>?lang=</c>, otherwise by the browser.</summary>
    internal static string PageLanguage(this HttpContext context) => Languages.Nearest(context.Request.Query["lang"]) ?? Setup.ProblemSetup.Language(context);

    internal static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");

    /// <summary>A link to another page that keeps the reader's language.</summary>
    internal static string Link(string path, string language, string words) => $"""<a href="{path}?lang={language}">{words}</a>""";

    /// <summary>A public text, a paragraph each; the last is its foot.</summary>
    internal static string Paragraphs(string text)
    {
        var paragraphs = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        return string.Concat(paragraphs.Select((p, i) => i > 0 && i == paragraphs.Length - 1 ? $"<p class=\"quiet\">{Text(p)}</p>" : $"<p>{Text(p)}</p>"));
    }

    /// <summary>The other language, one click away.</summary>
    internal static string Switch(string language) => language == Languages.Chinese ? """<a href="?lang=en" hreflang="en" lang="en">English</a>""" : """<a href="?lang=zh-CN" hreflang="zh-CN" lang="zh-CN">中文</a>""";
}
