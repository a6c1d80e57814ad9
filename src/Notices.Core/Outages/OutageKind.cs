namespace Notices.Outages;

/// <summary>Why and how suddenly supply is cut; decides the lead time. Stored and written in lower case.</summary>
public enum OutageKind
{
    /// <summary>计划停电: planned maintenance.</summary>
    Planned,

    /// <summary>临时停电: short-notice work.</summary>
    Temporary,

    /// <summary>紧急消缺: clearing a defect that cannot wait.</summary>
    Emergency,

    /// <summary>故障停电: supply failed.</summary>
    Fault,

    /// <summary>有序用电: rationing by the published order.</summary>
    Rationing,
}

/// <summary>Where an outage is in its life; the arrows stand in <see cref="OutageLife"/>.</summary>
public enum OutageStatus
{
    Draft,
    Submitted,
    Rejected,
    Approved,
    Withdrawn,
    Published,

    /// <summary>Told, then put off with no new date; expires into <see cref="Cancelled"/>.</summary>
    Postponed,

    InProgress,
    PartlyRestored,
    Restored,
    Cancelled,
    Closed,
}
