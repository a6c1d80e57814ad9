using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Imports;
using Notices.Storage;

namespace Notices.Network;

/// <summary>Brings organisations in, parents before children whatever the file's order; all in one transaction, for they hang on each other.</summary>
public sealed class OrganisationImport(NoticesDb db, AuditTrail audit)
{
    private const string DefaultTimeZone = "Asia/Shanghai";

    public async Task<Result<ImportReport>> RunAsync(
        Stream stream, ImportRequest request, Actor actor, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        if (ImportRun.Refuse(actor) is { } refusal) return refusal;
        var opened = await ImportSource.OpenAsync(stream, ImportKind.Organisations, request, cancellationToken);
        if (!opened.Ok) return Result<ImportReport>.Refused(opened.Problems);

        using var source = opened.Value!;
        var report = new ImportReport { FileName = request.FileName, Sha256 = source.Table.Sha256, DryRun = request.DryRun, IgnoredColumns = source.Ignored };
        var run = new ImportRun(ImportKind.Organisations, request, report, actor, audit, progress);
        var rows = Read(source, run);
        report.Fault = source.Table.Fault;

        if (!request.DryRun) await audit.BeginAsync(cancellationToken);
        await SaveAsync(rows, source, run, request, actor, cancellationToken);
        await run.FinishAsync(cancellationToken);
        db.ChangeTracker.Clear();

        return report;
    }

    private static List<(OrganisationRow Row, ImportRow Source)> Read(ImportSource source, ImportRun run)
    {
        var rows = new Dictionary<string, (OrganisationRow, ImportRow)>(StringComparer.Ordinal);
        foreach (var row in source.Rows())
        {
            run.Report.Rows++;
            var parsed = OrganisationRow.Parse(row);
            if (!parsed.Ok) run.Reject(source.Reject(row, parsed.Problems));
            else if (rows.TryGetValue(parsed.Value!.Code, out var earlier)) run.Reject(source.Reject(row, [new Problem("import-twice", "code", new { code = parsed.Value.Code, line = earlier.Item2.Line })]));
            else rows.Add(parsed.Value.Code, (parsed.Value, row));
        }

        return [.. rows.Values];
    }

    private async Task SaveAsync(
        List<(OrganisationRow Row, ImportRow Source)> rows, ImportSource source, ImportRun run, ImportRequest request, Actor actor, CancellationToken cancellationToken)
    {
        var known = await db.Organisations.ToDictionaryAsync(o => o.Code, StringComparer.Ordinal, cancellationToken);
        var waiting = rows;
        while (waiting.Count > 0)
        {
            var coming = waiting.Select(w => w.Row.Code).ToHashSet(StringComparer.Ordinal);
            var ready = waiting.Where(w => w.Row.Parent is null || !coming.Contains(w.Row.Parent)).ToList();
            foreach (var (row, original) in ready.Count > 0 ? ready : waiting)
            {
                var problem = ready.Count > 0
                    ? await TakeAsync(row, known, run.Report, request, actor, cancellationToken)
                    : new Problem("import-parent-circle", "parent", new { code = row.Code });
                if (problem is not null) run.Reject(source.Reject(original, [problem]));
            }

            if (ready.Count == 0) break;
            waiting = [.. waiting.Except(ready)];
        }
    }

    private async Task<Problem?> TakeAsync(
        OrganisationRow row, Dictionary<string, Organisation> known, ImportReport report, ImportRequest request, Actor actor, CancellationToken cancellationToken)
    {
        var parent = row.Parent is null ? null : known.GetValueOrDefault(row.Parent);
        if (row.Parent is not null && parent is null) return new Problem("import-parent-unknown", "parent", new { parent = row.Parent });
        if (!known.TryGetValue(row.Code, out var organisation))
        {
            if (!actor.Sees(parent?.Path ?? "/")) return new Problem("import-organisation-unknown", "parent", new { organisation = row.Parent ?? "/" });
            organisation = new Organisation { Code = row.Code, Name = row.Name, TimeZone = row.TimeZone ?? parent?.TimeZone ?? DefaultTimeZone, ParentId = parent?.Id };
            Fill(organisation, row);
            report.Added++;
            known.Add(row.Code, organisation);
            organisation.Path = parent?.Path ?? "/";
            if (request.DryRun) return null;
            db.Organisations.Add(organisation);
            await db.SaveChangesAsync(cancellationToken);
            organisation.Path = OrganisationCatalog.PathOf(organisation, parent);
            audit.Record(actor, "organisation.created", $"organisation/{row.Code}", null, Told(organisation));

            return null;
        }

        if (!actor.Sees(organisation.Path)) return new Problem("import-organisation-unknown", "code", new { organisation = row.Code });
        if (row.Parent is not null && organisation.ParentId != parent?.Id) return new Problem("import-parent-moved", "parent", new { code = row.Code });

        var before = Told(organisation);
        Fill(organisation, row);
        if (db.Entry(organisation).State == EntityState.Unchanged)
        {
            report.Unchanged++;

            return null;
        }

        report.Changed++;
        if (!request.DryRun) audit.Record(actor, "organisation.changed", $"organisation/{row.Code}", before, Told(organisation));

        return null;
    }

    /// <summary>An empty optional cell leaves what is there.</summary>
    private static void Fill(Organisation organisation, OrganisationRow row)
    {
        (organisation.Name, organisation.Level) = (row.Name, row.Level);
        organisation.TimeZone = row.TimeZone ?? organisation.TimeZone;
        organisation.Adcode = row.Adcode ?? organisation.Adcode;
        organisation.NameEn = row.NameEn ?? organisation.NameEn;
        organisation.Signature = row.Signature ?? organisation.Signature;
        organisation.SignatureEn = row.SignatureEn ?? organisation.SignatureEn;
        organisation.Hotline = row.Hotline ?? organisation.Hotline;
    }

    private static object Told(Organisation o) => new { o.Name, o.NameEn, o.Level, o.TimeZone, o.Adcode, o.Signature, o.SignatureEn, o.Hotline };
}
