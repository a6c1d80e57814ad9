using System.Globalization;
using System.Net;
using Notices.Access;
using Notices.Testing;

namespace Notices.Operation;

/// <summary><c>/metrics</c>: what is told, and to whom.</summary>
public class MetricsTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.Parse("2026-12-01T08:00:00+08:00", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task The_main_job_can_be_read_off_the_metrics(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        await TestCounty.SeedAsync(host.Database);
        var plan = await host.PostAsync(Role.Dispatcher, "/api/v1/outages", TestCounty.Plan(Start), 201);
        await host.PostAsync(Role.Dispatcher, $"/api/v1/outages/{plan["number"]}/submit");
        await host.PostAsync(Role.Approver, $"/api/v1/outages/{plan["number"]}/approve");
        await host.LiveThroughAsync(Start.AddDays(-7));

        var metrics = await MetricsText.UntilAsync(host, text => text.Sum("notices_outcomes_total") >= 12);

        // Counters are the process's, and other tests run in it.
        Assert.True(metrics.Sum("notices_claims_total") >= 12);
        Assert.True(metrics["notices_outcomes_total{provider=\"main\",outcome=\"accepted\"}"] >= 12);
        Assert.True(metrics["notices_publication_lateness_seconds_count"] >= 1);
        Assert.Equal(1, metrics["notices_ready{check=\"answers\"}"]);
        Assert.Equal(1, metrics["notices_ready{check=\"writes\"}"]);
        Assert.Equal(1, metrics["notices_peers{role=\"all\"}"]);
        Assert.True(metrics["notices_audit_sequence"] > 3);
        Assert.Equal(0, metrics["notices_queue_oldest_seconds{lane=\"urgent\"}"]);
        Assert.True(metrics.Sum("http_server_request_duration_seconds_count") >= 3);
    }

    [Fact]
    public async Task The_oldest_message_grows_older_while_no_provider_carries_it()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite, settings: new() { ["Providers:main:Media"] = "email" });
        await TestCounty.SeedAsync(host.Database);
        await host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies",
            new { kind = "emergency", organisation = TestCounty.Code, feeders = new[] { TestCounty.Feeder }, minutesLeft = 60, estimatedRestoration = host.Clock.GetUtcNow().AddHours(4) }, 202);

        var metrics = await MetricsText.UntilAsync(host, text => text.Sum("notices_queue") > 0);
        Assert.Equal(metrics.Sum("notices_queue"), metrics.Lines.Where(line => line.Key.Contains("lane=\"urgent\"", StringComparison.Ordinal) && line.Key.StartsWith("notices_queue{", StringComparison.Ordinal)).Sum(line => line.Value));

        host.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.InRange((await MetricsText.ReadAsync(host))["notices_queue_oldest_seconds{lane=\"urgent\"}"], 170, 400);
    }

    [Fact]
    public async Task Only_this_machine_and_keys_of_administrators_and_auditors_may_read_them()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite);
        await TestCounty.SeedAsync(host.Database);
        using var anybody = new HttpClient { BaseAddress = host.Address };

        Assert.Equal(HttpStatusCode.OK, await AskAsync(anybody, forwarded: false));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(anybody, forwarded: true));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(await host.AsAsync(Role.Dispatcher), forwarded: true));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(await host.AsAsync(Role.Auditor), forwarded: true));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(await host.AsAsync(Role.Administrator), forwarded: true));
    }

    [Fact]
    public async Task However_many_processes_are_asked_the_tables_are_read_once()
    {
        await using var first = await TestHost.StartAsync(DatabaseKind.PostgreSql);
        await using var second = await TestHost.BesideAsync(first);
        await MetricsText.ReadAsync(first);
        // What only the table of readings can know.
        await first.Database.ExecuteAsync("""UPDATE readings SET content = jsonb_set(content::jsonb, ARRAY['claimed'], '4711')::text, at = now() + interval '1 minute'""");

        Assert.Equal(4711, (await MetricsText.ReadAsync(second))["notices_queue_claimed"]);
    }

    [Fact]
    public async Task While_the_database_is_away_they_say_that_and_nothing_about_the_queue()
    {
        var server = await PostgreSqlServer.StartAsync(durable: false);
        try
        {
            await using var host = await TestHost.StartAsync(await TestDatabase.CreateAsync(server));
            Assert.True((await MetricsText.ReadAsync(host)).Lines.ContainsKey("notices_audit_sequence"));

            await server.TakeDownAsync();
            Npgsql.NpgsqlConnection.ClearAllPools();
            var metrics = await MetricsText.UntilAsync(host, text => text["notices_ready{check=\"answers\"}"] == 0);
            await TestHost.UntilAsync(async () => !(metrics = await MetricsText.ReadAsync(host)).Lines.ContainsKey("notices_audit_sequence"), "nothing about the record");

            await server.BringUpAsync();
            await MetricsText.UntilAsync(host, text => text["notices_ready{check=\"answers\"}"] == 1 && text.Lines.ContainsKey("notices_audit_sequence"));
        }
        finally
        {
            server.Stop();
        }
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, bool forwarded)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (forwarded) request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        using var answer = await client.SendAsync(request);

        return answer.StatusCode;
    }
}

/// <summary>Prometheus's text, read back: value by name with labels.</summary>
internal sealed class MetricsText
{
    private MetricsText(string text) => Lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')
        .ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture), StringComparer.Ordinal);

    internal IReadOnlyDictionary<string, double> Lines { get; }

    internal double this[string line] => Lines.TryGetValue(line, out var value) ? value : throw new KeyNotFoundException($"{line} is not among {string.Join(", ", Lines.Keys)}");

    /// <summary>Over all labels.</summary>
    internal double Sum(string name) => Lines.Where(line => line.Key == name || line.Key.StartsWith(name + "{", StringComparison.Ordinal)).Sum(line => line.Value);

    internal static async Task<MetricsText> ReadAsync(TestHost host) => new(await host.TextAsync("/metrics"));

    internal static async Task<MetricsText> UntilAsync(TestHost host, Func<MetricsText, bool> holds)
    {
        MetricsText? last = null;
        await TestHost.UntilAsync(async () => holds(last = await ReadAsync(host)), "the metrics say so", 30);

        return last!;
    }
}
