using Notices.Deliveries;

namespace Notices.Channels.TwilioSms;

/// <summary>What a message's status means. Source: Twilio, "Message resource", message status values; the words are the enum <c>message_enum_status</c> of its OpenAPI description.</summary>
public static class TwilioStatuses
{
    /// <returns>Null for a status that says nothing about a message of ours.</returns>
    public static DeliveryState? StateOf(string? status) => status switch
    {
        // Part of a long text arrived: nobody can have read all of it yet.
        "accepted" or "scheduled" or "queued" or "sending" or "sent" or "partially_delivered" => DeliveryState.Accepted,
        "delivered" or "read" => DeliveryState.Delivered,
        "undelivered" or "failed" or "canceled" => DeliveryState.Failed,
        // receiving and received are messages to us.
        _ => null,
    };
}
