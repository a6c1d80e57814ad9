using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Benchmarks.Dispatching;

/// <summary>A worker as a process of its own: the product's dispatcher, that stays up while its database is set back between runs.</summary>
internal sealed class WorkerSide(SideProcess process) : IAsyncDisposable
{
    internal static async Task<WorkerSide> StartAsync(DatabaseKind kind, string connection, string sink)
    {
        var process = SideProcess.Start("side-worker", $"{kind}", sink);
        await process.AskAsync("open", connection);

        return new WorkerSide(process);
    }

    /// <returns>How many it sent.</returns>
    internal async Task<int> DispatchAsync() => (int)await process.AskNumberAsync("dispatch");

    internal Task VerifyAsync() => process.AskAsync("verify");

    /// <summary>The most memory it ever held, in MB.</summary>
    internal Task<double> MemoryAsync() => process.AskNumberAsync("memory");

    public ValueTask DisposeAsync() => process.DisposeAsync();

    /// <summary>Everything due, sent by these workers at once.</summary>
    /// <returns>Seconds.</returns>
    internal static async Task<double> DispatchAsync(IReadOnlyList<WorkerSide> workers, SideProcess sink, int count)
    {
        await sink.AskAsync("reset");
        var began = Stopwatch.GetTimestamp();
        var sent = await Task.WhenAll(workers.Select(worker => worker.DispatchAsync()));
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (sent.Sum() != count) throw new BenchmarkException($"{sent.Sum()} were sent, {count} were due.");
        await Sink.CheckAsync(sink, count);

        return took;
    }

    /// <summary>The side's own part.</summary>
    internal static async Task ServeAsync(string[] args)
    {
        var kind = Enum.Parse<DatabaseKind>(args[0]);
        WebApplication? product = null;
        await SideProcess.ServeAsync(async order =>
        {
            switch (order[0])
            {
                case "open":
                    product = Product.Make(kind, order[1], new ShiftedClock(County.Due.AddMinutes(1)), sink: new Uri(args[1]));

                    return "";
                case "verify":
                    await Product.VerifyAsync(product!.Services);

                    return "";
                case "memory":
                    using (var me = Process.GetCurrentProcess()) return SideProcess.Number(me.PeakWorkingSet64 / 1048576.0);
                default:
                    return (await product!.Services.GetRequiredService<DeliveryDispatcher>().DispatchDueAsync(default)).ToString(CultureInfo.InvariantCulture);
            }
        });
    }
}
