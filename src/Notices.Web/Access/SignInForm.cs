using Microsoft.AspNetCore.Antiforgery;
using Notices.Public;
using Notices.Setup;
using Notices.Words;
using QRCoder;

namespace Notices.Access;

/// <summary>The pages of signing in.</summary>
internal static class SignInForm
{
    private const string Home = "/console";

    /// <returns>Null where it is not one of ours, or the page it came from is too old.</returns>
    internal static async Task<IFormCollection?> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType) return null;

        return await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context) ? await context.Request.ReadFormAsync(context.RequestAborted) : null;
    }

    /// <summary>Where they wanted to go; never another site.</summary>
    internal static string Target(HttpContext context) =>
        context.Request.Query["to"].ToString() is ['/', not ('/' or '\\'), ..] path && !path.StartsWith("/sign-", StringComparison.Ordinal) && !path.Any(char.IsControl) ? path : Home;

    internal static string Address(SignInStep? step, HttpContext context)
    {
        var page = step switch { SignInStep.Code => "/sign-in/code", SignInStep.Authenticator => "/sign-in/authenticator", SignInStep.Password => "/sign-in/password", _ => "/sign-in" };
        var target = Target(context);

        return target == Home ? page : $"{page}?to={Uri.EscapeDataString(target)}";
    }

    internal static IResult Password(HttpContext context, IReadOnlyList<Problem> problems, string name = "") => Page(
        context, "sign-in-title", problems, "sign-in-button",
        Field(context, "name", problems, $"autocomplete=\"username\" autocapitalize=\"none\" value=\"{Pages.Text(name)}\"{(name.Length == 0 ? " autofocus" : "")}")
        + Field(context, "password", problems, $"type=\"password\" autocomplete=\"current-password\"{(name.Length > 0 ? " autofocus" : "")}"));

    internal static IResult Code(HttpContext context, IReadOnlyList<Problem> problems) => Page(
        context, "sign-in-code", problems, "sign-in-button", CodeField(context, problems), lead: "sign-in-code-lead");

    internal static IResult Authenticator(HttpContext context, AuthenticatorKey key, IReadOnlyList<Problem> problems)
    {
        using var codes = new QRCodeGenerator();
        using var code = codes.CreateQrCode(key.Link, QRCodeGenerator.ECCLevel.M);
        var picture = new SvgQRCode(code).GetGraphic(4, "#000", "#fff", true, SvgQRCode.SizingMode.ViewBoxAttribute);
        var spaced = string.Join(' ', key.Text.Chunk(4).Select(four => new string(four)));

        return Page(
            context, "sign-in-authenticator", problems, "sign-in-confirm",
            $"<div class=\"code\" role=\"img\" aria-label=\"{Word("sign-in-picture", context)}\">{picture}</div><p class=\"quiet\">{Word("sign-in-by-hand", context)} <code>{spaced}</code></p>{CodeField(context, problems)}",
            lead: "sign-in-authenticator-lead");
    }

    internal static IResult Change(HttpContext context, IReadOnlyList<Problem> problems) => Page(
        context, "sign-in-change", problems, "sign-in-save",
        Field(context, "present", problems, "type=\"password\" autocomplete=\"current-password\" autofocus")
        + Field(context, "password", problems, "type=\"password\" autocomplete=\"new-password\"", "password-new")
        + Field(context, "again", problems, "type=\"password\" autocomplete=\"new-password\""),
        lead: context.RequestServices.GetRequiredService<SignInOptions>().Profile == PasswordProfile.Dengbao ? "sign-in-change-dengbao" : "sign-in-change-nist");

    /// <summary>Says something and nothing more.</summary>
    internal static IResult Told(HttpContext context, string title, IReadOnlyList<Problem> problems) => Pages.Html(
        context, Sentences.Label(title, context.PageLanguage()),
        $"<header>{Pages.Switch(context.PageLanguage())}</header><main><h1>{Word(title, context)}</h1>{Problems(context, problems)}<p><a href=\"{Home}\">{Word("sign-in-back", context)}</a></p></main>", style: Style);

    private static string CodeField(HttpContext context, IReadOnlyList<Problem> problems) =>
        Field(context, "code", problems, "inputmode=\"numeric\" autocomplete=\"one-time-code\" maxlength=\"9\" autofocus");

    private static IResult Page(HttpContext context, string title, IReadOnlyList<Problem> problems, string button, string fields, string? lead = null)
    {
        var (language, tokens) = (context.PageLanguage(), context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context));
        if (problems.Count > 0) context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        var body =
            $"""
            <header><a href="/">{Word("page-title", context)}</a>{Pages.Switch(language)}</header><main><h1>{Word(title, context)}</h1>
            {(lead is null ? "" : $"<p>{Word(lead, context)}</p>")}{Problems(context, problems)}
            <form method="post" novalidate><input type="hidden" name="{tokens.FormFieldName}" value="{tokens.RequestToken}">{fields}<button>{Word(button, context)}</button></form></main>
            """;

        return Pages.Html(context, Sentences.Label(title, language), body, style: Style);
    }

    private static string Field(HttpContext context, string name, IReadOnlyList<Problem> problems, string attributes, string? label = null)
    {
        var wrong = problems.Any(problem => problem.Field == name) ? " aria-invalid=\"true\" aria-describedby=\"problems\"" : "";

        return $"<label for=\"{name}\">{Word("field-" + (label ?? name), context)}</label><input id=\"{name}\" name=\"{name}\" required {attributes}{wrong}>";
    }

    private static string Problems(HttpContext context, IReadOnlyList<Problem> problems) => problems.Count == 0
        ? ""
        : $"<div id=\"problems\" class=\"problems\" role=\"alert\">{string.Concat(problems.Select(problem => $"<p>{Pages.Text(Sentences.Of(problem, context.PageLanguage()))}</p>"))}</div>";

    private static string Word(string code, HttpContext context) => Pages.Text(Sentences.Label(code, context.PageLanguage()));

    private const string Style =
        """
        body{max-width:26rem}main{padding:.5rem 0}form{display:grid;gap:.35rem}label{font-weight:600;margin-top:.6rem}
        input{font:inherit;padding:.55rem .7rem;border:1px solid var(--quiet);border-radius:.375rem;background:Canvas;color:CanvasText;min-width:0}
        input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
        button{font:inherit;font-weight:600;padding:.65rem 1.25rem;margin-top:1.1rem;border:1px solid var(--accent);border-radius:.375rem;background:var(--accent);color:Canvas;cursor:pointer}
        .problems{border-inline-start:4px solid var(--alert);padding:.1rem .75rem;color:var(--alert)}.code svg{width:13rem;height:13rem;display:block}code{font-size:1rem;word-spacing:.2rem}
        """;
}
