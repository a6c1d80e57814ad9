using Notices.Deliveries;

namespace Notices.Subscriptions;

/// <summary>Somebody who is not (only) a customer and wants the notices of a place or feeder; confirmed by a second step.</summary>
public sealed class Subscription
{
    public long Id { get; set; }

    public Medium Medium { get; set; }

    public required string Address { get; set; }

    public required string Language { get; set; }

    public long? PlaceId { get; set; }

    public long? FeederId { get; set; }

    public DateTimeOffset RequestedAt { get; set; }

    public DateTimeOffset? ConfirmedAt { get; set; }

    public DateTimeOffset? WithdrawnAt { get; set; }
}
