using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Notices.Outages;
using Notices.Setup;
using Notices.Words;

namespace Notices.Imports;

internal static class ImportEndpoints
{
    private const long LargestFile = 512L << 20;

    public static void MapImports(this IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/imports/{kind}", Import)
        .WithTags("Imports").WithDescription($"The body is the file, the kind one of: {string.Join(", ", Enum.GetValues<ImportKind>().Select(Named<ImportKind>.Of))}. With dryRun nothing is changed.")
        .RequireAuthorization(Setup.Access.Dispatcher).WithMetadata(new BodyLimit(LargestFile)).Accepts<IFormFile>("text/csv", "application/json", "application/octet-stream");

    /// <summary>The body is the file itself; it is read as it comes in.</summary>
    private static async Task<Results<Ok<ImportAnswer>, ProblemsResult>> Import(
        string kind, [FromQuery] string? profile, [FromQuery] string? organisation, [FromQuery] string? file, [FromQuery] string? month, [FromQuery] bool? dryRun, [FromQuery] bool? submit,
        NoticesOptions options, ClaimsPrincipal user, HttpContext context, CancellationToken stopping)
    {
        if (!Named<ImportKind>.TryParse(kind, null, out var into)) return new ProblemsResult([Problem.NotFound("import", kind)]);

        var (known, planned) = (ProfileLoader.Find(options.Home, profile), PlanMonth.Read(month));
        if (!known.Ok) return new ProblemsResult(known.Problems);
        if (!planned.Ok) return new ProblemsResult(planned.Problems);

        var request = new ImportRequest
        {
            FileName = Path.GetFileName(file ?? $"{kind}.upload"),
            Profile = known.Value,
            Organisation = organisation,
            DryRun = dryRun ?? false,
            PlanMonth = planned.Value,
            Region = options.Customers.Region,
        };
        var result = await new ImportDesk(context.RequestServices).RunAsync(into.Value, context.Request.Body, request, submit ?? false, user.ToActor(), null, stopping);

        return result.Value is { } outcome ? TypedResults.Ok(ImportAnswer.Of(outcome, context.Language())) : new ProblemsResult(result.Problems);
    }
}

/// <summary>What came of an uploaded file.</summary>
/// <param name="Rejections">The first hundred, with line and reasons.</param>
internal sealed record ImportAnswer(
    long Rows, long Added, long Changed, long Unchanged, long Rejected, bool DryRun, IReadOnlyList<string> IgnoredColumns, ProblemLine? Fault, IReadOnlyList<RejectedLine> Rejections,
    int History, IReadOnlyList<string> Drafted, IReadOnlyList<string> Submitted, IReadOnlyList<PlanDifference> New, IReadOnlyList<PlanDifference> Moved, IReadOnlyList<PlanDifference> Dropped, IReadOnlyList<SubmissionRefused> Refused)
{
    internal static ImportAnswer Of(ImportOutcome outcome, string language)
    {
        var (counts, outages) = (outcome.Counts, outcome.Outages);

        return new ImportAnswer(
            counts.Rows, counts.Added, counts.Changed, counts.Unchanged, counts.Rejected, counts.DryRun, counts.IgnoredColumns, counts.Fault is { } fault ? Line(fault) : null,
            [.. counts.Rejections.Select(r => new RejectedLine(r.Line, [.. r.Problems.Select(Line)]))],
            outages?.History ?? 0, outages?.Drafted ?? [], outages?.Submitted ?? [], outages?.New ?? [], outages?.Moved ?? [], outages?.Dropped ?? [], outages?.Refused ?? []);

        ProblemLine Line(Problem problem) => new(problem.Code, problem.Field, Sentences.Of(problem, language));
    }
}

internal sealed record RejectedLine(long Line, IReadOnlyList<ProblemLine> Problems);
