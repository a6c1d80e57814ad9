using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Notices;

/// <summary>Everything that is counted and traced, in one place. Names become Prometheus's by writing <c>_</c> for a dot and the unit or <c>_total</c> behind;
/// dashboard and alerts in <c>config/observability</c> name them, and a test asks that each is there.</summary>
public static class Telemetry
{
    /// <summary>Of the meter and of the source of activities.</summary>
    public const string Name = "Notices";

    public static readonly ActivitySource Source = new(Name);

    public static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Claims = Meter.CreateCounter<long>("notices.claims", description: "Messages taken into a worker's hands.");
    private static readonly Counter<long> Outcomes = Meter.CreateCounter<long>("notices.outcomes", description: "Tries of messages by provider and outcome.");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("notices.job.failures", description: "Runs of loops and sweeps that failed; each is tried again.");

    private static readonly Histogram<double> Lateness = Meter.CreateHistogram(
        "notices.publication.lateness", "s", "From the due moment of a notice to the commit that published it.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600] });

    /// <summary>So many messages of one tier and medium were claimed.</summary>
    /// <param name="medium">By the name the API writes.</param>
    public static void Claimed(int count, short tier, string medium) => Claims.Add(count, new("tier", tier), new("medium", medium));

    /// <param name="outcome">accepted, try-later, refused, unknown.</param>
    public static void Tried(int count, string provider, string outcome) => Outcomes.Add(count, new("provider", provider), new KeyValuePair<string, object?>("outcome", outcome));

    /// <param name="late">From the due moment to the commit; what was early counts as in time.</param>
    public static void Published(TimeSpan late) => Lateness.Record(Math.Max(0, late.TotalSeconds));

    public static void Failed(string task) => Failures.Add(1, new KeyValuePair<string, object?>("task", task));

    /// <summary>Starts an activity that goes on from what was kept with an outage or a round, in whatever process that was.</summary>
    /// <param name="traceParent">W3C traceparent; null starts a trace of its own.</param>
    public static Activity? Continue(string name, string? traceParent, ActivityKind kind = ActivityKind.Internal) =>
        ActivityContext.TryParse(traceParent, null, true, out var parent) ? Source.StartActivity(name, kind, parent) : Source.StartActivity(name, kind, default(ActivityContext));

    /// <summary>What to keep, so that later work can go on from here.</summary>
    /// <param name="traceParent">Kept before; stands in where nothing is traced now.</param>
    public static string? TraceParent(string? traceParent = null) => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : traceParent;
}
