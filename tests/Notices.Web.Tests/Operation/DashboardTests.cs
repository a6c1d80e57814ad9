using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Notices.Access;
using Notices.Channels.Sandbox;
using Notices.Testing;

namespace Notices.Operation;

/// <summary>Dashboard, alerts and the table that explains them name what the service tells, and nothing else.</summary>
public partial class DashboardTests
{
    private static readonly string Files = FindFiles();

    [Fact]
    public async Task Every_metric_named_is_told_and_every_one_told_is_explained()
    {
        await using var host = await TestHost.StartAsync(DatabaseKind.Sqlite);
        await TestCounty.SeedAsync(host.Database);
        // One message is to come again later, and the clock stands still: a queue for as long as the test looks, whatever age the reading has.
        host.Services.GetRequiredService<SandboxRules>().Set("11", SandboxBehaviour.Words["try-later"]);
        await host.PostAsync(
            Role.Dispatcher, "/api/v1/emergencies",
            new { kind = "emergency", organisation = TestCounty.Code, feeders = new[] { TestCounty.Feeder }, minutesLeft = 60, estimatedRestoration = host.Clock.GetUtcNow().AddHours(4) }, 202);
        await using (var scope = host.Services.CreateAsyncScope()) await scope.ServiceProvider.GetRequiredService<Evidence.Checkpoints>().SignHeadAsync(default);
        await MetricsText.UntilAsync(
            host, text => text.Sum("notices_outcomes_total") > 0 && text.Sum("notices_publication_lateness_seconds_count") > 0 && text.Sum("notices_queue") > 0);
        // What a good day does not show.
        Telemetry.Failed("nothing");
        var told = Types().Matches(await host.TextAsync("/metrics")).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["type"].Value);

        var explained = Explained().Matches(await ReadAsync("README.md")).Select(match => match.Groups["name"].Value);
        Assert.Equal(told.Keys.Where(name => name.StartsWith("notices_", StringComparison.Ordinal)).Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));

        var queries = Queries(JsonNode.Parse(await ReadAsync("dashboard.json"))!).Concat(Expressions().Matches(await ReadAsync("alerts.yml")).Select(match => match.Groups["query"].Value)).ToList();
        Assert.True(queries.Count > 25, $"only {queries.Count} queries found");
        var named = queries.SelectMany(query => Names().Matches(query)).Select(match => match.Value).ToHashSet();
        Assert.NotEmpty(named);
        var unknown = named.Where(name => !told.ContainsKey(name) && told.GetValueOrDefault(Suffix().Replace(name, "")) != "histogram").ToList();
        Assert.True(unknown.Count == 0, $"Not told: {string.Join(", ", unknown)}");
        // A counter is only ever looked at as a rate.
        Assert.All(queries.Where(query => query.Contains("_total", StringComparison.Ordinal)), query => Assert.Matches(@"(rate|increase)\(", query));
    }

    private static IEnumerable<string> Queries(JsonNode dashboard) =>
        dashboard["panels"]!.AsArray().SelectMany(panel => panel!["targets"]!.AsArray()).Select(target => (string)target!["expr"]!);

    private static Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(Files, file));

    private static string FindFiles([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "config", "observability"));

    /// <summary>A type with a value under it; the type alone tells nothing.</summary>
    [GeneratedRegex(@"^# TYPE (?<name>\w+) (?<type>\w+)\n\k<name>[{_ ]", RegexOptions.Multiline)]
    private static partial Regex Types();

    [GeneratedRegex(@"^\| `(?<name>notices_\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Explained();

    [GeneratedRegex(@"^\s+expr: (?<query>.+)$", RegexOptions.Multiline)]
    private static partial Regex Expressions();

    [GeneratedRegex(@"\b(?:notices|process|dotnet|http_server)_\w+")]
    private static partial Regex Names();

    [GeneratedRegex("_(?:bucket|count|sum)$")]
    private static partial Regex Suffix();
}
