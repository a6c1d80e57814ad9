using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Notices.Setup;

namespace Notices.Crash;

/// <summary>The real program as a process of its own, so that it can be killed.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;
    private readonly StringBuilder _said = new();

    private ServiceProcess(Process process, int port)
    {
        (_process, _client) = (process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(10) });
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    internal int Id => _process.Id;

    /// <summary>All it wrote so far.</summary>
    internal string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>Starts <c>serve</c> and waits until it is ready.</summary>
    /// <param name="more">Further words of the command, as <c>--role worker</c>.</param>
    internal static async Task<ServiceProcess> StartAsync(IReadOnlyDictionary<string, string?> settings, params string[] more)
    {
        var service = Launch(settings, more);
        await TestHost.UntilAsync(
            async () =>
            {
                Assert.False(service._process.HasExited, service.Said);

                return await service.ReadyAsync() == HttpStatusCode.OK;
            },
            "ready", 90);

        return service;
    }

    internal static ServiceProcess Launch(IReadOnlyDictionary<string, string?> settings, params string[] more)
    {
        var port = FreePort();

        return new ServiceProcess(Process.Start(Command(settings, ["serve", "--urls", $"http://127.0.0.1:{port}", .. more]))!, port);
    }

    /// <summary>Runs another command to its end.</summary>
    internal static async Task<(int Status, string Said)> RunAsync(IReadOnlyDictionary<string, string?> settings, params string[] words)
    {
        using var process = Process.Start(Command(settings, words))!;
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();

        return (process.ExitCode, await said + await complained);
    }

    /// <returns>What <c>/health/ready</c> answers; null when nobody does.</returns>
    internal async Task<HttpStatusCode?> ReadyAsync()
    {
        try
        {
            using var answer = await _client.GetAsync(new Uri("/health/ready", UriKind.Relative));

            return answer.StatusCode;
        }
        catch (Exception nobody) when (nobody is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    /// <summary><c>kill -9</c>.</summary>
    internal async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <param name="name">As <c>kill</c> knows it: <c>STOP</c>, <c>CONT</c>.</param>
    internal async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{Id}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>The largest file it may write, in bytes or <c>unlimited</c>: what a disk that is full looks like.</summary>
    internal async Task LimitFilesAsync(string bytes)
    {
        using var prlimit = Process.Start("prlimit", ["--pid", $"{Id}", $"--fsize={bytes}:unlimited"]);
        await prlimit.WaitForExitAsync();
        Assert.Equal(0, prlimit.ExitCode);
    }

    internal async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        await _process.WaitForExitAsync(limit.Token);

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
        _client.Dispose();
    }

    private static ProcessStartInfo Command(IReadOnlyDictionary<string, string?> settings, params string[] words)
    {
        // The shell only has the signal of the file-size limit ignored, so that a limit is an error of writing, and then becomes the program.
        var start = new ProcessStartInfo("sh", ["-c", "trap '' XFSZ; exec \"$@\"", "sh", "dotnet", typeof(NoticesHost).Assembly.Location, .. words])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in settings) start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;

        return start;
    }

    private void Hear(string? line)
    {
        lock (_said) _said.AppendLine(line);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
