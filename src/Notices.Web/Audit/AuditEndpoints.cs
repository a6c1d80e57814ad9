using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Notices.Evidence;
using Notices.Setup;

namespace Notices.Audit;

internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var audit = routes.MapGroup("/api/v1/audit").WithTags("Audit").RequireAuthorization(Setup.Access.Auditor);

        audit.MapGet("/", List);
        audit.MapGet("/verify", Verify);
        routes.MapGet("/console/audit/export", Export).ExcludeFromDescription().RequireAuthorization(Setup.Access.Auditor);
        routes.MapGet("/.well-known/notices-head", Head).WithTags("Audit").AllowAnonymous();
    }

    private static async Task<Results<Ok<AuditPage>, ProblemsResult>> List([AsParameters] AuditFilter filter, AuditSearch search, ClaimsPrincipal user, CancellationToken stopping)
    {
        var page = await search.ListAsync(
            user.ToActor(), new AuditQuery(filter.From, filter.To, filter.Actor, filter.Action, filter.Subject, filter.After, filter.Limit ?? AuditSearch.DefaultLimit, Text: filter.Text, Before: filter.Before), stopping);

        return page.Value is { } found ? TypedResults.Ok(found) : new ProblemsResult(page.Problems);
    }

    private static async Task<Results<Ok<AuditVerdict>, ProblemsResult>> Verify(AuditVerifier verifier, ClaimsPrincipal user, CancellationToken stopping)
    {
        var verdict = await verifier.VerifyAsync(user.ToActor(), null, null, stopping);

        return verdict.Value is { } found ? TypedResults.Ok(found) : new ProblemsResult(verdict.Problems);
    }

    /// <param name="from">As the page's filter: with an offset, or in the zone of the reader's organisations.</param>
    private static async Task<Results<FileStreamHttpResult, ProblemsResult>> Export(
        string? format, string? from, string? to, AuditDownload download, ClaimsPrincipal user, CancellationToken stopping)
    {
        var made = await download.MakeAsync(user.ToActor(), from, to, format == "csv" ? AuditExportFormat.Csv : AuditExportFormat.Jsonl, stopping);

        return made.Value is { } file ? TypedResults.Stream(file.Content, "application/zip", file.Name) : new ProblemsResult(made.Problems);
    }

    /// <summary>The signed head of the chain, for anybody to keep: whoever has it can find a record cut or rewritten later.</summary>
    private static async Task<Results<Ok<CheckpointFile>, NoContent>> Head(Checkpoints checkpoints, CancellationToken stopping) =>
        await checkpoints.CurrentAsync(stopping) is { } head ? TypedResults.Ok(head) : TypedResults.NoContent();
}

internal sealed record AuditFilter(DateTimeOffset? From, DateTimeOffset? To, string? Actor, string? Action, string? Subject, long? After, int? Limit, string? Text, long? Before);
