namespace Notices.Subscriptions;

/// <summary>The section <c>Subscriptions</c>. All times are domain time.</summary>
public sealed class SubscriptionOptions
{
    /// <summary>Whether people can subscribe at all; those who have may withdraw in any case.</summary>
    public bool Open { get; set; } = true;

    /// <summary>Subscriptions of one address by one medium, those not yet confirmed included.</summary>
    public int PerAddress { get; set; } = 5;

    /// <summary>How long one waits for its confirmation; after it it is erased.</summary>
    public TimeSpan ConfirmWithin { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Confirmation messages to one address within 24 hours, whoever asks for them.</summary>
    public int MessagesPerDay { get; set; } = 4;

    /// <summary>Time between two confirmation messages to one address.</summary>
    public TimeSpan CoolDown { get; set; } = TimeSpan.FromMinutes(2);

    internal IEnumerable<string> Faults()
    {
        if (PerAddress is < 1 or > 50) yield return $"Subscriptions:PerAddress is {PerAddress}; it must be from 1 to 50.";
        if (ConfirmWithin < TimeSpan.FromMinutes(10) || ConfirmWithin > TimeSpan.FromDays(7)) yield return $"Subscriptions:ConfirmWithin is {ConfirmWithin}; it must be from 00:10:00 to 7.00:00:00.";
        if (MessagesPerDay is < 1 or > 20) yield return $"Subscriptions:MessagesPerDay is {MessagesPerDay}; it must be from 1 to 20.";
        if (CoolDown < TimeSpan.Zero || CoolDown > TimeSpan.FromHours(24)) yield return $"Subscriptions:CoolDown is {CoolDown}; it must be from 00:00:00 to 1.00:00:00.";
    }
}
