using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Notices.Outages;
using Notices.Setup;

namespace Notices.Publishing;

internal static class NoticeEndpoints
{
    public static void MapNotices(this IEndpointRouteBuilder routes)
    {
        var notices = routes.MapGroup("/api/v1/notices").WithTags("Notices").RequireAuthorization(Setup.Access.Staff);

        notices.MapGet("/", List);
        notices.MapGet("/{id:long}", Find);
    }

    private static async Task<Ok<Page<NoticeView>>> List(string? number, long? after, int? limit, NoticeArchive archive, ClaimsPrincipal user, CancellationToken stopping)
    {
        var most = Math.Clamp(limit ?? 50, 1, 200);
        var items = await archive.ListAsync(number, after, most, user.ToActor(), stopping);

        return TypedResults.Ok(new Page<NoticeView>(items, items.Count == most ? items[^1].Id.ToString(System.Globalization.CultureInfo.InvariantCulture) : null));
    }

    private static async Task<Results<Ok<NoticeView>, ProblemsResult>> Find(long id, NoticeArchive archive, ClaimsPrincipal user, CancellationToken stopping)
    {
        var found = await archive.FindAsync(id, user.ToActor(), stopping);

        return found.Value is { } notice ? TypedResults.Ok(notice) : new ProblemsResult(found.Problems);
    }
}
