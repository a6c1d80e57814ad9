using System.Diagnostics.Metrics;
using Prometheus;

namespace Notices.Operation;

/// <summary>Carries what is counted with .NET's instruments into a registry of Prometheus: a counter stays a counter, from the start of the process on.</summary>
internal sealed class MeterBridge : IDisposable
{
    private const string Requests = "http.server.request.duration";

    /// <summary>Those of requests differ from one to the next, and Prometheus wants the same for all.</summary>
    private static readonly string[] RequestLabels = ["http.request.method", "http.response.status_code", "http.route"];

    private readonly MeterListener _listener = new();
    private readonly IMetricFactory _metrics;

    /// <param name="meters">Of this host, whose requests are counted; others may live in the same process.</param>
    internal MeterBridge(CollectorRegistry registry, IMeterFactory meters)
    {
        _metrics = Metrics.WithCustomRegistry(registry);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, Telemetry.Meter) || (instrument.Name == Requests && ReferenceEquals(instrument.Meter.Scope, meters)))
                listener.EnableMeasurementEvents(instrument, new Series(_metrics, instrument, instrument.Name == Requests ? RequestLabels : null));
        };
        _listener.SetMeasurementEventCallback<int>((_, value, tags, series) => ((Series)series!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, series) => ((Series)series!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, series) => ((Series)series!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>Asks those that are read rather than counted.</summary>
    internal void Observe() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    /// <summary>One instrument with all its labels.</summary>
    private sealed class Series(IMetricFactory metrics, Instrument instrument, string[]? labels)
    {
        private readonly Lock _lock = new();
        private string[]? _labels = labels;
        private Action<string[], double>? _write;

        internal void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            lock (_lock)
            {
                if (_labels is null)
                {
                    _labels = new string[tags.Length];
                    for (var i = 0; i < tags.Length; i++) _labels[i] = tags[i].Key;
                }

                _write ??= Writer();
            }

            var values = new string[_labels.Length];
            for (var i = 0; i < values.Length; i++) values[i] = ValueOf(_labels[i], tags);
            _write(values, value);
        }

        private Action<string[], double> Writer()
        {
            var name = instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "");
            var help = instrument.Description ?? "";
            string[] names = [.. _labels!.Select(label => label.Replace('.', '_'))];
            switch (instrument)
            {
                case Counter<long>:
                    var counter = metrics.CreateCounter(name + "_total", help, names);

                    return (values, value) => counter.WithLabels(values).Inc(value);
                case Histogram<double> of:
                    var histogram = metrics.CreateHistogram(name, help, names, new HistogramConfiguration { Buckets = [.. of.Advice?.HistogramBucketBoundaries ?? Histogram.ExponentialBuckets(0.005, 2, 12)] });

                    return (values, value) => histogram.WithLabels(values).Observe(value);
                default:
                    var gauge = metrics.CreateGauge(name, help, names);

                    return (values, value) => gauge.WithLabels(values).Set(value);
            }
        }

        private static string ValueOf(string label, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var (key, value) in tags)
            {
                if (key == label) return value?.ToString() ?? "";
            }

            return "";
        }
    }
}
