using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Notices.Feeds;

namespace Notices.Access;

/// <summary>Signing in at an OpenID Connect provider: it says who somebody is, everything else is decided here.</summary>
internal static partial class OpenIdSignIn
{
    internal const string Scheme = "OpenId";

    /// <summary>Where the provider sends people back to; it has to be told this address.</summary>
    internal const string Back = "/sign-in/openid/done";

    /// <summary>Values of <c>amr</c> (RFC 8176) that say more was shown than a password.</summary>
    private static readonly string[] SecondFactors = ["mfa", "otp", "hwk", "sc"];

    internal static void AddOpenId(this AuthenticationBuilder authentication, OpenIdOptions? options)
    {
        if (options is null) return;

        // A sign-in under way lasts so long of machine time, however the domain's clock runs.
        authentication.Services.AddOptions<OpenIdConnectOptions>(Scheme).Configure<IServiceProvider>((openId, services) => openId.TimeProvider = services.GetRequiredKeyedService<TimeProvider>("machine"));
        authentication.AddOpenIdConnect(Scheme, openId =>
        {
            (openId.Authority, openId.ClientId, openId.ClientSecret) = (options.Authority!.ToString(), options.ClientId, options.ClientSecret);
            (openId.ResponseType, openId.ResponseMode, openId.UsePkce) = (OpenIdConnectResponseType.Code, OpenIdConnectResponseMode.Query, true);
            openId.DisableTelemetry = true;
            (openId.CallbackPath, openId.SaveTokens, openId.MapInboundClaims) = (Back, false, false);
            (openId.SignInScheme, openId.RequireHttpsMetadata) = (Sessions.Scheme, options.Authority.Scheme == Uri.UriSchemeHttps);
            // The way back is a link that is followed, which a strict cookie would not go with.
            foreach (var cookie in (CookieBuilder[])[openId.CorrelationCookie, openId.NonceCookie]) (cookie.SameSite, cookie.SecurePolicy, cookie.Path) = (SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest, "/sign-in");
            openId.BackchannelTimeout = TimeSpan.FromSeconds(10);
            openId.Events = new OpenIdConnectEvents
            {
                OnRedirectToIdentityProvider = redirect =>
                {
                    // Behind a proxy the request's own host is not the one the browser knows.
                    if (redirect.HttpContext.RequestServices.GetRequiredService<PublicOptions>().BaseAddress is { IsLoopback: false } outside) redirect.ProtocolMessage.RedirectUri = new Uri(outside, Back).ToString();

                    return Task.CompletedTask;
                },
                OnTicketReceived = ticket => WelcomeAsync(ticket, options),
                OnRemoteFailure = RefuseAsync,
            };
        });
    }

    /// <summary>Sends the browser there; back where the provider does not answer.</summary>
    internal static async Task<IResult> Begin(HttpContext context, SignInOptions options)
    {
        if (options.OpenId is null) return Results.NotFound();

        try
        {
            await context.ChallengeAsync(Scheme, new AuthenticationProperties { RedirectUri = SignInForm.Target(context) });

            return Results.Empty;
        }
        catch (InvalidOperationException fault) when (!context.Response.HasStarted)
        {
            // The provider's description cannot be read.
            Unreachable(context.RequestServices.GetRequiredService<ILogger<SignInDesk>>(), options.OpenId.Authority!, fault.GetBaseException().Message);

            return SignInForm.Password(context, [new Problem("sign-in-outside-unreachable")]);
        }
    }

    private static async Task WelcomeAsync(TicketReceivedContext ticket, OpenIdOptions options)
    {
        var (context, who) = (ticket.HttpContext, ticket.Principal!);
        ticket.HandleResponse();
        var name = who.FindFirstValue(options.NameClaim) ?? "";
        var byCode = options.TrustSecondFactor && who.FindAll("amr").Any(method => SecondFactors.Contains(method.Value, StringComparer.Ordinal));
        var shown = await context.RequestServices.GetRequiredService<SignInDesk>().OutsideAsync(name, byCode, context.RequestAborted);
        if (shown.Value is not { } session)
        {
            await SignInForm.Password(context, shown.Problems).ExecuteAsync(context);

            return;
        }

        await Sessions.BeginAsync(context, session, context.RequestServices.GetRequiredKeyedService<TimeProvider>("machine"));
        var target = ticket.ReturnUri is ['/', not '/', ..] path ? path : "/console";
        context.Response.Redirect(session.Step == SignInStep.Done ? target : $"{SignInForm.Page(session.Step)}?to={Uri.EscapeDataString(target)}");
    }

    private static async Task RefuseAsync(RemoteFailureContext failure)
    {
        failure.HandleResponse();
        Failed(failure.HttpContext.RequestServices.GetRequiredService<ILogger<SignInDesk>>(), failure.Failure?.GetBaseException().Message ?? "");
        await SignInForm.Password(failure.HttpContext, [new Problem("sign-in-outside-failed")]).ExecuteAsync(failure.HttpContext);
    }

    [LoggerMessage(LogLevel.Warning, "The OpenID provider {Authority} cannot be reached: {Why}")]
    private static partial void Unreachable(ILogger log, Uri authority, string why);

    [LoggerMessage(LogLevel.Warning, "A sign-in at the OpenID provider did not succeed: {Why}")]
    private static partial void Failed(ILogger log, string why);
}
