using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Notices.Setup;

namespace Notices.Access;

/// <summary>The cookie of somebody who signed in. It says who they are; what they may do is read anew with every request.</summary>
internal static class Sessions
{
    internal const string Scheme = "Session";

    private const string StampClaim = "stamp";
    private const string StepClaim = "step";
    private const string CodeClaim = "code";
    private const string SinceClaim = "since";
    private const string DisplayClaim = "display";
    private const string LanguageClaim = "language";

    internal static AuthenticationBuilder AddSessions(this AuthenticationBuilder authentication, IServiceCollection services)
    {
        // Sessions are of machine time, however fast the domain's clock runs.
        services.AddOptions<CookieAuthenticationOptions>(Scheme).Configure<SignInOptions, Feeds.PublicOptions, IServiceProvider>((cookie, options, outside, all) =>
        {
            (cookie.ExpireTimeSpan, cookie.TimeProvider) = (options.Idle, all.GetRequiredKeyedService<TimeProvider>("machine"));
            // A proxy that ends TLS asks in the clear; the browser must not.
            if (outside.BaseAddress.Scheme == Uri.UriSchemeHttps) cookie.Cookie.SecurePolicy = CookieSecurePolicy.Always;
        });

        return authentication.AddCookie(Scheme, cookie =>
        {
            (cookie.Cookie.Name, cookie.Cookie.HttpOnly, cookie.Cookie.SameSite) = ("notices", true, SameSiteMode.Lax);
            cookie.Cookie.IsEssential = true;
            (cookie.LoginPath, cookie.AccessDeniedPath, cookie.ReturnUrlParameter) = ("/sign-in", "/sign-in/no", "to");
            cookie.SlidingExpiration = true;
            cookie.Events.OnValidatePrincipal = ValidateAsync;
            cookie.Events.OnRedirectToLogin = redirect => AnswerAsync(redirect, new Problem("key-missing"), StatusCodes.Status401Unauthorized);
            cookie.Events.OnRedirectToAccessDenied = redirect => AnswerAsync(redirect, Problem.Forbidden($"{redirect.Request.Method} {redirect.Request.Path}"), StatusCodes.Status403Forbidden);
        });
    }

    internal static Task BeginAsync(HttpContext context, Session session, TimeProvider machine) =>
        context.SignInAsync(Scheme, Principal(session, context.User.FindFirstValue(SinceClaim) ?? machine.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));

    internal static Task EndAsync(HttpContext context) => context.SignOutAsync(Scheme);

    /// <summary>Who, and what their cookie was made for.</summary>
    internal static (string UserId, string Stamp, SignInStep Step, bool ByCode)? Read(ClaimsPrincipal user) =>
        user.FindFirstValue(ClaimTypes.NameIdentifier) is { } id && user.FindFirstValue(StampClaim) is { } stamp && Enum.TryParse<SignInStep>(user.FindFirstValue(StepClaim), out var step)
            ? (id, stamp, step, user.HasClaim(CodeClaim, "yes"))
            : null;

    internal static string DisplayName(this ClaimsPrincipal user) => user.FindFirstValue(DisplayClaim) ?? user.Identity?.Name ?? "";

    /// <summary>The language of the account; null for that of the browser.</summary>
    internal static string? AccountLanguage(this ClaimsPrincipal user) => user.FindFirstValue(LanguageClaim);

    /// <summary>The same person as they are now; null once their session is over.</summary>
    internal static async Task<ClaimsPrincipal?> RenewAsync(ClaimsPrincipal user, IServiceProvider services, CancellationToken stopping)
    {
        if (Read(user) is not { } known || !long.TryParse(user.FindFirstValue(SinceClaim), CultureInfo.InvariantCulture, out var since)) return null;

        var machine = services.GetRequiredKeyedService<TimeProvider>("machine");
        if (machine.GetUtcNow() > DateTimeOffset.FromUnixTimeSeconds(since) + services.GetRequiredService<SignInOptions>().LongestSession) return null;

        var session = await services.GetRequiredService<SignInDesk>().HolderAsync(known.UserId, known.Stamp, known.Step, known.ByCode, stopping);

        return session is null ? null : Principal(session, user.FindFirstValue(SinceClaim)!);
    }

    /// <summary>A person is sent to where they can sign in, a program is told what it lacks.</summary>
    private static Task AnswerAsync(RedirectContext<CookieAuthenticationOptions> redirect, Problem problem, int status)
    {
        if (!redirect.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)) return new ProblemsResult([problem], status).ExecuteAsync(redirect.HttpContext);

        // Without scheme and host: behind a proxy they are not the ones the browser knows.
        redirect.Response.Redirect(new Uri(redirect.RedirectUri).PathAndQuery);

        return Task.CompletedTask;
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var now = context.Principal is { } user ? await RenewAsync(user, context.HttpContext.RequestServices, context.HttpContext.RequestAborted) : null;
        if (now is null)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Scheme);

            return;
        }

        context.ReplacePrincipal(now);
    }

    /// <summary>Until the last step is done there is no role in it, and so nothing is allowed.</summary>
    private static ClaimsPrincipal Principal(Session session, string since)
    {
        var principal = session.Actor.ToPrincipal(Scheme);
        var identity = (ClaimsIdentity)principal.Identity!;
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, session.UserId));
        identity.AddClaim(new Claim(StampClaim, session.Stamp));
        identity.AddClaim(new Claim(StepClaim, session.Step.ToString()));
        identity.AddClaim(new Claim(CodeClaim, session.ByCode ? "yes" : "no"));
        identity.AddClaim(new Claim(SinceClaim, since));
        identity.AddClaim(new Claim(DisplayClaim, session.DisplayName));
        if (session.Language is { } language) identity.AddClaim(new Claim(LanguageClaim, language));

        return principal;
    }
}
