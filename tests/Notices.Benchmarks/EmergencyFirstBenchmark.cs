using System.Globalization;
using System.Net.Http.Json;
using Notices.Benchmarks.Dispatching;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Benchmarks;

/// <summary>From the POST of an emergency to the first try of its first tier, on the whole running service: while planned e-mails drain, and on a service that has nothing to do.</summary>
internal static class EmergencyFirstBenchmark
{
    private const int Each = 100;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    internal static async Task RunAsync(BenchmarkRun run)
    {
        var (mails, times) = (run.Size(100_000, 2_000), run.Size(40, 2));
        run.Progress(0, "seeding");
        var server = await PostgreSqlServer.StartAsync(durable: true);
        try
        {
            var connection = server.ConnectionString(await server.CreateDatabaseAsync());
            await SeedAsync(connection, mails / Each, times * 2);
            await using var sink = SideProcess.Start("sink");
            await using var post = await SmtpSink.StartAsync();
            await using var service = SideProcess.Start("side-service", await sink.AskAsync("address") + "/sms", $"{post.Port}");
            var address = await service.AskAsync("start", connection);
            using var client = new HttpClient { BaseAddress = new Uri(address) };
            client.DefaultRequestHeaders.Authorization = new("Bearer", await service.AskAsync("key"));
            var shift = TimeSpan.FromTicks(long.Parse(await service.AskAsync("shift"), CultureInfo.InvariantCulture));

            // The first ones are its first requests ever.
            await DeclareAsync(client, connection, shift, mails / Each);
            var idle = new List<double>();
            for (var i = 0; i < times; i++)
            {
                run.Progress(0.4 * i / times, $"idle, {i + 1} of {times}");
                if (i > 0) idle.Add(await DeclareAsync(client, connection, shift, (mails / Each) + i));
            }

            await service.AskAsync("publish", connection);
            await UntilAsync("drawn", async () => await WaitingAsync(connection) is > 0 and var waiting && waiting < mails);
            var busy = new List<double>();
            for (var i = 0; i < times; i++)
            {
                run.Progress(0.5 + (0.5 * i / times), $"busy, {i + 1} of {times}");
                busy.Add(await DeclareAsync(client, connection, shift, (mails / Each) + times + i));
            }

            var left = await WaitingAsync(connection);
            if (left == 0 && !run.Small) throw new BenchmarkException("The planned e-mails were all gone before the last emergency.");

            await service.AskAsync("stop");
            var (p50, p99, idle50) = (BenchmarkRun.Median(busy), BenchmarkRun.Percentile(busy, 0.99), BenchmarkRun.Median(idle));
            (run.Runs["idle"], run.Runs["busy"], run.More["left"]) = (idle, busy, left);
            // The worse of the two allowances: two seconds for the slowest, a quarter of a second more than idle for the ordinary one.
            run.Add("emergency-first", p99, "s", Math.Max(p99 / 2, p50 / (idle50 + 0.25)));
            run.Add("emergency-first-p50", p50, "s", p50 / idle50);
            run.Add("emergency-first-idle-p50", idle50, "s", 1);
        }
        finally
        {
            server.Stop();
        }
    }

    /// <summary>A planned round by e-mail alone, and a transformer with somebody on life support for each emergency.</summary>
    private static async Task SeedAsync(string connection, int planned, int emergencies)
    {
        await County.SeedAsync(DatabaseKind.PostgreSql, connection, planned + emergencies + 1, Each);
        await Sql.RunAsync(DatabaseKind.PostgreSql, connection, $"UPDATE contacts SET kind = 'Email', address = 'c' || id || '@example.net' WHERE id <= {planned * Each}");
        await Sql.RunAsync(DatabaseKind.PostgreSql, connection, $"UPDATE customers SET tier = 0, vulnerability = 'LifeSupport' WHERE id > {planned * Each} AND id % {Each} = 1");
        // As autovacuum leaves it: a county's customers have been there for years.
        await Sql.RunAsync(DatabaseKind.PostgreSql, connection, "VACUUM ANALYZE");
        await using var product = Product.Make(DatabaseKind.PostgreSql, connection, new ShiftedClock(County.Monday));
        await Product.PlanAsync(product.Services, County.Plan([], [.. Enumerable.Range(0, planned).Select(County.Transformer)]));
    }

    /// <returns>Seconds.</returns>
    private static async Task<double> DeclareAsync(HttpClient client, string connection, TimeSpan shift, int transformer)
    {
        var began = TimeProvider.System.GetUtcNow() + shift;
        using var answer = await client.PostAsJsonAsync("/api/v1/emergencies", new
        {
            kind = "emergency",
            organisation = County.Code,
            transformers = (string[])[County.Transformer(transformer)],
            minutesLeft = 20,
            estimatedRestoration = began.AddHours(4),
            placesExplained = "part of the village",
        });
        if (!answer.IsSuccessStatusCode) throw new BenchmarkException($"The emergency was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");

        var number = (await answer.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>()).GetProperty("number").GetString();
        var first = $"""
            SELECT COALESCE(CAST(EXTRACT(EPOCH FROM MIN(a.started_at)) * 1000000 AS bigint), 0)
            FROM outages o JOIN notices n ON n.outage_id = o.id JOIN rounds r ON r.notice_id = n.id JOIN deliveries d ON d.round_id = r.id JOIN attempts a ON a.delivery_id = d.id
            WHERE o.number = '{number}' AND d.tier = 0
            """;
        long at = 0;
        await UntilAsync("tried", async () => (at = await Sql.CountAsync(DatabaseKind.PostgreSql, connection, first)) > 0);

        return (DateTimeOffset.UnixEpoch.AddTicks(at * 10) - began).TotalSeconds;
    }

    private static Task<long> WaitingAsync(string connection) =>
        Sql.CountAsync(DatabaseKind.PostgreSql, connection, $"SELECT count(*) FROM deliveries WHERE medium = '{Medium.Email}' AND state = {(int)DeliveryState.Waiting}");

    private static async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        var until = TimeProvider.System.GetUtcNow() + Longest;
        while (!await holds())
        {
            if (TimeProvider.System.GetUtcNow() > until) throw new BenchmarkException($"Nothing was {what} within {Longest}.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
