using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Notices.Setup;

namespace Notices.Deliveries;

/// <summary>Letters: how far they have come, printing a stack, what became of them.</summary>
internal static class PaperEndpoints
{
    public static void MapPaper(this IEndpointRouteBuilder routes)
    {
        var paper = routes.MapGroup("/api/v1").WithTags("Paper").RequireAuthorization(Setup.Access.Caller);
        paper.MapGet("/rounds/{id:long}/paper", Find);
        paper.MapPost("/rounds/{id:long}/paper/print", Print);
        paper.MapGet("/rounds/{id:long}/paper/{batch}", Show);
        paper.MapPost("/paper/outcomes", Enter);

        var pages = routes.MapGroup("/rounds/{id:long}/paper/{batch}").ExcludeFromDescription().RequireAuthorization(Setup.Access.Caller);
        pages.MapGet("/", Letters);
        pages.MapGet("/walk", Walk);
    }

    private static async Task<Results<Ok<PaperView>, ProblemsResult>> Find(long id, LetterDesk desk, ClaimsPrincipal user, CancellationToken stopping) =>
        await desk.FindAsync(id, user.ToActor(), stopping) is { } paper ? TypedResults.Ok(paper) : Missing(id);

    private static async Task<Results<Ok<LetterStack>, ProblemsResult>> Print(long id, PrintLetters? request, LetterDesk desk, ClaimsPrincipal user, CancellationToken stopping)
    {
        var printed = await desk.PrintAsync(id, request ?? new PrintLetters(), user.ToActor(), stopping);
        if (!printed.Ok) return new ProblemsResult(printed.Problems);

        var page = printed.Value!.Batch is { } batch ? string.Create(CultureInfo.InvariantCulture, $"/rounds/{id}/paper/{batch}") : null;

        return TypedResults.Ok(new LetterStack(printed.Value.Batch, printed.Value.Letters, printed.Value.Waiting, page, page is null ? null : page + "?form=post", page is null ? null : page + "/walk"));
    }

    private static async Task<Results<Ok<LetterBatch>, ProblemsResult>> Show(long id, string batch, LetterDesk desk, ClaimsPrincipal user, CancellationToken stopping) =>
        await desk.ShowAsync(id, batch, user.ToActor(), stopping) is { } shown ? TypedResults.Ok(shown) : Missing(batch);

    private static async Task<Results<Ok<LetterOutcomesEntered>, ProblemsResult>> Enter(EnterLetterOutcomes request, LetterDesk desk, ClaimsPrincipal user, CancellationToken stopping)
    {
        var entered = await desk.EnterAsync(request, user.ToActor(), stopping);

        return entered.Value is { } done ? TypedResults.Ok(done) : new ProblemsResult(entered.Problems);
    }

    private static async Task<IResult> Letters(long id, string batch, Named<LetterForm>? form, [FromServices] LetterDesk desk, ClaimsPrincipal user, HttpContext context) =>
        await desk.ShowAsync(id, batch, user.ToActor(), context.RequestAborted) is { } shown ? LetterPages.Letters(shown, form?.Value ?? LetterForm.Receipt).Show(context) : Missing(batch);

    private static async Task<IResult> Walk(long id, string batch, [FromServices] LetterDesk desk, ClaimsPrincipal user, HttpContext context) =>
        await desk.ShowAsync(id, batch, user.ToActor(), context.RequestAborted) is { } shown ? LetterPages.WalkSheet(shown, Public.Pages.PageLanguage(context)).Show(context) : Missing(batch);

    private static ProblemsResult Missing(long id) => new([Problem.NotFound("round", id.ToString(CultureInfo.InvariantCulture))]);

    private static ProblemsResult Missing(string batch) => new([Problem.NotFound("letters", batch)]);
}

/// <summary>Letters just printed.</summary>
/// <param name="Waiting">Still to be printed, of those asked for.</param>
/// <param name="Letters">How many.</param>
/// <param name="Document">Page of the letters with a receipt to tear off; null where nothing was left.</param>
/// <param name="Post">The same with an address block for a window envelope.</param>
/// <param name="WalkSheet">The list to carry along.</param>
internal sealed record LetterStack(string? Batch, int Letters, int Waiting, string? Document, string? Post, string? WalkSheet);
