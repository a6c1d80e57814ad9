namespace Notices.Deliveries;

/// <summary>Whom a message is for. Only the first counts in a round's snapshot.</summary>
public enum DeliveryPurpose : short
{
    /// <summary>Customers, its recipients.</summary>
    Customers = 0,

    /// <summary>村干部、网格员: somebody who passes it on to their places.</summary>
    Relay = 1,

    /// <summary>Staff who see it before the many do.</summary>
    Watch = 2,

    /// <summary>People who subscribed, customers or not.</summary>
    Subscribers = 3,
}

/// <summary>One relay person asked to tell their places of a round's notice. No recipient: whom they tell, the service does not know.</summary>
public sealed class RelayTelling
{
    public long Id { get; set; }

    public long RoundId { get; set; }

    public long RelayPersonId { get; set; }

    /// <summary>Names of the places to pass it on to, joined with <c>、</c>, as they were when the round was drawn.</summary>
    public required string Places { get; set; }

    /// <summary>The one most of those places' customers have.</summary>
    public required string Language { get; set; }

    /// <summary>What they answered: told (1), or could not (2); null while they have not.</summary>
    public bool? Told { get; set; }

    public DateTimeOffset? ToldAt { get; set; }
}

/// <summary>A message by which a telling is asked for; one number may stand for two relay persons. A deputy's message hangs on the same telling.</summary>
public sealed class RelayDelivery
{
    public long DeliveryId { get; set; }

    public long TellingId { get; set; }
}

/// <summary>Relay persons of a round by the best of their messages; beside the snapshot, never in it.</summary>
/// <param name="InFlight">In a worker's hands, or accepted with a receipt still to come.</param>
/// <param name="Reached">Sent, delivered or acknowledged.</param>
/// <param name="NotReached">Failed, suppressed or unconfirmed.</param>
/// <param name="Told">Who answered that the places know.</param>
/// <param name="CouldNotTell">Who answered that they could not.</param>
public sealed record RelayCounts(int Persons, int Waiting, int InFlight, int Reached, int NotReached, int Told, int CouldNotTell)
{
    internal static RelayCounts Of(IReadOnlyCollection<(DeliveryState State, bool? Told)> persons) => new(
        persons.Count,
        persons.Count(person => person.State == DeliveryState.Waiting),
        persons.Count(person => person.State is DeliveryState.Claimed or DeliveryState.Accepted),
        persons.Count(person => person.State >= DeliveryState.Sent),
        persons.Count(person => person.State < DeliveryState.Waiting),
        persons.Count(person => person.Told == true),
        persons.Count(person => person.Told == false));
}
