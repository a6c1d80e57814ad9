using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Notices.Deliveries;

/// <summary>Takes in what happens in calls: all that came while the last lot was written is the next. What came before the start of its call was written down is looked at
/// again a moment later; what this process does not come to, the sweep does.</summary>
internal sealed class CallInbox(CallLedger ledger, CallPlaces places, [FromKeyedServices("machine")] TimeProvider machine, ILogger<CallInbox> log) : BackgroundService, ICallSink
{
    private const int Batch = 500;

    /// <summary>Of those about no call of ours that come together, so many are logged one by one.</summary>
    private const int StrangersNamed = 10;

    /// <summary>Machine time after which early news is looked at again, and how often.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(250);

    private const int Looks = 8;

    private readonly Channel<Letter> _inbox = Channel.CreateBounded<Letter>(new BoundedChannelOptions(20_000) { SingleReader = true });
    private readonly List<Letter> _inHand = [];
    private int _looks;

    public ValueTask PostAsync(CallNews news, CancellationToken cancellationToken) => _inbox.Writer.WriteAsync(new Letter(news, null), cancellationToken);

    public async Task RecordAsync(CallNews news, CancellationToken cancellationToken)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _inbox.Writer.WriteAsync(new Letter(news, written), cancellationToken);
        await written.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Writes down what is there now.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        while (_inHand.Count < Batch && _inbox.Reader.TryRead(out var letter)) _inHand.Add(letter);
        while (_inHand.Count > 0)
        {
            try
            {
                var applied = await ledger.ApplyAsync(_inHand.ConvertAll(letter => letter.News), cancellationToken);
                foreach (var letter in _inHand) letter.Written?.TrySetResult();
                _inHand.Clear();
                places.Ended(applied.Ended);
                if (applied.Early) _looks = Looks;
                Name(applied.Strangers);
            }
            catch (DbException fault)
            {
                log.LogWarning(fault, "{Count} events of calls could not be written yet", _inHand.Count);
                await Task.Delay(TimeSpan.FromSeconds(1), machine, cancellationToken);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await NextAsync(stoppingToken)) await FlushAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            await FlushAsync(CancellationToken.None);
        }
    }

    /// <returns>Whether there is news; false once there never will be.</returns>
    private async Task<bool> NextAsync(CancellationToken stopping)
    {
        var more = _inbox.Reader.WaitToReadAsync(stopping).AsTask();
        while (_looks > 0 && !more.IsCompleted)
        {
            await Task.WhenAny(more, Task.Delay(Again, machine, stopping));
            if (more.IsCompleted) break;

            try
            {
                _looks = await ledger.SettleAsync(stopping) > 0 ? 0 : _looks - 1;
            }
            catch (DbException fault)
            {
                log.LogWarning(fault, "Calls that ended early could not be settled; the sweep does it");
                _looks = 0;
            }
        }

        return await more;
    }

    private void Name(IReadOnlyList<CallNews> strangers)
    {
        foreach (var stranger in strangers.Take(StrangersNamed))
            log.LogWarning("Provider {Provider} tells of try {Number} of delivery {Delivery}, a call that is none of ours", stranger.Provider, stranger.Number, stranger.DeliveryId);
        if (strangers.Count > StrangersNamed) log.LogWarning("And of {Count} further calls that are none of ours", strangers.Count - StrangersNamed);
    }

    /// <param name="Written">Ends when the news is durable; null where nobody waits for that.</param>
    private sealed record Letter(CallNews News, TaskCompletionSource? Written);
}
