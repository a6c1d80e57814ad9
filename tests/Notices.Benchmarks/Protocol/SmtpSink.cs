using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Notices.Benchmarks.Protocol;

/// <summary>postfix's smtp-sink, which takes every mail; what it took is counted in the file it keeps them in.</summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    private const string Program = "/usr/sbin/smtp-sink";

    private readonly Process _process;
    private readonly string _folder;
    private long _from;

    private SmtpSink(Process process, string folder, int port) => (_process, _folder, Port) = (process, folder, port);

    internal int Port { get; }

    private string Mails => Path.Combine(_folder, "mails");

    internal static async Task<SmtpSink> StartAsync()
    {
        if (!File.Exists(Program)) throw new BenchmarkException("smtp-sink is not installed: apt-get install postfix");

        // Root's sink becomes nobody, who must be able to write there.
        var folder = Directory.CreateTempSubdirectory("notices-smtp-sink-").FullName;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, (UnixFileMode)0x1FF);
        var port = FreePort();
        string[] words = [.. Environment.UserName == "root" ? ["-u", "nobody"] : Array.Empty<string>(), "-D", Path.Combine(folder, "mails"), $"127.0.0.1:{port}", "200"];
        var sink = new SmtpSink(Process.Start(new ProcessStartInfo(Program, words) { UseShellExecute = false, WorkingDirectory = "/tmp" })!, folder, port);
        await sink.ListensAsync();

        return sink;
    }

    /// <summary>What came before is forgotten.</summary>
    internal void Reset() => _from = File.Exists(Mails) ? new FileInfo(Mails).Length : 0;

    /// <exception cref="BenchmarkException">Unless distinct ids = mails = expected.</exception>
    internal void Check(int expected)
    {
        var (mails, ids) = (0, new HashSet<string>(StringComparer.Ordinal));
        using var stream = new FileStream(Mails, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = _from;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith("Message-Id:", StringComparison.OrdinalIgnoreCase)) continue;

            mails++;
            ids.Add(line);
        }

        if (mails != expected || ids.Count != expected) throw new BenchmarkException($"The sink holds {mails} mails of {ids.Count} ids; {expected} were sent.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, true);
    }

    private async Task ListensAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port);

                return;
            }
            catch (SocketException) when (attempt < 200)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
