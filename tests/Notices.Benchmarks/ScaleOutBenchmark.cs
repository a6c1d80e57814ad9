using Notices.Benchmarks.Dispatching;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Testing;

namespace Notices.Benchmarks;

/// <summary>One, two and four worker processes on one PostgreSQL before a carrier that takes 50 ms to answer: each has 64 messages under way, so the carrier is what there is to wait for.</summary>
internal static class ScaleOutBenchmark
{
    private const int Answer = 50;

    internal static async Task RunAsync(BenchmarkRun run)
    {
        run.Progress(0, "seeding");
        var server = await PostgreSqlServer.StartAsync(durable: true);
        try
        {
            var queued = await Queued.SeedAsync(DatabaseKind.PostgreSql, server.ConnectionString(await server.CreateDatabaseAsync()), run.Size(40_000, 800));
            await using var sink = SideProcess.Start("sink");
            var address = await sink.AskAsync("address") + "/sms";
            await sink.AskAsync("delay", $"{Answer}");
            var workers = new List<WorkerSide>();
            for (var i = 0; i < 4; i++) workers.Add(await WorkerSide.StartAsync(queued.Kind, queued.Connection, address));

            var medians = await run.AlternateAsync([.. ((int[])[1, 2, 4]).Select(many => ($"{many}", (Func<Task<double>>)(async () =>
            {
                await queued.SetBackAsync(queued.Count);
                var took = await WorkerSide.DispatchAsync(workers[..many], sink, queued.Count);
                await queued.ExpectSentAsync(queued.Count);

                return queued.Count / took;
            })))]);
            await workers[0].VerifyAsync();
            foreach (var worker in workers) await worker.DisposeAsync();
            run.Add("scale-out", medians[2], "messages/s", medians[2] / medians[0]);
            run.Add("scale-out-2", medians[1], "messages/s", medians[1] / medians[0]);
            run.Add("scale-out-1", medians[0], "messages/s", 1);
        }
        finally
        {
            server.Stop();
        }
    }
}
