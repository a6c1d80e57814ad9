using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Storage;

namespace Notices.Outages;

/// <summary>One thing that happened to an outage.</summary>
/// <param name="Sequence">Pass as <c>after</c> to go on from here.</param>
/// <param name="What">The action of the record: <c>outage.approved</c>, <c>notice.published</c>.</param>
/// <param name="Notice">The notice's identifier, where one was published.</param>
public sealed record OutageEvent(long Sequence, DateTimeOffset At, string What, string Number, string? Notice);

/// <param name="Next">Pass as <c>after</c>, now or later: it never goes back.</param>
public sealed record OutageEvents(IReadOnlyList<OutageEvent> Items, long Next);

/// <summary>What happened to outages, in order, for the systems around: read from the record, so nothing is missed and nothing is told before it is durable.</summary>
public sealed class OutageLog(NoticesDb db)
{
    public async Task<OutageEvents> AfterAsync(long after, int limit, Actor actor, CancellationToken cancellationToken)
    {
        var entries = await db.AuditEntries.AsNoTracking()
            .Where(e => e.Sequence > after && (e.Subject.StartsWith("outage/") || (e.Subject.StartsWith(NoticeHash.Prefix) && e.Action == NoticeHash.Action)))
            .OrderBy(e => e.Sequence).Take(limit).Select(e => new { e.Sequence, e.At, e.Action, e.Subject }).ToListAsync(cancellationToken);
        var notices = entries.Where(e => e.Subject.StartsWith(NoticeHash.Prefix, StringComparison.Ordinal)).Select(e => e.Subject[NoticeHash.Prefix.Length..]).ToHashSet();
        var numbers = await db.Notices.Where(n => n.OutageId != null && notices.Contains(n.Identifier)).ToDictionaryAsync(n => n.Identifier, n => n.Number, cancellationToken);
        var named = entries.Select(e => e.Subject.StartsWith("outage/", StringComparison.Ordinal) ? e.Subject["outage/".Length..] : numbers.GetValueOrDefault(e.Subject[NoticeHash.Prefix.Length..])).ToList();
        var seen = (await db.Outages.Where(o => named.Contains(o.Number) && o.Organisation!.Path.StartsWith(actor.OrganisationPath)).Select(o => o.Number).ToListAsync(cancellationToken)).ToHashSet();

        var items = entries.Zip(named).Where(pair => pair.Second is not null && seen.Contains(pair.Second))
            .Select(pair => new OutageEvent(
                pair.First.Sequence, pair.First.At, pair.First.Action, pair.Second!, pair.First.Subject.StartsWith(NoticeHash.Prefix, StringComparison.Ordinal) ? pair.First.Subject[NoticeHash.Prefix.Length..] : null));

        return new OutageEvents([.. items], entries.Count > 0 ? entries[^1].Sequence : after);
    }
}
