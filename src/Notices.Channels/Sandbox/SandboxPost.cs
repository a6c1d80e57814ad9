using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Notices.Deliveries;

namespace Notices.Channels.Sandbox;

/// <summary>Posts a message as a small form (<c>id, to, text, lang</c>) and reads the answer: 2xx with an empty body or an id is accepted, 429 and 503
/// are try later, other 4xx refused; whatever else happens after the first byte left is unknown. A POST is never repeated here.</summary>
internal sealed class SandboxPost(Uri address) : IDisposable
{
    private const int LongestAnswer = 256;

    private static readonly SearchValues<char> IdLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:");

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ActivityHeadersPropagator = null,
    })
    {
        // The dispatcher's limit counts.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public void Dispose() => _client.Dispose();

    internal async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = Form(message) };
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

            return response.StatusCode switch
            {
                >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => await AcceptedAsync(response, cancellationToken),
                HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => SendOutcome.TryLater(Words(response), RetryAfter(response.Headers.RetryAfter)),
                >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => SendOutcome.Refused(Words(response)),
                _ => SendOutcome.Unknown(Words(response)),
            };
        }
        catch (HttpRequestException fault) when (fault.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            // Nobody was there to take it.
            return SendOutcome.TryLater(fault.HttpRequestError.ToString());
        }
        catch (HttpRequestException fault)
        {
            return SendOutcome.Unknown(fault.HttpRequestError.ToString());
        }
        catch (IOException)
        {
            return SendOutcome.Unknown("cut");
        }
        catch (OperationCanceledException)
        {
            return SendOutcome.Unknown("timed-out");
        }
    }

    private static ByteArrayContent Form(OutgoingMessage message)
    {
        var form = $"id={message.DeliveryId}&to={Uri.EscapeDataString(message.Address)}&lang={message.Language}&text={Uri.EscapeDataString(message.Body)}";

        return new ByteArrayContent(Encoding.ASCII.GetBytes(form)) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded") } };
    }

    private static async Task<SendOutcome> AcceptedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength is > LongestAnswer) return SendOutcome.Unknown("garbage");

        var buffer = new byte[LongestAnswer + 1];
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, false, cancellationToken);
        var id = Encoding.UTF8.GetString(buffer, 0, length).Trim();

        return id.Length > 64 || id.AsSpan().ContainsAnyExcept(IdLetters) ? SendOutcome.Unknown("garbage") : SendOutcome.Accepted(id.Length == 0 ? null : id);
    }

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header?.Delta;

    private static string Words(HttpResponseMessage response) => $"http {(int)response.StatusCode}";
}
