using Microsoft.AspNetCore.Antiforgery;
using Notices.Words;

namespace Notices.Public;

/// <summary>Forms that need neither script nor a live connection: old browsers of closed networks, and a dispatcher whose line is bad.</summary>
internal static class PlainForm
{
    /// <returns>Null where it is not one of ours, or the page it came from is too old.</returns>
    internal static async Task<IFormCollection?> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType) return null;

        return await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context) ? await context.Request.ReadFormAsync(context.RequestAborted) : null;
    }

    /// <param name="fields">Markup of the fields, encoded by who made it.</param>
    /// <param name="lead">Markup above the form.</param>
    /// <param name="asks">The page it only asks for, changing nothing, so that one may go back to it; null: it is sent to its own address.</param>
    internal static IResult Page(HttpContext context, string title, IReadOnlyList<Problem> problems, string button, string fields, string lead = "", string home = "/", string homeWord = "page-title", string style = "", string buttonClass = "", string? asks = null)
    {
        var (language, tokens) = (context.PageLanguage(), context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context));
        if (problems.Count > 0) context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        var body =
            $"""
            <header><a href="{home}">{Word(homeWord, context)}</a>{Pages.Switch(language)}</header><main><h1>{Word(title, context)}</h1>
            {lead}{Problems(context, problems)}
            <form {(asks is null ? "method=\"post\"" : $"method=\"get\" action=\"{asks}\"")} novalidate>{(asks is null ? $"<input type=\"hidden\" name=\"{tokens.FormFieldName}\" value=\"{tokens.RequestToken}\">" : "")}{fields}<button class="{buttonClass}">{Word(button, context)}</button></form></main>
            """;

        return Pages.Html(context, Sentences.Label(title, language), body, style: Style + style);
    }

    internal static string Field(HttpContext context, string name, IReadOnlyList<Problem> problems, string attributes, string? label = null)
    {
        var wrong = problems.Any(problem => problem.Field == name) ? " aria-invalid=\"true\" aria-describedby=\"problems\"" : "";

        return $"<label for=\"{name}\">{Word("field-" + (label ?? name), context)}</label><input id=\"{name}\" name=\"{name}\" {attributes}{wrong}>";
    }

    internal static string Problems(HttpContext context, IReadOnlyList<Problem> problems) => problems.Count == 0
        ? ""
        : $"<div id=\"problems\" class=\"problems\" role=\"alert\">{string.Concat(problems.Select(problem => $"<p>{Pages.Text(Sentences.Of(problem, context.PageLanguage()))}</p>"))}</div>";

    internal static string Word(string code, HttpContext context) => Pages.Text(Sentences.Label(code, context.PageLanguage()));

    internal const string Style =
        """
        body{max-width:26rem}main{padding:.5rem 0}form{display:grid;gap:.35rem}label,legend{font-weight:600;margin-top:.6rem}fieldset{border:0;padding:0;margin:.6rem 0 0}fieldset label{font-weight:400;display:block;margin:.15rem 0}fieldset input{margin-inline-end:.5rem}
        form>input,form>select,form>textarea{font:inherit;padding:.55rem .7rem;border:1px solid var(--quiet);border-radius:.375rem;background:Canvas;color:CanvasText;min-width:0}
        input:focus-visible,select:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        button{font:inherit;font-weight:600;padding:.65rem 1.25rem;margin-top:1.1rem;border:1px solid var(--accent);border-radius:.375rem;background:var(--accent);color:Canvas;cursor:pointer}button.bad{background:#a51d0f;border-color:#a51d0f;color:#fff}
        .problems{border-inline-start:4px solid var(--alert);padding:.1rem .75rem;color:var(--alert)}.code svg{width:13rem;height:13rem;display:block}code{font-size:1rem;word-spacing:.2rem}
        """;
}
