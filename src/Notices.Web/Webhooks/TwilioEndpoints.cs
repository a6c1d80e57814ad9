using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Notices.Channels.Twilio;
using Notices.Channels.TwilioSms;
using Notices.Deliveries;
using Notices.Replies;
using Notices.Setup;

namespace Notices.Webhooks;

/// <summary>What Twilio calls back about text messages.</summary>
internal static partial class TwilioEndpoints
{
    /// <summary>A callback has some twenty short fields.</summary>
    internal const long LargestBody = 64 << 10;

    /// <summary>TwiML that says nothing: what there is to answer goes as a message of its own.</summary>
    private const string NoAnswer = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>";

    public static void MapTwilio(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/" + TwilioCallback.SmsStatus, SmsStatus).AllowAnonymous().WithMetadata(new BodyLimit(LargestBody)).ExcludeFromDescription();
        routes.MapPost("/" + TwilioCallback.SmsInbound, SmsInbound).AllowAnonymous().WithMetadata(new BodyLimit(LargestBody)).ExcludeFromDescription();
        routes.MapTwilioCalls();
    }

    /// <summary>Answers 204 once the receipt is in the database, also about a message that is none of ours: to be told again would not help.</summary>
    private static async Task<Results<NoContent, ProblemsResult>> SmsStatus(
        [FromQuery] string? provider, [FromQuery] string? delivery, TwilioProof proof, WebhookReceipts receipts, TimeProvider clock, ILogger<TwilioProof> log, HttpContext context, CancellationToken stopping)
    {
        if (await proof.ReadAsync<ITwilioAccount>(TwilioCallback.SmsStatus, provider, context, stopping) is not { } told) return TwilioProof.Refused();

        var (status, sid, error) = (told["MessageStatus"] ?? told["SmsStatus"], told["MessageSid"] ?? told["SmsSid"], told["ErrorCode"]);
        if (TwilioStatuses.StateOf(status) is not { } state || sid is null || !MessageSid().IsMatch(sid))
        {
            log.LogWarning("Provider {Provider} tells status {Status} of message {MessageId}, which says nothing about a message of ours", told.Provider, status, sid);

            return TypedResults.NoContent();
        }

        var detail = state == DeliveryState.Failed ? error is not null && ErrorCode().IsMatch(error) ? $"twilio {error}" : status : null;

        return await receipts.RecordAsync(new ReceiptNews(told.Provider, sid, WebhookReceipts.DeliveryOf(delivery), state, clock.GetUtcNow(), detail), stopping);
    }

    /// <summary>Answers once the message is in the database. One without sender or a proper id is answered too: to be told again would not help.</summary>
    private static async Task<Results<ContentHttpResult, ProblemsResult>> SmsInbound(
        [FromQuery] string? provider, TwilioProof proof, WebhookReplies replies, TimeProvider clock, ILogger<TwilioProof> log, HttpContext context, CancellationToken stopping)
    {
        if (await proof.ReadAsync<ITwilioAccount>(TwilioCallback.SmsInbound, provider, context, stopping) is not { } told) return TwilioProof.Refused();

        var (sid, from) = (told["MessageSid"] ?? told["SmsSid"], told["From"]);
        if (from is not { Length: > 0 } || sid is null || !MessageSid().IsMatch(sid))
        {
            log.LogWarning("Provider {Provider} tells of a message {MessageId} without sender or id", told.Provider, sid);

            return TypedResults.Text(NoAnswer, "text/xml");
        }

        return await replies.RecordAsync([new InboundText(told.Provider, sid, from, told["To"], told["Body"] ?? "", clock.GetUtcNow())], stopping) is { } later ? later : TypedResults.Text(NoAnswer, "text/xml");
    }

    [GeneratedRegex("^(SM|MM)[0-9a-fA-F]{32}$")]
    private static partial Regex MessageSid();

    [GeneratedRegex("^[0-9]{1,6}$")]
    private static partial Regex ErrorCode();
}
