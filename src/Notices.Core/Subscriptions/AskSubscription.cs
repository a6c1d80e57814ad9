using Notices.Deliveries;

namespace Notices.Subscriptions;

/// <summary>The form, as it was sent.</summary>
public sealed record AskSubscription
{
    /// <summary><c>sms</c> or <c>email</c>.</summary>
    public string? Medium { get; init; }

    /// <summary>As people write it.</summary>
    public string? Address { get; init; }

    /// <summary>A language of <see cref="Words.Languages"/>.</summary>
    public string? Language { get; init; }

    /// <summary>Words for a place or a feeder.</summary>
    public string? Find { get; init; }

    /// <summary>The words for which the choices were listed of which <see cref="About"/> is one.</summary>
    public string? Found { get; init; }

    /// <summary>Key of a <see cref="SubscriptionTarget"/>, chosen among those found.</summary>
    public string? About { get; init; }

    /// <summary>Key of a whole county, in place of words.</summary>
    public string? County { get; init; }
}

/// <summary>What came of asking: the same whether or not the address is known, and whether or not a message left.</summary>
/// <param name="Address">Normalised.</param>
public sealed record SubscriptionAsked(Medium Medium, string Address, SubscriptionTarget About);

/// <summary>One subscription as whoever holds its link sees it.</summary>
/// <param name="Mark">Names it to the outside.</param>
/// <param name="Address">Masked; null once withdrawn.</param>
/// <param name="About">Null where the place or feeder is no more.</param>
public sealed record SubscriptionView(string Mark, Medium Medium, string? Address, string Language, SubscriptionTarget? About, bool Confirmed, bool Withdrawn);

/// <summary>What can be subscribed by here.</summary>
/// <param name="Media">SMS and e-mail, as far as somebody carries them; none where subscribing is closed.</param>
public sealed record SubscriptionOffer(IReadOnlyList<Medium> Media)
{
    internal static SubscriptionOffer Of(SubscriptionOptions options, ProviderDirectory providers, Operation.OperationOptions operation) =>
        new(options.Open && !operation.IsShadow ? [.. ((Medium[])[Medium.Sms, Medium.Email]).Where(providers.Media.Contains)] : []);

    public bool Any => Media.Count > 0;
}
