using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Channels.Sandbox;
using Notices.Deliveries;
using Notices.Publishing;
using Notices.Testing;

namespace Notices.Benchmarks;

/// <summary>Text messages claimed, posted to a local sink and recorded on the embedded database, against a bare loop of the same request code that records nothing.</summary>
internal static class DispatchSqliteBenchmark
{
    private const int Each = 100;

    private static readonly int[] InFlight = [32, 64, 128];

    internal static async Task RunAsync(BenchmarkRun run)
    {
        var count = run.Size(20_000, 400);
        run.Progress(0, "seeding");
        using var folder = new Folder();
        var seeded = folder.File("seeded.db");
        await Sqlite.MakeAsync(seeded);
        await County.OneRoundAsync(DatabaseKind.Sqlite, Sqlite.Connection(seeded), count / Each, Each);
        await using (var product = Product.Make(DatabaseKind.Sqlite, Sqlite.Connection(seeded), new ShiftedClock(County.Due))) await Product.ExpandAsync(product.Services);

        await using var sink = SideProcess.Start("sink");
        var address = await sink.AskAsync("address") + "/sms";
        await using var ours = SideProcess.Start("side-dispatch-sqlite", address);
        await using var bare = SideProcess.Start("side-dispatch-bare", address);
        var text = await SampleAsync(seeded);

        var medians = await run.AlternateAsync(
            ("ours", () => OursAsync(ours, sink, folder.CopyOf(seeded), count)),
            ("bare", () => BareAsync(bare, sink, count, text)));
        run.Add("dispatch-sqlite", medians[0], "messages/s", medians[0] / medians[1]);
    }

    /// <summary>Side: the product's dispatcher, on a fresh copy of the database each time.</summary>
    internal static async Task ServeAsync(string[] args) => await SideProcess.ServeAsync(async order =>
    {
        await using var product = Product.Make(DatabaseKind.Sqlite, Sqlite.Connection(order[0]), new ShiftedClock(County.Due.AddMinutes(1)), sink: new Uri(args[0]));
        var dispatcher = product.Services.GetRequiredService<DeliveryDispatcher>();
        var began = Stopwatch.GetTimestamp();
        var sent = await dispatcher.DispatchDueAsync(default);
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await Product.VerifyAsync(product.Services);

        return SideProcess.Number(sent / took);
    });

    /// <summary>Side: the bare loop; the best of several in flight.</summary>
    internal static async Task ServeBareAsync(string[] args)
    {
        using var post = new SandboxPost(new Uri(args[0]));
        await SideProcess.ServeAsync(async order =>
        {
            var (count, inFlight) = (int.Parse(order[0], null), int.Parse(order[1], null));
            var message = new OutgoingMessage(0, Medium.Sms, "+8613800000001", "zh-CN", null, order[2], null, County.Start);
            var next = 0;
            var began = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(async () =>
            {
                for (int id; (id = Interlocked.Increment(ref next)) <= count;)
                {
                    var outcome = await post.SendAsync(message with { DeliveryId = id }, default);
                    if (outcome.Kind != SendOutcomeKind.Accepted) throw new InvalidOperationException($"Not accepted: {outcome.Detail}");
                }
            })));

            return SideProcess.Number(count / Stopwatch.GetElapsedTime(began).TotalSeconds);
        });
    }

    private static async Task<double> OursAsync(SideProcess ours, SideProcess sink, string file, int count)
    {
        await sink.AskAsync("reset");
        var rate = await ours.AskNumberAsync(file);
        await Sink.CheckAsync(sink, count);
        await Sql.ExpectAsync(DatabaseKind.Sqlite, Sqlite.Connection(file), $"SELECT count(*) FROM deliveries WHERE state >= {(int)DeliveryState.Accepted}", count);
        await Sql.ExpectAsync(DatabaseKind.Sqlite, Sqlite.Connection(file), "SELECT count(*) FROM attempts", count);

        return rate;
    }

    private static async Task<double> BareAsync(SideProcess bare, SideProcess sink, int count, string text)
    {
        var best = 0.0;
        foreach (var inFlight in InFlight)
        {
            await sink.AskAsync("reset");
            best = Math.Max(best, await bare.AskNumberAsync($"{count}", $"{inFlight}", text));
            await Sink.CheckAsync(sink, count);
        }

        return best;
    }

    /// <summary>What one of our messages says, so that both post the same bytes.</summary>
    private static async Task<string> SampleAsync(string file)
    {
        await using var db = County.Open(DatabaseKind.Sqlite, Sqlite.Connection(file));
        var delivery = await db.Deliveries.OrderByDescending(d => d.Id).FirstAsync();
        var text = await db.RoundTexts.FirstAsync(t => t.Id == delivery.TextId);

        return PersonalText.Fill(text.Body, delivery.PlaceName ?? "", delivery.Accounts);
    }
}
