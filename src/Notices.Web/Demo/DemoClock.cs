using Notices.Setup;

namespace Notices.Demo;

/// <summary>The demonstration's clock: stands at moments of the past while the county's history is lived through, then runs on from now.</summary>
internal sealed class DemoClock(double speed) : TimeProvider
{
    private DateTimeOffset? _stands = System.GetUtcNow();
    private TimeProvider _runs = System;

    /// <summary>Stands still at an instant.</summary>
    internal void StandAt(DateTimeOffset instant) => _stands = instant;

    /// <summary>Runs on from the present, at its speed.</summary>
    internal void Run() => (_runs, _stands) = (speed > 1 ? new ScaledClock(speed) : System, null);

    public override DateTimeOffset GetUtcNow() => _stands ?? _runs.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _runs.CreateTimer(callback, state, dueTime, period);
}
