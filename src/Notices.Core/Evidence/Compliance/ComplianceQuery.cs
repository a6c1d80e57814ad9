using Notices.Deliveries;
using Notices.Outages;

namespace Notices.Evidence;

/// <summary>Which notices are counted: those published then.</summary>
/// <param name="From">The first instant of <paramref name="To"/>'s month where it is null.</param>
/// <param name="To">Exclusive; the end of the running month where it is null.</param>
/// <param name="Organisation">Code; it and all below. Null for all the actor sees.</param>
/// <param name="Alone">The organisation without those below it, as a line of the report counts.</param>
public sealed record ComplianceQuery(DateTimeOffset? From = null, DateTimeOffset? To = null, string? Organisation = null, bool Alone = false)
{
    /// <summary>The longest stretch, in years.</summary>
    public const int MaxYears = 3;
}

/// <summary>A number of the report.</summary>
public enum ComplianceNumber
{
    Published,
    OnTime,
    Late,
    Emergency,
    WithoutDeadline,

    /// <summary>Of the personal clock.</summary>
    ToldInTime,

    ToldLate,
    NotHandedOver,

    /// <summary>Recipients, or messages where a medium or provider is named.</summary>
    Total,

    /// <summary>Waiting or in flight.</summary>
    Open,

    Acknowledged,
    Delivered,
    Sent,
    Failed,
    Suppressed,
    Unconfirmed,
}

/// <summary>Which part of which number.</summary>
/// <param name="Kind">Of the outages.</param>
/// <param name="Tier">Of recipients; messages have none.</param>
/// <param name="Medium">Counts messages in place of recipients.</param>
/// <param name="Provider">Counts messages in place of recipients; empty for those no provider was asked to carry.</param>
/// <param name="Reason">A code of <c>Words/Reasons</c>; of late notices the reason as it was given. Empty for those without one.</param>
/// <param name="After">The <see cref="ComplianceNoticePage.Next"/> of the page before.</param>
/// <param name="Announcements">Those of no outage alone, in place of a kind.</param>
public sealed record ComplianceSlice(
    ComplianceNumber Number, OutageKind? Kind = null, short? Tier = null, Medium? Medium = null, string? Provider = null, string? Reason = null, long After = 0, int Limit = ComplianceSlice.DefaultLimit,
    bool Announcements = false)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    internal bool CountsNotices => Number <= ComplianceNumber.WithoutDeadline;

    internal bool CountsMessages => Medium is not null || Provider is not null;

    /// <summary>What does not go with the number is refused, so that no list shows something else than was asked for.</summary>
    internal Problem? Check()
    {
        var unfit = this switch
        {
            { CountsNotices: true, Tier: not null } => "tier",
            { CountsMessages: true, Tier: not null } => "tier",
            { Number: < ComplianceNumber.Total, Medium: not null } => "medium",
            { Number: < ComplianceNumber.Total, Provider: not null } => "provider",
            { Reason: not null, Number: not ComplianceNumber.Late and < ComplianceNumber.Total } => "reason",
            { Announcements: true, Kind: not null } => "announcements",
            _ => null,
        };

        return unfit is null ? null : new Problem("compliance-filter-unfit", unfit, new { filter = unfit });
    }
}
