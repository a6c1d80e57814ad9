using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Notices.Setup;

namespace Notices.Customers;

/// <summary>Customers and the work on their contacts. Lists are masked; whatever is shown in clear stands in the record.</summary>
internal static class RegistryEndpoints
{
    public static void MapRegistry(this IEndpointRouteBuilder routes)
    {
        var customers = routes.MapGroup("/api/v1/customers").WithTags("Customers").RequireAuthorization(Setup.Access.Staff);
        customers.MapGet("/", List).WithDescription("Masked. q is an account, customer number or contact as a whole, or a part of a name.");
        customers.MapGet("/contacts", Contacts).WithDescription("Customers no message would reach (state missing), or with a suspended contact (state suspended); the most vulnerable first. Masked.");

        var clear = routes.MapGroup("/api/v1/customers").WithTags("Customers").RequireAuthorization(Setup.Access.Caller);
        clear.MapPost("/{accountNo}/reveal", Reveal).WithDescription("One customer in clear; who read it and why is put on record. The reason names nobody.");
        clear.MapPost("/contacts/{id:long}/resume", Resume).WithDescription("A suspended contact is used again; the reason is put on record.");
    }

    private static async Task<Results<Ok<Page<CustomerLine>>, ProblemsResult>> List(
        string? q, short? tier, string? feeder, long? after, int? limit, CustomerRegistry registry, ClaimsPrincipal user, CancellationToken stopping)
    {
        var listed = await registry.ListAsync(new CustomerSearch(q, tier, feeder, after ?? 0, limit ?? CustomerRegistry.DefaultLimit), user.ToActor(), stopping);

        return listed.Value is { } page ? TypedResults.Ok(new Page<CustomerLine>(page.Items, page.Next?.ToString(CultureInfo.InvariantCulture))) : new ProblemsResult(listed.Problems);
    }

    private static async Task<Results<Ok<Page<ContactWorkLine>>, ProblemsResult>> Contacts(
        Named<ContactTrouble>? state, string? organisation, short? tier, string? after, int? limit, ContactWork work, ClaimsPrincipal user, CancellationToken stopping)
    {
        var listed = await work.ListAsync(new ContactWorkQuery(state?.Value ?? ContactTrouble.Missing, organisation, tier, after, limit ?? CustomerRegistry.DefaultLimit), user.ToActor(), stopping);

        return listed.Value is { } page ? TypedResults.Ok(new Page<ContactWorkLine>(page.Items, page.Next)) : new ProblemsResult(listed.Problems);
    }

    private static async Task<Results<Ok<CustomerLine>, ProblemsResult>> Reveal(
        string accountNo, GivenReason? request, CustomerRegistry registry, HttpContext context, ClaimsPrincipal user, CancellationToken stopping)
    {
        context.Response.Headers.CacheControl = "no-store";
        var revealed = await registry.RevealAsync(accountNo, request?.Reason, user.ToActor(), stopping);

        return revealed.Value is { } customer ? TypedResults.Ok(customer) : new ProblemsResult(revealed.Problems);
    }

    private static async Task<Results<Ok<ContactLine>, ProblemsResult>> Resume(long id, GivenReason? request, ContactWork work, ClaimsPrincipal user, CancellationToken stopping)
    {
        var resumed = await work.ResumeAsync(id, request?.Reason, user.ToActor(), stopping);

        return resumed.Value is { } contact ? TypedResults.Ok(contact) : new ProblemsResult(resumed.Problems);
    }
}

/// <param name="Reason">Without naming the person: it stays in the record.</param>
internal sealed record GivenReason(string? Reason = null);
