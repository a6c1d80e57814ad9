using System.Collections.Concurrent;

namespace Notices.Audience;

/// <summary>One of this process draws a round at a time; alarm and sweep pass over each other's. On PostgreSQL the row's lock says the same to the other processes.</summary>
public sealed class DrawingTurn
{
    private readonly ConcurrentDictionary<long, bool> _inHand = new();

    internal bool Take(long round) => _inHand.TryAdd(round, true);

    internal void Leave(long round) => _inHand.TryRemove(round, out _);
}
