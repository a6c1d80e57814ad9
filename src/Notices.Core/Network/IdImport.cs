using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Imports;
using Notices.Storage;

namespace Notices.Network;

/// <summary>Brings in how other systems call our things; by thing and system.</summary>
public sealed class IdImport(NoticesDb db, AuditTrail audit)
{
    private static readonly StagingTable Staged = new("import_ids", [("subject", "text"), ("subject_id", "bigint"), ("system", "text"), ("value", "text")]);

    public Task<Result<ImportReport>> RunAsync(
        Stream stream, ImportRequest request, Actor actor, IProgress<ImportProgress>? progress, CancellationToken cancellationToken) =>
        new RowImport(db, audit, ImportKind.Ids).RunAsync(stream, request, actor, progress, IdRow.Parse, batch => TakeAsync(batch, cancellationToken), cancellationToken);

    private async Task TakeAsync(RowBatch<IdRow> batch, CancellationToken cancellationToken)
    {
        var (things, ids, holders) = (new Dictionary<ExternalSubject, ILookup<string, Thing>>(), new Dictionary<(string, long, string), string>(), new Dictionary<(string, string, string), long>());
        foreach (var rows in batch.Rows.GroupBy(r => r.Subject))
        {
            var found = await Things.FindAsync(db, rows.Key, rows.Select(r => r.Code).ToHashSet(), cancellationToken);
            things.Add(rows.Key, found.ToLookup(t => t.Code, StringComparer.Ordinal));
            var (subject, subjects, values) = (NameOf(rows.Key), found.Select(t => t.Id).ToHashSet(), rows.Select(r => r.Value).ToHashSet());
            foreach (var id in await db.ExternalIds.AsNoTracking().Where(e => e.Subject == subject && (subjects.Contains(e.SubjectId) || values.Contains(e.Value))).ToListAsync(cancellationToken))
            {
                ids[(subject, id.SubjectId, id.System)] = id.Value;
                holders[(subject, id.System, id.Value)] = id.SubjectId;
            }
        }

        var changed = new List<object?[]>();
        batch.Each((row, line) =>
        {
            var thing = One(row, things[row.Subject][row.Code], batch);
            if (!thing.Ok) return thing.Problems;

            var (subject, id) = (NameOf(row.Subject), thing.Value!.Id);
            var before = ids.GetValueOrDefault((subject, id, row.System));
            var problems = new List<Problem>();
            if (holders.TryGetValue((subject, row.System, row.Value), out var holder) && holder != id) problems.Add(new Problem("import-id-taken", "external_id", new { system = row.System, value = row.Value }));
            batch.Once(Key(subject, id, row.System), line, "code", row.System, problems);
            if (problems.Count > 0) return problems;

            if (before == row.Value) batch.Report.Unchanged++;
            else if (before is null) batch.Report.Added++;
            else batch.Report.Changed++;
            if (before == row.Value) return problems;
            if (before is not null) holders.Remove((subject, row.System, before));
            holders[(subject, row.System, row.Value)] = id;
            changed.Add([subject, id, row.System, row.Value]);

            return problems;
        });
        if (batch.DryRun || changed.Count == 0) return;

        await audit.BeginAsync(cancellationToken);
        await Staged.FillAsync(db, changed, cancellationToken);
        // An id that passes from one thing to another must be free before it is given again.
        await StagingTable.ExecuteAsync(
            db, "DELETE FROM external_ids WHERE EXISTS (SELECT 1 FROM import_ids i WHERE i.subject = external_ids.subject AND i.subject_id = external_ids.subject_id AND i.system = external_ids.system)", cancellationToken);
        await StagingTable.ExecuteAsync(
            db, "INSERT INTO external_ids (subject, subject_id, system, value) SELECT subject, subject_id, system, value FROM import_ids WHERE true ON CONFLICT (subject, system, value) DO UPDATE SET subject_id = excluded.subject_id",
            cancellationToken);
    }

    private static Result<Thing> One(IdRow row, IEnumerable<Thing> things, RowBatch<IdRow> batch)
    {
        var within = batch.Within(row.Organisation);
        if (!within.Ok) return Result<Thing>.Refused(within.Problems);

        return things.Where(t => t.Path.StartsWith(within.Value!, StringComparison.Ordinal)).Take(2).ToList() switch
        {
            [var one] => one,
            [] => new Problem("import-subject-unknown", "code", new { subject = NameOf(row.Subject) }),
            _ => new Problem("import-subject-ambiguous", "organisation", new { subject = NameOf(row.Subject) }),
        };
    }

    private static ulong Key(string subject, long id, string system)
    {
        var digest = default(Digest);
        digest.Add(subject);
        digest.Add(id);
        digest.Add(system);

        return digest.Value;
    }

    /// <summary>As the table has it.</summary>
    internal static string NameOf(ExternalSubject subject) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(subject.ToString());
}
