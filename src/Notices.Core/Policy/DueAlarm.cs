using System.Threading.Channels;

namespace Notices.Policy;

/// <summary>Tells every loop of the process that something may have fallen due. Losing a ring costs a second (the sweep comes by), never a notice.</summary>
public sealed class DueAlarm
{
    private readonly List<Bell> _bells = [];

    /// <summary>Passes a ring on to the other processes, where there are any.</summary>
    public Action? PassOn { get; set; }

    /// <summary>A bell of one's own; one ring not yet heard is enough, further ones are swallowed.</summary>
    public Bell Listen()
    {
        var bell = new Bell();
        lock (_bells) _bells.Add(bell);

        return bell;
    }

    /// <summary>Something fell due, or falls due earlier than it did.</summary>
    public void Ring()
    {
        RingHere();
        PassOn?.Invoke();
    }

    /// <summary>A ring that came from another process: not passed on again.</summary>
    public void RingHere()
    {
        lock (_bells)
        {
            foreach (var bell in _bells) bell.Ring();
        }
    }
}

/// <summary>One listener's bell.</summary>
public sealed class Bell
{
    private readonly Channel<bool> _rung = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    internal void Ring() => _rung.Writer.TryWrite(true);

    /// <summary>Waits until rung, or until the delay is over on the given clock.</summary>
    public async Task WaitAsync(TimeSpan delay, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (delay <= TimeSpan.Zero) return;

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var timer = Task.Delay(delay, clock, over.Token);
        await Task.WhenAny(timer, _rung.Reader.WaitToReadAsync(over.Token).AsTask());
        await over.CancelAsync();
        _rung.Reader.TryRead(out _);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
