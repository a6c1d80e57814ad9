using Notices.Replies;

namespace Notices.Deliveries;

/// <summary>What a provider is asked for.</summary>
public enum PollKind
{
    /// <summary>What became of messages.</summary>
    Receipts,

    /// <summary>What people sent back.</summary>
    Replies,
}

/// <summary>A channel whose provider tells nothing by itself, and is asked. Optional; found by type test.</summary>
public interface IPolledChannel
{
    /// <summary>How often, in machine time; null where nobody asks.</summary>
    TimeSpan? EveryOf(PollKind kind);

    /// <summary>The provider is asked about single messages, each as an <see cref="OpenMessage"/>; otherwise for whatever there is.</summary>
    bool AsksAboutEach(PollKind kind);

    /// <summary>Asks once; an answer that cannot be had or read is one too, never an exception.</summary>
    /// <param name="about">The message asked about, where <see cref="AsksAboutEach"/>.</param>
    Task<PollAnswer> PollAsync(PollKind kind, OpenMessage? about, CancellationToken cancellationToken);

    /// <summary>Says that what an answer held is kept, so that the provider forgets it.</summary>
    /// <returns>What went wrong; null where all is well or nothing had to be said.</returns>
    Task<string?> AcknowledgeAsync(PollKind kind, PollAnswer answer, CancellationToken cancellationToken);
}

/// <summary>A message the provider took and of which nobody knows yet whether it arrived.</summary>
/// <param name="SentAt">When it was taken, in domain time.</param>
public sealed record OpenMessage(long DeliveryId, string Address, string? ProviderMessageId, DateTimeOffset SentAt);

/// <summary>What a provider said when it was asked.</summary>
/// <param name="Fault">Why nothing could be read; no personal data. Null for an answer, also an empty one.</param>
/// <param name="Unreadable">Parts of the answer that were no receipt and no reply.</param>
/// <param name="Ids">What is acknowledged by.</param>
public sealed record PollAnswer(IReadOnlyList<ReceiptNews> Receipts, IReadOnlyList<InboundText> Replies, int Unreadable, string? Fault, IReadOnlyList<string> Ids)
{
    public int Count => Receipts.Count + Replies.Count;

    public static PollAnswer Nothing(string fault) => new([], [], 0, fault, []);
}
