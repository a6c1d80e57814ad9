using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>Where what a carrier said is left.</summary>
public interface IReceiptSink
{
    /// <summary>For a channel that hears from its carrier in this process. Waits while the inbox is full.</summary>
    ValueTask PostAsync(ReceiptNews news, CancellationToken cancellationToken);

    /// <summary>For a web hook, which must not lose what it has answered: returns once the news is in the database, together with others that came meanwhile.
    /// Given up, it may still be written.</summary>
    Task RecordAsync(ReceiptNews news, CancellationToken cancellationToken);
}

/// <summary>Gathers receipts, so that a thousand of them are one transaction.</summary>
internal sealed class ReceiptInbox : BackgroundService, IReceiptSink
{
    /// <summary>Of those about no message of ours that come together, so many are logged one by one.</summary>
    private const int StrangersNamed = 10;

    private readonly DeliveryReceipts _receipts;
    private readonly ILogger<ReceiptInbox> _log;
    private readonly Gathering<ReceiptNews> _gathering;

    public ReceiptInbox(DeliveryReceipts receipts, [FromKeyedServices(CoreServices.Machine)] TimeProvider machine, ILogger<ReceiptInbox> log) =>
        (_receipts, _log, _gathering) = (receipts, log, new Gathering<ReceiptNews>("receipts", ApplyAsync, machine, log));

    public ValueTask PostAsync(ReceiptNews news, CancellationToken cancellationToken) => _gathering.PostAsync(news, cancellationToken);

    public Task RecordAsync(ReceiptNews news, CancellationToken cancellationToken) => _gathering.RecordAsync(news, cancellationToken);

    /// <summary>Applies what is there now.</summary>
    internal Task FlushAsync(CancellationToken cancellationToken) => _gathering.FlushAsync(cancellationToken);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _gathering.RunAsync(stoppingToken);

    private async Task ApplyAsync(IReadOnlyList<ReceiptNews> news, CancellationToken cancellationToken)
    {
        var strangers = new List<ReceiptNews>();
        await _receipts.ApplyAsync(news, strangers, cancellationToken);
        // A ring to staff or the answer to a reply: ours, and nothing waits for its report.
        strangers.RemoveAll(stranger => stranger.DeliveryId < 0);
        foreach (var stranger in strangers.Take(StrangersNamed))
            _log.LogWarning("Provider {Provider} tells of message {MessageId}, delivery {Delivery}, which is none of ours", stranger.Provider, stranger.ProviderMessageId, stranger.DeliveryId);
        if (strangers.Count > StrangersNamed) _log.LogWarning("And of {Count} further messages that are none of ours", strangers.Count - StrangersNamed);
    }
}
