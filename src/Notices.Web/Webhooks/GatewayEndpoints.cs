using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Notices.Channels.HttpGateway;
using Notices.Deliveries;
using Notices.Setup;

namespace Notices.Webhooks;

/// <summary>What a carrier's or reseller's platform calls back. Open to everybody, since the proof its profile asks for says who calls.</summary>
internal static class GatewayEndpoints
{
    /// <summary>A call may bring some thousand receipts.</summary>
    private const long LargestBody = 1 << 20;

    /// <summary>Machine time the database has to take what a call brought.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static void MapGateways(this IEndpointRouteBuilder routes)
    {
        var calls = routes.MapGroup("/webhooks/gateway/{provider}").AllowAnonymous().WithMetadata(new BodyLimit(LargestBody)).ExcludeFromDescription();

        calls.MapPost("/receipts", Receipts);
        calls.MapPost("/replies", Replies);
    }

    private static Task<Results<ContentHttpResult, ProblemsResult>> Receipts(string provider, GatewayCalls calls, HttpContext context, CancellationToken stopping) =>
        calls.TakeAsync(PollKind.Receipts, provider, context.Request, Patience, stopping);

    private static Task<Results<ContentHttpResult, ProblemsResult>> Replies(string provider, GatewayCalls calls, HttpContext context, CancellationToken stopping) =>
        calls.TakeAsync(PollKind.Replies, provider, context.Request, Patience, stopping);
}

/// <summary>Takes in what platforms call back.</summary>
internal sealed class GatewayCalls(
    ProviderDirectory providers, PollRecording recording, WebhookRefusals refusals, [FromKeyedServices(CoreServices.Machine)] TimeProvider machine, ILogger<GatewayCalls> log)
{
    /// <summary>Answered with what the platform wants to read once all that could be read is in the database; told again would be no better readable.</summary>
    internal async Task<Results<ContentHttpResult, ProblemsResult>> TakeAsync(PollKind kind, string name, HttpRequest request, TimeSpan patience, CancellationToken stopping)
    {
        using var reader = new StreamReader(request.Body, new UTF8Encoding(false));
        var body = await reader.ReadToEndAsync(stopping);
        var known = providers.Find(name);
        if (known?.Channel is not IGatewayHook gateway || !gateway.IsProved(kind, body, header => request.Headers[header], part => request.Query[part]))
        {
            await refusals.RecordAsync($"webhooks/gateway/{kind.ToString().ToLowerInvariant()}", known?.Name, stopping);

            return new ProblemsResult([new Problem("signature-wrong", null, null, ProblemKind.Forbidden)]);
        }

        var said = gateway.Read(kind, body);
        if (said.Fault is not null || said.Unreadable > 0) log.LogWarning("Of what provider {Provider} called back of {Kind}, {Count} parts could not be read, {Fault}", known.Name, kind, said.Unreadable, said.Fault ?? "-");
        if (kind == PollKind.Replies && said.Replies.Count > 0 && !recording.TakesReplies) return Later();

        using var limit = new CancellationTokenSource(patience, machine);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            await recording.RecordAsync(said, both.Token);

            return TypedResults.Text(gateway.AnswerTo(kind));
        }
        catch (Exception fault) when (fault is System.Data.Common.DbException || (fault is OperationCanceledException && !stopping.IsCancellationRequested))
        {
            return Later();
        }
    }

    /// <summary>The platform tells it again.</summary>
    private static ProblemsResult Later() => new([new Problem("storage-unreachable")], StatusCodes.Status503ServiceUnavailable);
}
