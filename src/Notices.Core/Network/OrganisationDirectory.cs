using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Storage;

namespace Notices.Network;

/// <summary>Finds organisations within what an actor sees, and numbers what belongs to them.</summary>
public sealed class OrganisationDirectory(NoticesDb db)
{
    /// <returns>Unknown where there is none of that code the actor sees; a sentence of its own where there is none at all yet.</returns>
    public async Task<Result<Organisation>> FindAsync(string code, Actor actor, CancellationToken cancellationToken)
    {
        var found = await db.Organisations.FirstOrDefaultAsync(o => o.Code == code, cancellationToken);
        if (found is not null && actor.Sees(found.Path)) return found;

        return await db.Organisations.AnyAsync(cancellationToken)
            ? new Problem("unknown-organisation", "organisation", new { organisation = code })
            : new Problem("no-organisation-yet", "organisation", new { organisation = code });
    }

    /// <summary>The organisation a feeder belongs to.</summary>
    public async Task<Result<Organisation>> OfFeederAsync(string feeder, Actor actor, CancellationToken cancellationToken)
    {
        var found = await db.Organisations.FirstOrDefaultAsync(o => db.Feeders.Any(f => f.Code == feeder && f.OrganisationId == o.Id), cancellationToken);

        return found is not null && actor.Sees(found.Path) ? found : new Problem("unknown-feeder", "feeders", new { feeder });
    }

    /// <summary>The zone all the actor's organisations keep; null where there is none, or several.</summary>
    public async Task<TimeZoneInfo?> ZoneAsync(Actor actor, CancellationToken cancellationToken)
    {
        var zones = await db.Organisations.Where(o => o.Path.StartsWith(actor.OrganisationPath)).Select(o => o.TimeZone).Distinct().Take(2).ToListAsync(cancellationToken);

        return zones is [var only] ? TimeZoneInfo.FindSystemTimeZoneById(only) : null;
    }

    /// <summary>The next free number: organisation, year in its zone, letter, counter (<c>JX-2026-A00012</c>). Asked inside the transaction that uses it:
    /// there it holds the organisation, so that two callers get two numbers.</summary>
    internal async Task<string> NextNumberAsync(Organisation organisation, string letter, IQueryable<string> taken, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The weakest lock that one holds alone: rows that refer to the organisation may come meanwhile. SQLite's transaction is the only writer already.
        if (db is PostgreSqlNoticesDb) await db.Database.ExecuteSqlRawAsync("SELECT 1 FROM organisations WHERE id = {0} FOR NO KEY UPDATE", [organisation.Id], cancellationToken);

        var year = TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(organisation.TimeZone)).Year;
        var prefix = string.Create(CultureInfo.InvariantCulture, $"{organisation.Code}-{year}-{letter}");
        var last = await taken.Where(n => n.StartsWith(prefix)).MaxAsync(n => (string?)n, cancellationToken);
        var counter = last is null ? 1 : int.Parse(last.AsSpan(prefix.Length), CultureInfo.InvariantCulture) + 1;

        return string.Create(CultureInfo.InvariantCulture, $"{prefix}{counter:00000}");
    }
}
