using Notices.Deliveries;
using Notices.Ringing;

namespace Notices.Subscriptions;

/// <summary>Somebody who is not (only) a customer and wants the notices of a place, a feeder or a county; confirmed by a second step. One never confirmed is erased when it lapses;
/// of one withdrawn stays what the rounds' counts rest on, without the address.</summary>
public sealed class Subscription
{
    public long Id { get; set; }

    /// <summary>SMS or e-mail.</summary>
    public Medium Medium { get; set; }

    /// <summary>E.164 or a mail address in lower case; null once withdrawn.</summary>
    public string? Address { get; set; }

    public required string Language { get; set; }

    /// <summary>One of these three is set: a place, a feeder, or an organisation with all below it.</summary>
    public long? PlaceId { get; set; }

    public long? FeederId { get; set; }

    public long? OrganisationId { get; set; }

    /// <summary>Domain time.</summary>
    public DateTimeOffset RequestedAt { get; set; }

    public DateTimeOffset? ConfirmedAt { get; set; }

    public DateTimeOffset? WithdrawnAt { get; set; }

    /// <summary>Keyed digest of the link's token, for a mail address; the token itself is kept nowhere.</summary>
    public string? TokenDigest { get; set; }

    /// <summary>Keyed digest of the code to be sent back, for a number.</summary>
    public string? CodeDigest { get; set; }

    /// <summary>Codes typed for it that were wrong; from <see cref="SubscriptionSecrets.MostWrong"/> on none is taken.</summary>
    public short WrongCodes { get; set; }
}

/// <summary>What is sent to an address before anything else is: that it is to be confirmed, or that there is nothing to confirm. Leaves once at most; its words, which hold the secret, are
/// blanked when it has left.</summary>
public sealed class SubscriptionMessage : OutboxRow
{
    public long SubscriptionId { get; set; }

    /// <summary>Keyed digest of the address: counts what went to it, however often it was asked for.</summary>
    public required string AddressDigest { get; set; }

    /// <summary>Domain time.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>One subscription in a round: told by the round's message to its address. Beside the snapshot, never in it: nobody knows whether a subscriber is affected.</summary>
public sealed class SubscriptionTelling
{
    public long Id { get; set; }

    public long RoundId { get; set; }

    public long SubscriptionId { get; set; }
}

/// <summary>The message by which a telling is done; one may stand for several subscriptions of an address, and for a customer with it.</summary>
public sealed class SubscriptionDelivery
{
    public long DeliveryId { get; set; }

    public long TellingId { get; set; }
}
