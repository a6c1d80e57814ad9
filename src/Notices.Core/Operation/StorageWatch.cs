using Microsoft.Extensions.DependencyInjection;
using Notices.Storage;

namespace Notices.Operation;

/// <summary>Looks at the database at most once a second, however many ask, and never waits long for it.</summary>
public sealed class StorageWatch
{
    /// <summary>A look is good for this long.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    /// <summary>A database that says nothing for so long is not there.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly StorageProbe _probe;
    private readonly TimeProvider _machine;
    private readonly Lock _lock = new();
    private Task<StorageReport>? _looking;
    private long _lookedAt;

    internal StorageWatch(StorageProbe probe, TimeProvider machine) => (_probe, _machine) = (probe, machine);

    /// <param name="role">What the process does, for the row it leaves behind.</param>
    public static StorageWatch Make(IServiceProvider services, string role)
    {
        var machine = services.GetRequiredKeyedService<TimeProvider>(CoreServices.Machine);

        return new StorageWatch(new StorageProbe(services.GetRequiredService<Func<NoticesDb>>(), services.GetRequiredService<StorageOptions>(), machine, role), machine);
    }

    public async Task<StorageReport> LookAsync(CancellationToken cancellationToken)
    {
        Task<StorageReport> looking;
        lock (_lock)
        {
            if (_looking is null || (_looking.IsCompleted && _machine.GetElapsedTime(_lookedAt) > Fresh)) (_looking, _lookedAt) = (LookAsync(), _machine.GetTimestamp());
            looking = _looking;
        }

        return await looking.WaitAsync(cancellationToken);
    }

    private async Task<StorageReport> LookAsync()
    {
        // Not the caller's token: others wait for the same look.
        using var limit = new CancellationTokenSource(Patience, _machine);
        try
        {
            return await Task.Run(() => _probe.LookAsync(limit.Token), CancellationToken.None).WaitAsync(Patience, _machine);
        }
        catch (Exception error) when (error is OperationCanceledException or TimeoutException)
        {
            return StorageReport.Silent(StorageTrouble.Unreachable());
        }
    }
}
