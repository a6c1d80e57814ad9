using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Publishing;
using Notices.Storage;

namespace Notices.Audience;

/// <summary>What a round is drawn from; read once for all its tiers and parts.</summary>
/// <param name="Follows">The outage, or the postponed one it replaces, had rounds before.</param>
/// <param name="IsLast">When this was read, the outage had no later notice.</param>
internal sealed record Drawing(long RoundId, string Audience, Notice Notice, Outage? Outage, NoticeFacts Facts, bool Follows, bool IsLast)
{
    /// <summary>Up to so many accounts rounds are drawn in one transaction: hundreds of small ones are then a matter of seconds.</summary>
    internal const int FewAccounts = 2000;

    internal bool IsSmall => Facts.Customers is > 0 and <= FewAccounts;

    /// <summary>Texts rendered so far.</summary>
    internal Dictionary<(string Language, Medium Medium, string Variant), long>? Texts { get; set; }

    /// <summary>The scope is drawn as it is fed now, and what this round overtakes is overtaken.</summary>
    internal bool Begun { get; set; }

    /// <summary>One of its texts cannot be written.</summary>
    internal bool Unwritten { get; set; }

    /// <summary>Nothing that the outage's earlier rounds said holds after this.</summary>
    internal bool Overtakes => Outage is not null && OvertakingTypes(Outage).Contains(Facts.Type);

    /// <summary>A later notice says something else, or that it is over.</summary>
    internal async Task<bool> IsOvertakenAsync(NoticesDb db, CancellationToken cancellationToken)
    {
        if (Outage is null || (IsLast && IsSmall)) return false;

        var types = OvertakingTypes(Outage);

        return await db.Notices.AnyAsync(later => later.OutageId == Outage.Id && later.Id > Notice.Id && types.Contains(later.Type), cancellationToken);
    }

    private static List<NoticeType> OvertakingTypes(Outage outage)
    {
        List<NoticeType> types = [NoticeType.Changed, NoticeType.Postponed, NoticeType.Corrected, NoticeType.Cancelled];
        // While a part is still out, only those it speaks to have heard all.
        if (outage.Status is OutageStatus.Restored or OutageStatus.Closed) types.Add(NoticeType.Restored);

        return types;
    }

    /// <summary>Rounds of one moment wait for each other and are told in one message; an emergency waits for nobody.</summary>
    internal bool IsMergeable =>
        Notice.Kind is OutageKind.Planned or OutageKind.Temporary or OutageKind.Rationing && Notice.Type is NoticeType.Initial or NoticeType.Reminder;

    /// <summary>In few queries for many rounds.</summary>
    internal static async Task<IReadOnlyList<Drawing>> LoadAsync(NoticesDb db, IReadOnlyCollection<long> rounds, CancellationToken cancellationToken)
    {
        var found = await db.Rounds.AsNoTracking().Where(round => rounds.Contains(round.Id)).OrderBy(round => round.Id).Select(round => new
        {
            round.Id,
            round.Audience,
            round.Notice,
            round.Notice!.Organisation,
            Follows = round.Notice.OutageId != null && db.Rounds.Any(earlier => earlier.Id < round.Id
                && (earlier.Notice!.OutageId == round.Notice.OutageId || db.Outages.Any(outage => outage.Id == round.Notice.OutageId && outage.ReplacesId == earlier.Notice.OutageId))),
            Told = round.Audience == RoundAudience.WronglyTold ? db.Notices.Where(told => told.Id == round.Notice.PreviousNoticeId).Select(told => told.Facts).FirstOrDefault() : null,
            IsLast = !db.Notices.Any(later => later.OutageId != null && later.OutageId == round.Notice.OutageId && later.Id > round.NoticeId),
        }).ToListAsync(cancellationToken);
        var ids = found.Select(round => round.Notice!.OutageId).OfType<long>().Distinct().ToList();
        var outages = ids.Count == 0
            ? []
            : await db.Outages.AsNoTracking().Include(outage => outage.Windows.OrderBy(window => window.Ordinal)).Include(outage => outage.Scope).AsSplitQuery()
                .Where(outage => ids.Contains(outage.Id)).ToDictionaryAsync(outage => outage.Id, cancellationToken);

        return found.ConvertAll(round =>
        {
            round.Notice!.Organisation = round.Organisation;

            return new Drawing(round.Id, round.Audience, round.Notice, round.Notice.OutageId is { } id ? outages[id] : null, FactsOf(round.Notice, round.Audience, round.Told), round.Follows, round.IsLast);
        });
    }

    /// <summary>In their order: a large one alone, of small ones so many that a transaction still is a short one.</summary>
    internal static IEnumerable<IReadOnlyList<Drawing>> Together(IReadOnlyList<Drawing> rounds)
    {
        var few = new List<Drawing>();
        foreach (var drawing in rounds)
        {
            if (few.Count > 0 && !(drawing.IsSmall && few[0].IsSmall && few.Sum(one => one.Facts.Customers) + drawing.Facts.Customers <= FewAccounts))
            {
                yield return few;
                few = [];
            }

            few.Add(drawing);
        }

        if (few.Count > 0) yield return few;
    }

    /// <param name="told">Facts of the notice before, as stored; for those it told wrongly.</param>
    internal static NoticeFacts FactsOf(Notice notice, string audience, string? told) =>
        For(JsonSerializer.Deserialize<NoticeFacts>(notice.Facts, Json.Stored)!, audience, told is null ? null : JsonSerializer.Deserialize<NoticeFacts>(told, Json.Stored));

    /// <summary>What a correction says follows from whom it speaks to.</summary>
    /// <param name="told">What the notice before said.</param>
    internal static NoticeFacts For(NoticeFacts facts, string audience, NoticeFacts? told) => audience switch
    {
        RoundAudience.NewlyAffected => facts.ForNewlyTold(),
        RoundAudience.StillAffected => facts with { Type = NoticeType.Changed },
        // The outage they were told of was put off and came back as one that does not concern them.
        RoundAudience.WronglyTold when facts.Type == NoticeType.Changed && told is not null => NotConcerned(facts, told),
        _ => facts,
    };

    private static NoticeFacts NotConcerned(NoticeFacts facts, NoticeFacts before) =>
        facts with { Type = NoticeType.Cancelled, Feeders = before.Feeders, Sections = before.Sections, Places = before.Places, Windows = before.Windows, PreviousWindows = before.Windows };
}
