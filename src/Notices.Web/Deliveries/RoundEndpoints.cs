using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Notices.Outages;
using Notices.Setup;

namespace Notices.Deliveries;

internal static class RoundEndpoints
{
    public static void MapRounds(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/api/v1").WithTags("Rounds").RequireAuthorization(Setup.Access.Staff);
        read.MapGet("/rounds/{id:long}", Find);
        read.MapGet("/rounds/{id:long}/deliveries", Deliveries);
        read.MapGet("/deliveries/{id:long}", Delivery);

        var act = routes.MapGroup("/api/v1/rounds").WithTags("Rounds").RequireAuthorization(Setup.Access.Dispatcher);
        act.MapPost("/{id:long}/pause", Pause);
        act.MapPost("/{id:long}/resume", Resume);
        act.MapPost("/{id:long}/stop", Stop);
        act.MapPost("/{id:long}/shorten", Shorten);
        act.MapPost("/{id:long}/prioritise", Prioritise);
        act.MapPost("/{id:long}/public-only", PublicOnly);
    }

    private static async Task<Results<Ok<RoundSummary>, ProblemsResult>> Find(long id, RoundView rounds, ClaimsPrincipal user, CancellationToken stopping) =>
        await rounds.FindAsync(id, user.ToActor(), stopping) is { } round ? TypedResults.Ok(round) : Missing("round", id);

    private static async Task<Results<Ok<Page<DeliveryView>>, ProblemsResult>> Deliveries(
        long id, Named<DeliveryState>? state, long? after, int? limit, RoundView rounds, ClaimsPrincipal user, CancellationToken stopping)
    {
        var most = Math.Clamp(limit ?? 50, 1, 500);
        var page = await rounds.DeliveriesAsync(id, state?.Value, after ?? 0, most, user.ToActor(), stopping);

        return page is null
            ? Missing("round", id)
            : TypedResults.Ok(new Page<DeliveryView>(page, page.Count == most ? page[^1].Id.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<Results<Ok<DeliveryView>, ProblemsResult>> Delivery(long id, RoundView rounds, ClaimsPrincipal user, CancellationToken stopping) =>
        await rounds.DeliveryAsync(id, user.ToActor(), stopping) is { } delivery ? TypedResults.Ok(delivery) : Missing("delivery", id);

    private static async Task<Results<Ok<RoundSummary>, ProblemsResult>> Pause(
        long id, RoundReason? request, RoundDesk desk, RoundView rounds, ClaimsPrincipal user, CancellationToken stopping) =>
        await Answer(await desk.PauseAsync(id, request?.Reason, user.ToActor(), stopping), id, rounds, user, stopping);

    private static async Task<Results<Ok<RoundSummary>, ProblemsResult>> Resume(
        long id, RoundReason? request, RoundDesk desk, RoundView rounds, ClaimsPrincipal user, Policy.DueAlarm alarm, CancellationToken stopping)
    {
        var resumed = await desk.ResumeAsync(id, request?.Reason, user.ToActor(), stopping);
        alarm.Ring();

        return await Answer(resumed, id, rounds, user, stopping);
    }

    private static async Task<Results<Ok<RoundSummary>, ProblemsResult>> Stop(
        long id, RoundReason? request, RoundDesk desk, RoundView rounds, ClaimsPrincipal user, CancellationToken stopping) =>
        await Answer(await desk.StopAsync(id, request?.Reason, user.ToActor(), stopping), id, rounds, user, stopping);

    private static async Task<Results<Ok<RoundSummary>, ProblemsResult>> Shorten(
        long id, RoundReason? request, RoundChoices choices, RoundView rounds, ClaimsPrincipal user, CancellationToken stopping) =>
        await Answer(await choices.ShortenAsync(id, request?.Reason, user.ToActor(), stopping), id, rounds, user, stopping);

    private static async Task<Results<Ok<RoundSummary>, ProblemsResult>> Prioritise(
        long id, RoundReason? request, RoundChoices choices, RoundView rounds, ClaimsPrincipal user, CancellationToken stopping) =>
        await Answer(await choices.PrioritiseAsync(id, request?.Reason, user.ToActor(), stopping), id, rounds, user, stopping);

    private static async Task<Results<Ok<RoundSummary>, ProblemsResult>> PublicOnly(
        long id, RoundReason? request, RoundChoices choices, RoundView rounds, ClaimsPrincipal user, CancellationToken stopping) =>
        await Answer(await choices.PublicOnlyAsync(id, request?.Reason, user.ToActor(), stopping), id, rounds, user, stopping);

    private static async Task<Results<Ok<RoundSummary>, ProblemsResult>> Answer(
        Result<RoundState> result, long id, RoundView rounds, ClaimsPrincipal user, CancellationToken stopping) =>
        result.Ok ? TypedResults.Ok((await rounds.FindAsync(id, user.ToActor(), stopping))!) : new ProblemsResult(result.Problems);

    private static ProblemsResult Missing(string what, long id) => new([Problem.NotFound(what, id.ToString(CultureInfo.InvariantCulture))]);
}

/// <summary>Why a round is held, ended, shortened or limited; for the record.</summary>
internal sealed record RoundReason(string? Reason = null);
