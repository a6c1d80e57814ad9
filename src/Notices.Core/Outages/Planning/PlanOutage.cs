using Notices.Words;

namespace Notices.Outages;

/// <summary>A plan as the API takes it and the console's form holds it.</summary>
public sealed record PlanOutage
{
    /// <summary>The planning system's own number.</summary>
    public string? Reference { get; init; }

    /// <summary>Which system's number it is; null for the organisation's own planning.</summary>
    public string? ReferenceSystem { get; init; }

    public OutageKind Kind { get; init; }

    /// <summary>Code of the organisation it belongs to.</summary>
    public string Organisation { get; init; } = "";

    public IReadOnlyList<string> Feeders { get; init; } = [];

    /// <summary>As <c>FEEDER/section name</c>, or the name alone where one feeder is named.</summary>
    public IReadOnlyList<string> Sections { get; init; } = [];

    public IReadOnlyList<string> Transformers { get; init; } = [];

    /// <summary>As the notice shall name them; empty: drawn from the scope.</summary>
    public IReadOnlyList<string> Places { get; init; } = [];

    /// <summary>Why the places differ from what the scope holds; null where they agree.</summary>
    public string? PlacesExplained { get; init; }

    public IReadOnlyList<PlanWindow> Windows { get; init; } = [];

    public LocalText? Reason { get; init; }

    public LocalText? Work { get; init; }

    public string? Owner { get; init; }

    /// <summary>Codes of warnings a person has read and confirms.</summary>
    public IReadOnlyList<string> Confirm { get; init; } = [];

    /// <summary>Why it comes after the deadline; needed when it does.</summary>
    public string? LateReason { get; init; }

    /// <summary>Joins the cut of another outage on the same transformers: its number.</summary>
    public string? JoinTo { get; init; }

    /// <summary>The postponed outage this plan takes the place of: its number.</summary>
    public string? Replaces { get; init; }

    /// <summary>Rationing: the moment the published order names.</summary>
    public DateTimeOffset? AnnounceAt { get; init; }

    /// <summary>Customer numbers whose signed word allows main and backup supply to be cut together.</summary>
    public IReadOnlyList<string> Consents { get; init; } = [];

    /// <summary>Emergency and fault: when supply goes (or went) off; null for now.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>Emergency: minutes from now until supply goes off, instead of <see cref="StartsAt"/>.</summary>
    public int? MinutesLeft { get; init; }

    /// <summary>Emergency and fault: supply is expected back at this instant.</summary>
    public DateTimeOffset? EstimatedRestoration { get; init; }

    /// <summary>Emergency and fault: restoration is not yet known, next word by this instant.</summary>
    public DateTimeOffset? NextUpdateBy { get; init; }

    /// <summary>Emergency and fault: what becomes of planned outages of the same transformers at that time; null: they stay as announced.</summary>
    public PlannedFate? PlannedOutages { get; init; }
}

/// <summary>One window of a plan.</summary>
/// <param name="Places">The part it is for; null or empty for the whole scope.</param>
/// <param name="AlternateStartsAt">The rain day announced with it.</param>
public sealed record PlanWindow(
    DateTimeOffset StartsAt, DateTimeOffset EndsAt, IReadOnlyList<string>? Places = null, DateTimeOffset? AlternateStartsAt = null, DateTimeOffset? AlternateEndsAt = null);
