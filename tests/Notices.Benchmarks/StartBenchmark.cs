using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Notices.Benchmarks.Protocol;
using Notices.Benchmarks.Seeding;
using Notices.Setup;
using Notices.Testing;

namespace Notices.Benchmarks;

/// <summary>From the start of the process until <c>/health/ready</c> answers 200: <c>serve</c>, published ReadyToRun, on an existing SQLite database, against an empty minimal
/// API published the same way. Small: both as they are built.</summary>
internal static class StartBenchmark
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private const string EmptyProgram = """
        var app = WebApplication.CreateSlimBuilder(args).Build();
        app.MapGet("/health/ready", () => "ready");
        app.Run();
        """;

    private const string EmptyProject = """
        <Project Sdk="Microsoft.NET.Sdk.Web">
          <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
        </Project>
        """;

    internal static async Task RunAsync(BenchmarkRun run)
    {
        using var folder = new Folder();
        run.Progress(0, run.Small ? "seeding" : "publishing");
        var (ours, empty) = run.Small
            ? (SideProcess.Program(typeof(NoticesHost).Assembly.Location), SideProcess.Program(typeof(StartBenchmark).Assembly.Location, "empty-api"))
            : (await Published.NoticesAsync(folder), await Published.MakeAsync(await WriteEmptyAsync(folder), folder.File("empty")));
        var file = folder.File("notices.db");
        await Sqlite.MakeAsync(file);
        await County.SeedAsync(DatabaseKind.Sqlite, Sqlite.Connection(file), 10, 10);
        ours.ArgumentList.Add("serve");
        Product.Set(ours.Environment, Product.Settings(DatabaseKind.Sqlite, Sqlite.Connection(file)));

        var medians = await run.AlternateAsync(("ours", () => UntilReadyAsync(ours)), ("empty", () => UntilReadyAsync(empty)));
        run.Add("start", medians[0], "s", medians[0] / medians[1]);
    }

    /// <summary>The empty minimal API, for small runs.</summary>
    internal static async Task ServeEmptyAsync(string[] args)
    {
        await using var app = WebApplication.CreateSlimBuilder(args).Build();
        app.MapGet("/health/ready", () => "ready");
        await app.RunAsync();
    }

    private static async Task<double> UntilReadyAsync(ProcessStartInfo program)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(program.FileName, [.. program.ArgumentList, "--urls", $"http://127.0.0.1:{port}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in program.Environment) start.Environment[name] = value;
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        var complained = process.StandardError.ReadToEndAsync();
        try
        {
            while (!await IsReadyAsync(client, port))
            {
                if (process.HasExited || Stopwatch.GetElapsedTime(began) > Longest) throw new BenchmarkException($"{program.FileName} is not ready. {(process.HasExited ? await said + await complained : "")}");
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            }

            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, int port)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"));

            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<string> WriteEmptyAsync(Folder folder)
    {
        Directory.CreateDirectory(folder.File("source"));
        var project = folder.File("source/empty.csproj");
        await File.WriteAllTextAsync(project, EmptyProject);
        await File.WriteAllTextAsync(folder.File("source/Program.cs"), EmptyProgram);

        return project;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
