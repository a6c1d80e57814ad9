using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;

namespace Notices.Outages;

/// <summary>The overviews read last, by organisation: in a storm many pages are open, and each asks every few seconds.</summary>
public sealed class OverviewMemory([FromKeyedServices(CoreServices.Machine)] TimeProvider machine)
{
    /// <summary>Machine time for which a reading serves.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (long ReadAt, OverviewView View)> _read = new(StringComparer.Ordinal);

    internal OverviewView? Find(string path) => _read.TryGetValue(path, out var known) && machine.GetElapsedTime(known.ReadAt) < Fresh ? known.View : null;

    internal void Keep(string path, OverviewView view) => _read[path] = (machine.GetTimestamp(), view);
}
