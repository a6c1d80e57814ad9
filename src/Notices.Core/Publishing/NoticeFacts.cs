using Notices.Outages;
using Notices.Words;

namespace Notices.Publishing;

/// <summary>Everything a notice states, fixed at the moment it is published and kept with it as JSON; templates and feeds read nothing else.
/// Instants carry the offset of <see cref="TimeZone"/> at that instant.</summary>
public sealed record NoticeFacts
{
    public required NoticeType Type { get; init; }

    /// <summary>Null for an announcement.</summary>
    public OutageKind? Kind { get; init; }

    /// <summary>The outage's (or announcement's) number, printed as 公告编号; free of spaces, commas, &lt; and &amp;.</summary>
    public required string Number { get; init; }

    /// <summary>1 for the first notice of the outage, then counting.</summary>
    public required int Version { get; init; }

    /// <summary>When it was (or will be) put before the public.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>IANA name of the organisation's zone.</summary>
    public required string TimeZone { get; init; }

    public required OrganisationFacts Organisation { get; init; }

    public IReadOnlyList<FeederFacts> Feeders { get; init; } = [];

    /// <summary>The jurisdiction does not ask that the feeder be named: without one the texts name the places in its stead. An emergency or fault may always do so.</summary>
    public bool FeederOptional { get; init; }

    /// <summary>Names of sections, where only a part of a feeder is cut ("13号杆开关以下").</summary>
    public IReadOnlyList<string> Sections { get; init; } = [];

    public IReadOnlyList<PlaceFacts> Places { get; init; } = [];

    /// <summary>In time order, at least one for an outage whose end is known.</summary>
    public IReadOnlyList<WindowFacts> Windows { get; init; } = [];

    /// <summary>The windows last told, where this notice changes, postpones, corrects or cancels them.</summary>
    public IReadOnlyList<WindowFacts> PreviousWindows { get; init; } = [];

    /// <summary>When the notice now changed or corrected was published.</summary>
    public DateTimeOffset? PreviousPublishedAt { get; init; }

    public LocalText? Reason { get; init; }

    public LocalText? Work { get; init; }

    /// <summary>Why a change was made (weather…); for Changed, Postponed, Corrected, Overrun, Cancelled.</summary>
    public LocalText? ChangeReason { get; init; }

    /// <summary>Restoration is expected at this instant; exactly one of this and <see cref="NextUpdateBy"/> is set for an emergency, fault or overrun.</summary>
    public DateTimeOffset? ExpectedAt { get; init; }

    /// <summary>Restoration is not yet known; the next word comes by this instant.</summary>
    public DateTimeOffset? NextUpdateBy { get; init; }

    /// <summary>When supply went off (fault, Started, Restored).</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? RestoredAt { get; init; }

    /// <summary>Names of what is restored, when only a part is; empty when all of it is.</summary>
    public IReadOnlyList<string> RestoredParts { get; init; } = [];

    /// <summary>Supply points affected; 0 when not known.</summary>
    public int Customers { get; init; }

    /// <summary>Overrun sent by the service itself because nobody answered: says "not yet confirmed".</summary>
    public bool Unconfirmed { get; init; }

    /// <summary>A Changed that says only that the start announced has not happened yet.</summary>
    public bool LateStart { get; init; }

    /// <summary>Planned outages a first notice of an emergency or fault lies over, and what becomes of them.</summary>
    public IReadOnlyList<OverlappedFacts> Overlapped { get; init; } = [];

    /// <summary>Published after its deadline, with the approver's word.</summary>
    public bool Late { get; init; }

    /// <summary>Days' notice promised for the new date of a postponed outage.</summary>
    public int? NoticeDays { get; init; }

    /// <summary>For an announcement.</summary>
    public LocalText? Title { get; init; }

    /// <summary>For an announcement.</summary>
    public LocalText? Body { get; init; }

    /// <summary>What a place newly told by a correction gets: the notice as if it were the first.</summary>
    public NoticeFacts ForNewlyTold() => this with { Type = NoticeType.Initial, PreviousWindows = [], PreviousPublishedAt = null, ChangeReason = null };
}

/// <param name="Name">国网井陉县供电公司 / Jingxing Power.</param>
/// <param name="Signature">The short name a message opens with: 国网井陉供电 / JX Power.</param>
/// <param name="Hotline">95598.</param>
/// <param name="RegulatorHotline">12398; null where there is none.</param>
public sealed record OrganisationFacts(string Code, LocalText Name, LocalText Signature, string Hotline, string? RegulatorHotline, string? Geocode);

/// <param name="Name">城关031线 / Chengguan 031, without voltage.</param>
/// <param name="VoltageKv">Kilovolts; 10 is read 10千伏.</param>
public sealed record FeederFacts(string Code, LocalText Name, decimal VoltageKv);

/// <param name="Name">东街村, as the network names it.</param>
/// <param name="Township">城关镇; stands before the name in Chinese.</param>
/// <param name="EnglishName">Dongjie; where there is none the English texts take the name.</param>
public sealed record PlaceFacts(string Name, string? Township = null, string? Geocode = null, double? Latitude = null, double? Longitude = null, string? EnglishName = null)
{
    /// <summary>The place as a recipient's own place is written; a name that begins with its township is not given it twice.</summary>
    public string In(string language) =>
        language == Languages.English && !string.IsNullOrWhiteSpace(EnglishName) ? EnglishName
        : string.IsNullOrEmpty(Township) || language == Languages.English || Name.StartsWith(Township, StringComparison.Ordinal) ? Name
        : Township + Name;
}

/// <param name="Places">Names of the part it is for; empty for the whole scope.</param>
/// <param name="AlternateStartsAt">The rain day announced with it.</param>
public sealed record WindowFacts(
    DateTimeOffset StartsAt, DateTimeOffset EndsAt, IReadOnlyList<string> Places, DateTimeOffset? AlternateStartsAt = null, DateTimeOffset? AlternateEndsAt = null);

/// <param name="Number">Of the planned outage.</param>
/// <param name="Windows">Those at the same time.</param>
public sealed record OverlappedFacts(string Number, PlannedFate Fate, IReadOnlyList<WindowFacts> Windows);
