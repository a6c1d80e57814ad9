using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Network;
using Notices.Storage;

namespace Notices.Outages;

/// <summary>Enters and edits plans. Nothing here tells anybody: that begins with submission (<see cref="OutageDesk"/>).</summary>
public sealed class OutagePlanning
{
    private readonly NoticesDb _db;
    private readonly AuditTrail _audit;
    private readonly TimeProvider _clock;
    private readonly OutageStore _store;
    private readonly ScopeResolver _scopes;
    private readonly OutageChecks _checks;
    private readonly ReasonBook _reasons;

    public OutagePlanning(NoticesDb db, AuditTrail audit, TimeProvider clock, OutageChecks checks, ReasonBook reasons)
    {
        (_db, _audit, _clock, _checks, _reasons) = (db, audit, clock, checks, reasons);
        (_store, _scopes) = (new OutageStore(db, clock), new ScopeResolver(db));
    }

    /// <summary>Saves a plan as a draft. What is unreadable or unknown is refused; what the rules refuse is only pointed out until it is submitted.</summary>
    public async Task<Result<OutageView>> PlanAsync(PlanOutage plan, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Dispatcher, Role.Administrator)) return Problem.Forbidden("outage.plan");

        var prepared = await DraftAsync(plan, actor, cancellationToken);
        if (!prepared.Ok) return Result<OutageView>.Refused(prepared.Problems);

        var outage = prepared.Value!;
        _audit.Record(actor, "outage.planned", Subject(outage), null, OutageView.Of(outage));
        await _audit.CommitAsync(cancellationToken);

        return OutageView.Of(outage, (await _checks.RunAsync(outage, plan.Confirm, cancellationToken)).All);
    }

    /// <summary>What <see cref="PlanAsync"/> would say; nothing stays behind.</summary>
    internal async Task<Result<OutageView>> TryAsync(PlanOutage plan, Actor actor, CancellationToken cancellationToken)
    {
        var prepared = await DraftAsync(plan, actor, cancellationToken);
        if (_db.Database.CurrentTransaction is { } transaction) await transaction.RollbackAsync(cancellationToken);
        _db.ChangeTracker.Clear();

        return prepared.Ok ? OutageView.Of(prepared.Value!) : Result<OutageView>.Refused(prepared.Problems);
    }

    /// <summary>Builds a new outage in the open unit of work, with scope, places and cut transformers; the caller commits.</summary>
    internal async Task<Result<Outage>> DraftAsync(PlanOutage plan, Actor actor, CancellationToken cancellationToken)
    {
        var organisation = await _store.OrganisationAsync(plan.Organisation, actor, cancellationToken);
        if (!organisation.Ok) return Result<Outage>.Refused(organisation.Problems);

        var problems = PlanFaults(plan).ToList();
        if (plan.Reference is { } reference && await _db.Outages.AnyAsync(o => o.Reference == reference && o.ReferenceSystem == (plan.ReferenceSystem ?? SystemOf(organisation.Value!)), cancellationToken))
            problems.Add(new Problem("reference-taken", "reference", new { reference }));
        problems.AddRange(await UnknownAsync(plan, null, actor, cancellationToken));
        var scope = await _scopes.ResolveAsync(plan, organisation.Value!, cancellationToken);
        problems.AddRange(scope.Problems);
        if (problems.Count > 0) return problems;

        // The cut transformers need the outage's id; transaction and number are taken first so that two planners get two numbers.
        await _audit.BeginAsync(cancellationToken);
        var outage = new Outage
        {
            Number = await _store.NextNumberAsync(organisation.Value!, cancellationToken),
            Organisation = organisation.Value,
            OrganisationId = organisation.Value!.Id,
            Reference = plan.Reference,
            ReferenceSystem = plan.Reference is null ? null : plan.ReferenceSystem ?? SystemOf(organisation.Value),
            Kind = plan.Kind,
            Status = OutageStatus.Draft,
            CreatedBy = actor.Name,
            CreatedAt = _clock.GetUtcNow(),
            TraceParent = Telemetry.TraceParent(),
        };
        _db.Outages.Add(outage);
        await FillAsync(outage, plan, scope.Value!, cancellationToken);

        return outage;
    }

    /// <summary>Replaces a draft's or rejected plan's content. A plan already submitted is changed by the desk's own verbs.</summary>
    /// <param name="version">The version the editor had read; another one is refused with what differs.</param>
    public async Task<Result<OutageView>> ChangeAsync(string number, PlanOutage plan, int version, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Dispatcher, Role.Administrator)) return Problem.Forbidden("outage.change");

        var found = await _store.FindAsync(number, actor, cancellationToken);
        if (!found.Ok) return Result<OutageView>.Refused(found.Problems);

        var outage = found.Value!;
        var before = OutageView.Of(outage);
        if (outage.Version != version) return Stale(outage, version, before, plan);
        if (outage.Status is not (OutageStatus.Draft or OutageStatus.Rejected))
            return new Problem("state-forbids", "status", new { action = "change", status = outage.Status }, ProblemKind.State);
        if (plan.Organisation != outage.Organisation!.Code)
            return new Problem("organisation-fixed", "organisation", new { organisation = outage.Organisation.Code });

        var problems = PlanFaults(plan).ToList();
        problems.AddRange(await UnknownAsync(plan, number, actor, cancellationToken));
        var scope = await _scopes.ResolveAsync(plan, outage.Organisation, cancellationToken);
        problems.AddRange(scope.Problems);
        if (problems.Count > 0) return problems;

        await _audit.BeginAsync(cancellationToken);
        outage.Kind = plan.Kind;
        outage.Version++;
        try
        {
            await FillAsync(outage, plan, scope.Value!, cancellationToken);
            _audit.Record(actor, "outage.changed", Subject(outage), before, OutageView.Of(outage));
            await _audit.CommitAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            if (_db.Database.CurrentTransaction is { } transaction) await transaction.RollbackAsync(cancellationToken);
            _db.ChangeTracker.Clear();
            var current = (await _store.FindAsync(number, actor, cancellationToken)).Value!;

            return Stale(current, version, OutageView.Of(current), plan);
        }

        return OutageView.Of(outage, (await _checks.RunAsync(outage, plan.Confirm, cancellationToken)).All);
    }

    /// <summary>Plans the outage another system names, or changes what that system planned.</summary>
    /// <param name="version">The version read; null changes whatever stands.</param>
    public async Task<(Result<OutageView> Result, bool IsNew)> PutAsync(PlanOutage plan, int? version, Actor actor, CancellationToken cancellationToken)
    {
        var known = await _db.Outages.AsNoTracking().Where(o => o.ReferenceSystem == plan.ReferenceSystem && o.Reference == plan.Reference && o.Organisation!.Path.StartsWith(actor.OrganisationPath))
            .Select(o => new { o.Number, o.Version }).FirstOrDefaultAsync(cancellationToken);

        return known is null
            ? (await PlanAsync(plan, actor, cancellationToken), true)
            : (await ChangeAsync(known.Number, plan, version ?? known.Version, actor, cancellationToken), false);
    }

    public async Task<Result<OutageView>> FindAsync(string number, Actor actor, CancellationToken cancellationToken)
    {
        var found = await _store.FindAsync(number, actor, cancellationToken);
        if (!found.Ok) return Result<OutageView>.Refused(found.Problems);

        var outage = found.Value!;
        var open = outage.Status is OutageStatus.Draft or OutageStatus.Rejected or OutageStatus.Submitted;

        var notices = await _store.NoticesAsync(outage.Id, cancellationToken);
        var (history, zone) = (new OutageHistory(_db), TimeZoneInfo.FindSystemTimeZoneById(outage.Organisation!.TimeZone));

        return OutageView.Of(outage, open ? (await _checks.RunAsync(outage, outage.Confirmed, cancellationToken)).All : [], notices) with
        {
            JoinTo = outage.JoinedToId is { } joined ? await _db.Outages.Where(o => o.Id == joined).Select(o => o.Number).FirstAsync(cancellationToken) : null,
            ReplacedBy = await OutageStore.Replacing(_db).Where(o => o.ReplacesId == outage.Id).Select(o => o.Number).FirstOrDefaultAsync(cancellationToken),
            Difference = await history.DifferenceAsync(outage, zone, cancellationToken),
            History = await history.ReadAsync(outage, notices, zone, cancellationToken),
        };
    }

    /// <summary>A page of outages, newest first.</summary>
    public async Task<IReadOnlyList<OutageView>> ListAsync(OutageQuery query, Actor actor, CancellationToken cancellationToken)
    {
        var outages = _store.Whole.Where(o => o.Organisation!.Path.StartsWith(actor.OrganisationPath));
        if (query.From is { } from) outages = outages.Where(o => o.Windows.Any(w => w.EndsAt > from) || o.StartedAt > from);
        if (query.To is { } to) outages = outages.Where(o => o.Windows.Any(w => w.StartsAt < to) || o.StartedAt < to);
        if (query.Kind is { } kind) outages = outages.Where(o => o.Kind == kind);
        if (query.Status is { } status) outages = outages.Where(o => o.Status == status);
        if (query.Organisation is { } code) outages = outages.Where(o => _db.Organisations.Any(g => g.Code == code && o.Organisation!.Path.StartsWith(g.Path)));
        if (query.Feeder is { } feeder)
            outages = outages.Where(o => o.Scope.Any(s => s.Feeder!.Code == feeder || s.Section!.Feeder!.Code == feeder || s.Transformer!.Feeder!.Code == feeder));
        if (query.Before is { } before) outages = outages.Where(o => o.Id < before);

        return [.. (await outages.OrderByDescending(o => o.Id).Take(query.Limit).ToListAsync(cancellationToken)).Select(o => OutageView.Of(o))];
    }

    /// <summary>The cursor of the page after one that ended with this outage; null when there is none this actor sees.</summary>
    public async Task<long?> CursorAsync(string number, Actor actor, CancellationToken cancellationToken) =>
        await _db.Outages.Where(o => o.Number == number && o.Organisation!.Path.StartsWith(actor.OrganisationPath)).Select(o => (long?)o.Id).FirstOrDefaultAsync(cancellationToken);

    internal static string Subject(Outage outage) => $"outage/{outage.Number}";

    private async Task FillAsync(Outage outage, PlanOutage plan, IReadOnlyList<OutageScope> scope, CancellationToken cancellationToken)
    {
        (outage.Reason, outage.Work) = (_reasons.Resolve(plan.Reason), _reasons.Resolve(plan.Work));
        (outage.Owner, outage.LateReason, outage.AnnounceAt) = (plan.Owner, plan.LateReason, plan.AnnounceAt);
        (outage.ExpectedAt, outage.NextUpdateBy) = (plan.EstimatedRestoration, plan.NextUpdateBy);
        outage.Confirmed = [.. plan.Confirm];
        outage.PlacesExplained = plan.PlacesExplained;
        outage.Windows.Clear();
        outage.Windows.AddRange(plan.Windows.OrderBy(w => w.StartsAt).Select((w, i) => new OutageWindow
        {
            Ordinal = (short)(i + 1),
            StartsAt = w.StartsAt,
            EndsAt = w.EndsAt,
            AlternateStartsAt = w.AlternateStartsAt,
            AlternateEndsAt = w.AlternateEndsAt,
            Places = [.. w.Places ?? []],
        }));
        outage.Scope.Clear();
        outage.Scope.AddRange(scope);
        await _db.SaveChangesAsync(cancellationToken);

        outage.JoinedToId = plan.JoinTo is { } other ? await _db.Outages.Where(o => o.Number == other).Select(o => (long?)o.Id).FirstAsync(cancellationToken) : null;
        outage.Replaces = plan.Replaces is { } old ? await _db.Outages.FirstAsync(o => o.Number == old, cancellationToken) : null;
        var transformers = await _scopes.RedrawAsync(outage, cancellationToken);
        var inScope = await _scopes.PlacesAsync(transformers, cancellationToken);
        IEnumerable<string> names = plan.Places.Count > 0 ? plan.Places.Distinct() : inScope.Select(p => p.Name);
        outage.Places.Clear();
        outage.Places.AddRange(names.Select(name => new OutagePlace { Name = name, PlaceId = inScope.Find(p => p.Name == name)?.Id }));

        var consenting = await _db.Customers.Where(c => plan.Consents.Contains(c.CustomerNo)).Select(c => c.Id).ToListAsync(cancellationToken);
        var consented = await _db.CutConsents.Where(c => c.OutageId == outage.Id).ToListAsync(cancellationToken);
        _db.CutConsents.RemoveRange(consented.Where(c => !consenting.Contains(c.CustomerId)));
        _db.CutConsents.AddRange(consenting.Except(consented.Select(c => c.CustomerId)).Select(id => new CutConsent { OutageId = outage.Id, CustomerId = id, SignedOn = _clock.GetUtcNow() }));
        await _db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Other outages and customers the plan names and nobody knows, or this actor may not see.</summary>
    private async Task<List<Problem>> UnknownAsync(PlanOutage plan, string? self, Actor actor, CancellationToken cancellationToken)
    {
        var problems = new List<Problem>();
        foreach (var (field, number) in new[] { ("joinTo", plan.JoinTo), ("replaces", plan.Replaces) })
        {
            if (number is not null && (number == self || !await _db.Outages.AnyAsync(o => o.Number == number && o.Organisation!.Path.StartsWith(actor.OrganisationPath), cancellationToken)))
                problems.Add(new Problem("unknown-outage", field, new { number }));
        }

        var known = await _db.Customers.Where(c => plan.Consents.Contains(c.CustomerNo) && c.Organisation!.Path.StartsWith(actor.OrganisationPath))
            .Select(c => c.CustomerNo).ToListAsync(cancellationToken);
        for (var i = 0; i < plan.Consents.Count; i++)
        {
            if (!known.Contains(plan.Consents[i])) problems.Add(new Problem("unknown-customer", $"consents[{i}]", new { customer = plan.Consents[i] }));
        }

        return problems;
    }

    /// <summary>What no draft may hold, whatever comes later.</summary>
    private static IEnumerable<Problem> PlanFaults(PlanOutage plan)
    {
        if (plan.Windows.Count > 62) yield return new Problem("too-many-windows", "windows", new { limit = 62 });
        foreach (var (window, i) in plan.Windows.Select((w, i) => (w, i)))
        {
            if (window.AlternateStartsAt is null != window.AlternateEndsAt is null) yield return new Problem("alternate-incomplete", $"windows[{i}].alternateEndsAt");
        }

        if (plan.EstimatedRestoration is not null && plan.NextUpdateBy is not null) yield return new Problem("restoration-said-twice", "nextUpdateBy");
    }

    internal static string SystemOf(Organisation organisation) => $"plan:{organisation.Code}";

    private Problem Stale(Outage outage, int version, OutageView current, PlanOutage plan) =>
        new("stale", null, new { number = outage.Number, read = version, now = outage.Version, differs = Differences(current, plan) }, ProblemKind.Stale);

    private List<string> Differences(OutageView current, PlanOutage plan)
    {
        var differs = new List<string>();
        if (current.Kind != plan.Kind) differs.Add("kind");
        if (!current.Feeders.ToHashSet().SetEquals(plan.Feeders)) differs.Add("feeders");
        if (!current.Windows.Select(w => (w.StartsAt, w.EndsAt)).SequenceEqual(plan.Windows.OrderBy(w => w.StartsAt).Select(w => (w.StartsAt, w.EndsAt)))) differs.Add("windows");
        if (!current.Sections.ToHashSet().SetEquals(plan.Sections)) differs.Add("sections");
        if (!current.Transformers.ToHashSet().SetEquals(plan.Transformers)) differs.Add("transformers");
        if (current.Reason != _reasons.Resolve(plan.Reason)) differs.Add("reason");
        if (current.Work != _reasons.Resolve(plan.Work)) differs.Add("work");
        if (current.Owner != plan.Owner) differs.Add("owner");
        if (current.LateReason != plan.LateReason) differs.Add("lateReason");
        if (plan.Places.Count > 0 && !current.Places.ToHashSet().SetEquals(plan.Places)) differs.Add("places");

        return differs;
    }
}

/// <summary>Which outages to list.</summary>
/// <param name="Before">Cursor: only those entered before this one.</param>
public sealed record OutageQuery(
    DateTimeOffset? From = null, DateTimeOffset? To = null, OutageKind? Kind = null, OutageStatus? Status = null, string? Feeder = null, string? Organisation = null,
    long? Before = null, int Limit = 50);
