using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Notices.Operation;

namespace Notices.Deliveries;

/// <summary>One lane of one process: claims, hands over, writes back, the three side by side. What is in hand is bounded, so memory stays flat; no connection
/// is held while a provider answers.</summary>
/// <param name="worker">The lane's name in leases; never used before.</param>
/// <param name="hands">Messages under way at once.</param>
internal sealed class LaneDispatch(
    Lane lane, string worker, int hands, IDeliveryQueue queue, IReadOnlySet<Medium> media, RoundTexts texts, MessageSender sender, DeliveryOptions options,
    TimeProvider clock, TimeProvider machine, ILogger log)
{
    /// <summary>Machine time it rests when most of what it claimed came back untried, instead of claiming the same again and again.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(250);

    private readonly int _fewest = Math.Min(options.Concurrency, options.BatchSize);

    private int _rings;
    private int _running;
    private int _batchSize = Math.Min(options.Concurrency, options.BatchSize);

    /// <summary>True after a claim whose answer was lost: rows may stand under our name that we never saw.</summary>
    private bool _unseenClaims;

    /// <summary>Sends until nothing is due. A second ring while it runs makes it look once more and returns at once.</summary>
    /// <returns>How many messages were tried.</returns>
    internal async Task<int> DispatchDueAsync(CancellationToken cancellationToken)
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

        var held = new InHand(worker, queue, options, machine, log);
        if (await ClaimAsync(held) is not { } first) return 0;

        var inHand = Channel.CreateBounded<Item>(new BoundedChannelOptions(options.BatchSize) { SingleWriter = true });
        var done = Channel.CreateBounded<DeliveryOutcome>(new BoundedChannelOptions(options.BatchSize * 2) { SingleReader = true });
        using var sending = new CancellationTokenSource();
        await using var stop = stopping.Register(() => sending.CancelAfter(options.StopTimeout));
        using var over = new CancellationTokenSource();

        var writer = new OutcomeWriter(queue, options, machine, log);
        var watching = held.WatchAsync(over.Token);
        var writing = writer.WriteAsync(done.Reader, stopping);
        var senders = Enumerable.Range(0, hands).Select(_ => Task.Run(() => SendAllAsync(inHand.Reader, done.Writer, held, sending.Token, stopping), CancellationToken.None)).ToArray();
        try
        {
            await FeedAsync(first, held, inHand.Writer, done.Writer, writer, stopping);
        }
        finally
        {
            inHand.Writer.Complete();
            await Task.WhenAll(senders);
            done.Writer.Complete();
        }

        await writing;
        await over.CancelAsync();
        await watching;

        return writer.Tried;
    }

    private async Task FeedAsync(
        InHand.Batch? batch, InHand held, ChannelWriter<Item> inHand, ChannelWriter<DeliveryOutcome> done, OutcomeWriter writer, CancellationToken stopping)
    {
        while (batch is not null)
        {
            var (began, tried, returned) = (machine.GetTimestamp(), writer.Tried, writer.Returned);
            await HandOutAsync(batch, held, inHand, done);
            if (stopping.IsCancellationRequested) return;

            // About a quarter of a second's work in hand: enough to keep busy, little enough that what is more urgent does not wait behind it.
            var took = machine.GetElapsedTime(began);
            if (took < TimeSpan.FromMilliseconds(125) && batch.Messages.Count == _batchSize) _batchSize = Math.Min(_batchSize * 2, options.BatchSize);
            else if (took > TimeSpan.FromMilliseconds(500)) _batchSize = Math.Max(_batchSize / 2, _fewest);

            if (writer.Returned - returned > writer.Tried - tried)
            {
                _batchSize = _fewest;
                await Task.WhenAny(Task.Delay(Rest, machine, stopping));
            }

            batch = await ClaimAsync(held);
        }
    }

    private async Task HandOutAsync(InHand.Batch batch, InHand held, ChannelWriter<Item> inHand, ChannelWriter<DeliveryOutcome> done)
    {
        IReadOnlyDictionary<long, SendableText> loaded;
        try
        {
            loaded = await texts.LoadAsync(batch.Messages.Select(claimed => claimed.TextId), CancellationToken.None);
        }
        catch (Exception fault) when (IsOfTheDatabase(fault))
        {
            log.LogWarning(fault, "The texts of {Count} messages could not be read; they are given back", batch.Messages.Count);
            foreach (var claimed in batch.Messages)
            {
                held.LetGo(batch);
                await done.WriteAsync(DeliveryOutcome.GiveBack(claimed), CancellationToken.None);
            }

            return;
        }

        using var traced = BatchTrace.Begin(batch.Messages, loaded);
        if (sender.Gathers)
        {
            foreach (var (claimed, group) in sender.Gather(batch.Messages, loaded)) await inHand.WriteAsync(new Item(batch, claimed, loaded.GetValueOrDefault(claimed.TextId), group), CancellationToken.None);

            return;
        }

        foreach (var claimed in batch.Messages) await inHand.WriteAsync(new Item(batch, claimed, loaded.GetValueOrDefault(claimed.TextId), null), CancellationToken.None);
    }

    /// <summary>Not cancelled half-way: a claim that was made and not seen would end as unconfirmed.</summary>
    /// <returns>Null where nothing is due.</returns>
    private async Task<InHand.Batch?> ClaimAsync(InHand held)
    {
        try
        {
            var before = held.Now();
            var claimed = await queue.ClaimAsync(new ClaimRequest(worker, _batchSize, clock.GetUtcNow(), options.Lease, media) { Lane = lane }, CancellationToken.None);

            return claimed.Count == 0 ? null : held.Take(claimed, before);
        }
        catch (Exception fault) when (IsOfTheDatabase(fault))
        {
            _unseenClaims = true;
            log.LogWarning(fault, "Due messages could not be claimed; the next ring tries again");

            return null;
        }
    }

    private async Task<bool> GiveBackUnseenAsync()
    {
        try
        {
            await queue.GiveBackAllAsync(worker, CancellationToken.None);
            _unseenClaims = false;
        }
        catch (Exception fault) when (IsOfTheDatabase(fault))
        {
            log.LogWarning(fault, "The database does not answer; the next ring tries again");
        }

        return !_unseenClaims;
    }

    private async Task SendAllAsync(ChannelReader<Item> inHand, ChannelWriter<DeliveryOutcome> done, InHand held, CancellationToken sending, CancellationToken stopping)
    {
        using var timers = sender.Timers(sending);
        await foreach (var (batch, claimed, text, group) in inHand.ReadAllAsync(CancellationToken.None))
        {
            if (group is not null)
            {
                await SendGroupAsync(batch, group);
                continue;
            }

            var outcome = Stays(batch, claimed) ? DeliveryOutcome.GiveBack(claimed) : await sender.SendAsync(claimed, text, timers, sending);
            await LetGoAsync(batch, outcome);
        }

        // Past its expiry it is not sent either; the sweep then says so.
        bool Stays(InHand.Batch batch, ClaimedDelivery claimed) => stopping.IsCancellationRequested || claimed.ExpiresAt <= clock.GetUtcNow() || !held.MayGo(batch, claimed);

        async Task SendGroupAsync(InHand.Batch batch, MessageGroup group)
        {
            foreach (var claimed in group.TakeOut(claimed => Stays(batch, claimed))) await LetGoAsync(batch, DeliveryOutcome.GiveBack(claimed));
            if (group.Claimed.Count == 0) return;

            foreach (var outcome in await sender.SendAsync(group, timers, sending)) await LetGoAsync(batch, outcome);
        }

        ValueTask LetGoAsync(InHand.Batch batch, DeliveryOutcome outcome)
        {
            held.LetGo(batch);

            return done.WriteAsync(outcome, CancellationToken.None);
        }
    }

    internal static bool IsOfTheDatabase(Exception fault) => fault is DbException or InvalidOperationException or TimeoutException;

    /// <param name="Group">Those that leave together with the message, itself included; null where it leaves alone.</param>
    private readonly record struct Item(InHand.Batch Batch, ClaimedDelivery Claimed, SendableText? Text, MessageGroup? Group);
}
