using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Network;
using Notices.Storage;

namespace Notices.Outages;

/// <summary>Finds outages whole, within what an actor sees.</summary>
internal sealed class OutageStore(NoticesDb db, TimeProvider clock)
{
    internal IQueryable<Outage> Whole => db.Outages
        .Include(o => o.Organisation)
        .Include(o => o.Replaces)
        .Include(o => o.Windows.OrderBy(w => w.Ordinal))
        .Include(o => o.Places)
        .Include(o => o.Scope).ThenInclude(s => s.Feeder)
        .Include(o => o.Scope).ThenInclude(s => s.Section!.Feeder)
        .Include(o => o.Scope).ThenInclude(s => s.Transformer!.Feeder)
        .AsSplitQuery();

    /// <summary>Approved plans that take the place of a postponed outage, and still do.</summary>
    internal static IQueryable<Outage> Replacing(NoticesDb db) => db.Outages.Where(o => o.ReplacesId != null
        && o.Status != OutageStatus.Draft && o.Status != OutageStatus.Submitted && o.Status != OutageStatus.Rejected && o.Status != OutageStatus.Withdrawn);

    /// <summary>The outage, or "not found" when there is none this actor sees.</summary>
    internal async Task<Result<Outage>> FindAsync(string number, Actor actor, CancellationToken cancellationToken)
    {
        var outage = await Whole.FirstOrDefaultAsync(o => o.Number == number, cancellationToken);

        return outage is not null && actor.Sees(outage.Organisation!.Path) ? outage : Problem.NotFound("outage", number);
    }

    internal Task<Result<Organisation>> OrganisationAsync(string code, Actor actor, CancellationToken cancellationToken) =>
        new OrganisationDirectory(db).FindAsync(code, actor, cancellationToken);

    /// <summary>The next free number: organisation, year in its zone, counter.</summary>
    internal Task<string> NextNumberAsync(Organisation organisation, CancellationToken cancellationToken) =>
        new OrganisationDirectory(db).NextNumberAsync(organisation, "", db.Outages.Select(o => o.Number), clock.GetUtcNow(), cancellationToken);

    internal async Task<List<OutageNotice>> NoticesAsync(long outageId, CancellationToken cancellationToken) =>
        await db.Notices.Where(n => n.OutageId == outageId).OrderBy(n => n.Version)
            .Select(n => new OutageNotice(n.Id, n.Identifier, n.Type, n.PublishedAt, n.Late)).ToListAsync(cancellationToken);
}
