using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Notices.Deliveries;

namespace Notices.Channels;

/// <summary>A body that knows whether it began to leave; from then on only the answer tells whether it arrived. The head of a request leaves with the first of its body.</summary>
internal sealed class OneTryContent : HttpContent
{
    private readonly byte[] _body;

    internal OneTryContent(byte[] body, string type)
    {
        _body = body;
        Headers.ContentType = MediaTypeHeaderValue.Parse(type);
    }

    internal bool Began { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Began = true;
        await stream.WriteAsync(_body, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;

        return true;
    }
}

/// <summary>Hands a message to a provider by HTTP once, and never again by itself: what breaks before it began to leave can be tried later, what breaks after is unknown.</summary>
internal static class OneTry
{
    /// <summary>Keeps its connections, follows no one elsewhere, and has no limit of its own: the dispatcher's counts.</summary>
    internal static HttpClient Client() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ActivityHeadersPropagator = null,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    internal static async Task<SendOutcome> SendAsync(
        HttpClient client, HttpRequestMessage request, OneTryContent content, Func<HttpResponseMessage, Task<SendOutcome>> translate, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

            return await translate(response);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            var detail = fault switch
            {
                OperationCanceledException => "timed-out",
                HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "certificate-refused",
                HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => "garbage",
                _ => content.Began ? "cut" : "no-connection",
            };

            return content.Began ? SendOutcome.Unknown(detail) : SendOutcome.TryLater(detail);
        }
    }

    /// <returns>Null where the answer is longer than that.</returns>
    internal static async Task<string?> ReadAsync(HttpResponseMessage response, int most, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > most) return null;

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var copy = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                if (copy.Length + read > most) return null;

                copy.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Encoding.UTF8.GetString(copy.GetBuffer(), 0, (int)copy.Length);
    }

    /// <summary>By the clock of whoever named the time.</summary>
    internal static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter;
        var wait = asked?.Delta ?? (response.Headers.Date is { } now ? asked?.Date - now : null);

        return wait > TimeSpan.Zero ? wait : null;
    }
}
