using Notices.Network;

namespace Notices.Hotline;

/// <summary>Somebody asked or told something; what, and what became of it. Number and text are erased at their time.</summary>
public sealed class Enquiry
{
    /// <summary>Topics: still without power, for dispatch; a reply that is no keyword, for the hotline.</summary>
    public const string StillOut = "still-out", Reply = "reply";

    /// <summary>Every topic.</summary>
    public static readonly IReadOnlyList<string> Topics = [StillOut, Reply];

    public long Id { get; set; }

    /// <summary>Whose it is; null where the number is no customer's and nothing was sent to it: then every hotline sees it.</summary>
    public long? OrganisationId { get; set; }

    public Organisation? Organisation { get; set; }

    /// <summary>Of the last message sent to that number.</summary>
    public long? OutageId { get; set; }

    /// <summary>The first of that customer's.</summary>
    public long? SupplyPointId { get; set; }

    /// <summary>The reply it came of.</summary>
    public long? ReplyId { get; set; }

    /// <summary>One of <see cref="Topics"/>.</summary>
    public required string Topic { get; set; }

    /// <summary>E.164; shown masked, in clear on demand and with a record. Null once erased.</summary>
    public string? Phone { get; set; }

    /// <summary>As it was written; null once erased.</summary>
    public string? Text { get; set; }

    /// <summary>Domain time.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>Who closed it.</summary>
    public string? Agent { get; set; }

    public DateTimeOffset? ClosedAt { get; set; }
}
