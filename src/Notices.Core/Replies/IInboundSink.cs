namespace Notices.Replies;

/// <summary>Where messages people sent to us are left.</summary>
public interface IInboundSink
{
    /// <summary>Returns once the message is in the database; one that came before has no further effect.</summary>
    Task RecordAsync(InboundText text, CancellationToken cancellationToken);
}

/// <summary>A text message somebody sent to us.</summary>
/// <param name="Provider">By which it came.</param>
/// <param name="ProviderMessageId">The provider's id; null where it gives none.</param>
/// <param name="From">In E.164.</param>
/// <param name="To">The number it was sent to; null where the provider does not say.</param>
public sealed record InboundText(string Provider, string? ProviderMessageId, string From, string? To, string Body, DateTimeOffset At)
{
    /// <summary>The provider gave no time: <see cref="At"/> is when it came here. Without an id too, the same from the same within ten minutes counts as told twice.</summary>
    public bool Untimed { get; init; }
}
