using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Notices.Access;

/// <summary>A small OpenID Connect provider at the wire: who signs in there is whom the test names, and its tokens are as wrong as the test wants.</summary>
internal sealed class IdentityServer : IAsyncDisposable
{
    internal const string ClientId = "notices";
    internal const string ClientSecret = "told to both";

    private readonly WebApplication _app;
    private readonly RsaSecurityKey _key = new(RSA.Create(2048)) { KeyId = "1" };
    private readonly RsaSecurityKey _strange = new(RSA.Create(2048)) { KeyId = "1" };
    private (string Nonce, string Challenge) _asked;

    private IdentityServer(WebApplication app) => _app = app;

    internal Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Who is signed in there.</summary>
    internal string Name { get; set; } = "li";

    /// <summary>How they showed it.</summary>
    internal string[] Methods { get; set; } = ["pwd"];

    /// <summary>The person said no there.</summary>
    internal bool Denies { get; set; }

    internal string? OtherAudience { get; set; }

    internal string? OtherNonce { get; set; }

    internal bool SignsWithStrangeKey { get; set; }

    internal bool IsExpired { get; set; }

    internal static async Task<IdentityServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new IdentityServer(builder.Build());
        server._app.MapGet("/.well-known/openid-configuration", server.Describe);
        server._app.MapGet("/keys", () => Results.Json(new { keys = new[] { Public(server._key) } }));
        server._app.MapGet("/authorize", server.Authorize);
        server._app.MapPost("/token", server.TokenAsync);
        await server._app.StartAsync();

        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private string Base => Address.ToString().TrimEnd('/');

    private IResult Describe() => Results.Json(new
    {
        issuer = Base,
        authorization_endpoint = Base + "/authorize",
        token_endpoint = Base + "/token",
        jwks_uri = Base + "/keys",
        response_types_supported = (string[])["code"],
        subject_types_supported = (string[])["public"],
        id_token_signing_alg_values_supported = (string[])["RS256"],
    });

    private IResult Authorize(HttpRequest request)
    {
        var query = request.Query;
        if (query["client_id"] != ClientId || query["code_challenge_method"] != "S256" || query["response_type"] != "code") return Results.BadRequest();

        _asked = (query["nonce"].ToString(), query["code_challenge"].ToString());
        var answer = Denies ? "error=access_denied" : "code=the-code";

        return Results.Redirect($"{query["redirect_uri"]}?{answer}&state={Uri.EscapeDataString(query["state"].ToString())}");
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var proof = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        if (form["client_secret"] != ClientSecret || form["code"] != "the-code" || proof != _asked.Challenge) return Results.BadRequest(new { error = "invalid_grant" });

        var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).UtcDateTime;
        var token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Base,
            Audience = OtherAudience ?? ClientId,
            IssuedAt = now.AddHours(IsExpired ? -2 : 0),
            NotBefore = now.AddHours(IsExpired ? -2 : 0),
            Expires = now.AddHours(IsExpired ? -1 : 1),
            Claims = new Dictionary<string, object> { ["sub"] = "42", ["preferred_username"] = Name, ["nonce"] = OtherNonce ?? _asked.Nonce, ["amr"] = Methods },
            SigningCredentials = new SigningCredentials(SignsWithStrangeKey ? _strange : _key, SecurityAlgorithms.RsaSha256),
        });

        return Results.Json(new { access_token = "unused", token_type = "Bearer", expires_in = 60, id_token = token });
    }

    private static object Public(RsaSecurityKey key)
    {
        var numbers = key.Rsa.ExportParameters(false);

        return new { kty = "RSA", use = "sig", kid = key.KeyId, alg = "RS256", n = Base64UrlEncoder.Encode(numbers.Modulus), e = Base64UrlEncoder.Encode(numbers.Exponent) };
    }
}
