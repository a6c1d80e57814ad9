using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Notices.Channels.TwilioSms;
using Notices.Deliveries;
using Notices.Feeds;
using Notices.Setup;

namespace Notices.Webhooks;

/// <summary>What Twilio calls back. Open to everybody, since the signature says who calls; it covers the address with its query, as Twilio was given it.</summary>
internal static partial class TwilioEndpoints
{
    /// <summary>A callback has some twenty short fields.</summary>
    private const long LargestBody = 64 << 10;

    public static void MapTwilio(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/" + TwilioCallback.SmsStatus, SmsStatus).AllowAnonymous().WithMetadata(new BodyLimit(LargestBody)).ExcludeFromDescription();

    /// <summary>Answers 204 once the receipt is in the database, also about a message that is none of ours: to be told again would not help.</summary>
    private static async Task<Results<NoContent, ProblemsResult>> SmsStatus(
        [FromQuery] string? provider, [FromQuery] string? delivery, ProviderDirectory providers, PublicOptions outside, WebhookRefusals refusals, WebhookReceipts receipts, TimeProvider clock,
        ILogger<WebhookRefusals> log, HttpContext context, CancellationToken stopping)
    {
        var known = provider is null ? null : providers.Find(provider);
        var form = await FormAsync(context.Request, stopping);
        var url = outside.Link(TwilioCallback.SmsStatus) + context.Request.QueryString;
        if (form is null || known?.Channel is not ITwilioAccount account || !account.IsSigned(url, form, context.Request.Headers["X-Twilio-Signature"]))
        {
            await refusals.RecordAsync(TwilioCallback.SmsStatus, known?.Name, stopping);

            return new ProblemsResult([new Problem("signature-wrong", "X-Twilio-Signature", null, ProblemKind.Forbidden)]);
        }

        string? Field(string name) => form.FirstOrDefault(field => field.Key == name).Value;
        var (status, sid, error) = (Field("MessageStatus") ?? Field("SmsStatus"), Field("MessageSid") ?? Field("SmsSid"), Field("ErrorCode"));
        if (TwilioStatuses.StateOf(status) is not { } state || sid is null || !MessageSid().IsMatch(sid))
        {
            log.LogWarning("Provider {Provider} tells status {Status} of message {MessageId}, which says nothing about a message of ours", known.Name, status, sid);

            return TypedResults.NoContent();
        }

        var detail = state == DeliveryState.Failed ? error is not null && ErrorCode().IsMatch(error) ? $"twilio {error}" : status : null;

        return await receipts.RecordAsync(new ReceiptNews(known.Name, sid, WebhookReceipts.DeliveryOf(delivery), state, clock.GetUtcNow(), detail), stopping);
    }

    /// <returns>Null where the body is no form.</returns>
    private static async Task<List<KeyValuePair<string, string>>?> FormAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true) return null;

        try
        {
            var form = await request.ReadFormAsync(cancellationToken);

            return [.. form.SelectMany(field => field.Value, (field, value) => KeyValuePair.Create(field.Key, value ?? ""))];
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    [GeneratedRegex("^(SM|MM)[0-9a-fA-F]{32}$")]
    private static partial Regex MessageSid();

    [GeneratedRegex("^[0-9]{1,6}$")]
    private static partial Regex ErrorCode();
}
