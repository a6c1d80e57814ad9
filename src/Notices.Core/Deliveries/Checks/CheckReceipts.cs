using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>What came back while a check waited.</summary>
/// <param name="Told">By row; those that told nothing are missing.</param>
/// <param name="Served">A service ran that takes what providers call back.</param>
internal sealed record Waited(IReadOnlyDictionary<long, (DeliveryState? State, string? Detail)> Told, bool Served);

/// <summary>Waits for receipts of test messages, wherever they arrive. Providers that are asked are asked from here where no service does.</summary>
public sealed class CheckReceipts
{
    /// <summary>Machine time between two looks.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(300);

    /// <summary>Machine time after which a process whose row was not written anew counts as gone; it writes it every five seconds.</summary>
    private static readonly TimeSpan Silent = TimeSpan.FromSeconds(15);

    private readonly Func<NoticesDb> _open;
    private readonly StorageOptions _storage;
    private readonly ProviderPolling _polling;
    private readonly TimeProvider _machine;

    internal CheckReceipts(Func<NoticesDb> open, StorageOptions storage, ProviderPolling polling, TimeProvider machine) => (_open, _storage, _polling, _machine) = (open, storage, polling, machine);

    internal static CheckReceipts Make(IServiceProvider services) => new(
        services.GetRequiredService<Func<NoticesDb>>(), services.GetRequiredService<StorageOptions>(), services.GetRequiredService<ProviderPolling>(),
        services.GetRequiredKeyedService<TimeProvider>(CoreServices.Machine));

    internal static ReceiptPath PathOf(Provider provider) => provider.Channel switch
    {
        ICalledBack { CallBack: not null } => ReceiptPath.WebHook,
        IPolledChannel polled when polled.EveryOf(PollKind.Receipts) is not null => ReceiptPath.Polling,
        _ => ReceiptPath.Direct,
    };

    /// <summary>Until every message has its last word, or for as long as said.</summary>
    internal async Task<Waited> WaitAsync(IReadOnlyList<(long Id, Provider Provider)> open, TimeSpan wait, CancellationToken stopping)
    {
        var served = await ServedAsync(stopping);
        // Nothing comes of waiting for a call nobody takes.
        var awaited = open.Where(one => served || PathOf(one.Provider) != ReceiptPath.WebHook).ToList();
        var (began, tasks) = (_machine.GetTimestamp(), Asked(awaited));
        var asked = new Dictionary<PollTask, long>();
        while (true)
        {
            var told = await ToldAsync(open.Select(one => one.Id), stopping);
            awaited.RemoveAll(one => told.TryGetValue(one.Id, out var news) && news.State is DeliveryState.Failed or >= DeliveryState.Delivered);
            if (awaited.Count == 0 || _machine.GetElapsedTime(began) >= wait) return new Waited(told, served);

            foreach (var task in tasks.Where(task => !asked.TryGetValue(task, out var last) || _machine.GetElapsedTime(last) >= task.Every))
            {
                asked[task] = _machine.GetTimestamp();
                // On the embedded database only the service knows who asks, so it is left alone; otherwise the database says.
                if (_storage.IsPostgreSql || !served) await _polling.AskOnceAsync(task, stopping);
            }

            await Task.Delay(Look, _machine, stopping);
        }
    }

    private List<PollTask> Asked(List<(long Id, Provider Provider)> awaited) =>
        [.. _polling.Tasks.Where(task => task.Kind == PollKind.Receipts && awaited.Exists(one => one.Provider.Name == task.Provider))];

    private async Task<Dictionary<long, (DeliveryState? State, string? Detail)>> ToldAsync(IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        var some = ids.ToArray();
        await using var db = _open();

        return await db.TestMessages.AsNoTracking().Where(m => EF.Parameter(some).Contains(m.Id) && m.Told != null).ToDictionaryAsync(m => m.Id, m => (m.Told, m.ToldDetail), cancellationToken);
    }

    /// <summary>On SQLite a service holds the lock of its file; it is only looked at. On PostgreSQL the processes leave their rows.</summary>
    private async Task<bool> ServedAsync(CancellationToken cancellationToken)
    {
        if (!_storage.IsPostgreSql)
        {
            using var free = InstanceLock.Take(_storage);

            return free is null;
        }

        await using var db = _open();
        var since = _machine.GetUtcNow() - Silent;

        return await db.Peers.AnyAsync(peer => peer.SeenAt > since && peer.Role != "worker", cancellationToken);
    }
}
