using Notices.Public;
using Notices.Words;
using QRCoder;

namespace Notices.Access;

/// <summary>The pages of signing in.</summary>
internal static class SignInForm
{
    private const string Home = "/console";

    /// <summary>Where they wanted to go; never another site.</summary>
    internal static string Target(HttpContext context) =>
        context.Request.Query["to"].ToString() is ['/', not ('/' or '\\'), ..] path && !path.StartsWith("/sign-", StringComparison.Ordinal) && !path.Any(char.IsControl) ? path : Home;

    internal static string Address(SignInStep? step, HttpContext context)
    {
        var page = Page(step);
        var target = Target(context);

        return target == Home ? page : $"{page}?to={Uri.EscapeDataString(target)}";
    }

    internal static string Page(SignInStep? step) => step switch { SignInStep.Code => "/sign-in/code", SignInStep.Authenticator => "/sign-in/authenticator", SignInStep.Password => "/sign-in/password", _ => "/sign-in" };

    internal static IResult Password(HttpContext context, IReadOnlyList<Problem> problems, string name = "") => PlainForm.Page(
        context, "sign-in-title", problems, "sign-in-button",
        PlainForm.Field(context, "name", problems, $"required autocomplete=\"username\" autocapitalize=\"none\" value=\"{Pages.Text(name)}\"{(name.Length == 0 ? " autofocus" : "")}")
        + PlainForm.Field(context, "password", problems, $"required type=\"password\" autocomplete=\"current-password\"{(name.Length > 0 ? " autofocus" : "")}"),
        Outside(context));

    internal static IResult Code(HttpContext context, IReadOnlyList<Problem> problems) => PlainForm.Page(
        context, "sign-in-code", problems, "sign-in-button", CodeField(context, problems), Lead(context, "sign-in-code-lead"));

    internal static IResult Authenticator(HttpContext context, AuthenticatorKey key, IReadOnlyList<Problem> problems)
    {
        using var codes = new QRCodeGenerator();
        using var code = codes.CreateQrCode(key.Link, QRCodeGenerator.ECCLevel.M);
        var picture = new SvgQRCode(code).GetGraphic(4, "#000", "#fff", true, SvgQRCode.SizingMode.ViewBoxAttribute);
        var spaced = string.Join(' ', key.Text.Chunk(4).Select(four => new string(four)));

        return PlainForm.Page(
            context, "sign-in-authenticator", problems, "sign-in-confirm",
            $"<div class=\"code\" role=\"img\" aria-label=\"{PlainForm.Word("sign-in-picture", context)}\">{picture}</div><p class=\"quiet\">{PlainForm.Word("sign-in-by-hand", context)} <code>{spaced}</code></p>{CodeField(context, problems)}",
            Lead(context, "sign-in-authenticator-lead"));
    }

    internal static IResult Change(HttpContext context, IReadOnlyList<Problem> problems) => PlainForm.Page(
        context, "sign-in-change", problems, "sign-in-save",
        PlainForm.Field(context, "present", problems, "required type=\"password\" autocomplete=\"current-password\" autofocus")
        + PlainForm.Field(context, "password", problems, "required type=\"password\" autocomplete=\"new-password\"", "password-new")
        + PlainForm.Field(context, "again", problems, "required type=\"password\" autocomplete=\"new-password\""),
        Lead(context, context.RequestServices.GetRequiredService<SignInOptions>().Profile == PasswordProfile.Dengbao ? "sign-in-change-dengbao" : "sign-in-change-nist"));

    internal static IResult Out(HttpContext context) => PlainForm.Page(context, "sign-in-out", [], "sign-in-out", "");

    /// <summary>Says something and nothing more.</summary>
    internal static IResult Told(HttpContext context, string title, IReadOnlyList<Problem> problems) => Pages.Html(
        context, Sentences.Label(title, context.PageLanguage()),
        $"<header>{Pages.Switch(context.PageLanguage())}</header><main><h1>{PlainForm.Word(title, context)}</h1>{PlainForm.Problems(context, problems)}<p><a href=\"{Home}\">{PlainForm.Word("sign-in-back", context)}</a></p></main>",
        style: PlainForm.Style);

    /// <summary>The way to another provider, where one is set.</summary>
    private static string Outside(HttpContext context)
    {
        if (context.RequestServices.GetRequiredService<SignInOptions>().OpenId is not { } provider) return "";

        var target = Target(context);
        var word = provider.Label is { Length: > 0 } label ? Pages.Text(label) : PlainForm.Word("sign-in-outside", context);

        return $"<p><a href=\"/sign-in/openid{(target == Home ? "" : $"?to={Uri.EscapeDataString(target)}")}\">{word}</a></p>";
    }

    private static string CodeField(HttpContext context, IReadOnlyList<Problem> problems) =>
        PlainForm.Field(context, "code", problems, "required inputmode=\"numeric\" autocomplete=\"one-time-code\" maxlength=\"9\" autofocus");

    private static string Lead(HttpContext context, string word) => $"<p>{PlainForm.Word(word, context)}</p>";
}
