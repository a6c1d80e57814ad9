using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Imports;
using Notices.Storage;

namespace Notices.Network;

/// <summary>Brings in by which other line a transformer is fed from when to when; by transformer and beginning, so that a later file may say the end.</summary>
public sealed class AlternateFeedImport(NoticesDb db, AuditTrail audit)
{
    public Task<Result<ImportReport>> RunAsync(
        Stream stream, ImportRequest request, Actor actor, IProgress<ImportProgress>? progress, CancellationToken cancellationToken) =>
        new RowImport(db, audit, ImportKind.AlternateFeeds).RunAsync(
            stream, request, actor, progress, AlternateFeedRow.Parse, batch => TakeAsync(batch, cancellationToken), cancellationToken);

    private async Task TakeAsync(RowBatch<AlternateFeedRow> batch, CancellationToken cancellationToken)
    {
        var (codes, lines) = (batch.Rows.Select(r => r.TransformerCode).ToHashSet(), batch.Rows.Select(r => r.FedBy).ToHashSet());
        var transformers = await db.Transformers.Include(t => t.Feeder).Include(t => t.AlternateFeeds).AsSplitQuery().Where(t => codes.Contains(t.Code))
            .ToDictionaryAsync(t => t.Code, StringComparer.Ordinal, cancellationToken);
        var feeders = await db.Feeders.Where(f => lines.Contains(f.Code)).ToDictionaryAsync(f => f.Code, StringComparer.Ordinal, cancellationToken);
        var sections = await db.Sections.Where(s => lines.Contains(s.Feeder!.Code)).ToDictionaryAsync(s => (s.FeederId, s.Name), s => s.Id, cancellationToken);

        batch.Each((row, line) =>
        {
            var problems = new List<Problem>();
            var transformer = transformers.GetValueOrDefault(row.TransformerCode);
            if (transformer is null || !batch.Sees(transformer.Feeder!.OrganisationId)) problems.Add(new Problem("import-transformer-unknown", "transformer_code", new { code = row.TransformerCode }));
            var feeder = feeders.GetValueOrDefault(row.FedBy);
            if (feeder is null || !batch.Sees(feeder.OrganisationId)) problems.Add(new Problem("import-feeder-unknown", "fed_by", new { code = row.FedBy }));
            long? section = null;
            if (feeder is not null && row.FedBySection is { } name)
            {
                if (sections.TryGetValue((feeder.Id, name), out var id)) section = id;
                else problems.Add(new Problem("import-section-unknown", "fed_by_section", new { feeder = row.FedBy, section = name }));
            }

            if (problems.Count > 0) return problems;

            return Take(row, line, transformer!, feeder!, section, batch);
        });
    }

    private static List<Problem> Take(AlternateFeedRow row, long line, Transformer transformer, Feeder feeder, long? section, RowBatch<AlternateFeedRow> batch)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(batch.ById(transformer.Feeder!.OrganisationId)!.TimeZone);
        var (from, to) = (row.From.Start(zone), row.To?.End(zone));
        var known = transformer.AlternateFeeds.Find(f => f.From == from);
        to ??= known?.To;
        var problems = new List<Problem>();
        if (to <= from) problems.Add(new Problem("import-ends-before-start", "to", new { start = Local(from), end = Local(to) }));
        if (feeder.Id == transformer.FeederId && section == transformer.SectionId) problems.Add(new Problem("import-feed-own", "fed_by", new { transformer = row.TransformerCode, feeder = row.FedBy }));
        var other = transformer.AlternateFeeds.Find(f => f.From != from && (to is null || f.From < to) && (f.To is null || f.To > from));
        if (other is not null) problems.Add(new Problem("import-feed-overlap", "from", new { transformer = row.TransformerCode, from = Local(other.From), to = Local(other.To) }));
        batch.Once(Digest.Of(transformer.Id, from.UtcTicks), line, "transformer_code", row.TransformerCode, problems);
        if (problems.Count > 0) return problems;

        if (known is null)
        {
            batch.Report.Added++;
            // Also on a dry run, for the rows that follow; nothing is saved there.
            transformer.AlternateFeeds.Add(new AlternateFeed { FeederId = feeder.Id, SectionId = section, From = from, To = to });
        }
        else if ((known.FeederId, known.SectionId, known.To) == (feeder.Id, section, to)) batch.Report.Unchanged++;
        else
        {
            batch.Report.Changed++;
            (known.FeederId, known.SectionId, known.To) = (feeder.Id, section, to);
        }

        return problems;

        string Local(DateTimeOffset? instant) => instant is { } at ? TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd'T'HH:mmzzz", System.Globalization.CultureInfo.InvariantCulture) : "…";
    }
}
