using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Notices.Deliveries;

namespace Notices.Channels.TwilioSms;

/// <summary>A message as the API tells of it; only what is looked at.</summary>
internal sealed record TwilioMessage(string? Sid, string? Status, string? Direction, string? Body, string? DateCreated, int? ErrorCode);

/// <summary>A page of messages; with <paramref name="NextPageUri"/> there are more.</summary>
internal sealed record TwilioPage(IReadOnlyList<TwilioMessage>? Messages, string? NextPageUri);

internal sealed record TwilioError(int? Code);

/// <summary>One account's part of the REST API of 2010-04-01, over kept connections.</summary>
internal sealed class TwilioApi : IDisposable
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowReadingFromString };

    private readonly HttpClient _client;
    private readonly Uri _messages;

    internal TwilioApi(TwilioSmsOptions options)
    {
        _messages = new Uri(options.BaseAddress, $"2010-04-01/Accounts/{options.AccountSid}/Messages.json");
        _client = OneTry.Client();
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.SignIn.User}:{options.SignIn.Secret}")));
        _client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    public void Dispose() => _client.Dispose();

    internal static OneTryContent Form(IEnumerable<KeyValuePair<string, string>> fields) =>
        new(Encoding.ASCII.GetBytes(string.Join('&', fields.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"))), "application/x-www-form-urlencoded");

    internal HttpRequestMessage Message(OneTryContent form) => new(HttpMethod.Post, _messages) { Content = form };

    internal Task<SendOutcome> SendAsync(HttpRequestMessage request, OneTryContent form, Func<HttpResponseMessage, Task<SendOutcome>> translate, CancellationToken cancellationToken) =>
        OneTry.SendAsync(_client, request, form, translate, cancellationToken);

    internal async Task<HttpResponseMessage> ListAsync(string query, CancellationToken cancellationToken) =>
        await _client.GetAsync(new Uri($"{_messages}?{query}"), HttpCompletionOption.ResponseHeadersRead, cancellationToken);

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
