using System.Globalization;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Setup;

namespace Notices.Evidence;

/// <summary>Whether people were told in time, and what each number is made of.</summary>
internal static class ComplianceEndpoints
{
    public static void MapCompliance(this IEndpointRouteBuilder routes)
    {
        var compliance = routes.MapGroup("/api/v1").WithTags("Compliance").RequireAuthorization(Setup.Access.Staff);
        compliance.MapGet("/compliance", Count).WithDescription($"Of the notices published from `from` until before `to`: at most {ComplianceQuery.MaxYears} years, the running month where neither is given.");
        compliance.MapGet("/compliance.csv", Table);
        routes.MapGet("/console/compliance.csv", Download).ExcludeFromDescription().RequireAuthorization(Setup.Access.Staff);
        compliance.MapGet("/compliance/notices", List).WithDescription("What one number of the report is made of. Counts recipients, or messages where `medium` or `provider` is given; over all pages the counts add up to the number.");
    }

    private static async Task<Results<Ok<ComplianceReport>, ProblemsResult>> Count([AsParameters] ComplianceFilter filter, ComplianceReports reports, ClaimsPrincipal user, CancellationToken stopping)
    {
        var counted = await reports.CountAsync(filter.Query, user.ToActor(), stopping);

        return counted.Value is { } report ? TypedResults.Ok(report) : new ProblemsResult(counted.Problems);
    }

    private static async Task<Results<ContentHttpResult, ProblemsResult>> Table([AsParameters] ComplianceFilter filter, ComplianceReports reports, ClaimsPrincipal user, CancellationToken stopping)
    {
        var counted = await reports.CountAsync(filter.Query, user.ToActor(), stopping);

        return counted.Value is { } report ? TypedResults.Content(ComplianceCsv.Write(report), "text/csv; charset=utf-8", Encoding.UTF8) : new ProblemsResult(counted.Problems);
    }

    /// <summary>The same table for whoever signed in, since the API takes keys alone.</summary>
    private static async Task<Results<FileContentHttpResult, ProblemsResult>> Download([AsParameters] ComplianceFilter filter, ComplianceReports reports, ClaimsPrincipal user, CancellationToken stopping)
    {
        var counted = await reports.CountAsync(filter.Query, user.ToActor(), stopping);

        return counted.Value is { } report
            ? TypedResults.File(Encoding.UTF8.GetBytes(ComplianceCsv.Write(report)), "text/csv; charset=utf-8", ComplianceCsv.FileName(report))
            : new ProblemsResult(counted.Problems);
    }

    private static async Task<Results<Ok<Page<ComplianceNotice>>, ProblemsResult>> List(
        [AsParameters] ComplianceFilter filter, [AsParameters] ComplianceSliceFilter slice, ComplianceReports reports, ClaimsPrincipal user, CancellationToken stopping)
    {
        var listed = await reports.ListAsync(filter.Query, slice.Slice, user.ToActor(), stopping);

        return listed.Value is { } page
            ? TypedResults.Ok(new Page<ComplianceNotice>(page.Items, page.Next?.ToString(CultureInfo.InvariantCulture)))
            : new ProblemsResult(listed.Problems);
    }
}

/// <param name="Alone">The organisation without those below it.</param>
internal sealed record ComplianceFilter(DateTimeOffset? From, DateTimeOffset? To, string? Organisation, bool? Alone)
{
    internal ComplianceQuery Query => new(From, To, Organisation, Alone == true);
}

/// <param name="Number">E.g. <c>late</c>, <c>told-late</c>, <c>suppressed</c>; all notices where it is missing.</param>
/// <param name="Announcements">Those of no outage alone, in place of a kind.</param>
internal sealed record ComplianceSliceFilter(
    Named<ComplianceNumber>? Number, Named<OutageKind>? Kind, short? Tier, Named<Medium>? Medium, string? Provider, string? Reason, long? After, int? Limit, bool? Announcements)
{
    internal ComplianceSlice Slice => new(
        Number?.Value ?? ComplianceNumber.Published, Kind?.Value, Tier, Medium?.Value, Provider, Reason, After ?? 0, Limit ?? ComplianceSlice.DefaultLimit, Announcements == true);
}
