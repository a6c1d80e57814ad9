using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Notices.Deliveries;

/// <summary>Where a channel that hears from its carrier in this process leaves what it heard.</summary>
public interface IReceiptSink
{
    /// <summary>Waits while the inbox is full.</summary>
    ValueTask PostAsync(ReceiptNews news, CancellationToken cancellationToken);
}

/// <summary>Gathers receipts for a moment, so that a thousand of them are one transaction. A web hook, which must not lose what it has answered,
/// calls <see cref="DeliveryReceipts"/> itself.</summary>
internal sealed class ReceiptInbox(DeliveryReceipts receipts, [FromKeyedServices("machine")] TimeProvider machine, ILogger<ReceiptInbox> log) : BackgroundService, IReceiptSink
{
    private const int Batch = 1000;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);

    private readonly Channel<ReceiptNews> _inbox = Channel.CreateBounded<ReceiptNews>(new BoundedChannelOptions(20_000) { SingleReader = true });

    public ValueTask PostAsync(ReceiptNews news, CancellationToken cancellationToken) => _inbox.Writer.WriteAsync(news, cancellationToken);

    /// <summary>Applies what is there now.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        var batch = new List<ReceiptNews>();
        while (batch.Count < Batch && _inbox.Reader.TryRead(out var news)) batch.Add(news);
        while (batch.Count > 0)
        {
            try
            {
                await receipts.ApplyAsync(batch, cancellationToken);
                batch.Clear();
            }
            catch (DbException fault)
            {
                log.LogWarning(fault, "{Count} receipts could not be written yet", batch.Count);
                await Task.Delay(TimeSpan.FromSeconds(1), machine, cancellationToken);
            }
        }
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
}
