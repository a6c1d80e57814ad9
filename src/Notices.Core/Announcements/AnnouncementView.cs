using Notices.Outages;
using Notices.Words;

namespace Notices.Announcements;

/// <summary>An announcement as others see it. Instants are shown in the organisation's zone.</summary>
public sealed record AnnouncementView
{
    public required string Number { get; init; }
    public required int Version { get; init; }
    public required AnnouncementStatus Status { get; init; }
    public required string Organisation { get; init; }
    public required LocalText Title { get; init; }
    public required LocalText Body { get; init; }
    public DateTimeOffset? PublishAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public required IReadOnlyList<string> Places { get; init; }
    public required string CreatedBy { get; init; }
    public string? SubmittedBy { get; init; }
    public string? ApprovedBy { get; init; }

    /// <summary>What a submission would refuse; only while it is a draft.</summary>
    public IReadOnlyList<Problem> Warnings { get; init; } = [];

    /// <summary>What was published, oldest first.</summary>
    public IReadOnlyList<OutageNotice> Notices { get; init; } = [];

    internal static AnnouncementView Of(Announcement announcement, IReadOnlyList<Problem>? warnings = null, IReadOnlyList<OutageNotice>? notices = null)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(announcement.Organisation!.TimeZone);

        return new AnnouncementView
        {
            Number = announcement.Number,
            Version = announcement.Version,
            Status = announcement.Status,
            Organisation = announcement.Organisation.Code,
            Title = announcement.Title,
            Body = announcement.Body,
            PublishAt = In(announcement.PublishAt),
            ExpiresAt = In(announcement.ExpiresAt),
            Places = [.. announcement.Places],
            CreatedBy = announcement.CreatedBy,
            SubmittedBy = announcement.SubmittedBy,
            ApprovedBy = announcement.ApprovedBy,
            Warnings = warnings ?? [],
            Notices = [.. (notices ?? []).Select(notice => notice with { PublishedAt = In(notice.PublishedAt)!.Value })],
        };

        DateTimeOffset? In(DateTimeOffset? instant) => instant is { } at ? TimeZoneInfo.ConvertTime(at, zone) : null;
    }
}
