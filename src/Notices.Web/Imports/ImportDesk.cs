using Notices.Access;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Network;
using Notices.Outages;

namespace Notices.Imports;

/// <summary>What came of a file.</summary>
/// <param name="Outages">For outages: drafts, history, and what differs from the announced.</param>
internal sealed record ImportOutcome(ImportReport Counts, OutageImportReport? Outages = null);

/// <summary>Takes a file to the importer of its kind; the command and the API both come here.</summary>
internal sealed class ImportDesk(IServiceProvider services)
{
    internal async Task<Result<ImportOutcome>> RunAsync(
        ImportKind kind, Stream stream, ImportRequest request, bool submit, Actor actor, IProgress<ImportProgress>? progress, CancellationToken stopping)
    {
        if (kind == ImportKind.Outages)
        {
            var outages = await services.GetRequiredService<OutageImport>().RunAsync(stream, request, submit, actor, progress, stopping);

            return outages.Value is { } report ? new ImportOutcome(report.Counts, report) : Result<ImportOutcome>.Refused(outages.Problems);
        }

        var result = kind switch
        {
            ImportKind.Organisations => await services.GetRequiredService<OrganisationImport>().RunAsync(stream, request, actor, progress, stopping),
            ImportKind.Areas => await services.GetRequiredService<AreaImport>().RunAsync(stream, request, actor, progress, stopping),
            ImportKind.Network => await services.GetRequiredService<NetworkImport>().RunAsync(stream, request, actor, progress, stopping),
            ImportKind.AlternateFeeds => await services.GetRequiredService<AlternateFeedImport>().RunAsync(stream, request, actor, progress, stopping),
            ImportKind.Relays => await services.GetRequiredService<RelayImport>().RunAsync(stream, request, actor, progress, stopping),
            ImportKind.Contacts => await services.GetRequiredService<ContactImport>().RunAsync(stream, request, actor, progress, stopping),
            ImportKind.Ledger => await services.GetRequiredService<LedgerImport>().RunAsync(stream, request, actor, progress, stopping),
            ImportKind.Letters => await services.GetRequiredService<LetterImport>().RunAsync(stream, request, actor, progress, stopping),
            ImportKind.Ids => await services.GetRequiredService<IdImport>().RunAsync(stream, request, actor, progress, stopping),
            _ => await services.GetRequiredService<CustomerImport>().RunAsync(stream, request, actor, progress, stopping),
        };

        return result.Value is { } counts ? new ImportOutcome(counts) : Result<ImportOutcome>.Refused(result.Problems);
    }
}
