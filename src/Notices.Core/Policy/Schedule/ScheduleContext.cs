using System.Globalization;
using Notices.Outages;
using Notices.Publishing;
using Notices.Words;

namespace Notices.Policy;

/// <summary>What one computation looks at, and the few figures every rule asks for.</summary>
internal sealed record ScheduleContext(PlannedOutage Plan, IReadOnlyList<Told> Told, PolicyOptions Policy, WorkingCalendar Calendar, DateTimeOffset Now)
{
    private readonly HashSet<string> _toldKeys = [.. Told.Select(told => told.Key)];

    internal KindPolicy Kind { get; } = Policy.Kinds[Plan.Kind];

    /// <summary>The instant "at once" means.</summary>
    internal DateTimeOffset Since => Plan.ApprovedAt ?? Now;

    /// <summary>When supply is to be back for good, by the last promise; null while nobody knows.</summary>
    internal DateTimeOffset? PlannedEnd => Plan.ExpectedAt ?? (Plan.Windows.Count > 0 ? Plan.Windows.Max(window => window.EndsAt) : null);

    /// <summary>The end people were promised; none any more once the last word was that it is not known, and when the next word comes.</summary>
    internal DateTimeOffset? PromisedEnd => Plan is { ExpectedAt: null, NextUpdateBy: not null } ? null : PlannedEnd;

    /// <summary>The first instant the outage can begin, alternate days included.</summary>
    internal DateTimeOffset? FirstStart => Plan.Windows.Count > 0 ? Plan.Windows.Min(FirstStartOf) : null;

    /// <summary>Where people were told of the outage this one replaces, its first word to them is that the day is another.</summary>
    internal NoticeType FirstType => Plan.ReplacesTold ? NoticeType.Changed : NoticeType.Initial;

    internal NoticeAudience FirstAudience => Plan.ReplacesTold ? NoticeAudience.ToldAndAffected : NoticeAudience.Everyone;

    internal bool IsTold(string key) => _toldKeys.Contains(key);

    internal static DateTimeOffset FirstStartOf(PlannedWindow window) =>
        window.AlternateStartsAt < window.StartsAt ? window.AlternateStartsAt.Value : window.StartsAt;

    /// <summary>The rules whose audience this outage has.</summary>
    internal IEnumerable<LeadTimeRule> Rules => Kind.LeadTimes.Where(rule => rule.Audience switch
    {
        NoticeAudience.KeyCustomers => Plan.HasKeyCustomers,
        NoticeAudience.LifeSupport => Plan.HasLifeSupport,
        _ => true,
    });

    /// <summary>The rule the publication itself is measured by: the public's, else everyone's, else the one there is.</summary>
    internal LeadTimeRule? Governing =>
        Rules.FirstOrDefault(rule => rule.Audience == NoticeAudience.Public) ?? Rules.FirstOrDefault(rule => rule.Audience == NoticeAudience.Everyone) ?? Rules.FirstOrDefault();

    /// <summary>How long a text about these windows, or the promise now made, stays true; always after the moment it is due.</summary>
    internal DateTimeOffset ExpiryOf(DateTimeOffset dueAt, IEnumerable<PlannedWindow>? alsoTold = null)
    {
        var ends = Plan.Windows.Concat(alsoTold ?? []).SelectMany(window => new[] { window.EndsAt, window.AlternateEndsAt ?? window.EndsAt }).ToList();
        if (Plan.ExpectedAt is { } expected) ends.Add(expected);
        if (ends.Count == 0 && Plan.NextUpdateBy is { } update) ends.Add(update);
        var end = ends.Count > 0 ? ends.Max() : dueAt;

        return end > dueAt ? end : dueAt + Policy.Expiry.UnknownEnd;
    }

    /// <summary>A due notice without a deadline.</summary>
    internal static DueNotice Due(NoticeType type, string key, DateTimeOffset dueAt, string rule, string source, LocalText explanation, NoticeAudience? audience, DateTimeOffset expiresAt) =>
        new(type, key, dueAt, null, false, false, rule, source, explanation, audience, null, expiresAt);

    /// <summary>Adds the deadline for an outage starting then; lateness is judged by the later of its moment and now, as what has not gone out can only go out later.</summary>
    internal DueNotice Measured(DueNotice notice, DateTimeOffset start)
    {
        if (Governing is not { } governing) return notice;
        var goes = Later(notice.DueAt, Now);
        var deadline = governing.LatestNotice(start, Calendar);

        return notice with
        {
            Deadline = deadline,
            Late = goes > deadline,
            LateFor = [.. Rules.Where(rule => rule != governing && goes > rule.LatestNotice(start, Calendar)).Select(rule => rule.Audience)],
            Unsure = Rules.Any(rule => Calendar.IsUnsure(start, rule.Latest)),
            Source = governing.Source,
        };
    }

    internal static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    /// <summary>An instant as a part of a key.</summary>
    internal static string Stamp(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>An instant in words, on the local clock.</summary>
    internal string Local(DateTimeOffset instant) => Calendar.At(instant).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
