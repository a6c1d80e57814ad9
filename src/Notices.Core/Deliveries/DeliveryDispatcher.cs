using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Notices.Operation;

namespace Notices.Deliveries;

/// <summary>Sends what is due: claims, hands over, writes back, the three side by side. What is in hand is bounded, so memory stays flat; no connection
/// is held while a provider answers.</summary>
public sealed class DeliveryDispatcher
{
    /// <summary>Outcomes wait this long for company before they are written.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);

    private readonly IDeliveryQueue _queue;
    private readonly IReadOnlySet<Medium> _media;
    private readonly RoundTexts _texts;
    private readonly MessageSender _sender;
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _clock;
    private readonly TimeProvider _machine;
    private readonly ILogger<DeliveryDispatcher> _log;

    // A process that comes back under its old number must not take its predecessor's claims for its own.
    private readonly string _worker = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}";

    private int _rings;
    private int _running;
    private int _batchSize;
    private readonly int _hands;

    /// <summary>True after a claim whose answer was lost: rows may stand under our name that we never saw.</summary>
    private bool _unseenClaims;

    // By hand, since a public constructor cannot take the internal cache of texts.
    internal DeliveryDispatcher(
        IDeliveryQueue queue, ProviderDirectory providers, IAllowance allowance, RoundTexts texts, PersonalFill fill, IUnconfirmedPolicy policy, DeliveryOptions options,
        TimeProvider clock, TimeProvider machine, ILogger<DeliveryDispatcher> log)
    {
        (_queue, _media, _texts, _options, _clock, _machine, _log) = (queue, providers.Media, texts, options, clock, machine, log);
        _sender = new MessageSender(providers, allowance, fill, policy, options, clock, machine, log);
        _batchSize = Math.Min(_options.Concurrency, _options.BatchSize);
        // Each provider may hold up as many hands as it has: those of the others go on.
        _hands = Math.Min(_options.Concurrency * Math.Max(1, providers.Providers.Count), 2000);
    }

    internal static DeliveryDispatcher Make(IServiceProvider services) => new(
        services.GetRequiredService<IDeliveryQueue>(), services.GetRequiredService<ProviderDirectory>(), services.GetRequiredService<IAllowance>(), services.GetRequiredService<RoundTexts>(),
        services.GetRequiredService<PersonalFill>(), services.GetRequiredService<IUnconfirmedPolicy>(), services.GetRequiredService<DeliveryOptions>(),
        services.GetRequiredService<TimeProvider>(), services.GetRequiredKeyedService<TimeProvider>("machine"), services.GetRequiredService<ILogger<DeliveryDispatcher>>());

    /// <summary>Sends until nothing is due. A second ring while it runs makes it look once more and returns at once. A lost database is logged,
    /// not thrown: the rows are still there, and the next ring goes on.</summary>
    /// <returns>How many messages were tried.</returns>
    public async Task<int> DispatchDueAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _rings);
        var sent = 0;
        while (!cancellationToken.IsCancellationRequested && Interlocked.Exchange(ref _running, 1) == 0)
        {
            var heard = Volatile.Read(ref _rings);
            try
            {
                int tried;
                do sent += tried = await RunAsync(cancellationToken);
                while (tried > 0 && !cancellationToken.IsCancellationRequested);
            }
            finally
            {
                Volatile.Write(ref _running, 0);
            }

            if (heard == Volatile.Read(ref _rings)) break;
        }

        return sent;
    }

    private async Task<int> RunAsync(CancellationToken stopping)
    {
        if (_unseenClaims && !await GiveBackUnseenAsync()) return 0;

        var first = await ClaimAsync();
        if (first.Count == 0) return 0;

        var inHand = Channel.CreateBounded<(ClaimedDelivery, SendableText?)>(new BoundedChannelOptions(_options.BatchSize) { SingleWriter = true });
        var done = Channel.CreateBounded<DeliveryOutcome>(new BoundedChannelOptions(_options.BatchSize * 2) { SingleReader = true });
        using var sending = new CancellationTokenSource();
        await using var stop = stopping.Register(() => sending.CancelAfter(_options.StopTimeout));
        using var over = new CancellationTokenSource();

        var renewing = RenewAsync(over.Token);
        var writing = WriteAsync(done.Reader, stopping);
        var senders = Enumerable.Range(0, _hands).Select(_ => Task.Run(() => SendAllAsync(inHand.Reader, done.Writer, sending.Token, stopping), CancellationToken.None)).ToArray();
        try
        {
            await FeedAsync(first, inHand.Writer, done.Writer, stopping);
        }
        finally
        {
            inHand.Writer.Complete();
            await Task.WhenAll(senders);
            done.Writer.Complete();
        }

        var tried = await writing;
        await over.CancelAsync();
        await renewing;

        return tried;
    }

    private async Task FeedAsync(
        IReadOnlyList<ClaimedDelivery> batch, ChannelWriter<(ClaimedDelivery, SendableText?)> inHand, ChannelWriter<DeliveryOutcome> done, CancellationToken stopping)
    {
        while (batch.Count > 0)
        {
            var began = _machine.GetTimestamp();
            await HandOutAsync(batch, inHand, done);
            if (stopping.IsCancellationRequested) return;

            // About a quarter of a second's work in hand: enough to keep busy, little enough that what is more urgent does not wait behind it.
            var took = _machine.GetElapsedTime(began);
            if (took < TimeSpan.FromMilliseconds(125) && batch.Count == _batchSize) _batchSize = Math.Min(_batchSize * 2, _options.BatchSize);
            else if (took > TimeSpan.FromMilliseconds(500)) _batchSize = Math.Max(_batchSize / 2, Math.Min(_options.Concurrency, _options.BatchSize));

            batch = await ClaimAsync();
        }
    }

    private async Task HandOutAsync(IReadOnlyList<ClaimedDelivery> batch, ChannelWriter<(ClaimedDelivery, SendableText?)> inHand, ChannelWriter<DeliveryOutcome> done)
    {
        IReadOnlyDictionary<long, SendableText> texts;
        try
        {
            texts = await _texts.LoadAsync(batch.Select(claimed => claimed.TextId), CancellationToken.None);
        }
        catch (Exception fault) when (IsOfTheDatabase(fault))
        {
            _log.LogWarning(fault, "The texts of {Count} messages could not be read; they are given back", batch.Count);
            foreach (var claimed in batch) await done.WriteAsync(DeliveryOutcome.GiveBack(claimed), CancellationToken.None);

            return;
        }

        using var traced = BatchTrace.Begin(batch, texts);
        foreach (var claimed in batch) await inHand.WriteAsync((claimed, texts.GetValueOrDefault(claimed.TextId)), CancellationToken.None);
    }

    /// <summary>Not cancelled half-way: a claim that was made and not seen would end as unconfirmed.</summary>
    private async Task<IReadOnlyList<ClaimedDelivery>> ClaimAsync()
    {
        try
        {
            return await _queue.ClaimAsync(new ClaimRequest(_worker, _batchSize, _clock.GetUtcNow(), _options.Lease, _media), CancellationToken.None);
        }
        catch (Exception fault) when (IsOfTheDatabase(fault))
        {
            _unseenClaims = true;
            _log.LogWarning(fault, "Due messages could not be claimed; the next ring tries again");

            return [];
        }
    }

    private async Task<bool> GiveBackUnseenAsync()
    {
        try
        {
            await _queue.GiveBackAllAsync(_worker, CancellationToken.None);
            _unseenClaims = false;
        }
        catch (Exception fault) when (IsOfTheDatabase(fault))
        {
            _log.LogWarning(fault, "The database does not answer; the next ring tries again");
        }

        return !_unseenClaims;
    }

    private async Task SendAllAsync(
        ChannelReader<(ClaimedDelivery Claimed, SendableText? Text)> inHand, ChannelWriter<DeliveryOutcome> done, CancellationToken sending, CancellationToken stopping)
    {
        await foreach (var (claimed, text) in inHand.ReadAllAsync(CancellationToken.None))
        {
            // Past its expiry it is not sent either; the sweep then says so.
            var outcome = stopping.IsCancellationRequested || claimed.ExpiresAt <= _clock.GetUtcNow() ? DeliveryOutcome.GiveBack(claimed) : await _sender.SendAsync(claimed, text, sending);
            await done.WriteAsync(outcome, CancellationToken.None);
        }
    }

    /// <returns>How many messages were tried.</returns>
    private async Task<int> WriteAsync(ChannelReader<DeliveryOutcome> done, CancellationToken stopping)
    {
        var (tried, holds) = (0, true);
        while (await done.WaitToReadAsync(CancellationToken.None))
        {
            var outcomes = new List<DeliveryOutcome>();
            Take(done, outcomes);
            if (outcomes.Count < _options.BatchSize / 4 && !done.Completion.IsCompleted)
            {
                await Task.WhenAny(done.Completion, Task.Delay(Gather, _machine, CancellationToken.None));
                Take(done, outcomes);
            }

            // Once one was given up, the rest is only taken off the senders' hands.
            if (holds) holds = await WriteUntilItHoldsAsync(new OutcomeBatch(outcomes), stopping);
            BatchTrace.Count(outcomes);
            tried += outcomes.Count(outcome => outcome.Try is not null);
        }

        return tried;
    }

    private void Take(ChannelReader<DeliveryOutcome> done, List<DeliveryOutcome> outcomes)
    {
        while (outcomes.Count < _options.BatchSize && done.TryRead(out var outcome)) outcomes.Add(outcome);
    }

    /// <summary>What was sent must be known to have been sent: while the database is away, nothing further is sent and this tries on. Only a service
    /// that has to stop gives up; the lease then runs out and the messages become unconfirmed.</summary>
    private async Task<bool> WriteUntilItHoldsAsync(OutcomeBatch batch, CancellationToken stopping)
    {
        var pause = TimeSpan.FromMilliseconds(200);
        var stoppedAt = (long?)null;
        while (true)
        {
            try
            {
                await _queue.WriteOutcomesAsync(batch, CancellationToken.None);

                return true;
            }
            catch (Exception fault) when (IsOfTheDatabase(fault))
            {
                _log.LogWarning(fault, "The outcomes of {Count} messages could not be written yet", batch.Outcomes.Count);
                if (stopping.IsCancellationRequested) stoppedAt ??= _machine.GetTimestamp();
                if (stoppedAt is { } since && _machine.GetElapsedTime(since) > _options.StopTimeout) return false;
            }

            await Task.Delay(pause, _machine, CancellationToken.None);
            pause = TimeSpan.FromMilliseconds(Math.Min(pause.TotalMilliseconds * 2, 3000));
        }
    }

    private async Task RenewAsync(CancellationToken over)
    {
        using var timer = new PeriodicTimer(_options.Lease / 3, _machine);
        while (!over.IsCancellationRequested)
        {
            try
            {
                if (!await timer.WaitForNextTickAsync(over)) return;

                await _queue.RenewLeasesAsync(_worker, _options.Lease, over);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception fault) when (IsOfTheDatabase(fault))
            {
                _log.LogWarning(fault, "Leases could not be renewed");
            }
        }
    }

    private static bool IsOfTheDatabase(Exception fault) => fault is DbException or InvalidOperationException or TimeoutException;
}
