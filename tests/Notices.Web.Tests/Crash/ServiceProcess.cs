using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Notices.Operation;
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
        (_process, _client) = (process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(40) });
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    internal int Id => _process.Id;

    internal Uri Address => _client.BaseAddress!;

    internal bool HasEnded => _process.HasExited;

    /// <summary>All it wrote so far.</summary>
    internal string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>Starts <c>serve</c> and waits until it is ready.</summary>
    internal static async Task<ServiceProcess> StartAsync(IReadOnlyDictionary<string, string?> settings, params string[] words)
    {
        var service = Launch(settings, words);
        try
        {
            await TestHost.UntilAsync(
                async () =>
                {
                    Assert.False(service._process.HasExited, service.Said);

                    return await service.ReadyAsync() == HttpStatusCode.OK;
                },
                "ready", 90);

            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <param name="words">Further words of the command line.</param>
    internal static ServiceProcess Launch(IReadOnlyDictionary<string, string?> settings, params string[] words)
    {
        var port = FreePort();

        return new ServiceProcess(Process.Start(Command(settings, ["serve", "--urls", $"http://127.0.0.1:{port}", .. words]))!, port);
    }

    /// <summary>Starts another command, to be killed.</summary>
    internal static ServiceProcess Begin(IReadOnlyDictionary<string, string?> settings, params string[] words) => new(Process.Start(Command(settings, words))!, FreePort());

    /// <summary>Runs another command to its end.</summary>
    internal static Task<(int Status, string Said)> RunAsync(IReadOnlyDictionary<string, string?> settings, params string[] words) => RunAsync(Command(settings, words));

    /// <summary>The same as an ordinary user: root without the right to overrule what the rights of a file say.</summary>
    internal static Task<(int Status, string Said)> RunAsOrdinaryAsync(IReadOnlyDictionary<string, string?> settings, params string[] words)
    {
        var command = Command(settings, words);
        if (Environment.UserName == "root")
        {
            string[] rest = [command.FileName, .. command.ArgumentList];
            command.FileName = "setpriv";
            command.ArgumentList.Clear();
            foreach (var word in (string[])["--inh-caps=-dac_override,-dac_read_search", "--bounding-set=-dac_override,-dac_read_search", .. rest]) command.ArgumentList.Add(word);
        }

        return RunAsync(command);
    }

    private static async Task<(int Status, string Said)> RunAsync(ProcessStartInfo command)
    {
        using var process = Process.Start(command)!;
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

    /// <returns>What <c>/health/ready</c> says; null when nobody does.</returns>
    internal async Task<HealthBody?> HealthAsync(string language = "en")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/ready");
        request.Headers.AcceptLanguage.ParseAdd(language);
        try
        {
            using var answer = await _client.SendAsync(request);
            var body = await answer.Content.ReadFromJsonAsync<HealthBody>(Json.Stored);
            Assert.Equal(body!.Status != "unhealthy", answer.StatusCode == HttpStatusCode.OK);

            return body;
        }
        catch (Exception nobody) when (nobody is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    /// <summary>Waits until it is not ready for that reason, while it stays alive.</summary>
    /// <param name="code">The problem's code, or several that would do.</param>
    internal async Task<HealthLine> UntilNotReadyAsync(params string[] code)
    {
        HealthBody? health = null;
        await TestHost.UntilAsync(
            async () => (health = await HealthAsync()) is { Status: "unhealthy" } said && said.Checks.Any(check => code.Contains(check.Code)),
            $"not ready because of {string.Join(" or ", code)}", 30);
        var line = health!.Checks.First(check => check.Code is not null);
        Assert.Equal(line.Message, health.Message);
        Assert.False(string.IsNullOrWhiteSpace(line.Message));
        using var live = await _client.GetAsync(new Uri("/health/live", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);

        return line;
    }

    internal Task UntilReadyAsync() => TestHost.UntilAsync(async () => await ReadyAsync() == HttpStatusCode.OK, "ready again", 30);

    internal async Task<(HttpStatusCode Status, string Body)> PostAsync(string key, string path, object body, string? traceParent = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: Json.Stored) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (traceParent is not null) request.Headers.Add("traceparent", traceParent);
        using var answer = await _client.SendAsync(request);

        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary><c>kill -9</c>.</summary>
    internal async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <param name="name">As <c>kill</c> knows it: <c>STOP</c>, <c>CONT</c>, <c>TERM</c>.</param>
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
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
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
