using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Notices.Channels.HttpGateway;

/// <summary>A platform on the wire that answers with the very bytes a test wants, and keeps every request it got.</summary>
internal sealed class GatewayServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _accepting;

    internal GatewayServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    internal string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    internal ConcurrentQueue<Call> Calls { get; } = new();

    /// <summary>Null cuts the connection, "hang" never answers.</summary>
    internal Func<Call, string?> Answer { get; set; } = _ => Ok("{}");

    internal static string Ok(string body) => Of("200 OK", body);

    internal static string Of(string status, string body, string headers = "") =>
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

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
            using var reader = new StreamReader(stream, Encoding.Latin1);
            while (await reader.ReadLineAsync(_over.Token) is { } line)
            {
                var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                while (await reader.ReadLineAsync(_over.Token) is { Length: > 0 } header) headers[header[..header.IndexOf(':', StringComparison.Ordinal)]] = header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();

                var body = new char[headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
                if (body.Length > 0) await reader.ReadBlockAsync(body, _over.Token);
                var call = new Call(line.Split(' ')[0], line.Split(' ')[1], headers, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body)));
                Calls.Enqueue(call);
                if (Answer(call) is not { } answer) return;

                if (answer == "hang") await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _over.Token);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), _over.Token);
                if (answer.Contains("Connection: close", StringComparison.Ordinal)) return;
            }
        }
        catch (Exception end) when (end is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has gone.
        }
    }

    internal sealed record Call(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body)
    {
        /// <summary>The fields of a form.</summary>
        internal Dictionary<string, string> Form => Body.Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => Uri.UnescapeDataString(pair[1]), StringComparer.Ordinal);
    }
}
