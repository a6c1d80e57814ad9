using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Notices.Access;

namespace Notices.Setup;

/// <summary>Who calls, and what they may call: deny unless a role allows.</summary>
internal static class Access
{
    /// <summary>A key, or the cookie of somebody who signed in; the API takes keys alone.</summary>
    private const string Scheme = "KeyOrSession";

    private const string Key = "ApiKey";

    /// <summary>Reads outages, notices and rounds.</summary>
    internal const string Staff = "staff";

    internal const string Dispatcher = "dispatcher";
    /// <summary>Makes calls by hand, and so sees whole numbers.</summary>
    internal const string Caller = "caller";

    internal const string Approver = "approver";
    internal const string Auditor = "auditor";
    internal const string Administrator = "administrator";

    /// <summary>Reads what the service counts: whoever sits at this machine, or a key.</summary>
    internal const string Metrics = "metrics";

    private const string OrganisationClaim = "organisation";

    private static readonly string[] KeyPaths = ["/api", "/metrics", "/feeds", "/webhooks"];

    internal static void AddAccess(this IServiceCollection services, SignInOptions options)
    {
        services.AddAuthentication(Scheme)
            .AddPolicyScheme(Scheme, null, either => either.ForwardDefaultSelector = context => TakesKeysOnly(context) ? Key : Sessions.Scheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(Key, null)
            .AddSessions(services)
            .AddOpenId(options.OpenId);
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder(Scheme).RequireAuthenticatedUser().Build())
            .AddPolicy(Staff, Needs(Role.Dispatcher, Role.Approver, Role.Agent, Role.Auditor, Role.Administrator))
            .AddPolicy(Dispatcher, Needs(Role.Dispatcher, Role.Administrator))
            .AddPolicy(Caller, Needs(Role.Agent, Role.Dispatcher, Role.Administrator))
            .AddPolicy(Approver, Needs(Role.Approver))
            .AddPolicy(Auditor, Needs(Role.Auditor, Role.Administrator))
            .AddPolicy(Administrator, Needs(Role.Administrator))
            .AddPolicy(Metrics, policy => policy.AddAuthenticationSchemes(Scheme).RequireAssertion(asked =>
                asked.User.IsInRole(nameof(Role.Administrator)) || asked.User.IsInRole(nameof(Role.Auditor)) || (asked.Resource is HttpContext context && Listening.IsFromHere(context))));
    }

    internal static Actor ToActor(this ClaimsPrincipal user) => new(
        user.Identity?.Name ?? "anonymous",
        user.FindAll(ClaimTypes.Role).Select(c => Enum.Parse<Role>(c.Value)).ToHashSet(),
        user.FindFirstValue(OrganisationClaim) ?? "-");

    /// <summary>Whose key it is: names are unique within an organisation only. Null without a key.</summary>
    internal static string? Holder(this ClaimsPrincipal user) =>
        user.Identity is { IsAuthenticated: true, Name: { } name } ? $"{user.FindFirstValue(OrganisationClaim)}{name}" : null;

    /// <summary>A cookie goes with whatever page makes a browser ask, so nothing that acts without a form of ours takes one.</summary>
    private static bool TakesKeysOnly(HttpContext context) =>
        context.Request.Headers.ContainsKey("Authorization") || KeyPaths.Any(path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase));

    internal static ClaimsPrincipal ToPrincipal(this Actor actor, string scheme)
    {
        var identity = new ClaimsIdentity(scheme);
        identity.AddClaim(new Claim(ClaimTypes.Name, actor.Name));
        identity.AddClaim(new Claim(OrganisationClaim, actor.OrganisationPath));
        identity.AddClaims(actor.Roles.Select(r => new Claim(ClaimTypes.Role, r.ToString())));

        return new ClaimsPrincipal(identity);
    }

    private static AuthorizationPolicy Needs(params Role[] roles) =>
        new AuthorizationPolicyBuilder(Scheme).RequireRole(roles.Select(r => r.ToString())).Build();
}

/// <summary>Bearer keys; a wrong one is answered alike whether it never existed or was closed.</summary>
internal sealed class ApiKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, KeyRing keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.NoResult();

        var actor = await keys.HolderAsync(header["Bearer ".Length..].Trim(), Context.RequestAborted);

        return actor is null
            ? AuthenticateResult.Fail("Unknown key.")
            : AuthenticateResult.Success(new AuthenticationTicket(actor.ToPrincipal(Scheme.Name), Scheme.Name));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        await new ProblemsResult([new Problem("key-missing")], StatusCodes.Status401Unauthorized).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        new ProblemsResult([Problem.Forbidden($"{Request.Method} {Request.Path}")]).ExecuteAsync(Context);
}
