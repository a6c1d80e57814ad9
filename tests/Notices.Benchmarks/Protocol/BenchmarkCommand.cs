using System.Globalization;
using Notices.Benchmarks.Dispatching;
using Notices.Benchmarks.Seeding;
using Spectre.Console;

namespace Notices.Benchmarks.Protocol;

/// <summary><c>NAME [--small] [--out DIR]</c>; with no name, the list. The sink and the sides are this program too, started as processes of their own.</summary>
internal static class BenchmarkCommand
{
    private static readonly Dictionary<string, Func<BenchmarkRun, Task>> Benchmarks = new(StringComparer.Ordinal)
    {
        ["import"] = ImportBenchmark.RunAsync,
        ["expand"] = ExpandBenchmark.RunAsync,
        ["publish-lateness"] = PublishLatenessBenchmark.RunAsync,
        ["dispatch-sqlite"] = DispatchSqliteBenchmark.RunAsync,
        ["dispatch"] = DispatchBenchmark.RunAsync,
        ["dispatch-growth"] = DispatchGrowthBenchmark.RunAsync,
        ["scale-out"] = ScaleOutBenchmark.RunAsync,
        ["emergency-first"] = EmergencyFirstBenchmark.RunAsync,
        ["database-growth"] = DatabaseGrowthBenchmark.RunAsync,
        ["start"] = StartBenchmark.RunAsync,
        ["audit-verify"] = AuditVerifyBenchmark.RunAsync,
        ["email"] = EmailBenchmark.RunAsync,
        ["callbacks"] = CallbacksBenchmark.RunAsync,
        ["crash"] = CrashBenchmark.RunAsync,
        ["registry"] = RegistryBenchmark.RunAsync,
    };

    private static readonly Dictionary<string, Func<string[], Task>> Processes = new(StringComparer.Ordinal)
    {
        ["sink"] = Sink.RunAsync,
        ["side-expand"] = ExpandBenchmark.ServeAsync,
        ["side-publish-lateness"] = PublishLatenessBenchmark.ServeAsync,
        ["side-worker"] = WorkerSide.ServeAsync,
        ["side-bare"] = BareSide.ServeAsync,
        ["side-hangfire"] = HangfireSide.ServeAsync,
        ["side-service"] = ServiceSide.ServeAsync,
        ["side-audit-verify"] = AuditVerifyBenchmark.ServeAsync,
        ["side-email"] = EmailBenchmark.ServeAsync,
        ["side-email-bare"] = EmailBenchmark.ServeBareAsync,
        ["side-callbacks"] = CallbacksBenchmark.ServeAsync,
        ["empty-api"] = StartBenchmark.ServeEmptyAsync,
    };

    internal static async Task<int> RunAsync(string[] args)
    {
        if (args.Length > 0 && Processes.TryGetValue(args[0], out var process))
        {
            await process(args[1..]);

            return 0;
        }

        if (args.Length == 0 || !Benchmarks.TryGetValue(args[0], out var benchmark))
        {
            await Console.Error.WriteLineAsync($"Name a benchmark: {string.Join(", ", Benchmarks.Keys)}. Then --small for a quick run, --out DIR for the folder of the result.");

            return 2;
        }

        var at = Array.IndexOf(args, "--out");
        var folder = at > 0 && at + 1 < args.Length ? args[at + 1] : "artifacts";
        Product.ShareKeys();
        var run = new BenchmarkRun(args[0], args.Contains("--small"));
        // The bar on standard error: standard output holds the figures alone.
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        try
        {
            await console.Progress().Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new ElapsedTimeColumn()).StartAsync(async context =>
            {
                var bar = context.AddTask(args[0]);
                run.Progress = (done, what) => (bar.Value, bar.Description) = (done * 100, Markup.Escape($"{args[0]}: {what}"));
                await benchmark(run);
                bar.Value = 100;
            });
        }
        catch (BenchmarkException fault)
        {
            await Console.Error.WriteLineAsync(fault.Message);

            return 1;
        }

        foreach (var line in run.Lines) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line.Name} {line.Value:0.###} {line.Unit} {line.Ratio:0.###}"));
        await Console.Error.WriteLineAsync($"All of it: {await run.SaveAsync(folder)}");

        return 0;
    }
}
