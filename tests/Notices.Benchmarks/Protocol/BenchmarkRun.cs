using System.Runtime.InteropServices;
using System.Text.Json;

namespace Notices.Benchmarks.Protocol;

/// <summary>One figure.</summary>
/// <param name="Ratio">Ours against the baseline of the same run.</param>
internal sealed record ResultLine(string Name, double Value, string Unit, double Ratio);

/// <summary>A figure that does not count: something was lost, doubled or does not verify.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);

/// <summary>One run of one benchmark: what was measured, and where it goes.</summary>
/// <param name="Small">Sizes that show in seconds that it works; their figures mean nothing.</param>
internal sealed record BenchmarkRun(string Name, bool Small)
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    internal List<ResultLine> Lines { get; } = [];

    /// <summary>Every measured run of every side, in order.</summary>
    internal Dictionary<string, IReadOnlyList<double>> Runs { get; } = [];

    /// <summary>Whatever else is worth keeping.</summary>
    internal Dictionary<string, object> More { get; } = [];

    internal Action<double, string> Progress { get; set; } = (_, _) => { };

    internal int Size(int full, int small) => Small ? small : full;

    internal void Add(string name, double value, string unit, double ratio) => Lines.Add(new ResultLine(name, value, unit, ratio));

    /// <summary>Each side once unmeasured at full size, then three times in turn.</summary>
    /// <returns>The medians, in the order of the sides.</returns>
    internal async Task<double[]> AlternateAsync(params (string Name, Func<Task<double>> Run)[] sides)
    {
        var times = Small ? 1 : 3;
        var seen = sides.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round <= times; round++)
        {
            for (var side = 0; side < sides.Length; side++)
            {
                Progress((double)((round * sides.Length) + side) / ((times + 1) * sides.Length), $"{sides[side].Name}, {(round == 0 ? "unmeasured" : $"run {round} of {times}")}");
                var figure = await sides[side].Run();
                if (round > 0) seen[side].Add(figure);
            }
        }

        for (var side = 0; side < sides.Length; side++) Runs[sides[side].Name] = seen[side];

        return [.. seen.Select(Median)];
    }

    internal static double Median(IEnumerable<double> figures) => Percentile(figures, 0.5);

    /// <summary>The figure that this share of all does not exceed.</summary>
    internal static double Percentile(IEnumerable<double> figures, double share)
    {
        var sorted = figures.Order().ToArray();

        return sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    internal async Task<string> SaveAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        var at = TimeProvider.System.GetUtcNow();
        var file = Path.GetFullPath(Path.Combine(folder, $"{Name}{(Small ? "-small" : "")}-{at:yyyyMMdd'T'HHmmss}.json"));
        await using var stream = File.Create(file);
        await JsonSerializer.SerializeAsync(
            stream,
            new { name = Name, at, small = Small, machine = new { cores = Environment.ProcessorCount, os = RuntimeInformation.OSDescription, runtime = RuntimeInformation.FrameworkDescription }, lines = Lines, runs = Runs, more = More },
            Indented);

        return file;
    }
}
