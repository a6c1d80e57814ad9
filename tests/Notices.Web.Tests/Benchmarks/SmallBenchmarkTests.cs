using System.Diagnostics;
using System.Globalization;

namespace Notices.Benchmarks;

/// <summary>Every benchmark runs and prints its line; what it says at this size means nothing.</summary>
public class SmallBenchmarkTests
{
    [Theory]
    [InlineData("import")]
    [InlineData("expand")]
    [InlineData("publish-lateness")]
    [InlineData("dispatch-sqlite")]
    [InlineData("dispatch")]
    [InlineData("dispatch-growth")]
    [InlineData("scale-out")]
    [InlineData("emergency-first")]
    [InlineData("database-growth")]
    [InlineData("start")]
    [InlineData("audit-verify")]
    [InlineData("email")]
    [InlineData("callbacks")]
    [InlineData("crash")]
    [InlineData("registry")]
    public async Task A_benchmark_prints_name_value_unit_and_ratio(string name)
    {
        var folder = Directory.CreateTempSubdirectory("notices-benchmark-test-").FullName;
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Notices.Benchmarks.dll"), name, "--small", "--out", folder])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await complained);

        var line = Assert.Single((await said).Split('\n'), line => line.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ');
        Assert.Equal(4, line.Length);
        Assert.True(double.Parse(line[1], CultureInfo.InvariantCulture) > 0);
        Assert.True(double.Parse(line[3], CultureInfo.InvariantCulture) > 0);
        Assert.Single(Directory.GetFiles(folder, "*.json"));
        Directory.Delete(folder, true);
    }
}
