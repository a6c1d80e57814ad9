using Notices.Network;
using Notices.Outages;

namespace Notices.Publishing;

/// <summary>通知: one publication at one moment. Never updated or deleted.</summary>
public sealed class Notice
{
    public long Id { get; set; }

    public long? OutageId { get; set; }

    public long? AnnouncementId { get; set; }

    public long OrganisationId { get; set; }

    public Organisation? Organisation { get; set; }

    /// <summary>The due row it answers; unique, so a moment is published once whoever rings.</summary>
    public long ScheduledNoticeId { get; set; }

    /// <summary>The outage's or announcement's number.</summary>
    public required string Number { get; set; }

    /// <summary>Counts the notices of one outage from 1.</summary>
    public int Version { get; set; }

    /// <summary>Number and version with a full stop between: the CAP identifier.</summary>
    public required string Identifier { get; set; }

    public NoticeType Type { get; set; }

    public OutageKind? Kind { get; set; }

    public DateTimeOffset PublishedAt { get; set; }

    public DateTimeOffset DueAt { get; set; }

    public DateTimeOffset? Deadline { get; set; }

    public bool Late { get; set; }

    public string? LateReason { get; set; }

    /// <summary>Strictly after the last window; a feed drops it then.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary><see cref="NoticeFacts"/> as JSON, fixed for good.</summary>
    public required string Facts { get; set; }

    public long? PreviousNoticeId { get; set; }

    public List<NoticeText> Texts { get; } = [];
}

/// <summary>One rendered public text of a notice.</summary>
public sealed class NoticeText
{
    public long Id { get; set; }

    public long NoticeId { get; set; }

    public required string Language { get; set; }

    /// <summary><c>feed</c>, <c>script</c> or <c>crawl</c>.</summary>
    public required string Medium { get; set; }

    public required string Headline { get; set; }

    public required string Body { get; set; }
}
