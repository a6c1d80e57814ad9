using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>Keeps the place of each call this process started until the call is over, wherever its end was heard: "calls at once" are calls under way, not calls being started.
/// A process that dies gives its places back with its lease (<see cref="IAllowance.HeldFor"/>), though its last calls may still be ringing.</summary>
internal sealed class CallPlaces(Func<NoticesDb> open, [FromKeyedServices("machine")] TimeProvider machine, ILogger<CallPlaces> log) : BackgroundService
{
    /// <summary>Machine time between two looks whether calls have ended in another process.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, ProviderGate> _held = [];

    internal int Count
    {
        get
        {
            lock (_lock) return _held.Count;
        }
    }

    /// <summary>The gate is left when the call is over. Called before the start of the call is written down: until then it counts as under way.</summary>
    internal void Keep(long deliveryId, ProviderGate gate)
    {
        ProviderGate? before;
        lock (_lock)
        {
            _held.Remove(deliveryId, out before);
            _held[deliveryId] = gate;
        }

        before?.Leave();
    }

    internal void Ended(IReadOnlyList<long> deliveries)
    {
        foreach (var id in deliveries)
        {
            ProviderGate? gate;
            lock (_lock) _held.Remove(id, out gate);
            gate?.Leave();
        }
    }

    /// <summary>Lets go of those that are over.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        long[] ids;
        lock (_lock) ids = [.. _held.Keys];
        if (ids.Length == 0) return;

        var under = await DeliverySql.ReadAsync(
            open,
            async sql =>
            {
                await using var find = sql.Command($"SELECT d.id FROM deliveries d WHERE d.id {sql.Among("@ids")} AND d.state IN ({(int)DeliveryState.Claimed}, {(int)DeliveryState.Accepted})");

                return await CallSql.IdsAsync(find.With("@ids", sql.Ids(ids)), cancellationToken);
            },
            cancellationToken);
        Ended([.. ids.Except(under)]);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, machine);
        while (await NextAsync(timer, stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (DbException fault)
            {
                log.LogWarning(fault, "Whether calls have ended could not be read; their places stay taken for now");
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
