using Notices.Benchmarks.Dispatching;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Testing;

namespace Notices.Benchmarks;

/// <summary>Text messages claimed, posted to a local sink and recorded on the embedded database, against a bare loop of the same request code that records nothing.</summary>
internal static class DispatchSqliteBenchmark
{
    internal static async Task RunAsync(BenchmarkRun run)
    {
        run.Progress(0, "seeding");
        using var folder = new Folder();
        var file = folder.File("notices.db");
        await Sqlite.MakeAsync(file);
        var queued = await Queued.SeedAsync(DatabaseKind.Sqlite, Sqlite.Connection(file), run.Size(20_000, 400));
        await using var sink = SideProcess.Start("sink");
        var address = await sink.AskAsync("address") + "/sms";
        await using var worker = await WorkerSide.StartAsync(DatabaseKind.Sqlite, queued.Connection, address);
        await using var bare = BareSide.Start(address);

        var medians = await run.AlternateAsync(
            ("ours", async () =>
            {
                await queued.SetBackAsync(queued.Count);
                var took = await WorkerSide.DispatchAsync([worker], sink, queued.Count);
                await queued.ExpectSentAsync(queued.Count);
                await worker.VerifyAsync();

                return queued.Count / took;
            }
        ),
            ("bare", () => BareSide.BestAsync(bare, sink, queued.Count, queued.Text)));
        run.Add("dispatch-sqlite", medians[0], "messages/s", medians[0] / medians[1]);
    }
}
