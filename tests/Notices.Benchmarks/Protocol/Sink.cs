using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Notices.Benchmarks.Protocol;

/// <summary>A carrier on this machine that takes everything and counts: rows, and distinct ids among them.</summary>
internal static class Sink
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<long, int> Ids = [];
    private static long rows;
    private static TimeSpan delay;

    /// <param name="args">Milliseconds until it answers; at once without.</param>
    internal static async Task RunAsync(string[] args)
    {
        if (args.Length > 0) Delay(args[0]);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.Run(TakeAsync);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

        await SideProcess.ServeAsync(order => Task.FromResult(order[0] switch
        {
            "address" => address,
            "reset" => Reset(),
            "delay" => Delay(order[1]),
            "doubled" => Doubled(),
            _ => Counts(),
        }));
        await app.StopAsync();
    }

    private static async Task TakeAsync(HttpContext context)
    {
        // The id stands first in the form; the rest is read and dropped.
        var id = 0L;
        var reading = true;
        while (true)
        {
            var part = await context.Request.BodyReader.ReadAsync(context.RequestAborted);
            foreach (var memory in part.Buffer)
            {
                foreach (var letter in memory.Span)
                {
                    if (letter == (byte)'&') reading = false;
                    else if (reading && letter is >= (byte)'0' and <= (byte)'9') id = (id * 10) + (letter - '0');
                }
            }

            context.Request.BodyReader.AdvanceTo(part.Buffer.End);
            if (part.IsCompleted) break;
        }

        lock (Gate)
        {
            rows++;
            Ids[id] = Ids.GetValueOrDefault(id) + 1;
        }

        if (delay > TimeSpan.Zero) await Task.Delay(delay, TimeProvider.System);
        context.Response.ContentLength = 0;
    }

    private static string Reset()
    {
        lock (Gate)
        {
            rows = 0;
            Ids.Clear();
        }

        return "";
    }

    /// <summary>From now on every answer takes so many milliseconds.</summary>
    private static string Delay(string milliseconds)
    {
        delay = TimeSpan.FromMilliseconds(int.Parse(milliseconds, System.Globalization.CultureInfo.InvariantCulture));

        return "";
    }

    /// <summary>Ids that came more than once.</summary>
    private static string Doubled()
    {
        lock (Gate) return string.Join(' ', Ids.Where(id => id.Value > 1).Select(id => id.Key));
    }

    private static string Counts()
    {
        lock (Gate) return $"{rows} {Ids.Count}";
    }

    /// <exception cref="BenchmarkException">Unless distinct ids = rows = expected.</exception>
    internal static async Task CheckAsync(SideProcess sink, int expected)
    {
        var counts = await sink.AskAsync("counts");
        if (counts != $"{expected} {expected}") throw new BenchmarkException($"The sink holds '{counts}' rows and distinct ids; {expected} were sent.");
    }
}
