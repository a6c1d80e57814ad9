using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Notices.Setup;

namespace Notices.Operation;

/// <summary>The daily reports of shadow mode.</summary>
internal static class ShadowEndpoints
{
    public static void MapShadow(this IEndpointRouteBuilder routes)
    {
        var reports = routes.MapGroup("/api/v1/reports/shadow").WithTags("Reports").RequireAuthorization(Setup.Access.Staff);
        reports.MapGet("/", List);
        reports.MapGet("/{day}", Find);

        routes.MapGet("/reports/shadow/{day}", Print).ExcludeFromDescription().RequireAuthorization(Setup.Access.Staff);
    }

    private static async Task<Results<Ok<Page<ShadowDayView>>, ProblemsResult>> List(ShadowReports reports, CancellationToken stopping)
    {
        var days = await reports.ListAsync(stopping);

        return days.Value is { } found ? TypedResults.Ok(new Page<ShadowDayView>(found, null)) : new ProblemsResult(days.Problems);
    }

    /// <param name="format"><c>csv</c> for a table; <c>Accept: text/csv</c> asks for the same.</param>
    private static async Task<Results<Ok<ShadowReport>, ContentHttpResult, ProblemsResult>> Find(
        string day, string? format, [FromHeader(Name = "Accept")] string? accept, ShadowReports reports, ClaimsPrincipal user, CancellationToken stopping)
    {
        var found = await reports.FindAsync(day, user.ToActor(), stopping);
        if (found.Value is not { } report) return new ProblemsResult(found.Problems);

        return format == "csv" || accept?.Contains("text/csv", StringComparison.OrdinalIgnoreCase) == true
            ? TypedResults.Content(ShadowCsv.Write(report), "text/csv; charset=utf-8", Encoding.UTF8)
            : TypedResults.Ok(report);
    }

    private static async Task<IResult> Print(string day, [FromServices] ShadowReports reports, ClaimsPrincipal user, HttpContext context)
    {
        var found = await reports.FindAsync(day, user.ToActor(), context.RequestAborted);

        return found.Value is { } report ? ShadowPage.Show(report, context) : new ProblemsResult(found.Problems);
    }
}
