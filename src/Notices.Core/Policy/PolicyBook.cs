using Notices.Deliveries;
using Notices.Network;
using Notices.Outages;

namespace Notices.Policy;

/// <summary>The policy in force, and the calendar of each organisation under it.</summary>
public sealed class PolicyBook(PolicyOptions options) : IUnconfirmedPolicy
{
    public PolicyOptions Options { get; } = options;

    /// <summary>The calendar leads are counted on for an organisation.</summary>
    public WorkingCalendar CalendarOf(Organisation organisation) => Options.CalendarIn(TimeZoneInfo.FindSystemTimeZoneById(organisation.TimeZone));

    /// <summary>The public rule of a kind, where it has one.</summary>
    public LeadTimeRule? PublicRule(OutageKind kind) => Options.LeadTimes.FirstOrDefault(r => r.Kind == kind && r.Audience == NoticeAudience.Public);

    /// <inheritdoc/>
    public bool SendAgain(OutageKind? kind) => kind is { } known && Options.Kinds[known].ResendUnconfirmed;
}
