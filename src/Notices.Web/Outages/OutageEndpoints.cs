using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Notices.Policy;
using Notices.Setup;

namespace Notices.Outages;

internal static class OutageEndpoints
{
    public static void MapOutages(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/api/v1/outages").WithTags("Outages").RequireAuthorization(Setup.Access.Staff);
        read.MapGet("/", List);
        read.MapGet("/{number}", Find).WithName("FindOutage");
        read.MapGet("/{number}/schedule", Schedule);
        read.MapGet("/{number}/audience", Audience);
        read.MapGet("/{number}/preview", Preview);

        var plan = routes.MapGroup("/api/v1/outages").WithTags("Outages").RequireAuthorization(Setup.Access.Dispatcher);
        plan.MapPost("/", Plan);
        plan.MapPut("/{number}", Change);
        plan.MapPut("/by-reference/{system}/{id}", ChangeByReference);
        plan.MapPost("/{number}/submit", Submit);
        plan.MapPost("/{number}/withdraw", Withdraw);
        plan.MapPost("/{number}/reschedule", Reschedule);
        plan.MapPost("/{number}/postpone", Postpone);
        plan.MapPost("/{number}/correct", Correct);
        plan.MapPost("/{number}/extend", Extend);
        plan.MapPost("/{number}/start", Start);
        plan.MapPost("/{number}/restore", Restore);
        plan.MapPost("/{number}/cancel", Cancel);

        var decide = routes.MapGroup("/api/v1/outages").WithTags("Outages").RequireAuthorization(Setup.Access.Approver);
        decide.MapPost("/{number}/approve", Approve);
        decide.MapPost("/{number}/reject", Reject);
        decide.MapPost("/{number}/review", Review);

        var keep = routes.MapGroup("/api/v1/outages").WithTags("Outages").RequireAuthorization(Setup.Access.Administrator);
        keep.MapPost("/{number}/hold", Hold);
        keep.MapPost("/{number}/release", Release);

        routes.MapGet("/api/v1/changes", Changes).WithTags("Outages").RequireAuthorization(Setup.Access.Staff);
        routes.MapPost("/api/v1/emergencies", Declare).WithTags("Emergencies").RequireAuthorization(Setup.Access.Dispatcher);
    }

    private static async Task<Results<Ok<Page<OutageView>>, ProblemsResult>> List([AsParameters] OutageFilter filter, OutagePlanning planning, ClaimsPrincipal user, CancellationToken stopping)
    {
        var limit = Math.Clamp(filter.Limit ?? 50, 1, 200);
        var before = filter.After is { Length: > 0 } after ? await planning.CursorAsync(after, user.ToActor(), stopping) : null;
        if (before is null && filter.After is { Length: > 0 }) return new ProblemsResult([new Problem("cursor-unknown", "after", null, ProblemKind.Unreadable)]);

        var items = await planning.ListAsync(
            new OutageQuery(filter.From, filter.To, filter.Kind?.Value, filter.Status?.Value, filter.Feeder, filter.Organisation, before, limit), user.ToActor(), stopping);

        return TypedResults.Ok(new Page<OutageView>(items, items.Count == limit ? items[^1].Number : null));
    }

    private static async Task<Results<Ok<OutageView>, ProblemsResult>> Find(
        string number, OutagePlanning planning, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await planning.FindAsync(number, user.ToActor(), stopping), context);

    private static async Task<Results<Ok<ScheduleView>, ProblemsResult>> Schedule(
        string number, OutageInsight insight, ClaimsPrincipal user, CancellationToken stopping) => Answer(await insight.ScheduleAsync(number, user.ToActor(), stopping));

    private static async Task<Results<Ok<AudienceView>, ProblemsResult>> Audience(
        string number, OutageInsight insight, ClaimsPrincipal user, CancellationToken stopping) => Answer(await insight.AudienceAsync(number, user.ToActor(), stopping));

    private static async Task<Results<Ok<PreviewView>, ProblemsResult>> Preview(
        string number, OutageInsight insight, ClaimsPrincipal user, CancellationToken stopping) => Answer(await insight.PreviewAsync(number, user.ToActor(), stopping));

    private static async Task<Results<CreatedAtRoute<OutageView>, ProblemsResult>> Plan(
        PlanOutage request, OutagePlanning planning, ClaimsPrincipal user, CancellationToken stopping)
    {
        var result = await planning.PlanAsync(request, user.ToActor(), stopping);

        return result.Value is { } outage ? TypedResults.CreatedAtRoute(outage, "FindOutage", new { number = outage.Number }) : new ProblemsResult(result.Problems);
    }

    private static async Task<Results<Ok<OutageView>, ProblemsResult>> Change(
        string number, PlanOutage request, [FromHeader(Name = "If-Match")] string? version, OutagePlanning planning, ClaimsPrincipal user, HttpContext context,
        CancellationToken stopping)
    {
        if (Versions.Refuse(version, out var read) is { } refusal) return refusal;

        return Answer(await planning.ChangeAsync(number, request, read, user.ToActor(), stopping), context);
    }

    /// <summary>For another system, which knows its own numbers: plans the outage, or changes what it planned.</summary>
    private static async Task<Results<Ok<OutageView>, CreatedAtRoute<OutageView>, ProblemsResult>> ChangeByReference(
        string system, string id, PlanOutage request, [FromHeader(Name = "If-Match")] string? version, OutagePlanning planning, ClaimsPrincipal user, HttpContext context,
        CancellationToken stopping)
    {
        int? read = null;
        if (!string.IsNullOrEmpty(version))
        {
            if (!int.TryParse(version.Trim('"'), System.Globalization.CultureInfo.InvariantCulture, out var number))
                return new ProblemsResult([new Problem("version-unreadable", "If-Match", null, ProblemKind.Unreadable)]);

            read = number;
        }

        var (result, isNew) = await planning.PutAsync(request with { ReferenceSystem = system, Reference = id }, read, user.ToActor(), stopping);
        if (result.Value is not { } outage) return new ProblemsResult(result.Problems);

        context.Response.Headers.ETag = $"\"{outage.Version}\"";

        return isNew ? TypedResults.CreatedAtRoute(outage, "FindOutage", new { number = outage.Number }) : TypedResults.Ok(outage);
    }

    private static async Task<Ok<OutageEvents>> Changes(long? after, int? limit, OutageLog log, ClaimsPrincipal user, CancellationToken stopping) =>
        TypedResults.Ok(await log.AfterAsync(after ?? 0, Math.Clamp(limit ?? 100, 1, 500), user.ToActor(), stopping));

    private static async Task<Results<Ok<OutageView>, ProblemsResult>> Submit(
        string number, SubmitOutage? request, OutageDesk desk, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await desk.SubmitAsync(number, request ?? new SubmitOutage(), user.ToActor(), stopping), context);

    private static async Task<Results<Ok<OutageView>, ProblemsResult>> Withdraw(
        string number, Because? request, OutageDesk desk, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await desk.WithdrawAsync(number, request?.Reason, user.ToActor(), stopping), context);

    private static async Task<Results<Ok<OutageView>, ProblemsResult>> Approve(
        string number, ApproveOutage? request, OutageDesk desk, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await desk.ApproveAsync(number, request ?? new ApproveOutage(), user.ToActor(), stopping), context);

    private static async Task<Results<Ok<OutageView>, ProblemsResult>> Reject(
        string number, Because? request, OutageDesk desk, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await desk.RejectAsync(number, request?.Reason, user.ToActor(), stopping), context);

    private static async Task<Results<Ok<OutageView>, ProblemsResult>> Review(
        string number, Because? request, EmergencyDesk desk, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await desk.ReviewAsync(number, request?.Reason, user.ToActor(), stopping), context);

    private static async Task<Results<Ok<OutageView>, ProblemsResult>> Reschedule(
        string number, RescheduleOutage request, OutageChanges changes, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await changes.RescheduleAsync(number, request, user.ToActor(), stopping), context);

    private static async Task<Results<Ok<OutageView>, ProblemsResult>> Postpone(
        string number, Because? request, OutageChanges changes, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await changes.PostponeAsync(number, request?.Reason, user.ToActor(), stopping), context);

    private static async Task<Results<Ok<OutageView>, ProblemsResult>> Correct(
        string number, CorrectOutage request, OutageChanges changes, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await changes.CorrectAsync(number, request, user.ToActor(), stopping), context);

    private static async Task<Results<Ok<OutageView>, ProblemsResult>> Extend(
        string number, ExtendOutage request, OutageProgress progress, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await progress.ExtendAsync(number, request, user.ToActor(), stopping), context);

    private static async Task<Results<Ok<OutageView>, ProblemsResult>> Start(
        string number, StartOutage? request, OutageProgress progress, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await progress.StartAsync(number, request ?? new StartOutage(), user.ToActor(), stopping), context);

    private static async Task<Results<Ok<OutageView>, ProblemsResult>> Restore(
        string number, RestoreOutage? request, OutageProgress progress, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await progress.RestoreAsync(number, request ?? new RestoreOutage(), user.ToActor(), stopping), context);

    private static async Task<Results<Ok<OutageView>, ProblemsResult>> Cancel(
        string number, Because? request, OutageChanges changes, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await changes.CancelAsync(number, request?.Reason, user.ToActor(), stopping), context);

    private static async Task<Results<Ok<OutageView>, ProblemsResult>> Hold(
        string number, HoldOutage? request, LegalHold hold, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await hold.HoldAsync(number, request?.Reason, user.ToActor(), stopping), context);

    private static async Task<Results<Ok<OutageView>, ProblemsResult>> Release(
        string number, HoldOutage? request, LegalHold hold, ClaimsPrincipal user, HttpContext context, CancellationToken stopping) =>
        Answer(await hold.ReleaseAsync(number, request?.Reason, user.ToActor(), stopping), context);

    private static async Task<Results<Accepted<OutageView>, ProblemsResult>> Declare(
        PlanOutage request, EmergencyDesk desk, ClaimsPrincipal user, CancellationToken stopping)
    {
        var result = await desk.DeclareAsync(request, user.ToActor(), stopping);

        return result.Value is { } outage ? TypedResults.Accepted($"/api/v1/outages/{outage.Number}", outage) : new ProblemsResult(result.Problems);
    }

    private static Results<Ok<OutageView>, ProblemsResult> Answer(Result<OutageView> result, HttpContext context)
    {
        if (result.Value is { } outage) Versions.Tell(context.Response, outage.Version);

        return Answer(result);
    }

    private static Results<Ok<T>, ProblemsResult> Answer<T>(Result<T> result)
        where T : class => result.Value is { } value ? TypedResults.Ok(value) : new ProblemsResult(result.Problems);
}

internal sealed record OutageFilter(
    DateTimeOffset? From, DateTimeOffset? To, Named<OutageKind>? Kind, Named<OutageStatus>? Status, string? Feeder, string? Organisation, string? After, int? Limit);
