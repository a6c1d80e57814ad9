using System.Collections.Concurrent;

namespace Notices.Deliveries;

/// <summary>What all processes together may do with a provider. A process asks for a slice and passes it on to its messages, so that a limit costs a few
/// short statements a second and not one a message.</summary>
internal interface IAllowance
{
    /// <summary>Takes the next free stretch of time of a rate.</summary>
    /// <param name="key">Which limit of which provider.</param>
    /// <param name="span">Units wanted / units a second.</param>
    /// <returns>How long until the stretch begins; zero when it has.</returns>
    Task<TimeSpan> ReserveAsync(string key, TimeSpan span, CancellationToken cancellationToken);

    /// <summary>Asks for places, also for fewer than are held: those are given back. Good for <see cref="HeldFor"/>, then ask again.</summary>
    /// <param name="using">Places in use now; never fewer are granted.</param>
    /// <returns>Places held from now on.</returns>
    Task<int> HoldAsync(string key, int @using, int wanted, int limit, CancellationToken cancellationToken);

    /// <summary>Machine time after which the places of a silent process are free again.</summary>
    static readonly TimeSpan HeldFor = TimeSpan.FromSeconds(20);
}

/// <summary>For the embedded database, which has one process.</summary>
internal sealed class LocalAllowance(TimeProvider machine) : IAllowance
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _freeAt = new(StringComparer.Ordinal);

    public Task<TimeSpan> ReserveAsync(string key, TimeSpan span, CancellationToken cancellationToken)
    {
        var now = machine.GetUtcNow();
        var end = _freeAt.AddOrUpdate(key, _ => now + span, (_, free) => (free > now ? free : now) + span);

        return Task.FromResult(end - span - now);
    }

    public Task<int> HoldAsync(string key, int @using, int wanted, int limit, CancellationToken cancellationToken) => Task.FromResult(Math.Min(wanted, limit));
}
