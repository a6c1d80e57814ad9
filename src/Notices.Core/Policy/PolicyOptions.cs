using Notices.Deliveries;
using Notices.Outages;
using Notices.Publishing;

namespace Notices.Policy;

/// <summary>What one jurisdiction asks for: <c>config/policy/&lt;jurisdiction&gt;.json</c>, checked by <see cref="PolicyFile"/>. Every part carries the source its numbers come from.</summary>
public sealed record PolicyOptions
{
    /// <summary>The file's name without its ending: <c>cn</c>, <c>gb</c>, <c>au</c>.</summary>
    public required string Jurisdiction { get; init; }

    public required IReadOnlyDictionary<OutageKind, KindPolicy> Kinds { get; init; }

    public required PublishingPolicy Publishing { get; init; }

    public required ApprovalPolicy Approval { get; init; }

    public required QuietHoursPolicy QuietHours { get; init; }

    public required IReadOnlyList<ProtectedPeriod> ProtectedPeriods { get; init; }

    public required PlanningPolicy Planning { get; init; }

    public required OverrunPolicy Overrun { get; init; }

    public required ExpiryPolicy Expiry { get; init; }

    public required HotlinePolicy Hotline { get; init; }

    public required PaperPolicy Paper { get; init; }

    public required RetentionPolicy Retention { get; init; }

    /// <summary>Null where data may be processed anywhere.</summary>
    public ProcessingPolicy? Processing { get; init; }

    /// <summary>Names the holiday file and says what a business day is here.</summary>
    public required BusinessDaysPolicy BusinessDays { get; init; }

    public required Holidays Holidays { get; init; }

    /// <summary>Every lead-time rule of the file.</summary>
    public IEnumerable<LeadTimeRule> LeadTimes => Kinds.Values.SelectMany(kind => kind.LeadTimes);

    /// <summary>How a tier is reached about an outage of a kind.</summary>
    public ContactPlan ContactsFor(OutageKind kind, short tier) => Kinds[kind].Contacts[Math.Clamp(tier, (short)0, (short)2)];

    /// <summary>The calendar of an organisation in this jurisdiction.</summary>
    public WorkingCalendar CalendarIn(TimeZoneInfo zone) => new(zone, Holidays);
}

/// <summary>What decides the moment of the first notice.</summary>
public enum AnnounceRule
{
    /// <summary>At the last publishing hour before the deadline of the lead times.</summary>
    BeforeDeadline,

    /// <summary>As soon as it is declared.</summary>
    AtOnce,

    /// <summary>At once, once the hold-off has shown that it lasts.</summary>
    AfterHoldOff,

    /// <summary>By the published order: at the moment it names, else as soon as approved.</summary>
    AsOrdered,
}

/// <summary>What holds for outages of one kind.</summary>
/// <param name="Reminders">Empty: none.</param>
/// <param name="Contacts">Index is the tier, 0 to 2.</param>
/// <param name="ResendUnconfirmed">A message nobody knows the fate of is sent again, marked; otherwise never.</param>
public sealed record KindPolicy(
    AnnounceRule Announce,
    string Source,
    IReadOnlyList<LeadTimeRule> LeadTimes,
    IReadOnlyList<ReminderRule> Reminders,
    IReadOnlyList<ContactPlan> Contacts,
    bool ResendUnconfirmed);

/// <summary>One reminder.</summary>
/// <param name="Before">Elapsed time before the start of a window.</param>
public sealed record ReminderRule(NoticeAudience Audience, TimeSpan Before, string Source);

/// <summary>All media of a plan together, or one after another until one can be used.</summary>
public enum ContactMode
{
    AllAtOnce,
    FirstAvailable,
}

/// <summary>How one tier is reached.</summary>
/// <param name="Media">In order of preference; empty: feed alone.</param>
public sealed record ContactPlan(IReadOnlyList<Medium> Media, ContactMode Mode, string Source);

/// <summary>When publications go out.</summary>
/// <param name="Hour">Local time at which broadcasters work.</param>
/// <param name="Margin">At least this long before the deadline.</param>
public sealed record PublishingPolicy(TimeOnly Hour, TimeSpan Margin, string Source);

/// <summary>Who is rung about a plan waiting for approval, as percent of the time from submission to publication; each later than the one before.</summary>
public sealed record ApprovalPolicy(int ApproverAtPercent, int DeputyAtPercent, int DutyLeaderAtPercent, string Source);

/// <summary>The local hours in which messages (never publications) wait.</summary>
/// <param name="From">First quiet moment, local; later than <paramref name="To"/> where the night lies between.</param>
/// <param name="To">First moment after it, local.</param>
/// <param name="CorrectionsNeverWaitBefore">From this long before the start it concerns, a Changed, Cancelled, Postponed, Corrected or Overrun leaves at once.</param>
public sealed record QuietHoursPolicy(TimeOnly From, TimeOnly To, TimeSpan CorrectionsNeverWaitBefore, string Source);

/// <summary>Thresholds of planning.</summary>
/// <param name="FaultHoldOff">How long a fault must last before it is told.</param>
/// <param name="RepeatOutageDays">A transformer cut again within this many days warns.</param>
/// <param name="LongOutage">Longer than this warns; exactly this does not.</param>
/// <param name="PostponedExpiry">A postponed outage without a new date is cancelled after it.</param>
/// <param name="LateStart">A start later than this is told to tiers 0–1.</param>
/// <param name="CloseAfter">A restored outage closes this long after restoration at the earliest.</param>
public sealed record PlanningPolicy(
    TimeSpan FaultHoldOff, int RepeatOutageDays, TimeSpan LongOutage, TimeSpan PostponedExpiry, TimeSpan LateStart, TimeSpan CloseAfter, string Source);

/// <summary>Around the planned end; negative lies before it.</summary>
/// <param name="AskOwner">When the owner is asked (−30 and −10 min).</param>
/// <param name="AskSecond">When a second person is asked (+10 min).</param>
/// <param name="Tell">When Overrun goes out by itself (+15 min).</param>
public sealed record OverrunPolicy(IReadOnlyList<TimeSpan> AskOwner, TimeSpan AskSecond, TimeSpan Tell, string Source);

/// <summary>How long a text stays true where no planned end says it.</summary>
/// <param name="UnknownEnd">After its moment, when neither an end nor a next update is promised.</param>
/// <param name="Restored">After restoration, and after an Overrun's moment.</param>
public sealed record ExpiryPolicy(TimeSpan UnknownEnd, TimeSpan Restored, string Source);

/// <summary>Numbers printed and spoken.</summary>
/// <param name="Number">An organisation's own hotline goes before it; null where every company has its own and must name it.</param>
/// <param name="Regulator">Where complaints go; null where there is none.</param>
public sealed record HotlinePolicy(string? Number, string? Regulator, string Source);

/// <summary>What goes by letter, and from when a posted one counts as received.</summary>
/// <param name="Notices">What is told on paper where a tier's contacts name it; anything else would arrive when it is over.</param>
/// <param name="Deemed">From the day of posting; in days, the end of the last of them.</param>
/// <param name="CheckedOn">When somebody compared the number with its source; null: nobody has.</param>
public sealed record PaperPolicy(IReadOnlySet<NoticeType> Notices, Lead Deemed, string Source, DateOnly? CheckedOn = null, string? CheckedBy = null);

/// <summary>How long personal data is kept.</summary>
public sealed record RetentionPolicy(int Years, string Source);

/// <param name="HolidayFile">Name below <c>config/holidays</c>, without ending.</param>
/// <param name="Weekend">Days that are not business days unless a holiday file makes one a working day.</param>
public sealed record BusinessDaysPolicy(string HolidayFile, IReadOnlySet<DayOfWeek> Weekend, string Source);
