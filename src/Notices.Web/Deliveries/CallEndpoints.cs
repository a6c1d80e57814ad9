using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Notices.Setup;

namespace Notices.Deliveries;

/// <summary>Call records, and the list of calls people make.</summary>
internal static class CallEndpoints
{
    public static void MapCalls(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/call-records", Records).WithTags("Calls").RequireAuthorization(Setup.Access.Staff);

        var calls = routes.MapGroup("/api/v1/manual-calls").WithTags("Calls").RequireAuthorization(Setup.Access.Caller);
        calls.MapGet("/", List);
        calls.MapPost("/{id:long}/take", Take);
        calls.MapPost("/{id:long}/result", Enter);

        routes.MapGet("/manual-calls", Print).ExcludeFromDescription().RequireAuthorization(Setup.Access.Caller);
    }

    /// <summary>Of the last day, unless <paramref name="from"/> and <paramref name="to"/> say.</summary>
    private static async Task<Ok<Page<CallRecordView>>> Records(
        DateTimeOffset? from, DateTimeOffset? to, string? outage, long? round, long? after, int? limit, CallRecords records, TimeProvider clock, ClaimsPrincipal user, CancellationToken stopping)
    {
        var (until, most) = (to ?? clock.GetUtcNow(), Math.Clamp(limit ?? 50, 1, 500));
        var page = await records.ListAsync(new CallRecordQuery(from ?? until.AddDays(-1), until, outage, round, after ?? 0, most), user.ToActor(), stopping);

        return TypedResults.Ok(new Page<CallRecordView>(page, page.Count == most ? page[^1].Id.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<Results<Ok<ManualCallPage>, ProblemsResult>> List(long? round, string? after, int? limit, ManualCallDesk desk, ClaimsPrincipal user, CancellationToken stopping)
    {
        var listed = await desk.ListAsync(round, after, Math.Clamp(limit ?? 50, 1, 500), user.ToActor(), stopping);

        return listed.Value is { } page ? TypedResults.Ok(page) : new ProblemsResult(listed.Problems);
    }

    private static async Task<Results<Ok<CallTaken>, ProblemsResult>> Take(long id, ManualCallDesk desk, ClaimsPrincipal user, CancellationToken stopping)
    {
        var taken = await desk.TakeAsync(id, user.ToActor(), stopping);

        return taken.Ok ? TypedResults.Ok(new CallTaken(id, taken.Value)) : new ProblemsResult(taken.Problems);
    }

    private static async Task<Results<Ok<ManualCallEntered>, ProblemsResult>> Enter(long id, EnterCallResult request, ManualCallDesk desk, ClaimsPrincipal user, CancellationToken stopping)
    {
        var entered = await desk.EnterAsync(id, request, user.ToActor(), stopping);

        return entered.Value is { } call ? TypedResults.Ok(call) : new ProblemsResult(entered.Problems);
    }

    private static async Task<IResult> Print(long? round, string? after, [FromServices] ManualCallDesk desk, ClaimsPrincipal user, HttpContext context)
    {
        var listed = await desk.ListAsync(round, after, ManualCallPrint.CallsOnPage, user.ToActor(), context.RequestAborted);

        return listed.Value is { } page ? ManualCallPrint.Show(page, round, context) : new ProblemsResult(listed.Problems);
    }
}

/// <summary>Until when the call is yours.</summary>
internal sealed record CallTaken(long Id, DateTimeOffset Until);
