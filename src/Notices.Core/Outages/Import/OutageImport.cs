using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Imports;
using Notices.Network;
using Notices.Policy;
using Notices.Storage;
using Notices.Words;

namespace Notices.Outages;

/// <summary>What an outage import did beyond the counts.</summary>
/// <param name="History">Wholly past: closed at once, nothing sent.</param>
/// <param name="New">Drafts of outages not known before; without a number on a dry run.</param>
/// <param name="Moved">Already announced with other windows: left as it is, for a dispatcher to reschedule.</param>
/// <param name="Dropped">Announced for the same month and no longer in the file: left as it is, for a dispatcher to cancel.</param>
public sealed record OutageImportReport(
    ImportReport Counts, int History, IReadOnlyList<string> Drafted, IReadOnlyList<string> Submitted, IReadOnlyList<PlanDifference> New, IReadOnlyList<PlanDifference> Moved, IReadOnlyList<PlanDifference> Dropped,
    IReadOnlyList<SubmissionRefused> Refused);

/// <summary>An outage the new plan says something else about than was announced.</summary>
/// <param name="What">What it cuts, for people.</param>
public sealed record PlanDifference(string Number, string? Reference, IReadOnlyList<PlanWindow> Announced, IReadOnlyList<PlanWindow> Planned, string What);

/// <summary>A draft that was saved and whose submission was refused.</summary>
/// <param name="What">What it cuts, for people.</param>
public sealed record SubmissionRefused(string Number, string? Reference, IReadOnlyList<Problem> Problems, string What);

/// <summary>Brings outages in: what lies wholly in the past becomes closed history and tells nobody, what lies ahead becomes drafts.
/// A re-import updates drafts by their reference and never changes silently what was announced.</summary>
public sealed class OutageImport(NoticesDb db, AuditTrail audit, TimeProvider clock, PolicyBook policy, OutagePlanning planning, OutageDesk desk)
{
    /// <summary>Outages saved in one transaction.</summary>
    private const int Batch = 200;

    /// <param name="submit">Also submits the drafts; those refused stay drafts.</param>
    public async Task<Result<OutageImportReport>> RunAsync(
        Stream stream, ImportRequest request, bool submit, Actor actor, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        if (ImportRun.Refuse(actor) is { } refusal) return refusal;

        var read = await OutageFile.ReadAsync(stream, request, cancellationToken);
        if (!read.Ok) return Result<OutageImportReport>.Refused(read.Problems);

        var (report, file) = (read.Value!.Report, read.Value);
        var organisations = await OrganisationCatalog.LoadAsync(db, cancellationToken);
        if (await organisations.EnsureAsync(db, audit, request, actor, cancellationToken) is { } missing) return missing;

        var run = new ImportRun(ImportKind.Outages, request, report, actor, audit, progress);
        var now = clock.GetUtcNow();
        var (history, ahead) = (new List<(OutageGroup Group, Organisation Organisation)>(), new List<(OutageGroup Group, Organisation Organisation)>());
        foreach (var group in file.Outages)
        {
            var organisation = organisations.Of(group.Outage.Organisation, request, actor);
            if (!organisation.Ok) Reject(run, group, organisation.Problems);
            else if (Ended(group.Outage, now)) history.Add((group, organisation.Value!));
            else ahead.Add((group, organisation.Value!));
        }

        await SaveHistoryAsync(history, run, request, cancellationToken);
        var result = await SaveDraftsAsync(ahead, run, request, submit, actor, cancellationToken);
        await run.FinishAsync(cancellationToken);

        return result with { History = history.Count };
    }

    /// <summary>Over before now: every window ended, or restored.</summary>
    private static bool Ended(ImportedOutage outage, DateTimeOffset now) =>
        outage.Windows.Count > 0 && (outage.RestoredAt <= now || outage.Windows.All(w => (w.EndsAt ?? w.StartsAt) <= now));

    private async Task SaveHistoryAsync(
        List<(OutageGroup Group, Organisation Organisation)> past, ImportRun run, ImportRequest request, CancellationToken cancellationToken)
    {
        foreach (var chunk in past.Chunk(Batch))
        {
            var matched = await new OutageMatching(db).MatchAsync([.. chunk], false, cancellationToken);
            var ids = matched.Select(m => m.Known?.Id).OfType<long>().ToList();
            var known = await db.Outages.Include(o => o.Windows).Include(o => o.Places).Where(o => ids.Contains(o.Id)).ToDictionaryAsync(o => o.Id, cancellationToken);
            if (!request.DryRun) await audit.BeginAsync(cancellationToken);
            var numbers = new Dictionary<string, (string Prefix, int Next)>(StringComparer.Ordinal);
            foreach (var (group, organisation, plan, its, _) in matched)
            {
                var imported = group.Outage;
                if (its is not null && known.TryGetValue(its.Id, out var outage))
                {
                    if (!outage.IsHistory || Same(outage, imported)) { run.Report.Unchanged++; continue; }
                    run.Report.Changed++;
                    if (request.DryRun) continue;
                }
                else
                {
                    run.Report.Added++;
                    if (request.DryRun) continue;
                    outage = new Outage
                    {
                        Number = await NumberAsync(organisation, numbers, cancellationToken),
                        OrganisationId = organisation.Id,
                        Kind = imported.Kind,
                        Reference = plan.Reference,
                        ReferenceSystem = plan.ReferenceSystem,
                        Status = OutageStatus.Closed,
                        IsHistory = true,
                        CreatedBy = "import",
                        CreatedAt = clock.GetUtcNow(),
                    };
                    db.Outages.Add(outage);
                }

                Fill(outage, imported, organisation);
            }

            if (!request.DryRun)
            {
                run.RecordBatch(chunk.Min(c => c.Group.Outage.Lines[0]), chunk.Max(c => c.Group.Outage.Lines[^1]));
                await audit.CommitAsync(cancellationToken);
            }

            db.ChangeTracker.Clear();
            run.Tell(1);
        }
    }

    private void Fill(Outage outage, ImportedOutage imported, Organisation organisation)
    {
        outage.Reason = imported.Reason is null ? null : LocalText.Same(imported.Reason);
        outage.Work = imported.Work is null ? null : LocalText.Same(imported.Work);
        (outage.HistoryPublishedAt, outage.HistoryCustomers) = (imported.PublishedAt, imported.Customers);
        outage.Windows.Clear();
        outage.Windows.AddRange(Windows(imported).Select((w, i) => new OutageWindow { Ordinal = (short)(i + 1), StartsAt = w.StartsAt, EndsAt = w.EndsAt, Places = [.. w.Places ?? []] }));
        outage.Places.Clear();
        outage.Places.AddRange(imported.Places.Select(name => new OutagePlace { Name = name }));
        outage.StartedAt = outage.Windows.Min(w => w.StartsAt);
        outage.RestoredAt = imported.RestoredAt ?? outage.Windows.Max(w => w.EndsAt);
        outage.HistoryLate = imported.PublishedAt is { } told && policy.FirstNoticeRule(imported.Kind)?.Check(told, outage.StartedAt.Value, policy.CalendarOf(organisation)) is not null;
    }

    private static bool Same(Outage outage, ImportedOutage imported) =>
        outage.Windows.OrderBy(w => w.Ordinal).Select(w => (w.StartsAt, w.EndsAt)).SequenceEqual(Windows(imported).Select(w => (w.StartsAt, w.EndsAt)))
        && outage.HistoryPublishedAt == imported.PublishedAt && outage.HistoryCustomers == imported.Customers && outage.Reason?.Chinese == imported.Reason
        && outage.Places.Select(p => p.Name).ToHashSet().SetEquals(imported.Places);

    private async Task<string> NumberAsync(Organisation organisation, Dictionary<string, (string Prefix, int Next)> numbers, CancellationToken cancellationToken)
    {
        if (!numbers.TryGetValue(organisation.Code, out var series))
        {
            var next = await new OutageStore(db, clock).NextNumberAsync(organisation, cancellationToken);
            var dash = next.LastIndexOf('-') + 1;
            series = (next[..dash], int.Parse(next.AsSpan(dash), System.Globalization.CultureInfo.InvariantCulture));
        }

        numbers[organisation.Code] = (series.Prefix, series.Next + 1);

        return $"{series.Prefix}{series.Next:00000}";
    }

    private async Task<OutageImportReport> SaveDraftsAsync(
        List<(OutageGroup Group, Organisation Organisation)> ahead, ImportRun run, ImportRequest request, bool submit, Actor actor, CancellationToken cancellationToken)
    {
        var (drafted, submitted, refused) = (new List<string>(), new List<string>(), new List<SubmissionRefused>());
        var (added, moved) = (new List<PlanDifference>(), new List<PlanDifference>());
        var matched = await new OutageMatching(db).MatchAsync(ahead, true, cancellationToken);
        foreach (var (group, organisation, plan, known, problems) in matched)
        {
            if (problems.Count > 0)
            {
                Reject(run, group, problems);
                continue;
            }

            if (known is { Status: not (OutageStatus.Draft or OutageStatus.Rejected) })
            {
                if (OutageDifference.SameWindows(known, plan)) run.Report.Unchanged++;
                else if (OutageDifference.IsOver(known)) Reject(run, group, [new Problem("import-outage-over", "reference", new { reference = known.Reference, number = known.Number })]);
                else
                {
                    run.Report.Unchanged++;
                    moved.Add(new PlanDifference(known.Number, known.Reference, OutageDifference.Windows(known, organisation), plan.Windows, OutageDifference.What(known)));
                }

                continue;
            }

            var result = request.DryRun
                ? await planning.TryAsync(known is null ? plan : plan with { Reference = null }, actor, cancellationToken) // its own draft has the reference
                : known is null ? await planning.PlanAsync(plan, actor, cancellationToken) : await planning.ChangeAsync(known.Number, plan, known.Version, actor, cancellationToken);
            db.ChangeTracker.Clear();
            if (!result.Ok)
            {
                Reject(run, group, result.Problems);
                continue;
            }

            if (known is null) run.Report.Added++;
            else run.Report.Changed++;
            if (known is null) added.Add(new PlanDifference(request.DryRun ? "" : result.Value!.Number, plan.Reference, [], plan.Windows, OutageDifference.What(group.Outage)));
            if (request.DryRun) continue;

            var number = result.Value!.Number;
            drafted.Add(number);
            run.Tell(1);
            if (!submit) continue;

            var sent = await desk.SubmitAsync(number, new SubmitOutage(), actor, cancellationToken);
            db.ChangeTracker.Clear();
            if (sent.Ok) submitted.Add(number);
            else refused.Add(new SubmissionRefused(number, plan.Reference, sent.Problems, OutageDifference.What(group.Outage)));
        }

        var seen = matched.Select(m => m.Known?.Id).OfType<long>().ToHashSet();
        var dropped = await new OutageDifference(db).DroppedAsync(ahead, seen, cancellationToken);

        return new OutageImportReport(run.Report, 0, drafted, submitted, added, moved, dropped, refused);
    }

    private static List<PlanWindow> Windows(ImportedOutage imported) =>
        [.. imported.Windows.OrderBy(w => w.StartsAt).Select(w => new PlanWindow(w.StartsAt, w.EndsAt ?? imported.RestoredAt ?? w.StartsAt, w.Places))];

    private static void Reject(ImportRun run, OutageGroup group, IReadOnlyList<Problem> problems)
    {
        foreach (var row in group.Reject(problems)) run.Reject(row);
    }
}
