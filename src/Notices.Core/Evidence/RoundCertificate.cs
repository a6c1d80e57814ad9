using Notices.Deliveries;
using Notices.Outages;
using Notices.Publishing;
using Notices.Words;

namespace Notices.Evidence;

/// <summary>What was certified when a round closed. Never updated or deleted; its digest stands in the closing entry of the record.</summary>
public sealed class RoundCertificate
{
    public long RoundId { get; set; }

    /// <summary><see cref="RoundStatement"/> as JSON, byte for byte what the digest was taken over.</summary>
    public required string Statement { get; set; }

    /// <summary>Lower-case hexadecimal SHA-256 over the UTF-8 bytes of <see cref="Statement"/>.</summary>
    public required string Sha256 { get; set; }

    public DateTimeOffset At { get; set; }
}

/// <summary>What a certificate states: no number, name or address of a customer. All instants in UTC.</summary>
/// <param name="Provisional">The round is still open: these are the figures of <paramref name="AsOf"/>.</param>
/// <param name="Texts">Every text that was used, with its personal marks unfilled.</param>
public sealed record RoundStatement(
    long Round, string Audience, RoundState State, bool Provisional, DateTimeOffset AsOf, StatedNotice Notice, StatedOrganisation Organisation, StatedPeople People,
    DateTimeOffset CreatedAt, DateTimeOffset? SnapshotAt, DateTimeOffset ExpiresAt, string? StoppedReason, StateCounts Recipients, IReadOnlyList<ReasonCount> Reasons,
    IReadOnlyList<StatedTier> Tiers, IReadOnlyList<StatedMedium> Media, PublicClock PublicClock, PersonalClock PersonalClock, IReadOnlyList<StatedText> Texts, StatedRecord Record)
{
    /// <summary><c>drill</c> where nobody was told anything; left out in life.</summary>
    public string? Mode { get; init; }

    /// <summary>Those who subscribed and were told by this round, counted apart: whether they are affected, nobody knows. Left out where there is none.</summary>
    public StateCounts? Subscribers { get; init; }
}

/// <param name="Sha256">Over the notice and its public texts, as its publication's entry has it.</param>
public sealed record StatedNotice(string Identifier, string Number, int Version, NoticeType Type, OutageKind? Kind, string Sha256);

public sealed record StatedOrganisation(string Code, LocalText Name, string TimeZone);

/// <summary>Who answers for it, by user name.</summary>
public sealed record StatedPeople(string? PlannedBy, string? SubmittedBy, DateTimeOffset? SubmittedAt, string? ApprovedBy, DateTimeOffset? ApprovedAt, string? ReviewedBy, DateTimeOffset? ReviewedAt);

/// <param name="AfterDeadline">Recipients whose first message a carrier took only after the deadline.</param>
public sealed record StatedTier(
    short Tier, StateCounts Recipients, IReadOnlyList<ReasonCount> Reasons, int HandedOver, DateTimeOffset? FirstHandedOver, DateTimeOffset? LastHandedOver, int AfterDeadline);

public sealed record StatedMedium(
    Medium Medium, string? Provider, StateCounts Messages, IReadOnlyList<ReasonCount> Reasons, DateTimeOffset? FirstHandedOver, DateTimeOffset? LastHandedOver,
    DateTimeOffset? FirstDelivered, DateTimeOffset? LastDelivered);

/// <summary>From when the notice stood on the public page and feed.</summary>
/// <param name="LateBySeconds">Null where there is no deadline or it was kept.</param>
public sealed record PublicClock(DateTimeOffset DueAt, DateTimeOffset? Deadline, DateTimeOffset PublishedAt, double? LateBySeconds, bool MarkedLate, string? LateReason);

/// <summary>From the carrier's acceptance, for each recipient.</summary>
/// <param name="NotHandedOver">Recipients no carrier took a message for.</param>
public sealed record PersonalClock(DateTimeOffset? Deadline, DateTimeOffset? First, DateTimeOffset? Last, int InTime, int Late, int NotHandedOver, double? LateBySeconds);

/// <param name="Medium">A medium of messages, or <c>feed</c>, <c>script</c>, <c>crawl</c>.</param>
/// <param name="Variant">Rounds that shared one message, joined with <c>+</c>; empty for the ordinary text.</param>
/// <param name="Messages">How many bore it; null for a public text.</param>
public sealed record StatedText(string Language, string Medium, string Variant, string? Subject, string Body, string? Html, int? Messages);

/// <summary>Where in the audit record it stands.</summary>
/// <param name="First">The entry of the notice's publication.</param>
/// <param name="Last">The newest entry when this was stated; everything it rests on lies between.</param>
/// <param name="Attempts">Entries that speak for the tries of its messages.</param>
public sealed record StatedRecord(long First, long Last, IReadOnlyList<StatedEntry> Entries, EntrySpan Attempts, EntrySpan Receipts);

public sealed record StatedEntry(long Sequence, DateTimeOffset At, string Actor, string Action, string Hash);

/// <param name="First">0 where there is none.</param>
public sealed record EntrySpan(int Entries, long First, long Last);
