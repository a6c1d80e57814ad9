using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Notices.Benchmarks.Dispatching;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Setup;
using Notices.Testing;

namespace Notices.Benchmarks;

/// <summary>Receipts by web hook, each of a message of its own, answered once they are in the database: on both databases, at several numbers in flight, against a bare Kestrel endpoint that
/// keeps nothing and gets the same requests. The figure is that of the slower database with 64 in flight.</summary>
internal static class CallbacksBenchmark
{
    private const int Middle = 64;

    private static readonly int[] InFlight = [1, 8, Middle, 256];

    private static readonly byte[] Key = SHA256.HashData("callbacks"u8);

    internal static async Task RunAsync(BenchmarkRun run)
    {
        run.Progress(0, "seeding");
        var each = run.Size(4_000, 100);
        using var folder = new Folder();
        var file = folder.File("notices.db");
        await Sqlite.MakeAsync(file);
        var server = await PostgreSqlServer.StartAsync(durable: true);
        try
        {
            // Each run takes messages that no receipt has told of yet.
            var all = each * InFlight.Length * (run.Small ? 2 : 4);
            var (sqlite, postgreSql) = (await Queued.SeedAsync(DatabaseKind.Sqlite, Sqlite.Connection(file), all), await Queued.SeedAsync(DatabaseKind.PostgreSql, server.ConnectionString(await server.CreateDatabaseAsync()), all));
            await using var bare = await Told.StartAsync(null, each);
            await using var embedded = await Told.StartAsync(sqlite, each);
            await using var shared = await Told.StartAsync(postgreSql, each);

            var medians = await run.AlternateAsync([.. InFlight.SelectMany(many => new (string, Func<Task<double>>)[]
            {
                ($"bare-{many}", () => bare.RateAsync(many)), ($"sqlite-{many}", () => embedded.RateAsync(many)), ($"postgresql-{many}", () => shared.RateAsync(many)),
            })]);
            await embedded.CheckAsync();
            await shared.CheckAsync();
            for (var i = 0; i < InFlight.Length; i++)
            {
                var (nothing, one, other) = (medians[3 * i], medians[(3 * i) + 1], medians[(3 * i) + 2]);
                run.Add($"callbacks-sqlite-{InFlight[i]}", one, "hooks/s", one / nothing);
                run.Add($"callbacks-postgresql-{InFlight[i]}", other, "hooks/s", other / nothing);
                if (InFlight[i] == Middle) run.Add("callbacks", Math.Min(one, other), "hooks/s", Math.Min(one, other) / nothing);
            }
        }
        finally
        {
            server.Stop();
        }
    }

    /// <summary>The service, or the bare endpoint, as a process of its own.</summary>
    internal static async Task ServeAsync(string[] args)
    {
        WebApplication? app = null;
        await SideProcess.ServeAsync(async order =>
        {
            if (order[0] == "verify")
            {
                await Product.VerifyAsync(app!.Services);
                await app.StopAsync();

                return "";
            }

            if (args.Length == 0)
            {
                var builder = WebApplication.CreateSlimBuilder();

                // A line a request would cost more than the request.
                builder.Logging.ClearProviders();
                app = builder.Build();
                app.Urls.Add("http://127.0.0.1:0");
                app.MapGet("/webhooks/kannel/report", (string provider, long delivery, string check, string type) => Microsoft.AspNetCore.Http.TypedResults.NoContent());
            }
            else
            {
                app = Product.Make(Enum.Parse<DatabaseKind>(args[0]), args[1], new ShiftedClock(County.Due), HostRole.Web, null, new Dictionary<string, string?>
                {
                    ["Providers:gate:Channel"] = "kannel",
                    ["Providers:gate:Address"] = "http://127.0.0.1:9/cgi-bin/sendsms",
                    ["Providers:gate:User"] = "u",
                    ["Providers:gate:Password"] = "p",
                    ["Providers:gate:ReportKey"] = Convert.ToBase64String(Key),
                });
                await NoticesHost.PrepareAsync(app, HostRole.Web, default);
            }

            await app.StartAsync();

            return app.Urls.First();
        });
    }

    /// <summary>One side and whoever tells it.</summary>
    private sealed class Told(SideProcess side, Queued? queued, Uri address, long first, int each) : IAsyncDisposable
    {
        private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = 1024, ActivityHeadersPropagator = null }) { BaseAddress = address };

        private long _done;

        internal static async Task<Told> StartAsync(Queued? queued, int each)
        {
            var side = SideProcess.Start(queued is null ? ["side-callbacks"] : ["side-callbacks", queued.Kind.ToString(), queued.Connection]);
            var first = queued is null ? 1 : await Sql.CountAsync(queued.Kind, queued.Connection, "SELECT MIN(id) FROM deliveries");

            return new Told(side, queued, new Uri(await side.AskAsync("start")), first, each);
        }

        /// <returns>Hooks answered a second.</returns>
        internal async Task<double> RateAsync(int many)
        {
            var urls = Enumerable.Range(0, each).Select(i => Url(first + _done + i)).ToList();
            _done += each;
            var began = Stopwatch.GetTimestamp();
            await Parallel.ForEachAsync(urls, new ParallelOptions { MaxDegreeOfParallelism = many }, async (url, stopping) =>
            {
                using var answer = await _client.GetAsync(url, stopping);
                if (answer.StatusCode != HttpStatusCode.NoContent) throw new BenchmarkException($"{url} was answered {answer.StatusCode}.");
            });
            var rate = each / Stopwatch.GetElapsedTime(began).TotalSeconds;
            if (queued is not null) await Sql.ExpectAsync(queued.Kind, queued.Connection, "SELECT count(DISTINCT delivery_id) FROM receipts", _done);

            return rate;
        }

        internal Task CheckAsync() => side.AskAsync("verify");

        public ValueTask DisposeAsync()
        {
            _client.Dispose();

            return side.DisposeAsync();
        }

        private static Uri Url(long delivery)
        {
            var check = Convert.ToHexStringLower(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"kannel-report\ngate\n{delivery}"))).AsSpan(0, 16));

            return new Uri(string.Create(CultureInfo.InvariantCulture, $"webhooks/kannel/report?provider=gate&delivery={delivery}&check={check}&type=1"), UriKind.Relative);
        }
    }
}
