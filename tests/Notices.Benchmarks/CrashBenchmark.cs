using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Setup;
using Notices.Testing;

namespace Notices.Benchmarks;

/// <summary>Workers killed one after the other in the middle of one emergency's send: nobody lost, doubles only among messages in flight at a kill and each of them marked,
/// and what a dead worker held taken over within half a minute.</summary>
internal static class CrashBenchmark
{
    private const int Each = 500;

    /// <summary>Machine time in which what a dead worker held must be taken over.</summary>
    private const double Allowed = 30;

    /// <summary>Milliseconds a carrier takes, so that much is always in flight.</summary>
    private const string CarrierTakes = "20";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    internal static async Task RunAsync(BenchmarkRun run)
    {
        var (count, kills) = (run.Size(50_000, 2_000), run.Size(10, 2));
        run.Progress(0, "seeding");
        var server = await PostgreSqlServer.StartAsync(durable: true);
        try
        {
            var connection = server.ConnectionString(await server.CreateDatabaseAsync());
            await County.SeedAsync(DatabaseKind.PostgreSql, connection, count / Each, Each);
            await using var sink = SideProcess.Start("sink", CarrierTakes);
            var settings = Product.Settings(DatabaseKind.PostgreSql, connection, new Uri(await sink.AskAsync("address") + "/sms"));
            await DeclareAsync(connection);

            using var crew = new Crew(settings, 2);
            var (inFlight, takeovers) = (new HashSet<long>(), new List<Task<double>>());
            for (var kill = 1; kill <= kills; kill++)
            {
                var (due, number) = ((long)count * kill / (kills + 1), kill);
                await UntilAsync(async () => (await TakenAsync(sink)).Distinct >= due, $"{due} sent");
                run.Progress((double)number / (kills + 1), $"kill {number} of {kills}");
                var worker = await crew.KillAsync(number % 2);
                inFlight.UnionWith(await HeldAsync(connection, worker));
                takeovers.Add(TakenOverAsync(connection, worker));
            }

            var longest = (await Task.WhenAll(takeovers)).Max();
            await UntilAsync(async () => await Sql.CountAsync(DatabaseKind.PostgreSql, connection, Open) == 0, "everybody at an end");
            await CheckAsync(run, connection, sink, inFlight, count);
            if (longest > Allowed) throw new BenchmarkException($"Taken over after {longest:0.0} s only.");
            run.More["takeovers"] = await Task.WhenAll(takeovers);
            run.Add("crash", longest, "s", longest / Allowed);
        }
        finally
        {
            server.Stop();
        }
    }

    /// <summary>Recipients without an end, and one more while the round is not drawn to its last.</summary>
    private static string Open => $"(SELECT count(*) FROM recipients WHERE state IN ({(int)DeliveryState.Waiting}, {(int)DeliveryState.Claimed}, {(int)DeliveryState.Accepted}))"
        + " + (SELECT CASE WHEN EXISTS (SELECT 1 FROM rounds WHERE snapshot_at IS NULL) OR NOT EXISTS (SELECT 1 FROM rounds) THEN 1 ELSE 0 END)";

    private static async Task DeclareAsync(string connection)
    {
        await using var product = Product.Make(DatabaseKind.PostgreSql, connection, TimeProvider.System);
        await using var scope = product.Services.CreateAsyncScope();
        var now = TimeProvider.System.GetUtcNow();
        var declared = await scope.ServiceProvider.GetRequiredService<EmergencyDesk>().DeclareAsync(
            new PlanOutage { Kind = OutageKind.Emergency, Organisation = County.Code, Feeders = [County.Feeder], StartsAt = now.AddHours(6), EstimatedRestoration = now.AddHours(12) },
            new Actor("dispatcher", new HashSet<Role> { Role.Dispatcher }, "/"), default);
        if (!declared.Ok) throw new BenchmarkException(string.Join("; ", declared.Problems.Select(problem => $"{problem.Code} {problem.Field}")));
    }

    private static async Task<(long Rows, long Distinct)> TakenAsync(SideProcess sink)
    {
        var counts = (await sink.AskAsync("counts")).Split(' ');

        return (long.Parse(counts[0], CultureInfo.InvariantCulture), long.Parse(counts[1], CultureInfo.InvariantCulture));
    }

    private static async Task<List<long>> HeldAsync(string connection, string worker)
    {
        await using var db = County.Open(DatabaseKind.PostgreSql, connection);

        return await db.Deliveries.Where(d => d.State == DeliveryState.Claimed && d.LeaseOwner!.Contains(worker)).Select(d => d.Id).ToListAsync();
    }

    /// <returns>Seconds until nothing stands under the dead worker's name.</returns>
    private static async Task<double> TakenOverAsync(string connection, string worker)
    {
        var began = Stopwatch.GetTimestamp();
        await UntilAsync(async () => (await HeldAsync(connection, worker)).Count == 0, "taken over");

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task CheckAsync(BenchmarkRun run, string connection, SideProcess sink, HashSet<long> inFlight, int count)
    {
        await Sql.ExpectAsync(DatabaseKind.PostgreSql, connection, "SELECT count(*) FROM recipients", count);
        await using var db = County.Open(DatabaseKind.PostgreSql, connection);
        var unconfirmed = await db.Deliveries.CountAsync(d => d.State == DeliveryState.Unconfirmed);
        var all = await db.Deliveries.CountAsync();
        var (rows, distinct) = await TakenAsync(sink);
        if (distinct < all - unconfirmed) throw new BenchmarkException($"{all} messages, {unconfirmed} of them unconfirmed, and the sink has {distinct}.");

        var doubled = (await sink.AskAsync("doubled")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => long.Parse(id, CultureInfo.InvariantCulture)).ToList();
        if (doubled.Exists(id => !inFlight.Contains(id))) throw new BenchmarkException($"Doubled and not in flight at a kill: {string.Join(", ", doubled.Where(id => !inFlight.Contains(id)).Take(10))}");
        var marked = await db.Attempts.Where(a => doubled.Contains(a.DeliveryId) && a.Outcome == (short)SendOutcomeKind.Unknown).Select(a => a.DeliveryId).Distinct().CountAsync();
        if (marked != doubled.Count) throw new BenchmarkException($"{doubled.Count} doubled, and {marked} of them marked.");

        await using var product = Product.Make(DatabaseKind.PostgreSql, connection, TimeProvider.System);
        await Product.VerifyAsync(product.Services);
        foreach (var (name, value) in new (string, long)[] { ("messages", all), ("handedOver", rows), ("inFlight", inFlight.Count), ("doubled", doubled.Count), ("unconfirmed", unconfirmed) }) run.More[name] = value;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(began) > Longest) throw new BenchmarkException($"Not within {Longest.TotalMinutes:0} minutes: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    /// <summary>Worker processes, each replaced when it is killed.</summary>
    private sealed class Crew : IDisposable
    {
        private readonly Dictionary<string, string?> _settings;
        private readonly Process[] _workers;

        internal Crew(Dictionary<string, string?> settings, int size)
        {
            _settings = settings;
            _workers = [.. Enumerable.Range(0, size).Select(_ => Start())];
        }

        /// <returns>What the dead worker's name contains.</returns>
        internal async Task<string> KillAsync(int index)
        {
            using var worker = _workers[index];
            worker.Kill();
            await worker.WaitForExitAsync();
            _workers[index] = Start();

            return $"-{worker.Id}-";
        }

        public void Dispose()
        {
            foreach (var worker in _workers)
            {
                worker.Kill();
                worker.WaitForExit();
                worker.Dispose();
            }
        }

        private Process Start()
        {
            var start = SideProcess.Program(typeof(NoticesHost).Assembly.Location, "serve", "--role", "worker", "--urls", "http://127.0.0.1:0");
            (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
            Product.Set(start.Environment, _settings);
            var worker = Process.Start(start)!;
            worker.OutputDataReceived += (_, _) => { };
            worker.ErrorDataReceived += (_, _) => { };
            worker.BeginOutputReadLine();
            worker.BeginErrorReadLine();

            return worker;
        }
    }
}
