using Notices.Words;

namespace Notices.Announcements;

/// <summary>An announcement as the API takes it and the console's form holds it.</summary>
public sealed record WriteAnnouncement
{
    /// <summary>Code of the organisation it belongs to.</summary>
    public string Organisation { get; init; } = "";

    /// <summary>One line, in both languages.</summary>
    public LocalText? Title { get; init; }

    /// <summary>In both languages; paragraphs are kept.</summary>
    public LocalText? Body { get; init; }

    /// <summary>When it is to stand before the public; null for as soon as it is approved.</summary>
    public DateTimeOffset? PublishAt { get; init; }

    /// <summary>When it leaves the feed; null for <see cref="AnnouncementSchedule.Stands"/> after its publication.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Names of places whose customers also get a message; empty: feed and page alone.</summary>
    public IReadOnlyList<string> Places { get; init; } = [];
}

/// <summary>Which announcements to list.</summary>
/// <param name="Before">Cursor: only those written before this one.</param>
public sealed record AnnouncementQuery(AnnouncementStatus? Status = null, string? Organisation = null, long? Before = null, int Limit = 50);
