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

    /// <summary>The outage, or "not found" when there is none this actor sees.</summary>
    internal async Task<Result<Outage>> FindAsync(string number, Actor actor, CancellationToken cancellationToken)
    {
        var outage = await Whole.FirstOrDefaultAsync(o => o.Number == number, cancellationToken);

        return outage is not null && actor.Sees(outage.Organisation!.Path) ? outage : Problem.NotFound("outage", number);
    }

    internal async Task<Result<Organisation>> OrganisationAsync(string code, Actor actor, CancellationToken cancellationToken)
    {
        var organisation = await db.Organisations.FirstOrDefaultAsync(o => o.Code == code, cancellationToken);

        return organisation is not null && actor.Sees(organisation.Path)
            ? organisation
            : new Problem("unknown-organisation", "organisation", new { organisation = code });
    }

    /// <summary>The next free number: organisation, year in its zone, counter.</summary>
    internal async Task<string> NextNumberAsync(Organisation organisation, CancellationToken cancellationToken)
    {
        var year = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(organisation.TimeZone)).Year;
        var prefix = $"{organisation.Code}-{year}-";
        // Two planners at once: the second waits here until the first's number stands. SQLite has one writer anyway.
        if (db is PostgreSqlNoticesDb) await db.Database.ExecuteSqlAsync($"SELECT 1 FROM organisations WHERE id = {organisation.Id} FOR NO KEY UPDATE", cancellationToken);
        var last = await db.Outages.Where(o => o.Number.StartsWith(prefix)).MaxAsync(o => (string?)o.Number, cancellationToken);
        var counter = last is null ? 1 : int.Parse(last.AsSpan(prefix.Length), System.Globalization.CultureInfo.InvariantCulture) + 1;

        return $"{prefix}{counter:00000}";
    }

    internal async Task<List<OutageNotice>> NoticesAsync(long outageId, CancellationToken cancellationToken) =>
        await db.Notices.Where(n => n.OutageId == outageId).OrderBy(n => n.Version)
            .Select(n => new OutageNotice(n.Id, n.Identifier, n.Type, n.PublishedAt, n.Late)).ToListAsync(cancellationToken);
}
