namespace Notices.Benchmarks.Seeding;

/// <summary>The domain's clock, moved as a whole: it runs as fast as the machine's.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private TimeSpan _by;

    internal ShiftedClock(DateTimeOffset now) => Move(now);

    internal void Move(DateTimeOffset now) => _by = now - System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _by;
}
