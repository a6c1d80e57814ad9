using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audience;
using Notices.Deliveries;
using Notices.Evidence;
using Notices.Network;
using Notices.Policy;
using Notices.Publishing;
using Notices.Ringing;
using Notices.Storage;
using Notices.Words;

namespace Notices.Outages;

/// <summary>What a plan will lead to, before and after it is approved: moments with their rules, people, texts.</summary>
public sealed class OutageInsight(
    NoticesDb db, PolicyBook policy, NoticeFactsBuilder facts, NoticeRenderer renderer, ForesightReading foresight, TimeProvider clock, EmergencyDesk emergencies)
{
    /// <summary>The moments at which notices are due, each with the rule behind it; also those already published, skipped or withdrawn.</summary>
    public async Task<Result<ScheduleView>> ScheduleAsync(string number, Actor actor, CancellationToken cancellationToken)
    {
        var found = await new OutageStore(db, clock).FindAsync(number, actor, cancellationToken);
        if (!found.Ok) return Result<ScheduleView>.Refused(found.Problems);

        var outage = found.Value!;
        var zone = TimeZoneInfo.FindSystemTimeZoneById(outage.Organisation!.TimeZone);
        var owed = await new OutageSchedule(db, policy, clock).ComputeAsync(outage, cancellationToken);
        var rows = await db.ScheduledNotices.Where(s => s.OutageId == outage.Id).ToListAsync(cancellationToken);
        var published = await db.Notices.Where(n => n.OutageId == outage.Id).ToDictionaryAsync(n => n.ScheduledNoticeId, n => n.PublishedAt, cancellationToken);
        var state = rows.ToDictionary(r => r.Key, r => r.State);
        var approved = OutageLife.IsApproved(outage.Status);
        var moments = await db.ScheduledMoments.Where(m => m.OutageId == outage.Id).ToListAsync(cancellationToken);
        var rings = await RingLine.ReadAsync(db, outage, In, cancellationToken);

        var planned = owed.Notices.Select(n => new ScheduleLine(
            n.Type, In(n.DueAt), n.Deadline is { } latest ? In(latest) : null, n.Late, approved && state.TryGetValue(n.Key, out var s) ? s.ToString() : n.Skipped ? "Skipped" : "Preview", n.Rule, n.Source, n.Explanation,
            n.Audience?.ToString(), null, n.Unsure));
        var done = rows.Where(r => r.State is ScheduledState.Published or ScheduledState.Withdrawn && owed.Notices.All(n => n.Key != r.Key)).Select(r => new ScheduleLine(
            r.Type, In(r.DueAt), r.Deadline is { } last ? In(last) : null, r.Late, r.State.ToString(), r.Rule, r.Source, null, r.Audience, published.TryGetValue(r.Id, out var at) ? In(at) : null, false));

        return new ScheduleView(
            outage.Number, outage.Organisation.TimeZone, [.. done.Concat(planned).OrderBy(l => l.DueAt)],
            [.. Moments(owed, moments, rings, In).OrderBy(m => m.DueAt)]);

        DateTimeOffset In(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone);
    }

    /// <summary>What is owed with what became of it, and what was done or withdrawn and is owed no more.</summary>
    private static IEnumerable<ScheduleMoment> Moments(DueSchedule owed, List<ScheduledMoment> rows, ILookup<long, RingLine> rings, Func<DateTimeOffset, DateTimeOffset> local)
    {
        var known = rows.ToDictionary(r => r.Key, StringComparer.Ordinal);
        foreach (var moment in owed.Moments)
        {
            var row = known.GetValueOrDefault(moment.Key);
            known.Remove(moment.Key);
            yield return new ScheduleMoment(
                moment.Kind, local(row?.DueAt ?? moment.DueAt), moment.Rule, moment.Source, moment.Explanation, row?.State.ToString() ?? (moment.Acts ? "Preview" : null), row?.DoneAt is { } at ? local(at) : null,
                [.. rings[row?.Id ?? 0]]);
        }

        foreach (var row in known.Values.Where(r => r.State != MomentState.Waiting))
            yield return new ScheduleMoment(row.Kind, local(row.DueAt), row.Rule, row.Source, null, row.State.ToString(), row.DoneAt is { } done ? local(done) : null, [.. rings[row.Id]]);
    }

    /// <summary>How many people, by tier and by how they can be reached.</summary>
    public async Task<Result<AudienceView>> AudienceAsync(string number, Actor actor, CancellationToken cancellationToken)
    {
        var found = await new OutageStore(db, clock).FindAsync(number, actor, cancellationToken);

        return found.Ok ? await AudienceAsync(found.Value!, cancellationToken) : Result<AudienceView>.Refused(found.Problems);
    }

    private async Task<AudienceView> AudienceAsync(Outage outage, CancellationToken cancellationToken)
    {
        var transformers = outage.Scope.Count == 0
            ? []
            : await new ScopeResolver(db).TransformersAsync(outage.Scope, outage.Windows.Count > 0 ? outage.Windows.Min(w => w.StartsAt) : clock.GetUtcNow(), cancellationToken);
        var points = db.SupplyPoints.Where(p => transformers.Contains(p.TransformerId));
        var tiers = await points.GroupBy(p => p.Customer!.Tier).OrderBy(g => g.Key).Select(g => new TierCount(g.Key, g.Count(), g.Select(p => p.CustomerId).Distinct().Count())).ToListAsync(cancellationToken);
        var people = await db.Contacts.Where(c => c.SuspendedAt == null && points.Any(p => p.CustomerId == c.CustomerId))
            .Join(db.Customers, c => c.CustomerId, k => k.Id, (c, k) => new { k.Tier, c.Kind, c.CustomerId })
            .GroupBy(c => new { c.Tier, c.Kind }).Select(g => new { g.Key.Tier, g.Key.Kind, Customers = g.Select(c => c.CustomerId).Distinct().Count() }).ToListAsync(cancellationToken);
        var written = tiers.Where(t => ByPaper(outage, t.Tier)).Select(t => t.Tier).ToList();
        var unreachable = await points.CountAsync(p => !written.Contains(p.Customer!.Tier) && !db.Contacts.Any(c => c.CustomerId == p.CustomerId && c.SuspendedAt == null), cancellationToken);
        var letters = 0;
        foreach (var tier in written) letters += await LettersAsync(points.Where(p => p.Customer!.Tier == tier), policy.Options.ContactsFor(outage.Kind, tier), cancellationToken);

        var contacts = people.GroupBy(p => p.Kind).OrderBy(p => p.Key).Select(p => new ContactCount(p.Key, p.Sum(tier => tier.Customers))).ToList();
        List<(short Tier, Customers.ContactKind Kind, int Customers)> reachable = [.. people.Select(p => (p.Tier, p.Kind, p.Customers))];
        ContactPlan Plan(short tier) => policy.Options.ContactsFor(outage.Kind, tier);
        var parts = await PartsAsync(outage, cancellationToken);
        var reached = await foresight.OfOutageAsync(outage, reachable, Plan, parts, cancellationToken);

        return new AudienceView(outage.Number, tiers.Sum(t => t.SupplyPoints), tiers, contacts, letters, unreachable, reached, foresight.CostsOf(outage.Kind, reachable, Plan, parts));
    }

    /// <summary>Whom an emergency or fault would be told to and in which words, before it is declared; nothing stays behind.</summary>
    public async Task<Result<ForeseenOutage>> ForeseeAsync(PlanOutage plan, Actor actor, CancellationToken cancellationToken)
    {
        var tried = await emergencies.TryAsync(plan, actor, cancellationToken);
        if (tried.Value is not var (outage, overlaps, stated)) return Result<ForeseenOutage>.Refused(tried.Problems);

        // Counted only now: on SQLite a try holds the one who writes.
        var audience = await AudienceAsync(outage, cancellationToken);
        string Text(string language) => renderer.Render(stated, language, TemplateMedium.Sms).Value is { } text ? PersonalText.Fill(text.Text, outage.Places[0].Name, "1234") : "";

        return new ForeseenOutage(audience, [.. outage.Places.Select(p => p.Name)], new LocalText(Text(Languages.Chinese), Text(Languages.English)), overlaps);
    }

    private bool ByPaper(Outage outage, short tier) =>
        policy.Options.Paper.Notices.Contains(NoticeType.Initial) && policy.Options.ContactsFor(outage.Kind, tier).Media.Contains(Medium.Paper);

    /// <summary>Of one tier: everybody, or those whom nothing before a letter reaches.</summary>
    private Task<int> LettersAsync(IQueryable<Customers.SupplyPoint> points, ContactPlan plan, CancellationToken cancellationToken)
    {
        Medium[] before = plan.Mode == ContactMode.AllAtOnce ? [] : [.. plan.Media.TakeWhile(medium => medium != Medium.Paper)];
        var kinds = Enum.GetValues<Customers.ContactKind>().Where(kind => before.Any(medium => ForesightReading.Takes(kind, medium))).ToList();

        return points.Where(p => !db.Contacts.Any(c => c.CustomerId == p.CustomerId && c.SuspendedAt == null && kinds.Contains(c.Kind))).Select(p => p.CustomerId).Distinct().CountAsync(cancellationToken);
    }

    /// <summary>Of the text message as it would be sent; 1 where it cannot be written yet.</summary>
    private async Task<int> PartsAsync(Outage outage, CancellationToken cancellationToken)
    {
        var stated = await facts.PreviewAsync(outage, NoticeType.Initial, cancellationToken);

        return Languages.All.Max(language => renderer.Render(stated, language, TemplateMedium.Sms).Value?.Sms?.Parts ?? 1);
    }

    /// <summary>Every text of the first notice, as it will be read.</summary>
    public async Task<Result<PreviewView>> PreviewAsync(string number, Actor actor, CancellationToken cancellationToken)
    {
        var found = await new OutageStore(db, clock).FindAsync(number, actor, cancellationToken);
        if (!found.Ok) return Result<PreviewView>.Refused(found.Problems);

        await renderer.LookAsync(db, cancellationToken);
        var stated = await facts.PreviewAsync(found.Value!, NoticeType.Initial, cancellationToken);
        var texts = TextPreviews.Of(renderer, stated);

        return texts.Value is { } all ? new PreviewView(found.Value!.Number, all) : Result<PreviewView>.Refused(texts.Problems);
    }
}

public sealed record ScheduleView(string Number, string TimeZone, IReadOnlyList<ScheduleLine> Notices, IReadOnlyList<ScheduleMoment> Moments);

/// <param name="State"><c>Preview</c> until approved, then a state of <see cref="ScheduledState"/>.</param>
/// <param name="Unsure">The holiday file does not reach that far.</param>
public sealed record ScheduleLine(
    NoticeType Type, DateTimeOffset DueAt, DateTimeOffset? Deadline, bool Late, string State, string Rule, string Source, LocalText? Explanation, string? Audience,
    DateTimeOffset? PublishedAt, bool Unsure);

/// <param name="Rings">Whom it rang, and what became of each message.</param>
/// <param name="State">A state of <see cref="MomentState"/>, <c>Preview</c> until approved; null where the service does nothing then.</param>
public sealed record ScheduleMoment(MomentKind Kind, DateTimeOffset DueAt, string Rule, string Source, LocalText? Explanation, string? State, DateTimeOffset? DoneAt, IReadOnlyList<RingLine> Rings);

/// <param name="Letters">Customers who get a letter by the policy's contacts.</param>
/// <param name="Unreachable">Supply points nobody has a contact for and nobody carries a letter to.</param>
/// <param name="Foresight">When the last of them would be reached if they were told now.</param>
/// <param name="Costs">Of telling them once; media whose price nobody has said are left out, and so are letters.</param>
public sealed record AudienceView(string Number, int SupplyPoints, IReadOnlyList<TierCount> Tiers, IReadOnlyList<ContactCount> Contacts, int Letters, int Unreachable, ForesightView Foresight, IReadOnlyList<CostLine> Costs);

/// <summary>An emergency or fault before it is declared.</summary>
/// <param name="Text">Its first short message.</param>
/// <param name="Overlaps">Planned outages it lies over, which stay as announced.</param>
public sealed record ForeseenOutage(AudienceView Audience, IReadOnlyList<string> Places, LocalText Text, IReadOnlyList<OverlappedOutage> Overlaps);

public sealed record TierCount(short Tier, int SupplyPoints, int Customers);

public sealed record ContactCount(Customers.ContactKind Kind, int Customers);

public sealed record PreviewView(string Number, IReadOnlyList<PreviewText> Texts);
