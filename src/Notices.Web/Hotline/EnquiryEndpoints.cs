using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Notices.Outages;
using Notices.Setup;

namespace Notices.Hotline;

internal static class EnquiryEndpoints
{
    public static void MapEnquiries(this IEndpointRouteBuilder routes)
    {
        var enquiries = routes.MapGroup("/api/v1/enquiries").WithTags("Enquiries").RequireAuthorization(Setup.Access.Caller);
        enquiries.MapGet("/", List).WithDescription("What people sent that no keyword settles, the oldest first; topic still-out or reply, state open or closed. Numbers are masked.");
        enquiries.MapGet("/{id:long}/phone", Phone).WithDescription("The number in clear, to call back; the reading is put on record.");
        enquiries.MapPost("/{id:long}/close", Close);
    }

    private static async Task<Results<Ok<Page<EnquiryView>>, ProblemsResult>> List(
        string? topic, Named<EnquiryState>? state, long? after, int? limit, HotlineDesk desk, ClaimsPrincipal user, CancellationToken stopping)
    {
        var most = Math.Clamp(limit ?? 50, 1, 500);
        var found = await desk.ListAsync(topic, state?.Value, after ?? 0, most, user.ToActor(), stopping);

        return found.Value is { } page
            ? TypedResults.Ok(new Page<EnquiryView>(page, page.Count == most ? page[^1].Id.ToString(CultureInfo.InvariantCulture) : null))
            : new ProblemsResult(found.Problems);
    }

    private static async Task<Results<Ok<EnquiryPhone>, ProblemsResult>> Phone(long id, HotlineDesk desk, HttpContext context, ClaimsPrincipal user, CancellationToken stopping)
    {
        context.Response.Headers.CacheControl = "no-store";
        var phone = await desk.PhoneAsync(id, user.ToActor(), stopping);

        return phone.Value is { } clear ? TypedResults.Ok(clear) : new ProblemsResult(phone.Problems);
    }

    private static async Task<Results<Ok<EnquiryView>, ProblemsResult>> Close(long id, HotlineDesk desk, ClaimsPrincipal user, CancellationToken stopping)
    {
        var closed = await desk.CloseAsync(id, user.ToActor(), stopping);

        return closed.Value is { } enquiry ? TypedResults.Ok(enquiry) : new ProblemsResult(closed.Problems);
    }
}
