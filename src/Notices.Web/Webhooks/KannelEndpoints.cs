using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Notices.Channels.Kannel;
using Notices.Deliveries;
using Notices.Replies;
using Notices.Setup;

namespace Notices.Webhooks;

/// <summary>What a Kannel gateway tells of messages. Open to everybody, since the address itself, made for one message, says who was given it.</summary>
internal static class KannelEndpoints
{
    public static void MapKannel(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/" + KannelReport.Path, Report).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/" + KannelReport.Inbound, Inbound).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>Answers 204 once the report is in the database, also about what says nothing of a message: to be told again would not help. Kannel tells again what was not answered.</summary>
    private static async Task<Results<NoContent, ProblemsResult>> Report(
        [FromQuery] string? provider, [FromQuery] string? delivery, [FromQuery] string? check, [FromQuery] string? type, ProviderDirectory providers, WebhookRefusals refusals, WebhookReceipts receipts,
        TimeProvider clock, ILogger<WebhookRefusals> log, CancellationToken stopping)
    {
        var known = provider is null ? null : providers.Find(provider);
        var id = WebhookReceipts.DeliveryOf(delivery);
        if (id is null || known?.Channel is not IKannelGateway gateway || !gateway.Made(id.Value, check))
        {
            await refusals.RecordAsync(KannelReport.Path, known?.Name, stopping);

            return new ProblemsResult([new Problem("signature-wrong", "check", null, ProblemKind.Forbidden)]);
        }

        if (KannelReport.StateOf(type) is not { } state)
        {
            log.LogWarning("Provider {Provider} reports {Type} of delivery {Delivery}, which says nothing of it", known.Name, type, id);

            return TypedResults.NoContent();
        }

        return await receipts.RecordAsync(new ReceiptNews(known.Name, null, id, state, clock.GetUtcNow(), state == DeliveryState.Failed ? $"kannel {type}" : null), stopping);
    }

    /// <summary>A reply, as Kannel's <c>get-url</c> was told to write it. Answered with nothing once it is in the database; Kannel would send anything else to the number.</summary>
    private static async Task<Results<ContentHttpResult, ProblemsResult>> Inbound(
        [FromQuery] string? provider, [FromQuery] string? check, [FromQuery] string? id, ProviderDirectory providers, WebhookRefusals refusals, WebhookReplies replies, TimeProvider clock,
        ILogger<WebhookRefusals> log, HttpContext context, CancellationToken stopping)
    {
        var known = provider is null ? null : providers.Find(provider);
        if (known?.Channel is not IKannelGateway gateway || !gateway.MadeForReplies(check))
        {
            await refusals.RecordAsync(KannelReport.Inbound, known?.Name, stopping);

            return new ProblemsResult([new Problem("signature-wrong", "check", null, ProblemKind.Forbidden)]);
        }

        var query = RawQuery.Read(context.Request.QueryString);
        if (query.Text("from") is not { Length: > 0 } from || query.Text("text", query.Text("charset")) is not { } text)
        {
            log.LogWarning("Provider {Provider} tells of a message without sender or text", known.Name);

            return TypedResults.Text("");
        }

        return await replies.RecordAsync([new InboundText(known.Name, id, from, query.Text("to"), text, clock.GetUtcNow()) { Untimed = true }], stopping) is { } later ? later : TypedResults.Text("");
    }
}
