using System.Diagnostics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Notices.Operation;

/// <summary>Traces from a plan to the messages about it, also through other processes. Sent only where an endpoint is named; ids are there always, for the logs.</summary>
internal static class Traces
{
    /// <summary>OpenTelemetry's own name for it, from the environment.</summary>
    private const string Standard = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string StandardForTraces = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string Setting = "Telemetry:Endpoint";

    // Asked for by many, sent to nobody: their activities would be all there is in a trace store.
    private static readonly string[] Quiet = ["/health", "/metrics", "/feeds"];

    /// <summary>Keeps ids alive where nobody records: they stand in the logs and go on with a round.</summary>
    private static readonly Lazy<ActivityListener> Ids = new(() =>
    {
        var listener = new ActivityListener { ShouldListenTo = source => source.Name == Telemetry.Name, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData };
        ActivitySource.AddActivityListener(listener);

        return listener;
    });

    /// <exception cref="SettingsException">The endpoint is no address.</exception>
    internal static void AddTraces(this WebApplicationBuilder builder)
    {
        _ = Ids.Value;
        var settings = builder.Configuration;
        if (settings[Standard] is null && settings[Setting] is { Length: > 0 } endpoint) settings[Standard] = endpoint;
        if (string.IsNullOrEmpty(settings[Standard]) && string.IsNullOrEmpty(settings[StandardForTraces])) return;

        foreach (var name in (string[])[Standard, StandardForTraces])
        {
            if (settings[name] is { Length: > 0 } address && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
                throw new SettingsException([$"{(name == Standard ? Setting : name)} is '{address}'; it must be the http or https address of an OTLP receiver, such as http://localhost:4318."]);
        }

        settings[Protocol] ??= "http/protobuf";
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(Telemetry.Name.ToLowerInvariant(), serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}"))
            .WithTracing(traces => traces
                .AddSource(Telemetry.Name)
                .AddAspNetCoreInstrumentation(requests => requests.Filter = context => !Quiet.Any(path => context.Request.Path.StartsWithSegments(path, StringComparison.Ordinal)))
                // Only what belongs to a larger work; a message alone would be a trace of its own, a hundred thousand times.
                .AddHttpClientInstrumentation(calls => calls.FilterHttpRequestMessage = _ => Activity.Current?.ParentSpanId != default(ActivitySpanId))
                .AddOtlpExporter());
    }
}
