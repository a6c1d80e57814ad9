using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Notices.Channels.Twilio;
using Notices.Channels.TwilioSms;
using Notices.Deliveries;
using Notices.Setup;

namespace Notices.Webhooks;

/// <summary>What Twilio calls back about text messages.</summary>
internal static partial class TwilioEndpoints
{
    /// <summary>A callback has some twenty short fields.</summary>
    internal const long LargestBody = 64 << 10;

    public static void MapTwilio(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/" + TwilioCallback.SmsStatus, SmsStatus).AllowAnonymous().WithMetadata(new BodyLimit(LargestBody)).ExcludeFromDescription();
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

    [GeneratedRegex("^(SM|MM)[0-9a-fA-F]{32}$")]
    private static partial Regex MessageSid();

    [GeneratedRegex("^[0-9]{1,6}$")]
    private static partial Regex ErrorCode();
}
