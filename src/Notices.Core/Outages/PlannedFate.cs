namespace Notices.Outages;

/// <summary>What becomes of a planned outage when an emergency or fault cuts the same transformers.</summary>
public enum PlannedFate
{
    /// <summary>It goes ahead as announced.</summary>
    Stays,

    Cancelled,

    /// <summary>Put off, its date open.</summary>
    Postponed,
}

/// <summary>A planned outage that an emergency or fault lies over.</summary>
public sealed record OverlappedOutage(string Number, PlannedFate Fate);
