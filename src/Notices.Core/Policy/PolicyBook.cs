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

    /// <summary>The rule the first notice of a kind is held to: the public's, or everyone's where the law knows no public one (GB, AU); null where there is no lead time.</summary>
    public LeadTimeRule? FirstNoticeRule(OutageKind kind) =>
        Rule(kind, NoticeAudience.Public) ?? Rule(kind, NoticeAudience.Everyone);

    private LeadTimeRule? Rule(OutageKind kind, NoticeAudience audience) => Options.LeadTimes.FirstOrDefault(r => r.Kind == kind && r.Audience == audience);

    /// <inheritdoc/>
    public bool SendAgain(OutageKind? kind) => kind is { } known && Options.Kinds[known].ResendUnconfirmed;
}
