using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Notices.Deliveries;

/// <summary>Where what a carrier said is left.</summary>
public interface IReceiptSink
{
    /// <summary>For a channel that hears from its carrier in this process. Waits while the inbox is full.</summary>
    ValueTask PostAsync(ReceiptNews news, CancellationToken cancellationToken);

    /// <summary>For a web hook, which must not lose what it has answered: returns once the news is in the database, a moment later, together with others of that moment.
    /// Given up, it may still be written.</summary>
    Task RecordAsync(ReceiptNews news, CancellationToken cancellationToken);
}

/// <summary>Gathers receipts for a moment, so that a thousand of them are one transaction.</summary>
internal sealed class ReceiptInbox(DeliveryReceipts receipts, [FromKeyedServices("machine")] TimeProvider machine, ILogger<ReceiptInbox> log) : BackgroundService, IReceiptSink
{
    private const int Batch = 1000;

    /// <summary>Of those about no message of ours that come together, so many are logged one by one.</summary>
    private const int StrangersNamed = 10;

    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);

    private readonly Channel<Letter> _inbox = Channel.CreateBounded<Letter>(new BoundedChannelOptions(20_000) { SingleReader = true });

    /// <summary>Taken out and not written yet; stays across a flush that was broken off.</summary>
    private readonly List<Letter> _inHand = [];

    public ValueTask PostAsync(ReceiptNews news, CancellationToken cancellationToken) => _inbox.Writer.WriteAsync(new Letter(news, null), cancellationToken);

    public async Task RecordAsync(ReceiptNews news, CancellationToken cancellationToken)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _inbox.Writer.WriteAsync(new Letter(news, written), cancellationToken);
        await written.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Applies what is there now.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        while (_inHand.Count < Batch && _inbox.Reader.TryRead(out var letter)) _inHand.Add(letter);
        var strangers = new List<ReceiptNews>();
        while (_inHand.Count > 0)
        {
            try
            {
                await receipts.ApplyAsync(_inHand.ConvertAll(letter => letter.News), strangers, cancellationToken);
                foreach (var letter in _inHand) letter.Written?.TrySetResult();
                _inHand.Clear();
            }
            catch (DbException fault)
            {
                log.LogWarning(fault, "{Count} receipts could not be written yet", _inHand.Count);
                await Task.Delay(TimeSpan.FromSeconds(1), machine, cancellationToken);
            }
        }

        foreach (var stranger in strangers.Take(StrangersNamed))
            log.LogWarning("Provider {Provider} tells of message {MessageId}, delivery {Delivery}, which is none of ours", stranger.Provider, stranger.ProviderMessageId, stranger.DeliveryId);
        if (strangers.Count > StrangersNamed) log.LogWarning("And of {Count} further messages that are none of ours", strangers.Count - StrangersNamed);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _inbox.Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(Gather, machine, stoppingToken);
                await FlushAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            await FlushAsync(CancellationToken.None);
        }
    }

    /// <param name="Written">Ends when the news is durable; null where nobody waits for that.</param>
    private sealed record Letter(ReceiptNews News, TaskCompletionSource? Written);
}
