using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Notices.Storage;

/// <summary>Gathers what comes one by one, so that a thousand of them are one transaction. Whoever waits for the writing is written at once, together with all that came while the batch before was being
/// written; where nobody waits, a moment is given for company.</summary>
/// <param name="what">Plural, for the log.</param>
/// <param name="write">One transaction; called again with the same where the database does not take it.</param>
internal sealed class Gathering<T>(string what, Func<IReadOnlyList<T>, CancellationToken, Task> write, TimeProvider machine, ILogger log)
{
    private const int Batch = 1000;

    private static readonly TimeSpan Company = TimeSpan.FromMilliseconds(100);

    private readonly Channel<Letter> _inbox = Channel.CreateBounded<Letter>(new BoundedChannelOptions(20_000) { SingleReader = true });

    /// <summary>Taken out and not written yet; stays across a flush that was broken off.</summary>
    private readonly List<Letter> _inHand = [];

    /// <summary>How many wait for the writing.</summary>
    private int _awaited;

    private TaskCompletionSource _urgent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits while there is no room, and not for the writing.</summary>
    internal ValueTask PostAsync(T item, CancellationToken cancellationToken) => _inbox.Writer.WriteAsync(new Letter(item, null), cancellationToken);

    /// <summary>Returns once it is in the database. Given up, it may still be written.</summary>
    internal async Task RecordAsync(T item, CancellationToken cancellationToken)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Before it can be taken out, so that the count never falls short.
        Interlocked.Increment(ref _awaited);
        try
        {
            await _inbox.Writer.WriteAsync(new Letter(item, written), cancellationToken);
        }
        catch
        {
            Interlocked.Decrement(ref _awaited);
            throw;
        }

        Volatile.Read(ref _urgent).TrySetResult();
        await written.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Writes what is there now.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        while (_inHand.Count < Batch && _inbox.Reader.TryRead(out var letter)) _inHand.Add(letter);
        while (_inHand.Count > 0)
        {
            try
            {
                await write(_inHand.ConvertAll(letter => letter.Item), cancellationToken);
                Interlocked.Add(ref _awaited, -_inHand.Count(letter => letter.Written is not null));
                foreach (var letter in _inHand) letter.Written?.TrySetResult();
                _inHand.Clear();
            }
            catch (DbException fault)
            {
                log.LogWarning(fault, "{Count} {What} could not be written yet", _inHand.Count, what);
                await Task.Delay(TimeSpan.FromSeconds(1), machine, cancellationToken);
            }
        }
    }

    /// <summary>Until <paramref name="stopping"/>; what is there then is still written.</summary>
    internal async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (await _inbox.Reader.WaitToReadAsync(stopping))
            {
                await WaitForCompanyAsync(stopping);
                await FlushAsync(stopping);
            }
        }
        catch (OperationCanceledException)
        {
            await FlushAsync(CancellationToken.None);
        }
    }

    private async Task WaitForCompanyAsync(CancellationToken stopping)
    {
        var urgent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _urgent, urgent);
        // Read after the bell is up: who comes in between is seen here, who comes later rings it.
        if (Volatile.Read(ref _awaited) > 0) return;

        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(urgent.Task, Task.Delay(Company, machine, over.Token));
        await over.CancelAsync();
        stopping.ThrowIfCancellationRequested();
    }

    /// <param name="Written">Ends when it is durable; null where nobody waits for that.</param>
    private sealed record Letter(T Item, TaskCompletionSource? Written);
}
