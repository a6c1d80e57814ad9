using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Notices.Testing;

/// <summary>A real Kannel: <c>bearerbox</c>, <c>smsbox</c> and the package's pretended message centre, which takes every message and reports it delivered.</summary>
public sealed class KannelGateway : IAsyncDisposable
{
    public const string User = "notices";
    public const string Password = "kannel-test";

    private const string Centre = "/usr/lib/kannel/test/fakesmsc";

    private readonly string _folder = Directory.CreateTempSubdirectory("notices-kannel-").FullName;
    private readonly List<Process> _running = [];
    private Process? _centre;
    private readonly (int Admin, int Boxes, int Centre, int Send) _ports = (FreePort(), FreePort(), FreePort(), FreePort());

    private KannelGateway()
    {
    }

    /// <summary>The address of <c>sendsms</c>.</summary>
    public Uri Address => new($"http://127.0.0.1:{_ports.Send}/cgi-bin/sendsms");

    /// <summary>What the message centre got, a part each: receiver and text.</summary>
    public ConcurrentQueue<(string To, string Text)> Parts { get; } = new();

    /// <summary>Null where it is installed, otherwise how to.</summary>
    public static string? Missing => File.Exists("/usr/sbin/bearerbox") && File.Exists("/usr/sbin/smsbox") && File.Exists(Centre) ? null : "kannel is not installed: apt-get install kannel kannel-extras";

    /// <summary>Where it leaves what people send, as <c>get-url</c> of its default service; null: nobody is told.</summary>
    private string? Replies { get; init; }

    /// <param name="connected">False: no message centre is there.</param>
    /// <param name="replies">The <c>get-url</c> for what people send.</param>
    public static async Task<KannelGateway> StartAsync(bool connected = true, string? replies = null)
    {
        var gateway = new KannelGateway { Replies = replies };
        try
        {
            await gateway.BeginAsync(connected);
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }

        return gateway;
    }

    /// <summary>Starts the message centre of a gateway that was started without.</summary>
    public Task ConnectAsync() => ConnectAsync("-i", "1", "-m", "0", "1 2 text nop");

    /// <param name="sends">What it sends by itself; without end it stays for as long as the gateway stands.</param>
    private async Task ConnectAsync(params string[] sends)
    {
        var centre = _centre = Run(Centre, ["-H", "127.0.0.1", "-r", _ports.Centre.ToString(CultureInfo.InvariantCulture), .. sends]);
        centre.ErrorDataReceived += (_, line) => Hear(line.Data);
        centre.BeginErrorReadLine();
        await UntilAsync(async () => (await StatusAsync()).Contains("(online", StringComparison.Ordinal), "message centre");
    }

    /// <summary>Somebody sends a text by the message centre: one of its own beside the first, since that sends only what it was started with.</summary>
    public async Task SendInAsync(string from, string text)
    {
        var wide = text.Any(letter => letter > '\u007F');
        var coded = wide ? string.Concat(Encoding.BigEndianUnicode.GetBytes(text).Select(one => $"%{one:X2}")) : text;
        if (_centre is { HasExited: false } before)
        {
            before.Kill();
            await before.WaitForExitAsync();
        }

        await ConnectAsync("-i", "0.1", "-m", "1", $"{from} 95598 {(wide ? "ucs2" : "text")} {coded}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_running))
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, true);
    }

    private async Task BeginAsync(bool connected)
    {
        var file = Path.Combine(_folder, "kannel.conf");
        await File.WriteAllTextAsync(file, $"""
            group = core
            admin-port = {_ports.Admin}
            admin-interface = 127.0.0.1
            admin-password = admin
            status-password = status
            smsbox-port = {_ports.Boxes}
            box-allow-ip = 127.0.0.1
            log-level = 4

            group = smsc
            smsc = fake
            smsc-id = centre
            host = 127.0.0.1
            port = {_ports.Centre}
            connect-allow-ip = 127.0.0.1

            group = smsbox
            bearerbox-host = 127.0.0.1
            bearerbox-port = {_ports.Boxes}
            sendsms-port = {_ports.Send}
            sendsms-interface = 127.0.0.1
            log-level = 4

            group = sendsms-user
            username = {User}
            password = {Password}
            concatenation = true
            max-messages = 10
            default-sender = 95598
            user-allow-ip = 127.0.0.1

            group = sms-service
            keyword = default
            {(Replies is null ? "text = \"\"" : $"get-url = \"{Replies}\"\ncatch-all = true\nomit-empty = true\naccept-x-kannel-headers = false")}
            max-messages = 0

            """);
        Quietly(Run("/usr/sbin/bearerbox", "-v", "4", file));
        await UntilAsync(async () => (await StatusAsync()).Length > 0, "bearerbox");
        Quietly(Run("/usr/sbin/smsbox", "-v", "4", file));
        await UntilAsync(() => IsOpenAsync(_ports.Send), "smsbox");
        if (connected) await ConnectAsync();
    }

    private Process Run(string program, params string[] words)
    {
        var start = new ProcessStartInfo(program, words) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        var process = Process.Start(start)!;
        _running.Add(process);

        return process;
    }

    /// <summary>So that it never waits for somebody to read.</summary>
    private static void Quietly(Process process)
    {
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary><c>Got message 1: &lt;from to kind text&gt;</c>, the text percent-encoded: UTF-16 after <c>ucs-2</c>. Of a part of a long message
    /// <c>udh header data text</c>, without a word how it is coded.</summary>
    private void Hear(string? line)
    {
        if (line?.IndexOf("Got message ", StringComparison.Ordinal) is not (> 0 and var at)) return;

        var words = line[(line.IndexOf('<', at) + 1)..line.LastIndexOf('>')].Split(' ');
        var bytes = WebUtility.UrlDecodeToBytes(Encoding.Latin1.GetBytes(words[^1]), 0, words[^1].Length);
        var isWide = words[2] == "ucs-2" || (words[2] == "udh" && bytes.AsSpan().ContainsAnyExceptInRange((byte)0x0A, (byte)0x7E));
        Parts.Enqueue((words[1], isWide ? Encoding.BigEndianUnicode.GetString(bytes) : Encoding.Latin1.GetString(bytes)));
    }

    private async Task<string> StatusAsync()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        try
        {
            return await client.GetStringAsync(new Uri($"http://127.0.0.1:{_ports.Admin}/status.txt?password=status"));
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
        {
            return "";
        }
    }

    private static async Task<bool> IsOpenAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> done, string what)
    {
        for (var left = 200; !await done(); left--)
        {
            if (left == 0) throw new InvalidOperationException($"Kannel's {what} does not come up.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
