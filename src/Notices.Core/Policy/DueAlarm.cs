namespace Notices.Policy;

/// <summary>Tells the process that a due row was added or moved. Losing a ring costs a second (the sweep comes by), never a notice.</summary>
public sealed class DueAlarm : IDisposable
{
    private readonly SemaphoreSlim _rung = new(0, 1);

    /// <summary>Passes a ring on to the other processes, where there are any.</summary>
    public Action? PassOn { get; set; }

    /// <summary>Something fell due, or falls due earlier than it did.</summary>
    public void Ring()
    {
        RingHere();
        PassOn?.Invoke();
    }

    /// <summary>A ring that came from another process: not passed on again.</summary>
    public void RingHere()
    {
        try
        {
            _rung.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already rung and not yet heard: one is enough.
        }
    }

    /// <summary>Waits until rung or until the time is over.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _rung.WaitAsync(cancellationToken);

    public void Dispose() => _rung.Dispose();
}
