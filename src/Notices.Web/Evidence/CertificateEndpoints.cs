using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Notices.Setup;

namespace Notices.Evidence;

internal static class CertificateEndpoints
{
    public static void MapCertificates(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/rounds/{id:long}/certificate", Find).WithTags("Rounds").RequireAuthorization(Setup.Access.Staff);
        routes.MapGet("/rounds/{id:long}/certificate", Print).ExcludeFromDescription().RequireAuthorization(Setup.Access.Staff);
    }

    /// <param name="part"><c>statement</c> for the statement alone, byte for byte what its digest was taken over.</param>
    private static async Task<Results<Ok<CertificateView>, ContentHttpResult, ProblemsResult>> Find(long id, string? part, Certificates certificates, ClaimsPrincipal user, CancellationToken stopping)
    {
        var found = await certificates.FindAsync(id, user.ToActor(), stopping);
        if (found.Value is not { } certificate) return new ProblemsResult(found.Problems);

        return part == "statement" ? TypedResults.Content(certificate.Text, "application/json; charset=utf-8", Encoding.UTF8) : TypedResults.Ok(certificate);
    }

    private static async Task<IResult> Print(long id, Certificates certificates, ClaimsPrincipal user, HttpContext context)
    {
        var found = await certificates.FindAsync(id, user.ToActor(), context.RequestAborted);

        return found.Value is { } certificate ? CertificatePage.Show(certificate, context) : new ProblemsResult(found.Problems);
    }
}
