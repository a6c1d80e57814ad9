using Scalar.AspNetCore;

namespace Notices.Setup;

/// <summary>The API described for programs (<c>/openapi/v1.json</c>) and for people (<c>/docs</c>).</summary>
internal static class Docs
{
    /// <summary>The page's script is shipped with the program; should a later one reach for a font or a service elsewhere, the browser refuses.</summary>
    private const string OurselvesOnly =
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:";

    internal static void MapDocs(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            if (context.Request.Path.StartsWithSegments("/docs", StringComparison.Ordinal)) context.Response.Headers.ContentSecurityPolicy = OurselvesOnly;

            return next(context);
        });
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.MapScalarApiReference("/docs", docs => docs.WithTitle("Notices").DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideDeveloperTools().HideClientButton()).AllowAnonymous();
    }
}
