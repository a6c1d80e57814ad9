using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Notices.Channels.TwilioSms;

/// <summary>A request as it came over the wire.</summary>
internal sealed record TwilioRequest(
    string Method, string Path, IReadOnlyList<KeyValuePair<string, string>> Query, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<KeyValuePair<string, string>> Form)
{
    internal string? this[string field] => Form.Concat(Query).FirstOrDefault(one => one.Key == field).Value;
}

/// <summary>Twilio's API as far as a channel needs it: takes messages and lists them, and answers with whatever bytes a test wants instead.
/// Each request is compared with the published description; one that differs fails the test at the end.</summary>
internal sealed class TwilioServer : IAsyncDisposable
{
    internal const string Account = "AC0123456789abcdef0123456789abcdef";
    internal const string Token = "0123456789abcdeftoken";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentQueue<Dictionary<string, object?>> _messages = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly Task _accepting;
    private int _sids;

    internal TwilioServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    internal string Address => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    internal ConcurrentQueue<TwilioRequest> Requests { get; } = new();

    /// <summary>By which messages are dated.</summary>
    internal DateTimeOffset Now { get; set; } = new(2026, 11, 30, 8, 0, 0, TimeSpan.Zero);

    /// <summary>The whole answer; null cuts the connection, "hang" never answers; an answer that says <c>Connection: close</c> is the last on its connection.
    /// By default <see cref="Take"/> and <see cref="List"/>.</summary>
    internal Func<TwilioRequest, string?>? Answer { get; set; }

    /// <summary>Closes each connection after an answer without having said so.</summary>
    internal bool Forgetful { get; set; }

    /// <summary>Files the message and answers that it is queued.</summary>
    internal string Take(TwilioRequest request, string status = "queued", string? body = null)
    {
        var message = new Dictionary<string, object?>
        {
            ["sid"] = string.Create(CultureInfo.InvariantCulture, $"SM{Interlocked.Increment(ref _sids):x32}"),
            ["account_sid"] = Account,
            ["to"] = request["To"],
            ["from"] = request["From"],
            ["messaging_service_sid"] = request["MessagingServiceSid"],
            ["body"] = body ?? request["Body"],
            ["status"] = status,
            ["direction"] = "outbound-api",
            ["date_created"] = Now.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture),
            ["date_sent"] = null,
            ["error_code"] = null,
            ["num_segments"] = "1",
        };
        _messages.Enqueue(message);

        return Json("201 CREATED", message);
    }

    /// <summary>Files the call and answers that it is queued.</summary>
    internal string TakeCall(TwilioRequest request)
    {
        var call = new Dictionary<string, object?>
        {
            ["sid"] = string.Create(CultureInfo.InvariantCulture, $"CA{Interlocked.Increment(ref _sids):x32}"),
            ["account_sid"] = Account,
            ["to"] = request["To"],
            ["from"] = request["From"],
            ["status"] = "queued",
            ["direction"] = "outbound-api",
            ["date_created"] = Now.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture),
            ["answered_by"] = null,
            ["duration"] = null,
        };
        Calls.Enqueue(call);

        return Json("201 CREATED", call);
    }

    /// <summary>What was called; a test sets what became of it.</summary>
    internal ConcurrentQueue<Dictionary<string, object?>> Calls { get; } = new();

    /// <summary>One call by its id, or those to a number.</summary>
    internal string TellCalls(TwilioRequest request) => Calls.FirstOrDefault(call => request.Path.EndsWith($"/{call["sid"]}.json", StringComparison.Ordinal)) is { } one
        ? Json("200 OK", one)
        : Json("200 OK", new { calls = Calls.Where(call => (string?)call["to"] == request["To"]), next_page_uri = (string?)null });

    internal string List(TwilioRequest request, string? next = null) =>
        Json("200 OK", new { messages = _messages.Where(message => (string?)message["to"] == request["To"]).Reverse(), next_page_uri = next, page = 0, page_size = 1000 });

    internal void SetStatus(string status)
    {
        foreach (var message in _messages) message["status"] = status;
    }

    internal static string Error(string status, int code) => Json(status, new { code, message = $"Words of Twilio about {code}", more_info = $"https://www.twilio.com/docs/errors/{code}", status = int.Parse(status[..3], CultureInfo.InvariantCulture) });

    internal static string Json(string status, object body) => Text(status, JsonSerializer.Serialize(body));

    internal static string Text(string status, string body, string headers = "") =>
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        await _accepting;
        _over.Dispose();
        Assert.Empty(_faults);
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
            while (await ReadAsync(reader) is { } request)
            {
                Requests.Enqueue(request);
                foreach (var fault in TwilioDescription.Published?.Faults(request) ?? []) _faults.Enqueue(fault);
                var answer = Answer is { } said ? said(request) : request.Path.Contains("/Calls", StringComparison.Ordinal) ? request.Method == "POST" ? TakeCall(request) : TellCalls(request)
                    : request.Method == "POST" ? Take(request) : List(request);
                if (answer is null) return;
                if (answer == "hang") await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _over.Token);

                await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), _over.Token);
                if (Forgetful || answer.Contains("Connection: close", StringComparison.Ordinal)) return;
            }
        }
        catch (Exception end) when (end is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has gone.
        }
    }

    private async Task<TwilioRequest?> ReadAsync(StreamReader reader)
    {
        if (await reader.ReadLineAsync(_over.Token) is not { } line) return null;

        var words = line.Split(' ');
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync(_over.Token) is { Length: > 0 } header) headers[header[..header.IndexOf(':', StringComparison.Ordinal)]] = header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        var body = new char[headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        if (body.Length > 0) await reader.ReadBlockAsync(body, _over.Token); // Of nothing it would wait for more.
        var (path, query) = words[1].Split('?', 2) is [var before, var after] ? (before, after) : (words[1], "");

        return new TwilioRequest(words[0], path, Fields(query), headers, Fields(new string(body)));
    }

    private static List<KeyValuePair<string, string>> Fields(string text) =>
        [.. text.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(field => field.Split('=', 2)).Select(field => KeyValuePair.Create(WebUtility.UrlDecode(field[0]), WebUtility.UrlDecode(field.ElementAtOrDefault(1) ?? "")))];
}
