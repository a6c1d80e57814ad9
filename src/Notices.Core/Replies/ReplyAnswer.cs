using Notices.Ringing;

namespace Notices.Replies;

/// <summary>What is said back to a reply: leaves once at most, by the provider the reply came by or another of the medium. Number and text are erased at their time.</summary>
public sealed class ReplyAnswer : OutboxRow
{
    public long ReplyId { get; set; }

    /// <summary>E.164; null once erased.</summary>
    public string? Address { get; set; }

    /// <summary>The provider the reply came by.</summary>
    public required string Via { get; set; }

    /// <summary>Domain time.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}
