using Microsoft.Extensions.Logging;

namespace Notices.Deliveries;

/// <summary>The way in to one provider for one kind of traffic: as many at once and as many a second as it takes, over all processes. Whoever is more
/// urgent goes first. A message that finds no room within <see cref="Patience"/> goes back to the table, so that what is more urgent, or another provider's, is not held up.</summary>
/// <param name="perSecond">Units a second; null for no limit.</param>
/// <param name="atOnce">Messages inside at once; null for no limit.</param>
/// <param name="here">Messages of this process inside at once: a provider that does not answer holds up so many of its hands and no more. Those that cannot wait
/// (<see cref="Urgent"/>) may be a quarter more.</param>
internal sealed class ProviderGate(string key, double? perSecond, int? atOnce, int here, IAllowance allowance, TimeProvider machine, ILogger log)
{
    /// <summary>An urgency below this is an emergency's or a fault's.</summary>
    internal const int Urgent = 10;

    /// <summary>Machine time a message waits here for room.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    /// <summary>A slice of a rate: small, since an emergency in another process waits for it.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(250);

    /// <summary>How often places are asked for, while some are wanting.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(4);

    /// <summary>Places are kept this long after the last message, in case another follows.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly PriorityQueue<Waiter, (int Urgency, long Number)> _waiting = new();
    private TaskCompletionSource _stirred = Stir();
    private long _number;
    private double _units;
    private int _inside;
    private int _held;
    private long? _heldAt;
    private bool _pumping;

    /// <summary>Room that a message has; leave it when the provider has answered.</summary>
    /// <param name="units">What the message costs of the rate.</param>
    /// <param name="urgency">The smaller goes first.</param>
    /// <returns>Whether there was room; if so, <see cref="Leave"/> is owed.</returns>
    internal ValueTask<bool> EnterAsync(double units, int urgency, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_lock)
        {
            if ((_waiting.Count == 0 || urgency < Urgent) && TryTake(units, urgency)) return new ValueTask<bool>(true);

            waiter = new Waiter(units);
            _waiting.Enqueue(waiter, (urgency, _number++));
            _stirred.TrySetResult();
            if (!_pumping && IsShared)
            {
                _pumping = true;
                _ = Task.Run(PumpAsync, CancellationToken.None);
            }
        }

        return new ValueTask<bool>(WaitAsync(waiter, cancellationToken));
    }

    internal void Leave()
    {
        lock (_lock)
        {
            _inside--;
            if (_pumping) _stirred.TrySetResult();
            else LetIn();
        }
    }

    private bool IsShared => perSecond is not null || atOnce is not null;

    private async Task<bool> WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(waiter.Let.Task, Task.Delay(Patience, machine, over.Token));
        await over.CancelAsync();
        lock (_lock)
        {
            if (waiter.Let.Task.IsCompleted) return true;
            waiter.Gone = true;

            return false;
        }
    }

    private bool TryTake(double units, int urgency)
    {
        if (_inside >= Here(urgency)) return false;
        if (perSecond is not null && _units < units) return false;
        if (atOnce is not null && _inside >= _held) return false;

        if (perSecond is not null) _units -= units;
        _inside++;

        return true;
    }

    private int Here(int urgency) => urgency < Urgent ? here + (here / 4) + 1 : here;

    /// <summary>Lives while somebody waits, is inside or might come back at once: fetches slices and places, and lets people in.</summary>
    private async Task PumpAsync()
    {
        while (true)
        {
            Need need;
            Task stirred;
            lock (_lock)
            {
                need = LetIn();
                stirred = _stirred.Task;
                // Units of a stretch of time that goes by unused are gone.
                if (need.Idle) _units = 0;
                if (need.Idle && _held == 0)
                {
                    _pumping = false;

                    return;
                }
            }

            try
            {
                await (need.Idle ? GiveUpPlacesAsync(stirred) : FetchAsync(need, stirred));
            }
#pragma warning disable CA1031 // Whatever is wrong with the database, those who wait here go back to it in a moment.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                log.LogWarning(fault, "The allowance of {Provider} cannot be read", key);
                await Task.Delay(TimeSpan.FromSeconds(1), machine);
            }
        }
    }

    private Need LetIn()
    {
        if (_stirred.Task.IsCompleted) _stirred = Stir();
        while (_waiting.TryPeek(out var first, out var place))
        {
            if (!first.Gone && !TryTake(first.Units, place.Urgency)) break;
            _waiting.Dequeue();
            if (!first.Gone) first.Let.SetResult();
        }

        return _waiting.TryPeek(out var next, out var its)
            ? new Need(false, perSecond is not null && _units < next.Units && _inside < Here(its.Urgency) ? next.Units : 0, _waiting.Count + _inside)
            : new Need(_inside == 0, 0, _inside);
    }

    private async Task FetchAsync(Need need, Task stirred)
    {
        if (atOnce is { } limit && (_heldAt is not { } asked || machine.GetElapsedTime(asked) >= (need.Places > _held ? Between : Renewal)))
        {
            var held = await allowance.HoldAsync(key, _inside, Math.Min(need.Places, limit), limit, CancellationToken.None);
            _heldAt = machine.GetTimestamp();
            lock (_lock) _held = held;
            if (held > _inside) stirred = Task.CompletedTask;
        }

        if (need.Units > 0 && (atOnce is null || _inside < _held))
        {
            var units = Math.Max(need.Units, Math.Min(perSecond!.Value * Slice.TotalSeconds, need.Units * need.Places));
            var wait = await allowance.ReserveAsync(key, TimeSpan.FromSeconds(units / perSecond.Value), CancellationToken.None);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, machine);
            lock (_lock) _units += units;

            return;
        }

        await Task.WhenAny(stirred, Task.Delay(need.Places > _held && atOnce is not null ? Between : Renewal, machine));
    }

    private async Task GiveUpPlacesAsync(Task stirred)
    {
        await Task.WhenAny(stirred, Task.Delay(Linger, machine));
        lock (_lock)
        {
            if (_inside > 0 || _waiting.Count > 0) return;
            // From here on whoever comes has to wait until places are asked for anew.
            (_held, _heldAt) = (0, null);
        }

        await allowance.HoldAsync(key, 0, 0, atOnce!.Value, CancellationToken.None);
    }

    private static TaskCompletionSource Stir() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Waiter(double units)
    {
        internal double Units => units;

        internal TaskCompletionSource Let { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal bool Gone { get; set; }
    }

    /// <param name="Idle">Nobody waits and nobody is inside.</param>
    /// <param name="Units">What the first of those waiting still lacks of the rate; 0 for nothing.</param>
    /// <param name="Places">What would be used, if there were room for all.</param>
    private readonly record struct Need(bool Idle, double Units, int Places);
}
