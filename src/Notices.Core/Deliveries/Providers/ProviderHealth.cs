namespace Notices.Deliveries;

/// <summary>Whether messages are given to a provider.</summary>
public enum CircuitState
{
    Closed,

    /// <summary>Too much went wrong: nothing is given to it for a while.</summary>
    Open,

    /// <summary>One message at a time tries whether it is back.</summary>
    Trial,
}

/// <summary>A provider that does not take messages now.</summary>
/// <param name="Fault">Of the last try.</param>
/// <param name="Failures">In a row.</param>
/// <param name="Since">Of the first of them, machine time.</param>
public sealed record ProviderTrouble(string Provider, string? Fault, int Failures, DateTimeOffset Since);

/// <summary>How one provider has been doing in this process over the last ten seconds. An answer that never comes counts as soon as it is slow, so that a
/// provider that merely swallows messages is found out before the first of them times out.</summary>
internal sealed class ProviderHealth(TimeSpan slowAfter, TimeProvider machine)
{
    private const int Seconds = 10;

    /// <summary>Fewer tries say nothing.</summary>
    private const int Enough = 5;

    private const int TrialsToClose = 3;

    /// <summary>Failures in a row that are told of.</summary>
    private const int Known = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly LinkedList<long> _underWay = new();
    private readonly (long Second, int Good, int Bad)[] _seconds = new (long, int, int)[Seconds];
    private TimeSpan _pause = FirstPause;
    private long _openedAt = long.MinValue;
    private long _lookedAt = long.MinValue;
    private int _trials;
    private LinkedListNode<long>? _trial;
    private int _failures;
    private string? _fault;
    private DateTimeOffset _since;

    internal CircuitState State { get; private set; }

    /// <summary>Begins a try.</summary>
    /// <returns>The try, to be ended by <see cref="End"/>; null while the provider is to be left alone.</returns>
    internal LinkedListNode<long>? Begin()
    {
        lock (_lock)
        {
            if (!MayBegin()) return null;

            var begun = _underWay.AddLast(machine.GetTimestamp());
            if (State == CircuitState.Trial) _trial = begun;

            return begun;
        }
    }

    /// <summary>Whether somebody should be sent to see if it is back.</summary>
    internal bool WantsTrial
    {
        get
        {
            if (State == CircuitState.Closed) return false;
            lock (_lock) return State == CircuitState.Trial ? _trial is null : State == CircuitState.Open && machine.GetElapsedTime(_openedAt) >= _pause;
        }
    }

    /// <summary>What is wrong with it, once so many tries in a row went wrong or while it is left alone; null while all is well.</summary>
    internal ProviderTrouble? TroubleOf(string provider)
    {
        lock (_lock) return _failures >= Known || (State != CircuitState.Closed && _failures > 0) ? new ProviderTrouble(provider, _fault, _failures, _since) : null;
    }

    /// <param name="good">Null where the try says nothing about the provider: it was never made, or the recipient alone is to blame.</param>
    /// <param name="fault">What went wrong, where it is not good; no personal data.</param>
    /// <returns>Whether this try makes it known as failing (true) or well again (false); otherwise null.</returns>
    internal bool? End(LinkedListNode<long> begun, bool? good, string? fault = null)
    {
        lock (_lock)
        {
            var took = machine.GetElapsedTime(begun.Value);
            _underWay.Remove(begun);
            if (good == true && took >= slowAfter) (good, fault) = (false, "slow");
            var news = InARow(good, fault);
            if (begun == _trial) EndTrial(good);
            else if (good is { } well && IsNews(begun.Value))
            {
                Count(well);
                if (State == CircuitState.Closed && !well) Look();
            }

            return news;
        }
    }

    private bool? InARow(bool? good, string? fault)
    {
        if (good is not { } well) return null;

        if (well)
        {
            var known = _failures >= Known;
            (_failures, _fault) = (0, null);

            return known ? false : null;
        }

        if (_failures == 0) _since = machine.GetUtcNow();
        (_failures, _fault) = (_failures + 1, fault);

        return _failures == Known ? true : null;
    }

    private bool MayBegin()
    {
        if (State == CircuitState.Closed)
        {
            // Those that never answer make no call of End: looked at now and then.
            if (_lookedAt == long.MinValue || machine.GetElapsedTime(_lookedAt) >= TimeSpan.FromMilliseconds(250)) Look();
            if (State == CircuitState.Closed) return true;
        }

        if (State == CircuitState.Open)
        {
            if (machine.GetElapsedTime(_openedAt) < _pause) return false;
            (State, _trials, _trial) = (CircuitState.Trial, 0, null);
        }

        return _trial is null;
    }

    /// <summary>What was begun before the circuit opened tells of the time before: its time-outs must not open it again.</summary>
    private bool IsNews(long begun) => begun > _openedAt;

    private void EndTrial(bool? good)
    {
        _trial = null;
        if (good == false)
        {
            _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
            Open();
        }
        else if (good == true && ++_trials >= TrialsToClose)
        {
            (State, _pause) = (CircuitState.Closed, FirstPause);
            Array.Clear(_seconds);
        }
    }

    private void Look()
    {
        var now = machine.GetTimestamp();
        _lookedAt = now;
        var (second, good, bad) = (Second(now), 0, 0);
        foreach (var counted in _seconds)
        {
            if (counted.Second <= second - Seconds) continue;
            good += counted.Good;
            bad += counted.Bad;
        }

        for (var node = _underWay.First; node is not null && machine.GetElapsedTime(node.Value, now) >= slowAfter; node = node.Next)
        {
            if (IsNews(node.Value)) bad++;
        }

        if (bad >= Enough && bad >= good) Open();
    }

    private void Open() => (State, _openedAt, _trial) = (CircuitState.Open, machine.GetTimestamp(), null);

    private void Count(bool good)
    {
        var second = Second(machine.GetTimestamp());
        ref var slot = ref _seconds[second % Seconds];
        if (slot.Second != second) slot = (second, 0, 0);
        if (good) slot.Good++;
        else slot.Bad++;
    }

    private long Second(long timestamp) => timestamp / machine.TimestampFrequency;
}
