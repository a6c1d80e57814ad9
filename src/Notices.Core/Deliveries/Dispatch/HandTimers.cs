namespace Notices.Deliveries;

/// <summary>How long one hand waits for a provider: the same two timers for all its messages, one after the other. Two of their own for each cost more than the rest of
/// handing it over.</summary>
/// <param name="limit">Machine time until the channel's token is cancelled.</param>
/// <param name="sending">Ends every wait.</param>
internal sealed class HandTimers(TimeSpan limit, TimeProvider machine, CancellationToken sending) : IDisposable
{
    /// <summary>A channel that does not listen to its token is left alone after this much more.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Timer _limit = new(limit, machine, sending);
    private readonly Timer _deadline = new(limit + Grace, machine, sending);

    /// <summary>For the channel.</summary>
    internal CancellationToken Limit => _limit.Token;

    /// <summary>When its answer is no longer waited for.</summary>
    internal CancellationToken Deadline => _deadline.Token;

    /// <summary>Both run from now on.</summary>
    internal void Start()
    {
        _limit.Start();
        _deadline.Start();
    }

    internal void Stop()
    {
        _limit.Stop();
        _deadline.Stop();
    }

    public void Dispose()
    {
        _limit.Dispose();
        _deadline.Dispose();
    }

    private sealed class Timer(TimeSpan after, TimeProvider machine, CancellationToken sending) : IDisposable
    {
        private CancellationTokenSource? _source;
        private CancellationTokenRegistration _ending;

        internal CancellationToken Token => _source?.Token ?? default;

        internal void Start()
        {
            if (_source is not null)
            {
                _source.CancelAfter(after);

                return;
            }

            _source = new CancellationTokenSource(after, machine);
            _ending = sending.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        }

        internal void Stop()
        {
            // One that has run out cannot be set back, nor one of another clock than the machine's own.
            if (_source?.TryReset() == false) Dispose();
        }

        public void Dispose()
        {
            _ending.Dispose();
            _source?.Dispose();
            _source = null;
        }
    }
}
