using System.Diagnostics;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Channels.Sandbox;
using Notices.Deliveries;

namespace Notices.Benchmarks.Dispatching;

/// <summary>The baseline of sending: the same request code in a loop that records nothing.</summary>
internal static class BareSide
{
    private static readonly int[] InFlight = [32, 64, 128];

    internal static SideProcess Start(string sink) => SideProcess.Start("side-bare", sink);

    /// <returns>Messages a second, the best of several in flight.</returns>
    internal static async Task<double> BestAsync(SideProcess bare, SideProcess sink, int count, string text)
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

    /// <summary>The side's own part.</summary>
    internal static async Task ServeAsync(string[] args)
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
}
