using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Testing;

namespace Notices.Benchmarks;

/// <summary>One round's audience drawn into recipients, deliveries and their links, against psql inserting recipients and deliveries alone, into the same tables.</summary>
internal static class ExpandBenchmark
{
    private const int Each = 500;

    private const string Bare = """
        INSERT INTO recipients (round_id, supply_point_id, customer_id, tier, language, place_name, account_tail, backup_stays, state)
        SELECT r.id, p.id, c.id, c.tier, c.language, pl.name, right(p.account_no, 4), FALSE, 4
        FROM rounds r, supply_points p JOIN customers c ON c.id = p.customer_id JOIN transformers t ON t.id = p.transformer_id JOIN places pl ON pl.id = t.place_id;
        INSERT INTO deliveries (round_id, text_id, medium, address, tier, place_name, accounts, state, due_at, expires_at, attempts, step)
        SELECT r.round_id, 0, 'Sms', k.address, r.tier, r.place_name, r.account_tail, 4, now(), now(), 0, 0
        FROM recipients r JOIN contacts k ON k.customer_id = r.customer_id;
        """;

    internal static async Task RunAsync(BenchmarkRun run)
    {
        var transformers = run.Size(2000, 4);
        run.Progress(0, "seeding");
        var server = await PostgreSqlServer.StartAsync(durable: true);
        try
        {
            var connection = server.ConnectionString(await server.CreateDatabaseAsync());
            await County.OneRoundAsync(DatabaseKind.PostgreSql, connection, transformers, Each);
            await using var ours = SideProcess.Start("side-expand", connection);

            var medians = await run.AlternateAsync(
                ("ours", () => OursAsync(ours, connection, transformers * Each)),
                ("psql", () => BareAsync(connection, transformers * Each)));
            await ours.AskAsync("verify");
            run.Add("expand", medians[0], "s", medians[0] / medians[1]);
        }
        finally
        {
            server.Stop();
        }
    }

    /// <summary>Side: draws the round that waits.</summary>
    internal static async Task ServeAsync(string[] args)
    {
        await using var product = Product.Make(DatabaseKind.PostgreSql, args[0], new ShiftedClock(County.Due));
        await SideProcess.ServeAsync(order => AnswerAsync(product, order[0]));
    }

    private static async Task<string> AnswerAsync(WebApplication product, string order)
    {
        if (order == "verify")
        {
            await Product.VerifyAsync(product.Services);

            return "";
        }

        var began = Stopwatch.GetTimestamp();
        await Product.ExpandAsync(product.Services);

        return SideProcess.Number(Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    private static async Task<double> OursAsync(SideProcess ours, string connection, int expected)
    {
        await ClearAsync(connection);
        var took = await ours.AskNumberAsync("expand");
        await Sql.ExpectAsync(DatabaseKind.PostgreSql, connection, "SELECT count(*) FROM delivery_recipients", expected);
        await CountAsync(connection, expected);

        return took;
    }

    private static async Task<double> BareAsync(string connection, int expected)
    {
        await ClearAsync(connection);
        var took = await Sql.PsqlAsync(connection, Bare);
        await CountAsync(connection, expected);

        return took;
    }

    private static async Task CountAsync(string connection, int expected)
    {
        foreach (var table in (string[])["recipients", "deliveries"]) await Sql.ExpectAsync(DatabaseKind.PostgreSql, connection, $"SELECT count(*) FROM {table}", expected);
    }

    private static async Task ClearAsync(string connection)
    {
        await Sql.RunAsync(
            DatabaseKind.PostgreSql, connection,
            "TRUNCATE recipients, deliveries, delivery_recipients, round_texts CASCADE; UPDATE rounds SET state = 'Waiting', next_tier = 0, snapshot_at = NULL");
        await Sql.RunAsync(DatabaseKind.PostgreSql, connection, "CHECKPOINT");
    }
}
