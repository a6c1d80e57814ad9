using Notices.Network;
using Notices.Words;

namespace Notices.Outages;

/// <summary>An outage as others see it: the plan's own fields, and where it stands.</summary>
public sealed record OutageView
{
    public required string Number { get; init; }
    public required int Version { get; init; }
    public required OutageStatus Status { get; init; }
    public string? Reference { get; init; }
    public required OutageKind Kind { get; init; }
    public required string Organisation { get; init; }
    public required IReadOnlyList<string> Feeders { get; init; }
    public required IReadOnlyList<string> Sections { get; init; }
    public required IReadOnlyList<string> Transformers { get; init; }
    public required IReadOnlyList<string> Places { get; init; }
    public required IReadOnlyList<PlanWindow> Windows { get; init; }
    public LocalText? Reason { get; init; }
    public LocalText? Work { get; init; }
    public string? Owner { get; init; }
    public required string CreatedBy { get; init; }
    public string? SubmittedBy { get; init; }
    public string? ApprovedBy { get; init; }
    public string? LateReason { get; init; }
    public DateTimeOffset? EstimatedRestoration { get; init; }
    public DateTimeOffset? NextUpdateBy { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? RestoredAt { get; init; }
    public bool ReviewOwed { get; init; }
    public string? JoinTo { get; init; }
    public string? Replaces { get; init; }

    /// <summary>The approved plan that takes its place after it was postponed.</summary>
    public string? ReplacedBy { get; init; }
    public bool IsHistory { get; init; }

    /// <summary>Under legal hold: what was sent about it is not erased.</summary>
    public bool LegalHold { get; init; }

    /// <summary>For history: when the public was told, and whether that was after the deadline of the policy.</summary>
    public DateTimeOffset? PublishedAt { get; init; }
    public bool Late { get; init; }

    /// <summary>What a person should look at; each is confirmed by its code.</summary>
    public IReadOnlyList<Problem> Warnings { get; init; } = [];

    /// <summary>Planned outages an emergency or fault lies over and what becomes of them: in the answer of its declaration and the record of it, otherwise null.</summary>
    public IReadOnlyList<OverlappedOutage>? Overlaps { get; init; }

    /// <summary>What was published, oldest first.</summary>
    public IReadOnlyList<OutageNotice> Notices { get; init; } = [];

    /// <summary>While it waits for approval: what is otherwise than when it, or what it takes the place of, was last decided about.</summary>
    public DecisionDifference? Difference { get; init; }

    /// <summary>Who did what, when and why, oldest first; where one outage is asked for.</summary>
    public IReadOnlyList<OutageDeed> History { get; init; } = [];

    /// <summary>Instants are shown in the organisation's zone.</summary>
    internal static OutageView Of(Outage outage, IReadOnlyList<Problem>? warnings = null, IReadOnlyList<OutageNotice>? notices = null)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(outage.Organisation!.TimeZone);

        return new OutageView
        {
            Number = outage.Number,
            Version = outage.Version,
            Status = outage.Status,
            Reference = outage.Reference,
            Kind = outage.Kind,
            Organisation = outage.Organisation.Code,
            Feeders = [.. outage.Scope.Where(s => s.Feeder is not null).Select(s => s.Feeder!.Code)],
            Sections = [.. outage.Scope.Where(s => s.Section is not null).Select(s => $"{s.Section!.Feeder!.Code}/{s.Section.Name}")],
            Transformers = [.. outage.Scope.Where(s => s.Transformer is not null).Select(s => s.Transformer!.Code)],
            Places = [.. outage.Places.Select(p => p.Name)],
            Windows = [.. outage.Windows.OrderBy(w => w.StartsAt).Select(w => new PlanWindow(
                In(w.StartsAt)!.Value, In(w.EndsAt)!.Value, w.Places, In(w.AlternateStartsAt), In(w.AlternateEndsAt)))],
            Reason = outage.Reason,
            Work = outage.Work,
            Owner = outage.Owner,
            CreatedBy = outage.CreatedBy,
            SubmittedBy = outage.SubmittedBy,
            ApprovedBy = outage.ApprovedBy,
            LateReason = outage.LateReason,
            EstimatedRestoration = In(outage.ExpectedAt),
            NextUpdateBy = In(outage.NextUpdateBy),
            StartedAt = In(outage.StartedAt),
            RestoredAt = In(outage.RestoredAt),
            ReviewOwed = outage.ReviewOwed,
            Replaces = outage.Replaces?.Number,
            IsHistory = outage.IsHistory,
            LegalHold = outage.LegalHold,
            PublishedAt = In(outage.HistoryPublishedAt ?? (notices is [var first, ..] ? first.PublishedAt : null)),
            Late = outage.HistoryLate || notices?.Any(n => n.Late) == true,
            Warnings = warnings ?? [],
            Notices = notices ?? [],
        };

        DateTimeOffset? In(DateTimeOffset? instant) => instant is { } at ? TimeZoneInfo.ConvertTime(at, zone) : null;
    }
}

/// <summary>One published notice of an outage.</summary>
public sealed record OutageNotice(long Id, string Identifier, Publishing.NoticeType Type, DateTimeOffset PublishedAt, bool Late);
