using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Notices.Public;
using Notices.Setup;
using Notices.Words;

namespace Notices.Access;

/// <summary>Signing in, a step a page: plain forms, so that they work in any browser.</summary>
internal static class SignInPages
{
    /// <summary>Bytes of a form; a password may be long.</summary>
    private const int LongestBody = 8192;

    internal const string Limit = "sign-in";

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("/sign-in").AllowAnonymous().ExcludeFromDescription().WithMetadata(new BodyLimit(LongestBody)).RequireRateLimiting(Limit);

        pages.MapGet("", ShowPassword);
        pages.MapPost("", TakePassword);
        pages.MapGet("openid", (HttpContext context, [FromServices] SignInOptions options) => OpenIdSignIn.Begin(context, options));
        // Answered on its way here by the provider's handler; an address nobody knows would not come so far.
        pages.MapGet("openid/done", () => Results.NotFound());
        pages.MapGet("code", ShowCode);
        pages.MapPost("code", TakeCode);
        pages.MapGet("authenticator", ShowAuthenticator);
        pages.MapPost("authenticator", TakeAuthenticator);
        pages.MapGet("password", ShowChange);
        pages.MapPost("password", TakeChange);
        pages.MapGet("no", ShowNo);
        routes.MapGet("/sign-out", ShowOut).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/sign-out", SignOut).AllowAnonymous().ExcludeFromDescription().WithMetadata(new BodyLimit(LongestBody));
    }

    private static IResult ShowPassword(HttpContext context) =>
        Sessions.Read(context.User) is { Step: SignInStep.Done } ? Results.Redirect(SignInForm.Target(context)) : SignInForm.Password(context, []);

    private static async Task<IResult> TakePassword(HttpContext context, [FromServices] SignInDesk desk)
    {
        if (await PlainForm.ReadAsync(context) is not { } form) return SignInForm.Password(context, [new Problem("form-expired")]);

        var (name, password) = (form["name"].ToString(), form["password"].ToString());
        List<Problem> missing = [.. name.Trim().Length == 0 ? [new Problem("field-missing", "name")] : Array.Empty<Problem>(), .. password.Length == 0 ? [new Problem("field-missing", "password")] : Array.Empty<Problem>()];
        if (missing.Count > 0) return SignInForm.Password(context, missing, name);

        var shown = await desk.PasswordAsync(name, password, context.RequestAborted);

        return shown.Value is { } session ? await GoOnAsync(context, session) : SignInForm.Password(context, shown.Problems, name);
    }

    private static IResult ShowCode(HttpContext context) => At(context, SignInStep.Code) ?? SignInForm.Code(context, []);

    private static async Task<IResult> TakeCode(HttpContext context, [FromServices] SignInDesk desk)
    {
        if (At(context, SignInStep.Code) is { } elsewhere) return elsewhere;
        if (await PlainForm.ReadAsync(context) is not { } form) return SignInForm.Code(context, [new Problem("form-expired")]);

        var known = Sessions.Read(context.User)!.Value;
        var shown = await desk.CodeAsync(known.UserId, known.Stamp, form["code"].ToString(), context.RequestAborted);

        return shown.Value is { } session ? await GoOnAsync(context, session) : SignInForm.Code(context, shown.Problems);
    }

    private static async Task<IResult> ShowAuthenticator(HttpContext context, [FromServices] AccountDesk desk) => MayAdd(context) ?? await OfferAsync(context, desk, []);

    private static async Task<IResult> TakeAuthenticator(HttpContext context, [FromServices] AccountDesk desk)
    {
        if (MayAdd(context) is { } elsewhere) return elsewhere;
        if (await PlainForm.ReadAsync(context) is not { } form) return await OfferAsync(context, desk, [new Problem("form-expired")]);

        var known = Sessions.Read(context.User)!.Value;
        var shown = await desk.ConfirmAsync(known.UserId, known.Stamp, form["code"].ToString(), context.RequestAborted);

        return shown.Value is { } session ? await GoOnAsync(context, session) : await OfferAsync(context, desk, shown.Problems);
    }

    private static async Task<IResult> OfferAsync(HttpContext context, AccountDesk desk, IReadOnlyList<Problem> problems)
    {
        var known = Sessions.Read(context.User)!.Value;
        var offered = await desk.OfferAsync(known.UserId, known.Stamp, context.RequestAborted);

        return offered.Value is { } key ? SignInForm.Authenticator(context, key, problems) : SignInForm.Told(context, "sign-in-authenticator", offered.Problems);
    }

    private static IResult ShowChange(HttpContext context) => MayChange(context) ?? SignInForm.Change(context, []);

    private static async Task<IResult> TakeChange(HttpContext context, [FromServices] AccountDesk desk)
    {
        if (MayChange(context) is { } elsewhere) return elsewhere;
        if (await PlainForm.ReadAsync(context) is not { } form) return SignInForm.Change(context, [new Problem("form-expired")]);

        var (known, chosen) = (Sessions.Read(context.User)!.Value, form["password"].ToString());
        if (form["again"].ToString() != chosen) return SignInForm.Change(context, [new Problem("passwords-differ", "again")]);

        var changed = await desk.ChangePasswordAsync(known.UserId, known.Stamp, form["present"].ToString(), chosen, known.ByCode, context.RequestAborted);

        return changed.Value is { } session ? await GoOnAsync(context, session) : SignInForm.Change(context, changed.Problems);
    }

    /// <summary>Signed in, and not for that.</summary>
    private static IResult ShowNo(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;

        return SignInForm.Told(context, "sign-in-no", [Problem.Forbidden(context.Request.Query["to"].ToString() is { Length: > 0 } path ? path : "/")]);
    }

    /// <summary>A page with a button, since a link can be followed by a program.</summary>
    private static IResult ShowOut(HttpContext context) => SignInForm.Out(context);

    private static async Task<IResult> SignOut(HttpContext context, [FromServices] SignInDesk desk)
    {
        if (Sessions.Read(context.User) is { Step: SignInStep.Done } && await PlainForm.ReadAsync(context) is null) return SignInForm.Told(context, "sign-in-out", [new Problem("form-expired")]);
        if (Sessions.Read(context.User) is not null) await desk.SignOutAsync(context.User.ToActor(), context.RequestAborted);
        await Sessions.EndAsync(context);

        return Results.Redirect("/sign-in");
    }

    private static async Task<IResult> GoOnAsync(HttpContext context, Session session)
    {
        await Sessions.BeginAsync(context, session, context.RequestServices.GetRequiredKeyedService<TimeProvider>("machine"));

        return Results.Redirect(session.Step == SignInStep.Done ? SignInForm.Target(context) : SignInForm.Address(session.Step, context));
    }

    /// <summary>Null where that step is the one to be taken now.</summary>
    private static IResult? At(HttpContext context, SignInStep step) => Sessions.Read(context.User) switch
    {
        null => Results.Redirect(SignInForm.Address(null, context)),
        { Step: var there } when there == step => null,
        { Step: SignInStep.Done } => Results.Redirect(SignInForm.Target(context)),
        { Step: var there } => Results.Redirect(SignInForm.Address(there, context)),
    };

    /// <summary>Also for whoever is signed in and wants one.</summary>
    private static IResult? MayAdd(HttpContext context) => Sessions.Read(context.User) is { Step: SignInStep.Done } ? null : At(context, SignInStep.Authenticator);

    private static IResult? MayChange(HttpContext context) => Sessions.Read(context.User) is { Step: SignInStep.Done } ? null : At(context, SignInStep.Password);
}
