using Notices.Benchmarks.Dispatching;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Testing;

namespace Notices.Benchmarks;

/// <summary>Text messages claimed by two worker processes on one PostgreSQL, posted to a local sink and recorded; against a bare loop that records nothing,
/// and against a job a recipient.</summary>
internal static class DispatchBenchmark
{
    internal static async Task RunAsync(BenchmarkRun run)
    {
        var jobs = run.Size(2_000, 20);
        run.Progress(0, "seeding");
        var server = await PostgreSqlServer.StartAsync(durable: true);
        try
        {
            var queued = await Queued.SeedAsync(DatabaseKind.PostgreSql, server.ConnectionString(await server.CreateDatabaseAsync()), run.Size(100_000, 600));
            await using var sink = SideProcess.Start("sink");
            var address = await sink.AskAsync("address") + "/sms";
            await using var first = await WorkerSide.StartAsync(queued.Kind, queued.Connection, address);
            await using var second = await WorkerSide.StartAsync(queued.Kind, queued.Connection, address);
            await using var bare = BareSide.Start(address);
            await using var hangfire = SideProcess.Start("side-hangfire", server.ConnectionString(await server.CreateDatabaseAsync()), address);

            var medians = await run.AlternateAsync(
                ("ours", async () =>
                {
                    await queued.SetBackAsync(queued.Count);
                    var took = await WorkerSide.DispatchAsync([first, second], sink, queued.Count);
                    await queued.ExpectSentAsync(queued.Count);
                    await first.VerifyAsync();

                    return queued.Count / took;
                }
            ),
                ("bare", () => BareSide.BestAsync(bare, sink, queued.Count, queued.Text)),
                ("hangfire", async () =>
                {
                    await sink.AskAsync("reset");
                    var rate = await hangfire.AskNumberAsync($"{jobs}", queued.Text);
                    await Sink.CheckAsync(sink, jobs);

                    return rate;
                }
            ));
            run.Add("dispatch", medians[0], "messages/s", medians[0] / medians[1]);
            run.Add("dispatch-hangfire", medians[2], "messages/s", medians[0] / medians[2]);
        }
        finally
        {
            server.Stop();
        }
    }
}
