using Notices.Network;
using Notices.Words;

namespace Notices.Outages;

/// <summary>停电: an interruption people must be told of.</summary>
public sealed class Outage : IVersioned
{
    public long Id { get; set; }

    /// <summary>Printed and spoken, unique: organisation code, year, counter (<c>JX-2026-0187</c>).</summary>
    public required string Number { get; set; }

    public long OrganisationId { get; set; }

    public Organisation? Organisation { get; set; }

    /// <summary>The planning system's own number, unique with <see cref="ReferenceSystem"/>.</summary>
    public string? Reference { get; set; }

    public string? ReferenceSystem { get; set; }

    /// <summary>W3C traceparent of what planned it; publishing goes on from there.</summary>
    public string? TraceParent { get; set; }

    public OutageKind Kind { get; set; }

    public OutageStatus Status { get; set; }

    /// <summary>Counts every change; an edit of an older version is refused.</summary>
    public int Version { get; set; } = 1;

    public LocalText? Reason { get; set; }

    public LocalText? Work { get; set; }

    /// <summary>Mail or user name of who answers for the work.</summary>
    public string? Owner { get; set; }

    public string CreatedBy { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public string? SubmittedBy { get; set; }

    public DateTimeOffset? SubmittedAt { get; set; }

    public string? ApprovedBy { get; set; }

    public DateTimeOffset? ApprovedAt { get; set; }

    /// <summary>Codes of the warnings a person confirmed.</summary>
    public List<string> Confirmed { get; set; } = [];

    /// <summary>Why the named places differ from what the scope holds.</summary>
    public string? PlacesExplained { get; set; }

    /// <summary>Why it is announced after the deadline; null when in time.</summary>
    public string? LateReason { get; set; }

    /// <summary>Restoration expected at; for emergencies and faults, where windows do not say it.</summary>
    public DateTimeOffset? ExpectedAt { get; set; }

    /// <summary>Not yet known, next word by.</summary>
    public DateTimeOffset? NextUpdateBy { get; set; }

    /// <summary>When the last change after the approval was made.</summary>
    public DateTimeOffset? ChangedAt { get; set; }

    /// <summary>Why it was changed, postponed, corrected or cancelled; printed in the notice.</summary>
    public LocalText? ChangeReason { get; set; }

    /// <summary>The last change put a mistake right.</summary>
    public bool IsCorrection { get; set; }

    /// <summary>For rationing: the moment the published order names.</summary>
    public DateTimeOffset? AnnounceAt { get; set; }

    /// <summary>A dispatcher said that the first start has not happened.</summary>
    public bool StartHeld { get; set; }

    public DateTimeOffset? CancelledAt { get; set; }

    public DateTimeOffset? PostponedAt { get; set; }

    /// <summary>When supply really went off.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? RestoredAt { get; set; }

    /// <summary>Declared by one person; a second still has to look at it.</summary>
    public bool ReviewOwed { get; set; }

    public string? ReviewedBy { get; set; }

    public DateTimeOffset? ReviewedAt { get; set; }

    /// <summary>The outage this one replaces after a postponement.</summary>
    public long? ReplacesId { get; set; }

    public Outage? Replaces { get; set; }

    /// <summary>When a postponed outage without a new date becomes cancelled.</summary>
    public DateTimeOffset? PostponedUntil { get; set; }

    /// <summary>The outage whose cut this job shares.</summary>
    public long? JoinedToId { get; set; }

    public long? IncidentId { get; set; }

    /// <summary>Kept from erasure.</summary>
    public bool LegalHold { get; set; }

    /// <summary>Came in as a past outage: sends nothing.</summary>
    public bool IsHistory { get; set; }

    /// <summary>For history: when the other system had told the public.</summary>
    public DateTimeOffset? HistoryPublishedAt { get; set; }

    /// <summary>For history: the public was told after the deadline of the policy.</summary>
    public bool HistoryLate { get; set; }

    /// <summary>For history: customers affected by the other system's count.</summary>
    public int? HistoryCustomers { get; set; }

    public List<OutageWindow> Windows { get; } = [];

    public List<OutageScope> Scope { get; } = [];

    public List<OutagePlace> Places { get; } = [];
}

/// <summary>停电时间: start and planned end, for the whole scope or the named part of it.</summary>
public sealed class OutageWindow
{
    public long Id { get; set; }

    public long OutageId { get; set; }

    public Outage? Outage { get; set; }

    public short Ordinal { get; set; }

    public DateTimeOffset StartsAt { get; set; }

    public DateTimeOffset EndsAt { get; set; }

    /// <summary>雨天顺延: the other day announced with this one.</summary>
    public DateTimeOffset? AlternateStartsAt { get; set; }

    public DateTimeOffset? AlternateEndsAt { get; set; }

    /// <summary>Names of the part it is for; empty for the whole scope.</summary>
    public List<string> Places { get; set; } = [];
}

/// <summary>One feeder, section or transformer named in the scope; exactly one id is set.</summary>
public sealed class OutageScope
{
    public long Id { get; set; }

    public long OutageId { get; set; }

    public Outage? Outage { get; set; }

    public long? FeederId { get; set; }

    public Feeder? Feeder { get; set; }

    public long? SectionId { get; set; }

    public Section? Section { get; set; }

    public long? TransformerId { get; set; }

    public Transformer? Transformer { get; set; }
}

/// <summary>A place as the notice names it.</summary>
public sealed class OutagePlace
{
    public long Id { get; set; }

    public long OutageId { get; set; }

    public Outage? Outage { get; set; }

    public required string Name { get; set; }

    /// <summary>Null where the name is known in words only.</summary>
    public long? PlaceId { get; set; }

    public Place? Place { get; set; }
}

/// <summary>A transformer the scope cuts, as fed at the first start; redrawn whenever scope or windows change.</summary>
public sealed class OutageTransformer
{
    public long OutageId { get; set; }

    public long TransformerId { get; set; }

    public DateTimeOffset? RestoredAt { get; set; }
}

/// <summary>A customer's signed word that main and backup supply may be cut together.</summary>
public sealed class CutConsent
{
    public long Id { get; set; }

    public long OutageId { get; set; }

    public long CustomerId { get; set; }

    public DateTimeOffset SignedOn { get; set; }
}
