using Microsoft.EntityFrameworkCore;
using Notices.Network;
using Notices.Storage;

namespace Notices.Outages;

/// <summary>What a plan's codes stand for in the network.</summary>
internal sealed class ScopeResolver(NoticesDb db)
{
    /// <summary>Finds every feeder, section and transformer a plan names; all that is unknown or another organisation's comes back as problems.</summary>
    internal async Task<Result<IReadOnlyList<OutageScope>>> ResolveAsync(PlanOutage plan, Organisation organisation, CancellationToken cancellationToken)
    {
        var problems = new List<Problem>();
        var scope = new List<OutageScope>();

        var feeders = await db.Feeders.Include(f => f.Organisation).Where(f => plan.Feeders.Contains(f.Code)).ToDictionaryAsync(f => f.Code, cancellationToken);
        for (var i = 0; i < plan.Feeders.Count; i++)
        {
            if (!feeders.TryGetValue(plan.Feeders[i], out var feeder)) problems.Add(new Problem("unknown-feeder", $"feeders[{i}]", new { feeder = plan.Feeders[i] }));
            else if (!Within(feeder.Organisation!, organisation)) problems.Add(OfAnother($"feeders[{i}]", feeder.Code, organisation));
            else scope.Add(new OutageScope { FeederId = feeder.Id, Feeder = feeder });
        }

        for (var i = 0; i < plan.Sections.Count; i++)
        {
            var (feederCode, name) = Split(plan.Sections[i], plan.Feeders);
            var section = await db.Sections.Include(s => s.Feeder!.Organisation)
                .FirstOrDefaultAsync(s => s.Name == name && s.Feeder!.Code == feederCode, cancellationToken);
            if (section is null) problems.Add(new Problem("unknown-section", $"sections[{i}]", new { section = plan.Sections[i] }));
            else if (!Within(section.Feeder!.Organisation!, organisation)) problems.Add(OfAnother($"sections[{i}]", plan.Sections[i], organisation));
            else scope.Add(new OutageScope { SectionId = section.Id, Section = section });
        }

        var transformers = await db.Transformers.Include(t => t.Feeder!.Organisation).Where(t => plan.Transformers.Contains(t.Code))
            .ToDictionaryAsync(t => t.Code, cancellationToken);
        for (var i = 0; i < plan.Transformers.Count; i++)
        {
            if (!transformers.TryGetValue(plan.Transformers[i], out var transformer))
                problems.Add(new Problem("unknown-transformer", $"transformers[{i}]", new { transformer = plan.Transformers[i] }));
            else if (!Within(transformer.Feeder!.Organisation!, organisation)) problems.Add(OfAnother($"transformers[{i}]", transformer.Code, organisation));
            else scope.Add(new OutageScope { TransformerId = transformer.Id, Transformer = transformer });
        }

        // A feeder beside its own sections says where they are; only the sections are cut.
        scope.RemoveAll(s => s.FeederId is { } id && scope.Any(o => o.Section?.FeederId == id));

        return problems.Count > 0 ? problems : Result<IReadOnlyList<OutageScope>>.Of(scope);
    }

    /// <summary>The transformers a scope cuts, as fed at an instant: those switched to another feeder then are not cut with their own.</summary>
    internal async Task<List<long>> TransformersAsync(IEnumerable<OutageScope> scope, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var items = scope.ToList();
        var feeders = items.Where(s => s.FeederId is not null).Select(s => s.FeederId!.Value).ToList();
        var sections = items.Where(s => s.SectionId is not null).Select(s => s.SectionId!.Value).ToList();
        var transformers = items.Where(s => s.TransformerId is not null).Select(s => s.TransformerId!.Value).ToList();

        var elsewhere = db.AlternateFeeds.Where(f => f.From <= at && (f.To == null || f.To > at));

        return await db.Transformers
            .Where(t => transformers.Contains(t.Id)
                || (elsewhere.Any(f => f.TransformerId == t.Id)
                    ? elsewhere.Any(f => f.TransformerId == t.Id && (feeders.Contains(f.FeederId) || (f.SectionId != null && sections.Contains(f.SectionId.Value))))
                    : feeders.Contains(t.FeederId) || (t.SectionId != null && sections.Contains(t.SectionId.Value))))
            .Select(t => t.Id)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Draws the cut transformers anew; what is already restored stays restored.</summary>
    internal async Task<List<long>> RedrawAsync(Outage outage, CancellationToken cancellationToken)
    {
        var at = outage.Windows.Count > 0 ? outage.Windows.Min(w => w.StartsAt) : outage.StartedAt ?? outage.CreatedAt;
        var now = await TransformersAsync(outage.Scope, at, cancellationToken);
        var before = outage.Id == 0 ? [] : await db.OutageTransformers.Where(c => c.OutageId == outage.Id).ToListAsync(cancellationToken);

        db.OutageTransformers.RemoveRange(before.Where(c => !now.Contains(c.TransformerId)));
        var known = before.Select(c => c.TransformerId).ToHashSet();
        db.OutageTransformers.AddRange(now.Where(id => !known.Contains(id)).Select(id => new OutageTransformer { OutageId = outage.Id, TransformerId = id }));

        return now;
    }

    /// <summary>The places on those transformers, in order of their names.</summary>
    internal async Task<List<Place>> PlacesAsync(IReadOnlyCollection<long> transformers, CancellationToken cancellationToken) =>
        await db.Places.Where(p => db.Transformers.Any(t => t.PlaceId == p.Id && transformers.Contains(t.Id))).OrderBy(p => p.Name).ToListAsync(cancellationToken);

    private static bool Within(Organisation inner, Organisation outer) => inner.Path.StartsWith(outer.Path, StringComparison.Ordinal);

    private static Problem OfAnother(string field, string name, Organisation organisation) =>
        new("scope-of-another-organisation", field, new { name, organisation = organisation.Code });

    private static (string Feeder, string Name) Split(string section, IReadOnlyList<string> feeders)
    {
        var slash = section.IndexOf('/', StringComparison.Ordinal);

        return slash > 0 ? (section[..slash], section[(slash + 1)..]) : (feeders.Count == 1 ? feeders[0] : "", section);
    }
}
