using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Publishing;
using Notices.Storage;

namespace Notices.Audience;

/// <summary>What a round is drawn from; read once for all its tiers and parts.</summary>
/// <param name="Follows">The outage had rounds before.</param>
internal sealed record Drawing(long RoundId, string Audience, Notice Notice, Outage? Outage, NoticeFacts Facts, bool Follows)
{
    /// <summary>Up to so many accounts rounds are drawn in one transaction: hundreds of small ones are then a matter of seconds.</summary>
    internal const int FewAccounts = 2000;

    internal bool IsSmall => Facts.Customers is > 0 and <= FewAccounts;

    /// <summary>Texts rendered so far, by language and medium.</summary>
    internal Dictionary<(string Language, Medium Medium), long>? Texts { get; set; }

    /// <summary>The scope is drawn as it is fed now, and what this round overtakes is overtaken.</summary>
    internal bool Begun { get; set; }

    /// <summary>One of its texts cannot be written.</summary>
    internal bool Unwritten { get; set; }

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
            Follows = round.Notice.OutageId != null && db.Rounds.Any(earlier => earlier.Id < round.Id && earlier.Notice!.OutageId == round.Notice.OutageId),
        }).ToListAsync(cancellationToken);
        var ids = found.Select(round => round.Notice!.OutageId).OfType<long>().Distinct().ToList();
        var outages = ids.Count == 0
            ? []
            : await db.Outages.AsNoTracking().Include(outage => outage.Windows.OrderBy(window => window.Ordinal)).Include(outage => outage.Scope).AsSplitQuery()
                .Where(outage => ids.Contains(outage.Id)).ToDictionaryAsync(outage => outage.Id, cancellationToken);

        return found.ConvertAll(round =>
        {
            round.Notice!.Organisation = round.Organisation;

            return new Drawing(round.Id, round.Audience, round.Notice, round.Notice.OutageId is { } id ? outages[id] : null, FactsOf(round.Notice, round.Audience), round.Follows);
        });
    }

    /// <summary>What a correction says follows from whom it speaks to.</summary>
    private static NoticeFacts FactsOf(Notice notice, string audience)
    {
        var facts = JsonSerializer.Deserialize<NoticeFacts>(notice.Facts, Json.Stored)!;

        return audience switch
        {
            RoundAudience.NewlyAffected => facts.ForNewlyTold(),
            RoundAudience.StillAffected => facts with { Type = NoticeType.Changed },
            _ => facts,
        };
    }
}
