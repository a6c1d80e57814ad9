using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Notices.Setup;

namespace Notices.Customers;

internal static class CustomerEndpoints
{
    public static void MapCustomers(this IEndpointRouteBuilder routes)
    {
        var erase = routes.MapGroup("/api/v1").RequireAuthorization(Setup.Access.Administrator);

        erase.MapPost("/customers/{accountNo}/erase", Erase).WithTags("Customers")
            .WithDescription("Erases name, contacts and addresses of the customer this account belongs to; that they were told, and when, stays. Refused under legal hold and while messages are on their way.");
        erase.MapPost("/relays/erase", EraseRelay).WithTags("Customers")
            .WithDescription("Erases the relay person or deputy with this phone. The phone stands in the body, as addresses are logged.");
    }

    private static async Task<Results<Ok<Erased>, ProblemsResult>> Erase(
        string accountNo, ErasePerson? request, PersonErasure erasure, ClaimsPrincipal user, CancellationToken stopping)
    {
        var result = await erasure.EraseAccountAsync(accountNo, request?.Reason, user.ToActor(), stopping);

        return result.Value is { } erased ? TypedResults.Ok(erased) : new ProblemsResult(result.Problems);
    }

    private static async Task<Results<Ok<ErasedRelay>, ProblemsResult>> EraseRelay(EraseRelay request, PersonErasure erasure, ClaimsPrincipal user, CancellationToken stopping)
    {
        if (string.IsNullOrWhiteSpace(request.Reason)) return new ProblemsResult([new Problem("reason-missing", "reason")]);
        var result = await erasure.EraseRelayAsync(request.Phone, user.ToActor(), stopping, request.Reason.Trim());

        return result.Ok ? TypedResults.Ok(new ErasedRelay(result.Value)) : new ProblemsResult(result.Problems);
    }
}

/// <param name="Reason">Who asked and on what ground, without naming the person: it stays in the record.</param>
internal sealed record ErasePerson(string? Reason = null);

/// <param name="Phone">E.164, e.g. +8613800138000.</param>
internal sealed record EraseRelay(string Phone, string? Reason = null);

/// <param name="Rows">How many rows named them.</param>
internal sealed record ErasedRelay(int Rows);
