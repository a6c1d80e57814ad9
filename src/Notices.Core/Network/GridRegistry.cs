using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Imports;
using Notices.Storage;
using Notices.Words;

namespace Notices.Network;

/// <summary>The grid as the registry shows it, each organisation for itself: what hangs on what, how many supply points, which places. Imports alone change it.</summary>
public sealed class GridRegistry(NoticesDb db, OrganisationDirectory organisations)
{
    /// <summary>Places of one answer, and of each kind of thing found by words.</summary>
    public const int Places = 100, Found = 20;

    internal const int LongestWords = 100;

    private static readonly ImportKind[] Imported = [ImportKind.Organisations, ImportKind.Network, ImportKind.Areas, ImportKind.Customers];

    /// <summary>All an actor sees, parents before those below them.</summary>
    public async Task<IReadOnlyList<RegisteredOrganisation>> OrganisationsAsync(Actor actor, CancellationToken cancellationToken)
    {
        var found = await db.Organisations.AsNoTracking().Where(o => o.Path.StartsWith(actor.OrganisationPath)).OrderBy(o => o.Path).ToListAsync(cancellationToken);
        var feeders = await db.Feeders.Where(f => f.Organisation!.Path.StartsWith(actor.OrganisationPath)).GroupBy(f => f.OrganisationId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var places = await db.Places.Where(p => p.Organisation!.Path.StartsWith(actor.OrganisationPath)).GroupBy(p => p.OrganisationId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var top = found.Count == 0 ? 0 : found.Min(Depth);

        return [.. found.Select(o => new RegisteredOrganisation(o.Code, o.LocalName, o.Level, Depth(o) - top, o.TimeZone, o.Hotline, feeders.GetValueOrDefault(o.Id), places.GetValueOrDefault(o.Id)))];
    }

    /// <summary>The feeders of an organisation itself, by substation.</summary>
    public async Task<Result<IReadOnlyList<RegisteredFeeder>>> FeedersAsync(string organisation, Actor actor, CancellationToken cancellationToken)
    {
        var asked = await organisations.FindAsync(organisation, actor, cancellationToken);
        if (asked.Value is not { } ours) return Result<IReadOnlyList<RegisteredFeeder>>.Refused(asked.Problems);

        var found = await db.Feeders.AsNoTracking().Where(f => f.OrganisationId == ours.Id).OrderBy(f => f.Substation!.Name).ThenBy(f => f.Code)
            .Select(f => new { f.Id, f.Code, f.Name, f.NameEn, f.VoltageKv, Substation = f.Substation != null ? f.Substation.Name : null }).ToListAsync(cancellationToken);
        var transformers = await db.Transformers.Where(t => t.Feeder!.OrganisationId == ours.Id).GroupBy(t => t.FeederId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var points = await db.SupplyPoints.Where(p => p.Transformer!.Feeder!.OrganisationId == ours.Id).GroupBy(p => p.Transformer!.FeederId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);

        return Result<IReadOnlyList<RegisteredFeeder>>.Of(
            [.. found.Select(f => new RegisteredFeeder(f.Code, new LocalText(f.Name, f.NameEn ?? f.Name), f.VoltageKv, f.Substation, transformers.GetValueOrDefault(f.Id), points.GetValueOrDefault(f.Id)))]);
    }

    /// <summary>What hangs on a feeder.</summary>
    /// <returns>Unknown alike where there is none and where it is another organisation's.</returns>
    public async Task<Result<RegisteredTree>> FeederAsync(string code, Actor actor, CancellationToken cancellationToken)
    {
        var feeder = await db.Feeders.AsNoTracking().Where(f => f.Code == code && f.Organisation!.Path.StartsWith(actor.OrganisationPath))
            .Select(f => new { f.Id, f.Code, f.Name, f.NameEn, f.VoltageKv, Substation = f.Substation != null ? f.Substation.Name : null, Organisation = f.Organisation!.Code }).SingleOrDefaultAsync(cancellationToken);
        if (feeder is null) return Problem.NotFound("feeder", code);

        var sections = await db.Sections.AsNoTracking().Where(s => s.FeederId == feeder.Id).OrderBy(s => s.Id).Select(s => s.Name).ToListAsync(cancellationToken);
        var transformers = await db.Transformers.AsNoTracking().Where(t => t.FeederId == feeder.Id).OrderBy(t => t.SectionId).ThenBy(t => t.Code).Select(t => new RegisteredTransformer(
            t.Code, t.Name, t.Section != null ? t.Section.Name : null, t.Place != null ? t.Place.Name : null, db.SupplyPoints.Count(p => p.TransformerId == t.Id))).ToListAsync(cancellationToken);

        return new RegisteredTree(
            new RegisteredFeeder(feeder.Code, new LocalText(feeder.Name, feeder.NameEn ?? feeder.Name), feeder.VoltageKv, feeder.Substation, transformers.Count, transformers.Sum(t => t.SupplyPoints)), feeder.Organisation, sections, transformers);
    }

    /// <summary>The places of an organisation itself, in the order of their codes.</summary>
    /// <param name="after">The <see cref="RegisteredPlacePage.Next"/> of the page before.</param>
    public async Task<Result<RegisteredPlacePage>> PlacesAsync(string organisation, string? after, Actor actor, CancellationToken cancellationToken)
    {
        var asked = await organisations.FindAsync(organisation, actor, cancellationToken);
        if (asked.Value is not { } ours) return Result<RegisteredPlacePage>.Refused(asked.Problems);

        var places = db.Places.AsNoTracking().Where(p => p.OrganisationId == ours.Id);
#pragma warning disable CA1309 // It is the database that compares, in the order it sorts by.
        if (!string.IsNullOrEmpty(after)) places = places.Where(p => string.Compare(p.Code, after) > 0);
#pragma warning restore CA1309
        var found = await places.OrderBy(p => p.Code).Take(Places + 1).Select(p => new RegisteredPlace(
            p.Code, new LocalText(p.Name, p.NameEn ?? p.Name), p.Township, db.Transformers.Count(t => t.PlaceId == p.Id), db.Areas.Any(a => a.Code == p.Code))).ToListAsync(cancellationToken);

        return new RegisteredPlacePage([.. found.Take(Places)], found.Count > Places ? found[Places - 1].Code : null);
    }

    /// <summary>Feeders, substations, sections, transformers and places whose code or name holds the words.</summary>
    public async Task<Result<IReadOnlyList<RegisteredThing>>> SearchAsync(string words, Actor actor, CancellationToken cancellationToken)
    {
        var text = words.Trim();
        if (text.Length > LongestWords) return new Problem("text-too-long", "q", new { length = text.Length, limit = LongestWords });
        if (text.Length == 0) return Result<IReadOnlyList<RegisteredThing>>.Of([]);

        var (path, folded) = (actor.OrganisationPath, text.ToUpperInvariant());
#pragma warning disable CA1304, CA1311, CA1862, MA0011 // It is the database that folds.
        var feeders = db.Feeders.Where(f => f.Organisation!.Path.StartsWith(path) && (f.Code.ToUpper().Contains(folded) || f.Name.Contains(text) || (f.NameEn != null && f.NameEn.ToUpper().Contains(folded)) || (f.Substation != null && f.Substation.Name.Contains(text))))
            .OrderBy(f => f.Code).Take(Found).Select(f => new RegisteredThing(ExternalSubject.Feeder, f.Code, f.Name, f.Substation != null ? f.Substation.Name : null, f.Organisation!.Code, f.Code));
        var sections = db.Sections.Where(s => s.Feeder!.Organisation!.Path.StartsWith(path) && s.Name.Contains(text))
            .OrderBy(s => s.Feeder!.Code).ThenBy(s => s.Id).Take(Found).Select(s => new RegisteredThing(ExternalSubject.Section, s.Name, s.Name, s.Feeder!.Name, s.Feeder.Organisation!.Code, s.Feeder.Code));
        var transformers = db.Transformers.Where(t => t.Feeder!.Organisation!.Path.StartsWith(path) && (t.Code.ToUpper().Contains(folded) || t.Name.Contains(text)))
            .OrderBy(t => t.Code).Take(Found).Select(t => new RegisteredThing(ExternalSubject.Transformer, t.Code, t.Name, t.Place != null ? t.Place.Name : null, t.Feeder!.Organisation!.Code, t.Feeder.Code));
        var places = db.Places.Where(p => p.Organisation!.Path.StartsWith(path) && (p.Code.Contains(text) || p.Name.Contains(text) || (p.NameEn != null && p.NameEn.ToUpper().Contains(folded))))
            .OrderBy(p => p.Code).Take(Found).Select(p => new RegisteredThing(ExternalSubject.Place, p.Code, p.Name, p.Township, p.Organisation!.Code, null));
#pragma warning restore CA1304, CA1311, CA1862, MA0011

        return Result<IReadOnlyList<RegisteredThing>>.Of(
            [.. await feeders.ToListAsync(cancellationToken), .. await sections.ToListAsync(cancellationToken), .. await transformers.ToListAsync(cancellationToken), .. await places.ToListAsync(cancellationToken)]);
    }

    /// <summary>When files of each kind were last taken, as the record has it; what came another way has no line.</summary>
    public async Task<IReadOnlyList<LastImport>> LastImportsAsync(CancellationToken cancellationToken)
    {
        var actions = Imported.ToDictionary(kind => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString()) + ".import-finished");
        var last = await db.AuditEntries.Where(e => e.Subject.StartsWith("import/") && actions.Keys.Contains(e.Action)).GroupBy(e => e.Action).Select(g => new { g.Key, At = g.Max(e => e.At) }).ToListAsync(cancellationToken);

        return [.. last.Select(one => new LastImport(actions[one.Key], one.At)).OrderBy(one => one.Kind)];
    }

    private static int Depth(Organisation organisation) => organisation.Path.Count(letter => letter == '/');
}

/// <param name="Depth">0 for the highest the reader sees.</param>
/// <param name="Feeders">Of itself, as are its places.</param>
public sealed record RegisteredOrganisation(string Code, LocalText Name, OrganisationLevel Level, int Depth, string TimeZone, string? Hotline, int Feeders, int Places);

public sealed record RegisteredFeeder(string Code, LocalText Name, decimal VoltageKv, string? Substation, int Transformers, int SupplyPoints);

/// <param name="Section">Null where it hangs on the feeder itself.</param>
public sealed record RegisteredTransformer(string Code, string Name, string? Section, string? Place, int SupplyPoints);

public sealed record RegisteredTree(RegisteredFeeder Feeder, string Organisation, IReadOnlyList<string> Sections, IReadOnlyList<RegisteredTransformer> Transformers);

/// <param name="HasOutline">Whether the map and alerts can draw it.</param>
public sealed record RegisteredPlace(string Code, LocalText Name, string? Township, int Transformers, bool HasOutline);

/// <param name="Next">Where the next page begins; null at the end.</param>
public sealed record RegisteredPlacePage(IReadOnlyList<RegisteredPlace> Items, string? Next);

/// <param name="In">The substation, feeder, place or township it belongs to, in words.</param>
/// <param name="Feeder">Where it hangs; null for a place.</param>
public sealed record RegisteredThing(ExternalSubject Kind, string Code, string Name, string? In, string Organisation, string? Feeder);

public sealed record LastImport(ImportKind Kind, DateTimeOffset At);
