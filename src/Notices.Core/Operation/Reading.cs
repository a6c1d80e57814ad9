namespace Notices.Operation;

/// <summary>What one process read for all of them, so that many processes and many scrapes cost one query.</summary>
public sealed class Reading
{
    public required string Name { get; set; }

    /// <summary>Machine time at which it was last begun; whoever moves this on reads anew.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>JSON; empty before the first.</summary>
    public required string Content { get; set; }
}
