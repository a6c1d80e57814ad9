using System.Diagnostics;
using System.Globalization;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Setup;
using Notices.Testing;

namespace Notices.Benchmarks;

/// <summary>The command <c>import customers</c>, published ReadyToRun, on a large file, first and unchanged again, against psql copying the same file into a bare table.
/// <c>import</c> is the first import; <c>import-keyed</c> is the same against a table with a key, which the bare one has not; <c>import-memory</c> is the highest resident
/// memory of any run, its ratio to the 300 MB allowed. Small: as it is built.</summary>
internal static class ImportBenchmark
{
    private const int Each = 500;

    private const string Columns = "account_no,customer_id,name,transformer_code,supply_role,phone,email,language,category,address";

    internal static async Task RunAsync(BenchmarkRun run)
    {
        var transformers = run.Size(2000, 2);
        run.Progress(0, run.Small ? "seeding" : "publishing");
        using var folder = new Folder();
        var notices = run.Small ? SideProcess.Program(typeof(NoticesHost).Assembly.Location) : await Published.NoticesAsync(folder);
        run.Progress(0, "seeding");
        var file = folder.File("customers.csv");
        await WriteAsync(file, transformers);
        var server = await PostgreSqlServer.StartAsync(durable: true);
        try
        {
            var connection = server.ConnectionString(await server.CreateDatabaseAsync());
            await County.SeedAsync(DatabaseKind.PostgreSql, connection, transformers, 0);
            var memory = 0.0;
            var medians = await run.AlternateAsync(
                ("first", async () =>
                {
                    await Sql.RunAsync(DatabaseKind.PostgreSql, connection, "TRUNCATE customers CASCADE; CHECKPOINT");

                    return await ImportAsync("added");
                }
            ),
                ("unchanged", () => ImportAsync("unchanged")),
                ("copy", () => CopyAsync("")),
                ("copy-keyed", () => CopyAsync(", PRIMARY KEY (account_no)")));
            run.Add("import", medians[0], "s", medians[0] / medians[2]);
            run.Add("import-keyed", medians[0], "s", medians[0] / medians[3]);
            run.Add("import-unchanged", medians[1], "s", medians[1] / medians[2]);
            run.Add("import-memory", memory, "MB", memory / 300);

            async Task<double> ImportAsync(string what)
            {
                var (took, peak) = await CommandAsync(notices, connection, file, $"{transformers * Each} {what}");
                memory = Math.Max(memory, peak);
                await Sql.ExpectAsync(DatabaseKind.PostgreSql, connection, "SELECT count(*) FROM contacts", 2 * transformers * Each);

                return took;
            }

            async Task<double> CopyAsync(string key)
            {
                await Sql.RunAsync(
                    DatabaseKind.PostgreSql, connection,
                    $"DROP TABLE IF EXISTS bare; CREATE TABLE bare ({string.Join(", ", Columns.Split(',').Select(column => column + " text"))}{key}); CHECKPOINT");

                return await Sql.PsqlAsync(connection, $"\\copy bare from '{file}' csv header");
            }
        }
        finally
        {
            server.Stop();
        }
    }

    private static async Task<(double Seconds, double Megabytes)> CommandAsync(ProcessStartInfo notices, string connection, string file, string expected)
    {
        var start = new ProcessStartInfo(notices.FileName, [.. notices.ArgumentList, "import", "customers", file, "--organisation", County.Code]) { UseShellExecute = false };
        Product.Set(start.Environment, Product.Settings(DatabaseKind.PostgreSql, connection));
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        var began = Stopwatch.GetTimestamp();
        using var command = Process.Start(start)!;
        var (said, complained) = (command.StandardOutput.ReadToEndAsync(), command.StandardError.ReadToEndAsync());
        var (peak, ended) = (0.0, command.WaitForExitAsync());
        while (await Task.WhenAny(ended, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System)) != ended) peak = Math.Max(peak, Peak(command.Id));
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (command.ExitCode != 0 || !(await said).Contains(expected, StringComparison.Ordinal))
            throw new BenchmarkException($"The import ended with {command.ExitCode}; '{expected}' was expected. {await said} {await complained}");

        return (took, peak);
    }

    /// <summary>The highest resident memory so far, in MB.</summary>
    private static double Peak(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));

            return line is null ? 0 : double.Parse(line.Split(':', 'k')[1], CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static async Task WriteAsync(string file, int transformers)
    {
        await using var to = new StreamWriter(file);
        await to.WriteAsync(Columns + "\n");
        for (var i = 0; i < transformers * Each; i++)
        {
            await to.WriteAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"13012{i:00000000},C{i:00000000},用户{i},{County.Transformer(i / Each)},main,138{i:00000000},user{i}@example.org,{(i % 20 == 0 ? "en" : "zh-CN")},residential,城关镇第{(i / Each / 10) + 1}村{i}号\n"));
        }
    }
}
