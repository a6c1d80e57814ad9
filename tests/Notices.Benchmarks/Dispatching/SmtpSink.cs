using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Notices.Benchmarks.Protocol;

namespace Notices.Benchmarks.Dispatching;

/// <summary>postfix's <c>smtp-sink</c>: a mail server that takes everything and keeps nothing.</summary>
internal sealed class SmtpSink : IDisposable
{
    private const string Program = "/usr/sbin/smtp-sink";

    private readonly Process _process;

    private SmtpSink(Process process, int port) => (_process, Port) = (process, port);

    internal int Port { get; }

    internal static SmtpSink Start()
    {
        if (!File.Exists(Program)) throw new BenchmarkException("smtp-sink is not installed: apt-get install postfix");

        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        // It refuses to run as root unless told whom to become.
        string[] who = Environment.UserName == "root" ? ["-u", "nobody"] : [];
        var start = new ProcessStartInfo(Program, [.. who, "127.0.0.1:" + port.ToString(CultureInfo.InvariantCulture), "256"]) { UseShellExecute = false, WorkingDirectory = "/tmp" };

        return new SmtpSink(Process.Start(start)!, port);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
