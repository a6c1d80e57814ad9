namespace Notices.Publishing;

/// <summary>What one publication says.</summary>
public enum NoticeType
{
    Initial,

    /// <summary>Another day or time, or wider.</summary>
    Changed,

    /// <summary>Put off, the new date is open.</summary>
    Postponed,

    /// <summary>What was told was wrong.</summary>
    Corrected,

    Reminder,
    Started,

    /// <summary>Not restored by the time told.</summary>
    Overrun,

    Restored,
    Cancelled,

    /// <summary>公告: a public text without an outage.</summary>
    Announcement,
}
