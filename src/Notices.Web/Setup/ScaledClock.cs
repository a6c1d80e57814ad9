namespace Notices.Setup;

/// <summary>The domain's clock running N times faster than the machine's, from the moment it is made.</summary>
internal sealed class ScaledClock(double speed) : TimeProvider
{
    private readonly DateTimeOffset _from = System.GetUtcNow();
    private readonly long _ticks = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _from + (System.GetElapsedTime(_ticks) * speed);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Shorter(dueTime), Shorter(period));

    private TimeSpan Shorter(TimeSpan span) => span <= TimeSpan.Zero ? span : TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerMillisecond, (long)(span.Ticks / speed)));
}
