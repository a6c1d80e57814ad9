using Notices.Benchmarks.Dispatching;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Benchmarks;

/// <summary>What one delivery costs while ten, a hundred times as many are due, and again with millions of old ones in the table; against itself at the smallest.</summary>
internal static class DispatchGrowthBenchmark
{
    internal static async Task RunAsync(BenchmarkRun run)
    {
        int[] sizes = run.Small ? [200, 400, 800] : [10_000, 100_000, 1_000_000];
        var old = run.Size(20_000_000, 2_000);
        run.Progress(0, "seeding");
        var server = await PostgreSqlServer.StartAsync(durable: true);
        try
        {
            var queued = await Queued.SeedAsync(DatabaseKind.PostgreSql, server.ConnectionString(await server.CreateDatabaseAsync()), sizes[^1]);
            await using var sink = SideProcess.Start("sink");
            var address = await sink.AskAsync("address") + "/sms";
            await using var worker = await WorkerSide.StartAsync(queued.Kind, queued.Connection, address);

            Task<double> Each(int size) => MeasureAsync(queued, worker, sink, size);
            var fresh = await run.AlternateAsync([.. sizes.Select(size => ($"{size}", (Func<Task<double>>)(() => Each(size))))]);
            run.Progress(0.5, $"adding {old} old ones");
            await AgeAsync(queued.Connection, old);
            var aged = await run.AlternateAsync([.. sizes.Select(size => ($"{size} beside {old}", (Func<Task<double>>)(() => Each(size))))]);
            await worker.VerifyAsync();

            double[] all = [.. fresh, .. aged];
            run.Add("dispatch-growth", all.Max(), "us", all.Max() / all[0]);
            for (var i = 0; i < sizes.Length; i++)
            {
                run.Add($"dispatch-growth-{sizes[i]}", fresh[i], "us", fresh[i] / all[0]);
                run.Add($"dispatch-growth-{sizes[i]}-old", aged[i], "us", aged[i] / all[0]);
            }

            // Against the memory that is allowed.
            var memory = await worker.MemoryAsync();
            run.Add("dispatch-growth-memory", memory, "MB", memory / 400);
        }
        finally
        {
            server.Stop();
        }
    }

    /// <returns>Microseconds a delivery.</returns>
    private static async Task<double> MeasureAsync(Queued queued, WorkerSide worker, SideProcess sink, int size)
    {
        await queued.SetBackAsync(size);
        var took = await WorkerSide.DispatchAsync([worker], sink, size);
        await queued.ExpectSentAsync(size);

        return took / size * 1e6;
    }

    /// <summary>Deliveries of rounds closed long ago, with the addresses, accounts and places real ones have.</summary>
    private static async Task AgeAsync(string connection, int count)
    {
        const int Part = 1_000_000;
        for (var from = 0; from < count; from += Part)
        {
            var to = Math.Min(from + Part, count);
            await Sql.RunAsync(DatabaseKind.PostgreSql, connection, $"""
                WITH old AS (
                  INSERT INTO rounds (notice_id, state, audience, batch, next_tier, created_at, snapshot_at, expires_at, closed_at)
                  SELECT r.notice_id, 'Closed', r.audience, 'old-{from}', 3, r.created_at - interval '1 year', r.created_at - interval '1 year', r.created_at - interval '1 year', r.created_at - interval '1 year'
                  FROM rounds r WHERE r.id = (SELECT MIN(f.id) FROM rounds f) RETURNING id, created_at)
                INSERT INTO deliveries (round_id, text_id, medium, address, tier, place_name, accounts, state, due_at, expires_at, attempts, step, provider, accepted_at)
                SELECT o.id, 1, 'Sms', '+86139' || lpad(i::text, 8, '0'), 2, '城关镇第' || (i % 900) || '村', lpad((i % 10000)::text, 4, '0'), {(int)DeliveryState.Sent},
                       o.created_at, o.created_at, 1, 0, 'main', o.created_at
                FROM old o, generate_series({from}, {to - 1}) i
                """);
        }

        await Sql.RunAsync(DatabaseKind.PostgreSql, connection, "VACUUM (ANALYZE) deliveries");
    }
}
