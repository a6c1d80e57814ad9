using System.Diagnostics.Metrics;
using Notices.Deliveries;
using Prometheus;

namespace Notices.Operation;

/// <summary><c>/metrics</c> for Prometheus: what this process counted, and what the tables say, which is the same whichever process is asked.</summary>
internal sealed class MetricsPage : IDisposable
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly MeterBridge _bridge;
    private readonly ServiceReadings _readings;
    private readonly StorageWatch _watch;
    private readonly TimeProvider _clock;
    private readonly IServiceProvider _services;
    private readonly GaugeSet _mode;
    private readonly GaugeSet _ready;
    private readonly GaugeSet _circuits;
    private readonly GaugeSet _queue;
    private readonly GaugeSet _oldest;
    private readonly GaugeSet _claimed;
    private readonly GaugeSet _overdue;
    private readonly GaugeSet _rounds;
    private readonly GaugeSet _head;
    private readonly GaugeSet _signed;
    private readonly GaugeSet _signedAge;
    private readonly GaugeSet _peers;

    /// <param name="services">For the providers: made only when first looked at, so that a command beside the service needs none.</param>
    public MetricsPage(ServiceReadings readings, StorageWatch watch, IMeterFactory meters, TimeProvider clock, IServiceProvider services)
    {
        (_readings, _watch, _clock, _services) = (readings, watch, clock, services);
        DotNetStats.Register(_registry);
        _bridge = new MeterBridge(_registry, meters);
        _mode = Gauges("notices_mode", "1 for the mode the installation is in: live, drill or shadow.", "mode");
        _ready = Gauges("notices_ready", "1 while the check of /health/ready is good.", "check");
        _circuits = Gauges("notices_circuit_state", "0 closed, 1 tried again, 2 open, as this process sees it.", "provider");
        _queue = Gauges("notices_queue", "Messages that wait, also those not yet due.", "lane", "tier", "medium");
        _oldest = Gauges("notices_queue_oldest_seconds", "For how long the longest waiting message of a running round has been due.", "lane");
        _claimed = Gauges("notices_queue_claimed", "Messages in workers' hands.");
        _overdue = Gauges("notices_publication_overdue_seconds", "For how long the longest waiting notice has been due.");
        _rounds = Gauges("notices_rounds", "Rounds that are not at an end.", "state");
        _head = Gauges("notices_audit_sequence", "The last entry of the record.");
        _signed = Gauges("notices_audit_signed_sequence", "The last entry under a signed head.");
        _signedAge = Gauges("notices_audit_signed_age_seconds", "Age of the last signed head; nothing is signed while nothing is written.");
        _peers = Gauges("notices_peers", "Living processes.", "role");
        _registry.AddBeforeCollectCallback(CollectAsync);
    }

    internal static async Task WriteAsync(MetricsPage page, HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await page._registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted);
    }

    public void Dispose() => _bridge.Dispose();

    private async Task CollectAsync(CancellationToken cancellationToken)
    {
        _bridge.Observe();
        var report = await _watch.LookAsync(cancellationToken);
        _ready.Show(report.Checks.Select(check => (new[] { check.Name }, check.State is StorageState.Good or StorageState.Slow ? 1.0 : 0.0)));
        _mode.Show([([_services.GetRequiredService<OperationOptions>().Mode.ToLowerInvariant()], 1)]);
        var providers = _services.GetRequiredService<ProviderDirectory>();
        _circuits.Show(providers.Providers.Select(provider => (new[] { provider.Name }, Value(providers.StateOf(provider.Name)))));

        // While the database does not answer there is nothing to say, and a gap says so better than a zero.
        var reading = await _readings.ReadAsync(cancellationToken);
        _queue.Show(reading?.Queue.Select(line => (new[] { line.Lane, $"{line.Tier}", line.Medium }, (double)line.Count)));
        _oldest.Show(reading is null ? null : new[] { "urgent", "ordinary" }.Select(lane => (new[] { lane }, Since(reading.Queue.Where(line => line.Lane == lane).Min(line => line.OldestDueAt)))));
        _claimed.Show(One(reading?.Claimed));
        _overdue.Show(reading is null ? null : One(Since(reading.NextPublication)));
        _rounds.Show(reading?.Rounds.Select(state => (new[] { state.Key }, (double)state.Value)));
        _head.Show(One(reading?.Head));
        _signed.Show(One(reading?.SignedHead));
        _signedAge.Show(reading?.SignedAt is null ? null : One(Since(reading.SignedAt)));
        _peers.Show(reading?.Peers.Select(role => (new[] { role.Key }, (double)role.Value)));
    }

    private static double Value(CircuitState state) => state switch
    {
        CircuitState.Closed => 0,
        CircuitState.Trial => 1,
        _ => 2,
    };

    private static IEnumerable<(string[] Labels, double Value)>? One(double? value) => value is { } known ? [([], known)] : null;

    /// <summary>In seconds; 0 while it still lies ahead.</summary>
    private double Since(DateTimeOffset? moment) => moment is { } then ? Math.Max(0, (_clock.GetUtcNow() - then).TotalSeconds) : 0;

    private GaugeSet Gauges(string name, string help, params string[] labels) =>
        new(Metrics.WithCustomRegistry(_registry).CreateGauge(name, help, labels, new GaugeConfiguration { SuppressInitialValue = true }));

    /// <summary>A gauge that forgets what is no longer there.</summary>
    private sealed class GaugeSet(Gauge gauge)
    {
        private readonly Dictionary<string, string[]> _shown = new(StringComparer.Ordinal);

        internal void Show(IEnumerable<(string[] Labels, double Value)>? values)
        {
            var gone = new Dictionary<string, string[]>(_shown, StringComparer.Ordinal);
            foreach (var (labels, value) in values ?? [])
            {
                var key = string.Join('\n', labels);
                if (labels.Length > 0) gauge.WithLabels(labels).Set(value);
                else gauge.Set(value);
                _shown[key] = labels;
                gone.Remove(key);
            }

            foreach (var (key, labels) in gone)
            {
                if (labels.Length > 0) gauge.RemoveLabelled(labels);
                else gauge.Unpublish();
                _shown.Remove(key);
            }
        }
    }
}
