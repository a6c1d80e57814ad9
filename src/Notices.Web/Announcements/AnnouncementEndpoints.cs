using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Notices.Outages;
using Notices.Setup;

namespace Notices.Announcements;

internal static class AnnouncementEndpoints
{
    public static void MapAnnouncements(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/api/v1/announcements").WithTags("Announcements").RequireAuthorization(Setup.Access.Staff);
        read.MapGet("/", List);
        read.MapGet("/{number}", Find).WithName("FindAnnouncement");
        read.MapPost("/{number}/publish", Publish);

        var write = routes.MapGroup("/api/v1/announcements").WithTags("Announcements").RequireAuthorization(Setup.Access.Dispatcher);
        write.MapPost("/", Write);
        write.MapPut("/{number}", Change);
        write.MapPost("/{number}/submit", Submit);
        write.MapPost("/{number}/withdraw", Withdraw);

        var decide = routes.MapGroup("/api/v1/announcements").WithTags("Announcements").RequireAuthorization(Setup.Access.Approver);
        decide.MapPost("/{number}/approve", Approve);
        decide.MapPost("/{number}/reject", Reject);
    }

    private static async Task<Ok<Page<AnnouncementView>>> List([AsParameters] AnnouncementFilter filter, AnnouncementDrafts drafts, ClaimsPrincipal user, CancellationToken stopping)
    {
        var limit = Math.Clamp(filter.Limit ?? 50, 1, 200);
        var before = filter.After is { Length: > 0 } after ? await drafts.CursorAsync(after, stopping) : null;
        var items = await drafts.ListAsync(new AnnouncementQuery(filter.Status?.Value, filter.Organisation, before, limit), user.ToActor(), stopping);

        return TypedResults.Ok(new Page<AnnouncementView>(items, items.Count == limit ? items[^1].Number : null));
    }

    private static async Task<Results<Ok<AnnouncementView>, ProblemsResult>> Find(
        string number, AnnouncementDrafts drafts, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await drafts.FindAsync(number, user.ToActor(), stopping), context);

    private static async Task<Results<Ok<AnnouncementView>, ProblemsResult>> Publish(
        string number, AnnouncementDesk desk, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await desk.PublishAsync(number, user.ToActor(), stopping), context);

    private static async Task<Results<CreatedAtRoute<AnnouncementView>, ProblemsResult>> Write(
        WriteAnnouncement request, AnnouncementDrafts drafts, ClaimsPrincipal user, HttpContext context, CancellationToken stopping)
    {
        var result = await drafts.WriteAsync(request, user.ToActor(), stopping);
        if (result.Value is not { } announcement) return new ProblemsResult(result.Problems);

        Versions.Tell(context.Response, announcement.Version);

        return TypedResults.CreatedAtRoute(announcement, "FindAnnouncement", new { number = announcement.Number });
    }

    private static async Task<Results<Ok<AnnouncementView>, ProblemsResult>> Change(
        string number, WriteAnnouncement request, [FromHeader(Name = "If-Match")] string? version, AnnouncementDrafts drafts, ClaimsPrincipal user, HttpContext context,
        CancellationToken stopping)
    {
        if (Versions.Refuse(version, out var read) is { } refusal) return refusal;

        return Answer(await drafts.ChangeAsync(number, request, read, user.ToActor(), stopping), context);
    }

    private static async Task<Results<Ok<AnnouncementView>, ProblemsResult>> Submit(
        string number, AnnouncementDesk desk, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await desk.SubmitAsync(number, user.ToActor(), stopping), context);

    private static async Task<Results<Ok<AnnouncementView>, ProblemsResult>> Withdraw(
        string number, Because? request, AnnouncementDesk desk, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await desk.WithdrawAsync(number, request?.Reason, user.ToActor(), stopping), context);

    private static async Task<Results<Ok<AnnouncementView>, ProblemsResult>> Approve(
        string number, AnnouncementDesk desk, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await desk.ApproveAsync(number, user.ToActor(), stopping), context);

    private static async Task<Results<Ok<AnnouncementView>, ProblemsResult>> Reject(
        string number, Because? request, AnnouncementDesk desk, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await desk.RejectAsync(number, request?.Reason, user.ToActor(), stopping), context);

    private static Results<Ok<AnnouncementView>, ProblemsResult> Answer(Result<AnnouncementView> result, HttpContext context)
    {
        if (result.Value is not { } announcement) return new ProblemsResult(result.Problems);

        Versions.Tell(context.Response, announcement.Version);

        return TypedResults.Ok(announcement);
    }
}

internal sealed record AnnouncementFilter(Named<AnnouncementStatus>? Status, string? Organisation, string? After, int? Limit);
