using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Notices.Testing;

/// <summary>An HTTP server that answers each POST with the very bytes a test wants, which a proper one would refuse to send.</summary>
public sealed class HttpSink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _accepting;

    public HttpSink()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/sms");

    /// <summary>The whole answer to a body; null cuts the connection, "hang" never answers. The connection is closed after an answer that says so.</summary>
    public Func<string, string?> Answer { get; set; } = _ => Ok("id-1");

    /// <summary>The same where it takes time; goes before <see cref="Answer"/>.</summary>
    public Func<string, Task<string?>>? AnswerLater { get; set; }

    /// <summary>How long an answer takes.</summary>
    public TimeSpan Delay { get; set; }

    public ConcurrentQueue<string> Bodies { get; } = new();

    public static string Ok(string body) => string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    public static string Status(string status, string headers = "") => $"HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\n\r\n";

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        await _accepting;
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_over.Token));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var closing = client;
        try
        {
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.ASCII);
            while (await reader.ReadLineAsync(_over.Token) is not null)
            {
                var length = 0;
                while (await reader.ReadLineAsync(_over.Token) is { Length: > 0 } header)
                {
                    if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) length = int.Parse(header[15..], CultureInfo.InvariantCulture);
                }

                var body = new char[length];
                await reader.ReadBlockAsync(body, _over.Token);
                Bodies.Enqueue(new string(body));
                var answer = AnswerLater is { } later ? await later(new string(body)) : Answer(new string(body));
                if (answer is null) return;
                if (answer == "hang") await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _over.Token);

                if (Delay > TimeSpan.Zero) await Task.Delay(Delay, TimeProvider.System, _over.Token);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), _over.Token);
                if (answer.Contains("Connection: close", StringComparison.Ordinal)) return;
            }
        }
        catch (Exception end) when (end is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has gone.
        }
    }
}
