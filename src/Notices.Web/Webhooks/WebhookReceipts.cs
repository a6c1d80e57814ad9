using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Notices.Deliveries;
using Notices.Setup;

namespace Notices.Webhooks;

/// <summary>Takes in what a provider calls back about a message.</summary>
internal sealed class WebhookReceipts(IReceiptSink receipts, [FromKeyedServices("machine")] TimeProvider machine)
{
    /// <summary>Machine time the database has to take a receipt; Twilio waits 15 seconds for the answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <returns>Null for what is no number of ours.</returns>
    internal static long? DeliveryOf(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <returns>204 once it is in the database, 503 where the database does not take it for now: then it is told again.</returns>
    internal async Task<Results<NoContent, ProblemsResult>> RecordAsync(ReceiptNews news, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(Patience, machine);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            await receipts.RecordAsync(news, both.Token);

            return TypedResults.NoContent();
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new ProblemsResult([new Problem("storage-unreachable")], StatusCodes.Status503ServiceUnavailable);
        }
    }
}
