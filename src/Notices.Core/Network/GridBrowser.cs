using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Storage;
using Notices.Words;

namespace Notices.Network;

/// <summary>Finds what a plan can name: organisations, feeders, and what hangs on a feeder.</summary>
public sealed class GridBrowser(NoticesDb db)
{
    /// <summary>Lines of one answer.</summary>
    private const int Most = 20;

    /// <summary>Feeders of one list; a city company has some thousands, and of those beyond it the code is typed.</summary>
    private const int Listed = 2000;

    /// <summary>The organisations an actor plans for, the nearest first.</summary>
    public async Task<IReadOnlyList<GridOrganisation>> OrganisationsAsync(Actor actor, CancellationToken cancellationToken) =>
        await db.Organisations.AsNoTracking().Where(o => o.Path.StartsWith(actor.OrganisationPath) && db.Feeders.Any(f => f.Organisation!.Path.StartsWith(o.Path))).OrderBy(o => o.Path)
            .Select(o => new GridOrganisation(o.Code, new LocalText(o.Name, o.NameEn ?? o.Name), o.TimeZone)).ToListAsync(cancellationToken);

    /// <summary>All an actor sees, also those without a feeder.</summary>
    public async Task<IReadOnlyList<GridOrganisation>> EveryOrganisationAsync(Actor actor, CancellationToken cancellationToken) =>
        await db.Organisations.AsNoTracking().Where(o => o.Path.StartsWith(actor.OrganisationPath)).OrderBy(o => o.Path)
            .Select(o => new GridOrganisation(o.Code, new LocalText(o.Name, o.NameEn ?? o.Name), o.TimeZone)).ToListAsync(cancellationToken);

    /// <summary>Feeders of an organisation and those below it whose code or name holds the words.</summary>
    public async Task<IReadOnlyList<GridFeeder>> FeedersAsync(string organisation, string? words, Actor actor, CancellationToken cancellationToken)
    {
        var feeders = db.Feeders.AsNoTracking().Where(f => f.Organisation!.Path.StartsWith(actor.OrganisationPath) && db.Organisations.Any(o => o.Code == organisation && f.Organisation!.Path.StartsWith(o.Path)));
#pragma warning disable CA1304, CA1311, CA1862, MA0011 // It is the database that folds.
        foreach (var word in (words ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(word => word.ToUpperInvariant()))
            feeders = feeders.Where(f => f.Code.ToUpper().Contains(word) || f.Name.Contains(word) || (f.NameEn != null && f.NameEn.ToUpper().Contains(word)));
#pragma warning restore CA1304, CA1311, CA1862, MA0011

        return await feeders.OrderBy(f => f.Code).Take(Most).Select(f => new GridFeeder(f.Code, new LocalText(f.Name, f.NameEn ?? f.Name), f.VoltageKv)).ToListAsync(cancellationToken);
    }

    /// <summary>Every feeder an actor sees, for a list to choose from.</summary>
    public async Task<IReadOnlyList<GridFeeder>> AllFeedersAsync(Actor actor, CancellationToken cancellationToken) =>
        await db.Feeders.AsNoTracking().Where(f => f.Organisation!.Path.StartsWith(actor.OrganisationPath)).OrderBy(f => f.Code).Take(Listed)
            .Select(f => new GridFeeder(f.Code, new LocalText(f.Name, f.NameEn ?? f.Name), f.VoltageKv)).ToListAsync(cancellationToken);

    /// <summary>The sections and transformers of feeders, with the place each supplies, by code of the feeder; those this actor does not see are left out.</summary>
    public async Task<IReadOnlyDictionary<string, GridTree>> TreesAsync(IReadOnlyList<string> feeders, Actor actor, CancellationToken cancellationToken)
    {
        var found = await db.Feeders.AsNoTracking().Where(f => feeders.Contains(f.Code) && f.Organisation!.Path.StartsWith(actor.OrganisationPath)).Select(f => new { f.Id, f.Code, f.Name, f.NameEn, f.VoltageKv }).ToListAsync(cancellationToken);
        var ids = found.ConvertAll(feeder => feeder.Id);
        var sections = (await db.Sections.AsNoTracking().Where(s => ids.Contains(s.FeederId)).OrderBy(s => s.Id).Select(s => new { s.FeederId, s.Name }).ToListAsync(cancellationToken)).ToLookup(s => s.FeederId, s => s.Name);
        var transformers = (await db.Transformers.AsNoTracking().Where(t => ids.Contains(t.FeederId)).OrderBy(t => t.Code)
            .Select(t => new { t.FeederId, Transformer = new GridTransformer(t.Code, t.Name, t.Section != null ? t.Section.Name : null, t.Place != null ? t.Place.Name : null) }).ToListAsync(cancellationToken)).ToLookup(t => t.FeederId, t => t.Transformer);
        var points = await db.SupplyPoints.Where(p => ids.Contains(p.Transformer!.FeederId)).GroupBy(p => p.Transformer!.FeederId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);

        return found.ToDictionary(f => f.Code, f => new GridTree(
            new GridFeeder(f.Code, new LocalText(f.Name, f.NameEn ?? f.Name), f.VoltageKv), [.. sections[f.Id]], [.. transformers[f.Id]], points.GetValueOrDefault(f.Id)));
    }

    /// <summary>A feeder with the code of the organisation it belongs to; null where this actor sees none.</summary>
    public async Task<(GridFeeder Feeder, string Organisation)?> FeederAsync(string code, Actor actor, CancellationToken cancellationToken) =>
        await db.Feeders.AsNoTracking().Where(f => f.Code == code && f.Organisation!.Path.StartsWith(actor.OrganisationPath))
            .Select(f => new { Feeder = new GridFeeder(f.Code, new LocalText(f.Name, f.NameEn ?? f.Name), f.VoltageKv), Organisation = f.Organisation!.Code }).SingleOrDefaultAsync(cancellationToken) is { } found
            ? (found.Feeder, found.Organisation)
            : null;

    /// <summary>On which feeders transformers hang; those this actor does not see are left out.</summary>
    public async Task<IReadOnlyDictionary<string, string>> FeedersOfAsync(IReadOnlyList<string> transformers, Actor actor, CancellationToken cancellationToken) =>
        await db.Transformers.AsNoTracking().Where(t => transformers.Contains(t.Code) && t.Feeder!.Organisation!.Path.StartsWith(actor.OrganisationPath)).ToDictionaryAsync(t => t.Code, t => t.Feeder!.Code, cancellationToken);
}

public sealed record GridOrganisation(string Code, LocalText Name, string TimeZone);

public sealed record GridFeeder(string Code, LocalText Name, decimal VoltageKv);

/// <param name="Section">Null where it hangs on the feeder itself.</param>
public sealed record GridTransformer(string Code, string Name, string? Section, string? Place);

/// <param name="SupplyPoints">Of the whole feeder.</param>
public sealed record GridTree(GridFeeder Feeder, IReadOnlyList<string> Sections, IReadOnlyList<GridTransformer> Transformers, int SupplyPoints);
