using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Setup;
using Notices.Testing;

namespace Notices.Benchmarks;

/// <summary>Many notices due at one moment on the whole running service: from the due time until another connection sees the notice's row, on both databases.
/// The ratio is the 99th percentile to the second that is allowed.</summary>
internal static class PublishLatenessBenchmark
{
    private const int Each = 40;

    /// <summary>From the service's start to the due moment: the loops are up and asleep by then.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    internal static async Task RunAsync(BenchmarkRun run)
    {
        var notices = run.Size(500, 20);
        using var folder = new Folder();
        run.Progress(0, "seeding");
        var seeded = folder.File("seeded.db");
        await Sqlite.MakeAsync(seeded);
        await SeedAsync(DatabaseKind.Sqlite, Sqlite.Connection(seeded), notices);
        var server = await PostgreSqlServer.StartAsync(durable: true);
        try
        {
            var template = await server.CreateDatabaseAsync();
            await SeedAsync(DatabaseKind.PostgreSql, server.ConnectionString(template), notices);
            await using var sqlite = SideProcess.Start("side-publish-lateness", nameof(DatabaseKind.Sqlite));
            await using var postgreSql = SideProcess.Start("side-publish-lateness", nameof(DatabaseKind.PostgreSql));
            var (p50, drawn) = (new Dictionary<DatabaseKind, List<double>>(), new Dictionary<DatabaseKind, List<double>>());

            var p99 = await run.AlternateAsync(
                ("sqlite", async () =>
                {
                    var database = folder.CopyOf(seeded);

                    return Keep(DatabaseKind.Sqlite, await MeasureAsync(sqlite, DatabaseKind.Sqlite, Sqlite.Connection(database), notices));
                }
            ),
                ("postgresql", async () =>
                {
                    var database = await CloneAsync(server, template);

                    return Keep(DatabaseKind.PostgreSql, await MeasureAsync(postgreSql, DatabaseKind.PostgreSql, server.ConnectionString(database), notices));
                }
            ));

            var worst = p99.Max();
            run.Add("publish-lateness", worst, "s", worst);
            foreach (var (kind, word, index) in ((DatabaseKind, string, int)[])[(DatabaseKind.Sqlite, "sqlite", 0), (DatabaseKind.PostgreSql, "postgresql", 1)])
            {
                run.Add($"publish-lateness-{word}-p99", p99[index], "s", p99[index]);
                run.Add($"publish-lateness-{word}-p50", BenchmarkRun.Median(p50[kind].Skip(1)), "s", BenchmarkRun.Median(p50[kind].Skip(1)));
                run.Add($"publish-lateness-{word}-drawn", BenchmarkRun.Median(drawn[kind].Skip(1)), "s", BenchmarkRun.Median(drawn[kind].Skip(1)));
            }

            double Keep(DatabaseKind kind, Seen seen)
            {
                (p50.TryGetValue(kind, out var half) ? half : p50[kind] = []).Add(BenchmarkRun.Percentile(seen.Lateness, 0.5));
                (drawn.TryGetValue(kind, out var all) ? all : drawn[kind] = []).Add(seen.Drawn);

                return BenchmarkRun.Percentile(seen.Lateness, 0.99);
            }
        }
        finally
        {
            server.Stop();
        }
    }

    /// <summary>Side: the whole service, with its clock set so that the notices fall due shortly.</summary>
    internal static async Task ServeAsync(string[] args)
    {
        var kind = Enum.Parse<DatabaseKind>(args[0]);
        WebApplication? service = null;
        await SideProcess.ServeAsync(async order =>
        {
            if (order[0] == "stop")
            {
                await Product.VerifyAsync(service!.Services);
                await service.StopAsync();
                await service.DisposeAsync();

                return "";
            }

            var clock = new ShiftedClock(County.Due - TimeSpan.FromHours(1));
            service = Product.Make(kind, order[1], clock, HostRole.All);
            await NoticesHost.PrepareAsync(service, HostRole.All, default);
            await service.StartAsync();
            clock.Move(County.Due - Ahead);
            service.Services.Ring();

            return (TimeProvider.System.GetUtcNow() + Ahead).UtcTicks.ToString(CultureInfo.InvariantCulture);
        });
    }

    private static void Ring(this IServiceProvider services) => ((Policy.DueAlarm)services.GetService(typeof(Policy.DueAlarm))!).RingHere();

    private static async Task SeedAsync(DatabaseKind kind, string connection, int notices)
    {
        await County.SeedAsync(kind, connection, notices, Each);
        await using var product = Product.Make(kind, connection, new ShiftedClock(County.Monday));
        for (var i = 0; i < notices; i++) await Product.PlanAsync(product.Services, County.Plan([], [County.Transformer(i)]));
    }

    private static async Task<string> CloneAsync(PostgreSqlServer server, string template)
    {
        Npgsql.NpgsqlConnection.ClearAllPools();
        var name = $"run_{Stopwatch.GetTimestamp()}";
        await Sql.RunAsync(DatabaseKind.PostgreSql, server.ConnectionString("postgres"), $"CREATE DATABASE {name} TEMPLATE {template}");

        return name;
    }

    private static async Task<Seen> MeasureAsync(SideProcess side, DatabaseKind kind, string connection, int notices)
    {
        var due = new DateTimeOffset(long.Parse(await side.AskAsync("start", connection), CultureInfo.InvariantCulture), TimeSpan.Zero);
        var lateness = new List<double>(notices);
        await using var db = County.Open(kind, connection);
        await UntilAsync(due, TimeSpan.FromMilliseconds(5), "published", async () =>
        {
            var seen = await db.Notices.CountAsync();
            var now = (TimeProvider.System.GetUtcNow() - due).TotalSeconds;
            while (lateness.Count < seen) lateness.Add(now);

            return seen >= notices;
        });
        await UntilAsync(due, TimeSpan.FromMilliseconds(100), "drawn", async () => await db.Recipients.CountAsync() >= notices * Each);
        var drawn = (TimeProvider.System.GetUtcNow() - due).TotalSeconds;
        await side.AskAsync("stop");
        await Sql.ExpectAsync(kind, connection, "SELECT count(*) FROM notices", notices);

        return new Seen(lateness, drawn);
    }

    private static async Task UntilAsync(DateTimeOffset due, TimeSpan step, string what, Func<Task<bool>> holds)
    {
        while (!await holds())
        {
            if (TimeProvider.System.GetUtcNow() - due > Longest) throw new BenchmarkException($"Not all were {what} within {Longest}.");
            await Task.Delay(step, TimeProvider.System);
        }
    }

    /// <param name="Lateness">Seconds, of each notice.</param>
    /// <param name="Drawn">Seconds until every recipient of every round was drawn.</param>
    private sealed record Seen(IReadOnlyList<double> Lateness, double Drawn);
}
