using Notices.Replies;
using Notices.Setup;

namespace Notices.Webhooks;

/// <summary>Takes in what a provider calls back of what people sent.</summary>
internal sealed class WebhookReplies(IInboundSink inbox, [FromKeyedServices(CoreServices.Machine)] TimeProvider machine)
{
    /// <summary>Machine time the database has to take it; Twilio waits 15 seconds for the answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <returns>Null once all are in the database, 503 where it does not take them for now: then they are told again.</returns>
    internal async Task<ProblemsResult?> RecordAsync(IReadOnlyList<InboundText> texts, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(Patience, machine);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            await Task.WhenAll(texts.Select(text => inbox.RecordAsync(text, both.Token)));

            return null;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new ProblemsResult([new Problem("storage-unreachable")], StatusCodes.Status503ServiceUnavailable);
        }
    }
}
