using Notices.Access;
using Notices.Audit;

namespace Notices.Imports;

/// <summary>One import under way: counts, progress, rejections and the record of each batch.</summary>
internal sealed class ImportRun(ImportKind kind, ImportRequest request, ImportReport report, Actor actor, AuditTrail audit, IProgress<ImportProgress>? progress)
{
    private (long Added, long Changed, long Unchanged, long Rejected) _before;

    internal ImportReport Report => report;

    /// <summary>Imports are for administrators and dispatchers.</summary>
    internal static Problem? Refuse(Actor actor) => actor.IsAny(Role.Administrator, Role.Dispatcher) ? null : Problem.Forbidden("import");

    internal void Reject(RejectedRow row) => report.Reject(row, request);

    internal void Tell(double fraction) => progress?.Report(new ImportProgress(report.Rows, report.Rejected, fraction));

    /// <summary>Notes one batch in the record; it is written with the batch.</summary>
    internal void RecordBatch(long firstLine, long lastLine)
    {
        audit.Record(actor, Action("batch"), Subject, null, new
        {
            firstLine,
            lastLine,
            added = report.Added - _before.Added,
            changed = report.Changed - _before.Changed,
            unchanged = report.Unchanged - _before.Unchanged,
            rejected = report.Rejected - _before.Rejected,
            sha256 = report.Sha256,
        });
        _before = (report.Added, report.Changed, report.Unchanged, report.Rejected);
    }

    /// <summary>Writes the last line of the record: what came of the whole file.</summary>
    internal async Task FinishAsync(CancellationToken cancellationToken)
    {
        Tell(1);
        if (request.DryRun) return;
        audit.Record(actor, Action("finished"), Subject, null, new
        {
            report.Rows,
            report.Added,
            report.Changed,
            report.Unchanged,
            report.Rejected,
            fault = report.Fault?.Code,
            sha256 = report.Sha256,
        });
        await audit.CommitAsync(cancellationToken);
    }

    private string Subject => "import/" + Path.GetFileName(request.FileName);

    private string Action(string what) => $"{System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString())}.import-{what}";
}
