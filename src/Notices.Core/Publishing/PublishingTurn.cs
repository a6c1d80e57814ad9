namespace Notices.Publishing;

/// <summary>Publishing goes before drawing: what is due at a moment stands in the feed before the first of its rounds is drawn, so that the last notice of many
/// does not wait behind the recipients of the first.</summary>
public sealed class PublishingTurn
{
    private readonly Lock _lock = new();
    private int _publishing;
    private TaskCompletionSource _idle = new();

    public PublishingTurn() => _idle.SetResult();

    /// <summary>Completes once nobody of this process publishes.</summary>
    internal Task Idle
    {
        get
        {
            lock (_lock) return _idle.Task;
        }
    }

    /// <summary>Until it is disposed of, this process publishes.</summary>
    internal IDisposable Take()
    {
        lock (_lock)
        {
            if (_publishing++ == 0) _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return new Taken(this);
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_publishing == 0) _idle.SetResult();
        }
    }

    private sealed class Taken(PublishingTurn turn) : IDisposable
    {
        public void Dispose() => turn.Leave();
    }
}
