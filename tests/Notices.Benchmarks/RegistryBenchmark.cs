using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Customers;
using Notices.Evidence;
using Notices.Network;
using Notices.Testing;

namespace Notices.Benchmarks;

/// <summary>What the registry's pages ask of a county of a million customers and a year of two thousand rounds, on both databases, against the second a page may take.</summary>
internal static class RegistryBenchmark
{
    private const int Each = 500;
    private const double Allowed = 1;

    private static readonly Actor Reader = new("reader", new HashSet<Role> { Role.Auditor }, "/");
    private static readonly DateTimeOffset NewYear = new(2025, 12, 31, 16, 0, 0, TimeSpan.Zero);

    internal static async Task RunAsync(BenchmarkRun run)
    {
        var transformers = run.Size(2000, 4);
        var server = await PostgreSqlServer.StartAsync(durable: true);
        using var folder = new Folder();
        try
        {
            var file = folder.File("registry.db");
            await Sqlite.MakeAsync(file);
            var slowest = 0.0;
            foreach (var (kind, connection) in ((DatabaseKind, string)[])[(DatabaseKind.PostgreSql, server.ConnectionString(await server.CreateDatabaseAsync())), (DatabaseKind.Sqlite, Sqlite.Connection(file))])
            {
                run.Progress(kind == DatabaseKind.PostgreSql ? 0 : 0.5, $"seeding {kind}");
                await County.SeedAsync(kind, connection, transformers, Each);
                await YearAsync(kind, connection, transformers);
                slowest = Math.Max(slowest, await AskAsync(run, kind, connection));
            }

            run.Add("registry", slowest, "s", slowest / Allowed);
        }
        finally
        {
            server.Stop();
        }
    }

    /// <returns>The slowest median but that of a year's compliance, which is a report and no look-up.</returns>
    private static async Task<double> AskAsync(BenchmarkRun run, DatabaseKind kind, string connection)
    {
        await using var product = Product.Make(kind, connection, new ShiftedClock(County.Monday));
        var year = new ComplianceQuery(NewYear, NewYear.AddYears(1));
        (string Name, Func<IServiceProvider, Task<bool>> Ask)[] questions =
        [
            ("account", async services => (await Customers(services).ListAsync(new CustomerSearch("1301200000003"), Reader, default)).Value!.Items.Count == 1),
            ("phone", async services => (await Customers(services).ListAsync(new CustomerSearch("138 0000 0003"), Reader, default)).Value!.Items.Count == 1),
            ("name", async services => (await Customers(services).ListAsync(new CustomerSearch("用户19"), Reader, default)).Value!.Items.Count > 0),
            ("nobody", async services => (await Customers(services).ListAsync(new CustomerSearch("张无忌"), Reader, default)).Value!.Items.Count == 0),
            ("feeder", async services => (await Customers(services).ListAsync(new CustomerSearch(Feeder: County.Feeder), Reader, default)).Value!.Items.Count > 0),
            ("contacts", async services => (await Contacts(services).ListAsync(new ContactWorkQuery(), Reader, default)).Value!.Items.Count > 0),
            ("contacts-count", async services => (await Contacts(services).CountAsync(new ContactWorkQuery(), Reader, default)).Value > 0),
            ("suspended", async services => (await Contacts(services).ListAsync(new ContactWorkQuery(ContactTrouble.Suspended), Reader, default)).Value!.Items.Count > 0),
            ("suspended-count", async services => (await Contacts(services).CountAsync(new ContactWorkQuery(ContactTrouble.Suspended), Reader, default)).Value > 0),
            ("network", async services => (await services.GetRequiredService<GridRegistry>().FeedersAsync(County.Code, Reader, default)).Value!.Count == 1),
            ("network-search", async services => (await services.GetRequiredService<GridRegistry>().SearchAsync("T0000", Reader, default)).Value!.Count > 0),
            ("compliance-list", async services => (await Reports(services).ListAsync(year, new ComplianceSlice(ComplianceNumber.ToldLate), Reader, default)).Ok),
            ("compliance-month", async services => (await Reports(services).CountAsync(new ComplianceQuery(NewYear.AddDays(90), NewYear.AddDays(121)), Reader, default)).Value!.Totals.Recipients.Total > 0),
            ("compliance-year", async services => (await Reports(services).CountAsync(year, Reader, default)).Value!.Totals.Recipients.Total > 0),
        ];

        var slowest = 0.0;
        foreach (var (name, ask) in questions)
        {
            run.Progress(kind == DatabaseKind.PostgreSql ? 0.3 : 0.8, $"{kind}: {name}");
            var seen = new List<double>();
            for (var time = 0; time <= (run.Small ? 1 : 3); time++)
            {
                await using var scope = product.Services.CreateAsyncScope();
                var began = Stopwatch.GetTimestamp();
                if (!await ask(scope.ServiceProvider)) throw new BenchmarkException($"{name} on {kind} found something else.");
                if (time > 0) seen.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            }

            var median = BenchmarkRun.Median(seen);
            run.Runs[$"{kind}-{name}"] = seen;
            run.Add($"registry-{kind.ToString().ToLowerInvariant()}-{name}", median, "s", median / Allowed);
            if (name != "compliance-year") slowest = Math.Max(slowest, median);
        }

        return slowest;
    }

    private static CustomerRegistry Customers(IServiceProvider services) => services.GetRequiredService<CustomerRegistry>();

    private static ContactWork Contacts(IServiceProvider services) => services.GetRequiredService<ContactWork>();

    private static ComplianceReports Reports(IServiceProvider services) => services.GetRequiredService<ComplianceReports>();

    /// <summary>A notice and a round for each transformer, spread over the year, most of it told in time; now and then a customer nobody can reach.</summary>
    private static async Task YearAsync(DatabaseKind kind, string connection, int rounds)
    {
        var sqlite = kind == DatabaseKind.Sqlite;
        var step = TimeSpan.FromDays(360) / rounds;
        string At(string minutes) => sqlite ? $"({NewYear.UtcTicks} + CAST(({minutes}) * {TimeSpan.TicksPerMinute} AS INTEGER))" : $"('{NewYear:yyyy-MM-dd HH:mm:ss}+00'::timestamptz + ({minutes}) * interval '1 minute')";
        var published = $"n.i * {(int)step.TotalMinutes}";
        var numbers = sqlite ? $"(WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {rounds}) SELECT i FROM s) n" : $"generate_series(1, {rounds}) AS n(i)";
        foreach (var sql in (string[])[
            $"""
            INSERT INTO notices (id, organisation_id, scheduled_notice_id, number, version, identifier, type, kind, published_at, due_at, deadline, late, late_reason, expires_at, facts)
            SELECT n.i, (SELECT MIN(id) FROM organisations), n.i, 'JX-2026-' || n.i, 1, 'JX-2026-' || n.i || '.1', 'Initial', CASE WHEN n.i % 20 = 0 THEN 'emergency' ELSE 'planned' END, {At(published)}, {At(published)}, {At(published + " + 60")},
                   n.i % 50 = 0, CASE WHEN n.i % 50 = 0 THEN 'defect' END, {At(published + " + 10000")}, '[]' FROM {numbers}
            """,
            $"INSERT INTO rounds (id, notice_id, state, audience, batch, next_tier, created_at, expires_at, closed_at) SELECT n.i, n.i, 'Closed', 'everyone', 'b' || n.i, 3, {At(published)}, {At(published + " + 10000")}, {At(published + " + 20000")} FROM {numbers}",
            $"""
            INSERT INTO recipients (id, round_id, supply_point_id, customer_id, tier, language, account_tail, backup_stays, state, reason)
            SELECT p.id, (p.id - 1) / {Each} + 1, p.id, c.id, c.tier, c.language, '0000', FALSE, CASE WHEN p.id % 40 = 0 THEN 2 ELSE 8 END, CASE WHEN p.id % 40 = 0 THEN 'not-delivered' END FROM supply_points p JOIN customers c ON c.id = p.customer_id
            """,
            $"""
            INSERT INTO deliveries (id, round_id, text_id, medium, address, tier, accounts, state, due_at, expires_at, attempts, step, provider, accepted_at, reason)
            SELECT p.id, p.round_id, 0, 'Sms', '+86138' || p.id, p.tier, '0000', p.state, n.due_at, n.expires_at, 1, 0, 'main', CASE WHEN p.id % 40 = 0 THEN NULL WHEN p.id % 30 = 0 THEN n.expires_at ELSE n.due_at END, p.reason FROM recipients p JOIN notices n ON n.id = p.round_id
            """,
            "INSERT INTO delivery_recipients (delivery_id, recipient_id) SELECT id, id FROM recipients",
            "DELETE FROM contacts WHERE id % 5000 = 7",
            $"UPDATE contacts SET suspended_at = {At("0")}, suspended_reason = 'not-me' WHERE id % 5000 = 8",
            sqlite ? "ANALYZE" : "VACUUM ANALYZE",
        ])
        {
            // No plan stands behind these notices.
            var alone = sql.StartsWith("INSERT", StringComparison.Ordinal) ? sqlite ? "PRAGMA foreign_keys = OFF; " : "SET session_replication_role = replica; " : "";
            await Sql.RunAsync(kind, connection, alone + sql);
        }
    }
}
