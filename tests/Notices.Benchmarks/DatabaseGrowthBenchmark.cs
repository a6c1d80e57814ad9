using Microsoft.Extensions.DependencyInjection;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Deliveries;
using Notices.Testing;

namespace Notices.Benchmarks;

/// <summary>How much a message leaves behind in PostgreSQL: a round drawn, sent, receipted and recorded to its end; tables and indexes, and the log written on the way, against the rows of the deliveries alone.</summary>
internal static class DatabaseGrowthBenchmark
{
    private const int Each = 500;

    private const string Tables = "SELECT COALESCE(SUM(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'";

    internal static async Task RunAsync(BenchmarkRun run)
    {
        var count = run.Size(200, 4) * Each;
        run.Progress(0, "seeding");
        var server = await PostgreSqlServer.StartAsync(durable: true);
        try
        {
            var connection = server.ConnectionString(await server.CreateDatabaseAsync());
            await County.OneRoundAsync(DatabaseKind.PostgreSql, connection, count / Each, Each);
            await Sql.RunAsync(DatabaseKind.PostgreSql, connection, "VACUUM ANALYZE");
            var (before, log) = (await CountAsync(connection, Tables), await CountAsync(connection, "SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint"));

            run.Progress(0.2, "drawing and sending");
            await LiveAsync(connection, count);
            await Sql.RunAsync(DatabaseKind.PostgreSql, connection, "VACUUM ANALYZE");

            run.Progress(0.9, "measuring");
            var (grown, written) = (await CountAsync(connection, Tables) - before, await CountAsync(connection, "SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint") - log);
            var rows = await CountAsync(connection, "SELECT SUM(pg_column_size(d.*))::bigint FROM deliveries d");
            run.Add("database-growth", (double)grown / count, "bytes/message", (double)grown / rows);
            run.Add("database-growth-log", (double)written / count, "bytes/message", (double)written / rows);
            foreach (var table in (string[])["recipients", "deliveries", "delivery_recipients", "attempts", "receipts", "audit_entries"])
                run.Add($"database-growth-{table.Replace('_', '-')}", (double)await CountAsync(connection, $"SELECT pg_total_relation_size('{table}')") / count, "bytes/message", await CountAsync(connection, $"SELECT pg_total_relation_size('{table}')") / (double)rows);
        }
        finally
        {
            server.Stop();
        }
    }

    private static Task<long> CountAsync(string connection, string sql) => Sql.CountAsync(DatabaseKind.PostgreSql, connection, sql);

    /// <summary>Until every message has its receipt, as its carrier gives them, and the round is closed.</summary>
    private static async Task LiveAsync(string connection, int count)
    {
        await using var product = Product.Make(DatabaseKind.PostgreSql, connection, new ShiftedClock(County.Due.AddMinutes(1)));
        await product.StartAsync();
        await Product.ExpandAsync(product.Services);
        var dispatcher = product.Services.GetRequiredService<DeliveryDispatcher>();
        while (await dispatcher.DispatchDueAsync(default) > 0)
        {
        }

        for (var left = -1L; left != 0;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
            left = await CountAsync(connection, $"SELECT count(*) FROM deliveries WHERE state <> {(int)DeliveryState.Delivered}");
        }

        await product.Services.GetRequiredService<IDeliveryQueue>().CloseFinishedRoundsAsync(County.Due.AddMinutes(2), default);
        await Sql.ExpectAsync(DatabaseKind.PostgreSql, connection, "SELECT count(*) FROM receipts", count);
        await Product.VerifyAsync(product.Services);
        await product.StopAsync();
    }
}
