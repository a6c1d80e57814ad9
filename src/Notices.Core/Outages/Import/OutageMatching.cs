using Microsoft.EntityFrameworkCore;
using Notices.Imports;
using Notices.Network;
using Notices.Storage;
using Notices.Words;

namespace Notices.Outages;

/// <summary>An outage of the file as planning takes it, beside the one it is known as.</summary>
/// <param name="Known">With windows and scope, untracked; null for a new one.</param>
internal sealed record MatchedOutage(OutageGroup Group, Organisation Organisation, PlanOutage Plan, Outage? Known, IReadOnlyList<Problem> Problems);

/// <summary>Brings the outages of a file into our words and finds which are known already: a handful of questions for the whole file.</summary>
internal sealed class OutageMatching(NoticesDb db)
{
    /// <summary>References in one question.</summary>
    private const int Chunk = 1000;

    /// <param name="mayMove">A plan without a number may stand for one announced for another time of its months; what is past stands where it stood.</param>
    internal async Task<List<MatchedOutage>> MatchAsync(List<(OutageGroup Group, Organisation Organisation)> planned, bool mayMove, CancellationToken cancellationToken)
    {
        var names = planned.SelectMany(p => p.Group.Outage.Feeders.Concat(p.Group.Outage.Sections.Select(s => s.Feeder).OfType<string>())).ToHashSet();
        var feeders = (await db.Feeders.Where(f => names.Contains(f.Name)).Select(f => new NamedFeeder(f.Name, f.Code, f.Organisation!.Path)).ToListAsync(cancellationToken))
            .ToLookup(f => f.Name, StringComparer.Ordinal);
        var plans = planned.ConvertAll(p => Plan(p.Group, p.Organisation, feeders));
        var known = await KnownAsync(plans, cancellationToken);

        return [.. plans.GroupBy(p => (p.Organisation.Id, p.Plan.ReferenceSystem, p.Plan.Reference)).SelectMany(same => same.First().Group.Outage.Reference is not null
            ? same.Select(p => p with { Known = known.GetValueOrDefault((p.Plan.ReferenceSystem, p.Plan.Reference))?.Find(o => o.Reference == p.Plan.Reference) })
            : WithoutNumbers([.. same], known.GetValueOrDefault((same.Key.ReferenceSystem, same.Key.Reference)) ?? [], mayMove))];
    }

    /// <summary>Names of feeders become codes where the organisation has one feeder of that name.</summary>
    private static MatchedOutage Plan(OutageGroup group, Organisation organisation, ILookup<string, NamedFeeder> feeders)
    {
        var (imported, problems) = (group.Outage, new List<Problem>());
        string Code(string name, string field)
        {
            var found = feeders[name].Where(f => f.Path.StartsWith(organisation.Path, StringComparison.Ordinal)).Select(f => f.Code).Order(StringComparer.Ordinal).ToList();
            if (found.Count > 1) problems.Add(new Problem("import-feeder-ambiguous", field, new { name, codes = string.Join(", ", found) }));

            return found is [var only] ? only : name;
        }

        var plan = new PlanOutage
        {
            Reference = imported.Reference ?? OutageDifference.DerivedReference(imported),
            ReferenceSystem = imported.ReferenceSystem ?? OutagePlanning.SystemOf(organisation),
            Kind = imported.Kind,
            Organisation = organisation.Code,
            Feeders = [.. imported.Feeders.Select(f => Code(f, "feeders")).Distinct(StringComparer.Ordinal)],
            Sections = [.. imported.Sections.Select(s => s.Feeder is { } feeder ? $"{Code(feeder, "sections")}/{s.Name}" : s.Name)],
            Transformers = imported.Transformers,
            Places = imported.Places,
            Windows = [.. imported.Windows.OrderBy(w => w.StartsAt).Select(w => new PlanWindow(w.StartsAt, w.EndsAt ?? imported.RestoredAt ?? w.StartsAt, w.Places))],
            Reason = imported.Reason is null ? null : LocalText.Same(imported.Reason),
            Work = imported.Work is null ? null : LocalText.Same(imported.Work),
        };

        return new MatchedOutage(group, organisation, plan, null, problems);
    }

    /// <summary>By system and reference, those made up here by what they have in common.</summary>
    private async Task<Dictionary<(string?, string?), List<Outage>>> KnownAsync(List<MatchedOutage> plans, CancellationToken cancellationToken)
    {
        var known = new List<Outage>();
        foreach (var system in plans.GroupBy(p => p.Plan.ReferenceSystem, p => p.Plan.Reference))
        {
            foreach (var references in system.OfType<string>().Distinct(StringComparer.Ordinal).Chunk(Chunk))
            {
                var derived = references.Where(OutageDifference.IsDerived).ToList();
                var candidates = db.Outages.Where(o => o.ReferenceSystem == system.Key);
                // A part of the reference is found in no index, so it is asked for only where it has to be.
                candidates = derived.Count > 0
                    ? candidates.Where(o => references.Contains(o.Reference) || derived.Contains(o.Reference!.Substring(0, OutageDifference.DerivedLength)))
                    : candidates.Where(o => references.Contains(o.Reference));
                known.AddRange(await candidates.AsNoTracking().AsSplitQuery()
                    .Include(o => o.Windows).Include(o => o.Scope).ThenInclude(s => s.Feeder).Include(o => o.Scope).ThenInclude(s => s.Section!.Feeder).Include(o => o.Scope).ThenInclude(s => s.Transformer)
                    .OrderBy(o => o.Id).ToListAsync(cancellationToken));
            }
        }

        return known.GroupBy(o => (o.ReferenceSystem, OutageDifference.Common(o.Reference))).ToDictionary(g => g.Key, g => g.ToList());
    }

    /// <summary>The same work on the same line, perhaps several times and in several months: told apart by their times. First those that stand where they stood, then what is
    /// left of the file's months in order of time; whatever remains is new.</summary>
    private static List<MatchedOutage> WithoutNumbers(List<MatchedOutage> same, List<Outage> known, bool mayMove)
    {
        var (first, last) = OutageDifference.Months(same.Select(p => p.Group), same[0].Organisation);
        var free = known.Where(o => o.OrganisationId == same[0].Organisation.Id).ToList();
        var matched = new Outage?[same.Count];
        for (var i = 0; i < same.Count; i++) Take(i, free.Find(o => OutageDifference.SameWindows(o, same[i].Plan)));
        foreach (var i in Enumerable.Range(0, same.Count).Where(i => mayMove && matched[i] is null).OrderBy(i => same[i].Plan.Windows.Min(w => w.StartsAt)))
            Take(i, free.Where(o => !OutageDifference.IsOver(o) && Start(o) >= first && Start(o) < last).MinBy(Start));

        var taken = known.Select(o => o.Reference).ToHashSet(StringComparer.Ordinal);

        return [.. same.Select((p, i) => matched[i] is { } its ? p with { Known = its, Plan = p.Plan with { Reference = its.Reference } } : p with { Plan = p.Plan with { Reference = Next(p.Plan.Reference!) } })];

        void Take(int i, Outage? outage)
        {
            if (outage is null) return;
            matched[i] = outage;
            free.Remove(outage);
        }

        string Next(string reference)
        {
            var name = reference;
            for (var i = 2; !taken.Add(name); i++) name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{reference}-{i}");

            return name;
        }
    }

    private static DateTimeOffset Start(Outage outage) => outage.Windows.Count == 0 ? default : outage.Windows.Min(w => w.StartsAt);

    private sealed record NamedFeeder(string Name, string Code, string Path);
}
