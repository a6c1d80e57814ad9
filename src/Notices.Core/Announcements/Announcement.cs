using Notices.Network;
using Notices.Words;

namespace Notices.Announcements;

public enum AnnouncementStatus
{
    Draft,
    Submitted,
    Approved,
    Published,
    Withdrawn,
}

/// <summary>公告: a public text without an outage.</summary>
public sealed class Announcement : IVersioned
{
    public long Id { get; set; }

    public required string Number { get; set; }

    public long OrganisationId { get; set; }

    public Organisation? Organisation { get; set; }

    public required LocalText Title { get; set; }

    public required LocalText Body { get; set; }

    public AnnouncementStatus Status { get; set; }

    public int Version { get; set; } = 1;

    /// <summary>W3C traceparent of what wrote it; publishing goes on from there.</summary>
    public string? TraceParent { get; set; }

    /// <summary>When it is to stand before the public; null for as soon as it is approved.</summary>
    public DateTimeOffset? PublishAt { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Also sent to the customers of these places; empty: feed and page alone.</summary>
    public List<string> Places { get; set; } = [];

    public string CreatedBy { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public string? SubmittedBy { get; set; }

    public string? ApprovedBy { get; set; }
}
