using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Notices.Customers;
using Notices.Policy;
using Notices.Storage;

namespace Notices.Outages;

/// <summary>What the submission checks found.</summary>
/// <param name="Refusals">Nothing goes on while there is one.</param>
/// <param name="Warnings">Each is confirmed by its code.</param>
/// <param name="Unconfirmed">Those not confirmed yet.</param>
public sealed record CheckVerdict(IReadOnlyList<Problem> Refusals, IReadOnlyList<Problem> Warnings, IReadOnlyList<Problem> Unconfirmed)
{
    public IReadOnlyList<Problem> All => [.. Refusals, .. Warnings];
}

/// <summary>The submission checks of an outage, all at once.</summary>
public sealed class OutageChecks(NoticesDb db, PolicyBook policy, TimeProvider clock)
{
    private static readonly OutageStatus[] Standing =
        [OutageStatus.Submitted, OutageStatus.Approved, OutageStatus.Published, OutageStatus.InProgress, OutageStatus.PartlyRestored];

    public async Task<CheckVerdict> RunAsync(Outage outage, IReadOnlyCollection<string> confirmed, CancellationToken cancellationToken)
    {
        var refusals = Plain(outage).ToList();
        var transformers = await db.OutageTransformers.Where(t => t.OutageId == outage.Id).Select(t => t.TransformerId).ToListAsync(cancellationToken);

        if (outage.Scope.Count > 0 && transformers.Count == 0) refusals.Add(new Problem("scope-feeds-nobody", "feeders"));
        refusals.AddRange(await PlacesAsync(outage, transformers, cancellationToken));
        refusals.AddRange(await OverlapsAsync(outage, cancellationToken));
        refusals.AddRange(await BothSuppliesAsync(outage, cancellationToken));
        refusals.AddRange(Lead(outage));
        refusals.AddRange(await ReplacesAsync(outage, cancellationToken));

        var warnings = Long(outage).Concat(ProtectedPeriods.Check(OutageSchedule.Windows(outage), policy.Options, policy.CalendarOf(outage.Organisation!)))
            .Concat(await RepeatsAsync(outage, cancellationToken)).Concat(OneLanguage(outage)).Concat(UnknownHolidays(outage)).ToList();

        return new CheckVerdict(refusals, warnings, [.. warnings.Where(w => w.Kind == ProblemKind.Warning && !confirmed.Contains(w.Code))]);
    }

    /// <summary>What can be seen on the plan alone.</summary>
    private IEnumerable<Problem> Plain(Outage outage)
    {
        if (outage.Scope.Count == 0) yield return new Problem("scope-missing", "feeders");
        if (outage.Windows.Count == 0) yield return new Problem("windows-missing", "windows");
        if (outage.Reason is null or { Chinese.Length: 0 }) yield return new Problem("reason-missing", "reason");

        var now = clock.GetUtcNow();
        var windows = outage.Windows.OrderBy(w => w.StartsAt).ToList();
        for (var i = 0; i < windows.Count; i++)
        {
            var window = windows[i];
            if (window.EndsAt <= window.StartsAt) yield return new Problem("end-not-after-start", $"windows[{i}].endsAt", new { startsAt = window.StartsAt, endsAt = window.EndsAt });
            if (window.AlternateEndsAt <= window.AlternateStartsAt) yield return new Problem("end-not-after-start", $"windows[{i}].alternateEndsAt", new { startsAt = window.AlternateStartsAt, endsAt = window.AlternateEndsAt });
            if (window.StartsAt < now) yield return new Problem("start-in-past", $"windows[{i}].startsAt", new { startsAt = window.StartsAt });
            if (i > 0 && window.StartsAt < windows[i - 1].EndsAt && window.Places.Count == 0 && windows[i - 1].Places.Count == 0)
                yield return new Problem("windows-overlap", $"windows[{i}].startsAt");
            foreach (var place in window.Places.Where(p => outage.Places.All(named => named.Name != p)))
                yield return new Problem("window-place-not-named", $"windows[{i}].places", new { place });
        }
    }

    /// <summary>Places named and places in the scope must be the same until somebody explains why not.</summary>
    private async Task<IEnumerable<Problem>> PlacesAsync(Outage outage, List<long> transformers, CancellationToken cancellationToken)
    {
        if (outage.Places.Count == 0) return [new Problem("places-missing", "places")];
        if (outage.PlacesExplained is not null || transformers.Count == 0) return [];

        var inScope = (await new ScopeResolver(db).PlacesAsync(transformers, cancellationToken)).Select(p => p.Name).Distinct().ToList();
        var named = outage.Places.Select(p => p.Name).ToList();
        var problems = new List<Problem>();
        if (named.Except(inScope).ToList() is { Count: > 0 } foreign) problems.Add(new Problem("places-not-in-scope", "places", new { places = foreign }));
        if (inScope.Except(named).ToList() is { Count: > 0 } missing) problems.Add(new Problem("places-not-named", "places", new { places = missing }));

        return problems;
    }

    /// <summary>Another planned or temporary cut of the same transformer at the same time: one cut, many jobs.</summary>
    private async Task<IEnumerable<Problem>> OverlapsAsync(Outage outage, CancellationToken cancellationToken)
    {
        if (outage.Windows.Count == 0 || outage.Kind is not (OutageKind.Planned or OutageKind.Temporary)) return [];

        var others = await Others(outage)
            .Where(o => o.Kind == OutageKind.Planned || o.Kind == OutageKind.Temporary).Where(NotOfOneCut(outage))
            .Where(o => db.OutageTransformers.Any(t => t.OutageId == o.Id && db.OutageTransformers.Any(ours => ours.OutageId == outage.Id && ours.TransformerId == t.TransformerId)))
            .Select(o => new { o.Number, Windows = o.Windows.Select(w => new { w.StartsAt, w.EndsAt }).ToList() })
            .ToListAsync(cancellationToken);

        return others.Where(o => o.Windows.Any(w => outage.Windows.Any(ours => ours.StartsAt < w.EndsAt && w.StartsAt < ours.EndsAt)))
            .Select(o => new Problem("overlaps-other-outage", "windows", new { other = o.Number }));
    }

    /// <summary>Main and backup supply of one customer out at one time, by this outage alone or with another, without a signed word.</summary>
    private async Task<IEnumerable<Problem>> BothSuppliesAsync(Outage outage, CancellationToken cancellationToken)
    {
        if (outage.Windows.Count == 0) return [];

        var (from, to) = (outage.Windows.Min(w => w.StartsAt), outage.Windows.Max(w => w.EndsAt));
        var ours = db.OutageTransformers.Where(t => t.OutageId == outage.Id).Select(t => t.TransformerId);
        var standing = Others(outage).Where(o => o.Windows.Any(w => w.StartsAt < to && w.EndsAt > from)).Select(o => o.Id);
        var cut = db.OutageTransformers.Where(t => t.OutageId == outage.Id || standing.Contains(t.OutageId)).Select(t => t.TransformerId);

        var customers = await db.Customers
            .Where(c => c.SupplyPoints.Any(p => p.Role == SupplyRole.Backup && cut.Contains(p.TransformerId))
                && c.SupplyPoints.Any(p => p.Role == SupplyRole.Main && cut.Contains(p.TransformerId))
                && c.SupplyPoints.Any(p => ours.Contains(p.TransformerId))
                && !db.CutConsents.Any(k => k.OutageId == outage.Id && k.CustomerId == c.Id))
            .OrderBy(c => c.CustomerNo).Select(c => c.CustomerNo).Take(20).ToListAsync(cancellationToken);

        return customers.Count == 0 ? [] : [new Problem("both-supplies-cut", "consents", new { customers })];
    }

    /// <summary>After the deadline only with a reason.</summary>
    private IEnumerable<Problem> Lead(Outage outage)
    {
        if (outage.Windows.Count == 0 || outage.LateReason is { Length: > 0 }) yield break;

        var start = outage.Windows.Min(w => w.StartsAt);
        if (policy.FirstNoticeRule(outage.Kind)?.Check(clock.GetUtcNow(), start, policy.CalendarOf(outage.Organisation!)) is { } late) yield return late;
    }

    /// <summary>A plan takes the place of one that is put off with its date open, and of one alone.</summary>
    private async Task<IEnumerable<Problem>> ReplacesAsync(Outage outage, CancellationToken cancellationToken)
    {
        if (outage.Replaces is not { } replaced || OutageLife.IsApproved(outage.Status)) return [];
        if (replaced.Status != OutageStatus.Postponed) return [new Problem("replaces-not-postponed", "replaces", new { number = replaced.Number, status = replaced.Status })];

        var other = await OutageStore.Replacing(db).Where(o => o.ReplacesId == replaced.Id && o.Id != outage.Id).Select(o => o.Number).FirstOrDefaultAsync(cancellationToken);

        return other is null ? [] : [new Problem("replaced-already", "replaces", new { number = replaced.Number, other })];
    }

    private IEnumerable<Problem> Long(Outage outage) =>
        outage.Windows.OrderBy(w => w.StartsAt).Select((w, i) => (Hours: (w.EndsAt - w.StartsAt).TotalHours, i))
            .Where(w => w.Hours > policy.Options.Planning.LongOutage.TotalHours)
            .Select(w => new Problem(
                "longer-than-12-hours", $"windows[{w.i}].endsAt", new { hours = Math.Round(w.Hours, 1), limit = policy.Options.Planning.LongOutage.TotalHours }, ProblemKind.Warning));

    /// <summary>The same transformer again on one day or within the policy's days.</summary>
    private async Task<IEnumerable<Problem>> RepeatsAsync(Outage outage, CancellationToken cancellationToken)
    {
        if (outage.Windows.Count == 0) return [];

        var span = TimeSpan.FromDays(policy.Options.Planning.RepeatOutageDays);
        var (from, to) = (outage.Windows.Min(w => w.StartsAt) - span, outage.Windows.Max(w => w.EndsAt) + span);
        var others = await db.Outages
            .Where(NotOfOneCut(outage))
            .Where(o => o.Id != outage.Id && o.Id != outage.ReplacesId && (Standing.Contains(o.Status) || o.Status == OutageStatus.Restored || o.Status == OutageStatus.Closed))
            .Where(o => o.Windows.Any(w => w.StartsAt < to && w.EndsAt > from))
            .Where(o => db.OutageTransformers.Any(t => t.OutageId == o.Id && db.OutageTransformers.Any(ours => ours.OutageId == outage.Id && ours.TransformerId == t.TransformerId)))
            .OrderBy(o => o.Number).Select(o => o.Number).Take(5).ToListAsync(cancellationToken);

        return others.Count == 0 ? [] : [new Problem("repeated-outage", "windows", new { others, days = policy.Options.Planning.RepeatOutageDays }, ProblemKind.Warning)];
    }

    /// <summary>Told, but nothing to confirm: the draft's answer shows it.</summary>
    private static IEnumerable<Problem> OneLanguage(Outage outage)
    {
        if (ReasonBook.IsOneLanguage(outage.Reason)) yield return new Problem("text-in-one-language", "reason", new { text = outage.Reason!.Chinese });
        if (ReasonBook.IsOneLanguage(outage.Work)) yield return new Problem("text-in-one-language", "work", new { text = outage.Work!.Chinese });
    }

    /// <summary>Told, but nothing to confirm: the government has not said yet which of the days counted are holidays.</summary>
    private IEnumerable<Problem> UnknownHolidays(Outage outage)
    {
        if (outage.Windows.Count == 0) yield break;
        var (start, calendar) = (outage.Windows.Min(w => w.StartsAt), policy.CalendarOf(outage.Organisation!));
        if (policy.Options.Kinds[outage.Kind].LeadTimes.Any(rule => calendar.IsUnsure(start, rule.Latest)))
            yield return new Problem("holidays-not-known", "windows[0].startsAt", new { file = calendar.Holidays.Region, until = calendar.Holidays.KnownUntil.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) });
    }

    /// <summary>Neither joined to each other nor both to a third.</summary>
    private static Expression<Func<Outage, bool>> NotOfOneCut(Outage outage) =>
        o => o.Id != outage.JoinedToId && o.JoinedToId != outage.Id && (outage.JoinedToId == null || o.JoinedToId != outage.JoinedToId);

    private IQueryable<Outage> Others(Outage outage) => db.Outages.Where(o => o.Id != outage.Id && o.Id != outage.ReplacesId && Standing.Contains(o.Status));
}
