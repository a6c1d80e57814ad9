using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Notices.Deliveries;

namespace Notices.Channels.Twilio;

/// <summary>A message as the API tells of it; only what is looked at.</summary>
internal sealed record TwilioMessage(string? Sid, string? Status, string? Direction, string? Body, string? DateCreated, int? ErrorCode);

/// <summary>A page of messages; with <paramref name="NextPageUri"/> there are more.</summary>
internal sealed record TwilioPage(IReadOnlyList<TwilioMessage>? Messages, string? NextPageUri);

internal sealed record TwilioError(int? Code);

/// <summary>One account's part of the REST API of 2010-04-01, over kept connections.</summary>
internal sealed class TwilioApi : IDisposable
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowReadingFromString };

    internal const int LongestAnswer = 64 << 10;

    private readonly HttpClient _client;
    private readonly Uri _resource;

    /// <param name="resource"><c>Messages</c> or <c>Calls</c>.</param>
    internal TwilioApi(TwilioAccount account, string resource)
    {
        _resource = new Uri(account.BaseAddress, $"2010-04-01/Accounts/{account.AccountSid}/{resource}");
        _client = OneTry.Client();
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account.SignIn.User}:{account.SignIn.Secret}")));
        _client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    public void Dispose() => _client.Dispose();

    private static OneTryContent Form(IEnumerable<KeyValuePair<string, string>> fields) =>
        new(Encoding.ASCII.GetBytes(string.Join('&', fields.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"))), "application/x-www-form-urlencoded");

    /// <summary>Has one made, once.</summary>
    /// <param name="taken">What it means that Twilio took it.</param>
    internal async Task<SendOutcome> CreateAsync(IEnumerable<KeyValuePair<string, string>> fields, Func<HttpResponseMessage, Task<SendOutcome>> taken, CancellationToken cancellationToken)
    {
        using var form = Form(fields);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{_resource}.json")) { Content = form };

        return await OneTry.SendAsync(_client, request, form, response => TranslateAsync(response, taken, cancellationToken), cancellationToken);
    }

    /// <returns>Null where no answer is to be had, or none that can be read.</returns>
    internal Task<T?> ListAsync<T>(string query, int most, CancellationToken cancellationToken)
        where T : class => GetAsync<T>(new Uri($"{_resource}.json?{query}"), most, cancellationToken);

    /// <param name="sid">Of one of them.</param>
    internal Task<T?> FindAsync<T>(string sid, int most, CancellationToken cancellationToken)
        where T : class => GetAsync<T>(new Uri($"{_resource}/{sid}.json"), most, cancellationToken);

    private async Task<T?> GetAsync<T>(Uri address, int most, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            using var response = await _client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

            return response.StatusCode == HttpStatusCode.OK ? await ReadAsync<T>(response, most, cancellationToken) : null;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    private static async Task<SendOutcome> TranslateAsync(HttpResponseMessage response, Func<HttpResponseMessage, Task<SendOutcome>> taken, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;

        return response.StatusCode switch
        {
            >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => await taken(response),
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => SendOutcome.TryLater($"http {status}", OneTry.RetryAfter(response)),
            >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => TwilioErrors.Translate(status, await CodeAsync(response, cancellationToken), OneTry.RetryAfter(response)),
            _ => SendOutcome.Unknown($"http {status}"),
        };
    }

    /// <summary>The status has said that nothing was taken; a reason that breaks off changes nothing about that.</summary>
    private static async Task<int?> CodeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return (await ReadAsync<TwilioError>(response, LongestAnswer, cancellationToken))?.Code;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <returns>Null where the answer is too long or is not what it should be.</returns>
    internal static async Task<T?> ReadAsync<T>(HttpResponseMessage response, int most, CancellationToken cancellationToken)
        where T : class
    {
        if (await OneTry.ReadAsync(response, most, cancellationToken) is not { } text) return null;

        try
        {
            return JsonSerializer.Deserialize<T>(text, Snake);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
