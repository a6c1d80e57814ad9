using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using MudBlazor.Services;
using Notices.Access;
using Notices.Shared;
using Notices.Words;

namespace Notices.Setup;

/// <summary>The pages of the people who work here: Blazor, live over one connection a page.</summary>
internal static class ConsoleSetup
{
    /// <summary>What the console's pages may load and do: their own files, and a connection back.</summary>
    private const string ContentRules =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'; object-src 'none'";

    internal static void AddConsole(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddMudServices(mud => mud.SnackbarConfiguration.VisibleStateDuration = 6000);
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, SessionState>();
        services.AddScoped<Emergencies.Foreseeing>();
    }

    internal static void UseConsole(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            if (context.Request.Path.StartsWithSegments("/console", StringComparison.OrdinalIgnoreCase))
            {
                context.Response.Headers.ContentSecurityPolicy = ContentRules;
                context.Response.Headers.XContentTypeOptions = "nosniff";
                context.Response.Headers.CacheControl = "no-store";
            }

            return next(context);
        });
        app.UseAntiforgery();
    }

    internal static void MapConsole(this WebApplication app)
    {
        // Named, since the program that starts the service need not be the service's own.
        app.MapStaticAssets(Path.Combine(AppContext.BaseDirectory, "notices.staticwebassets.endpoints.json")).AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(server => server.ContentSecurityFrameAncestorsPolicy = null).RequireAuthorization(Access.Staff);
        app.MapGet("/console/alive", () => TypedResults.NoContent()).RequireAuthorization(Access.Staff).ExcludeFromDescription();
        app.MapGet("/console/language", ChooseLanguage).AllowAnonymous().ExcludeFromDescription();
    }

    private static IResult ChooseLanguage(string? to, HttpContext context)
    {
        if (Languages.Nearest(to) is { } language) context.Response.Cookies.Append("lang", language, new CookieOptions { MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, HttpOnly = true, IsEssential = true });
        var from = Uri.TryCreate(context.Request.Headers.Referer.ToString(), UriKind.Absolute, out var page) && page.Authority == context.Request.Host.Value ? page.PathAndQuery : "/console";

        return Results.Redirect(from.StartsWith("//", StringComparison.Ordinal) ? "/console" : from);
    }
}

/// <summary>Looks every half minute whether who works on an open page still may; if not, the page ends.</summary>
internal sealed class SessionState(ILoggerFactory loggers, IServiceScopeFactory scopes) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = await Sessions.RenewAsync(authenticationState.User, scope.ServiceProvider, cancellationToken);

        return now is not null && now.ToActor().Roles.SetEquals(authenticationState.User.ToActor().Roles);
    }
}
