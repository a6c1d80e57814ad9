using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Imports;
using Notices.Storage;

namespace Notices.Customers;

/// <summary>Brings in what the ledger says of known accounts: rank of restoration, minutes until loss, own generator, and who asked for more messages. An empty cell leaves what is there.</summary>
public sealed class LedgerImport(NoticesDb db, AuditTrail audit)
{
    public Task<Result<ImportReport>> RunAsync(
        Stream stream, ImportRequest request, Actor actor, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        var said = new Dictionary<long, (LedgerRow Row, long Line)>();

        return new RowImport(db, audit, ImportKind.Ledger).RunAsync(
            stream, request, actor, progress, LedgerRow.Parse, batch => TakeAsync(batch, said, cancellationToken), cancellationToken);
    }

    private async Task TakeAsync(RowBatch<LedgerRow> batch, Dictionary<long, (LedgerRow Row, long Line)> said, CancellationToken cancellationToken)
    {
        var accounts = batch.Rows.Select(r => r.AccountNo).ToHashSet();
        var points = await db.SupplyPoints.Include(p => p.Customer).Where(p => accounts.Contains(p.AccountNo)).ToDictionaryAsync(p => p.AccountNo, StringComparer.Ordinal, cancellationToken);

        batch.Each((row, line) =>
        {
            if (!points.TryGetValue(row.AccountNo, out var point)) return [new Problem("import-account-unknown", "account_no", new { code = row.AccountNo })];
            if (!batch.Sees(point.Customer!.OrganisationId)) return [new Problem("import-other-organisation", "account_no", new { what = "account", code = row.AccountNo })];

            var problems = new List<Problem>();
            if (said.TryGetValue(point.CustomerId, out var earlier) && row.Contradicts(earlier.Row) is { } column)
                problems.Add(new Problem("import-rows-differ", column, new { reference = point.Customer.CustomerNo, column, line = earlier.Line }));
            batch.Once(Digest.Of(row.AccountNo), line, "account_no", row.AccountNo, problems);
            if (problems.Count > 0) return problems;

            said.TryAdd(point.CustomerId, (row, line));
            if (Take(row, point, point.Customer)) batch.Report.Changed++;
            else batch.Report.Unchanged++;

            return problems;
        });
    }

    /// <returns>True when something became different.</returns>
    private static bool Take(LedgerRow row, SupplyPoint point, Customer customer)
    {
        var before = (point.OwnGenerator, customer.RestorationRank, customer.SurvivalMinutes, customer.WantsShortReminder, customer.WantsNightMessages);
        point.OwnGenerator = row.OwnGenerator ?? point.OwnGenerator;
        customer.RestorationRank = row.RestorationRank ?? customer.RestorationRank;
        customer.SurvivalMinutes = row.SurvivalMinutes ?? customer.SurvivalMinutes;
        customer.WantsShortReminder = row.ShortReminder ?? customer.WantsShortReminder;
        customer.WantsNightMessages = row.NightMessages ?? customer.WantsNightMessages;

        return before != (point.OwnGenerator, customer.RestorationRank, customer.SurvivalMinutes, customer.WantsShortReminder, customer.WantsNightMessages);
    }
}
