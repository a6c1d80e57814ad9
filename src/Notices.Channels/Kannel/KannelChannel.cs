using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Notices.Deliveries;
using Notices.Feeds;

namespace Notices.Channels.Kannel;

/// <summary>Text messages by a Kannel gateway, which speaks SMPP, CIMD2, UCP or to modems on its other side. The message goes as a POST with Kannel's own headers, so that neither password nor number stand in an address.</summary>
internal sealed partial class KannelChannel : IChannel, IKannelGateway, ICalledBack, IExplainsAnswers, IDisposable
{
    private const int LongestAnswer = 4096;

    private static readonly HashSet<Medium> OnlySms = [Medium.Sms];

    private readonly string _provider;
    private readonly KannelOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;

    internal KannelChannel(string provider, KannelOptions options, TimeProvider clock)
    {
        (_provider, _options, _clock) = (provider, options, clock);
        _client = OneTry.Client();
    }

    public string Name => "kannel";

    public IReadOnlySet<Medium> Media => OnlySms;

    internal static KannelChannel Create(IServiceProvider services, ProviderSettings settings) => new(
        settings.Name, KannelOptions.Read(settings, services.GetService<PublicOptions>() ?? new PublicOptions()), services.GetRequiredService<TimeProvider>());

    public bool Made(long deliveryId, string? check) => _options.ReportKey is { } key && KannelReport.Made(_provider, deliveryId, key, check);

    public bool MadeForReplies(string? check) => _options.ReportKey is { } key && KannelReport.MadeForReplies(_provider, key, check);

    public CallBack? CallBack => _options.Reports is { } reports ? new CallBack(new Uri(reports), "GET") : null;

    public AnswerMeaning? MeaningOf(string detail) => detail is "not-routable" or "number-denied" ? AnswerMeaning.Recipient : null;

    public void Dispose() => _client.Dispose();

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (!Number().IsMatch(message.Address)) return SendOutcome.Refused("not-a-number");
        if (message.ExpiresAt <= _clock.GetUtcNow()) return SendOutcome.TryLater("expired") with { OfRecipient = true };

        using var text = new OneTryContent(Encoding.UTF8.GetBytes(message.Body), "text/plain; charset=UTF-8");
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.Address) { Content = text };
        // Staff's messages have numbers below zero and no receipts.
        var reported = _options is { Reports: not null, ReportKey: not null } && message.DeliveryId > 0;
        foreach (var (name, value) in Headers(message, reported)) request.Headers.TryAddWithoutValidation("X-Kannel-" + name, value);

        return await OneTry.SendAsync(_client, request, text, response => TranslateAsync(response, reported, cancellationToken), cancellationToken);
    }

    private IEnumerable<(string Name, string Value)> Headers(OutgoingMessage message, bool reported)
    {
        yield return ("Username", _options.User);
        yield return ("Password", _options.Password);
        yield return ("To", message.Address);
        if (_options.From is { } from) yield return ("From", from);
        if (_options.Smsc is { } smsc) yield return ("SMSC", smsc);

        // Kannel's codings: 0 the GSM alphabet, 2 UCS-2; it does not choose by itself, and a character it has to drop would be lost without a word.
        yield return ("Coding", SmsText.Measure(message.Body).Encoding == SmsEncoding.Ucs2 ? "2" : "0");
        // Whole minutes, rounded down; nothing shorter than one can be said.
        yield return ("Validity", Math.Max(1, (long)(message.ExpiresAt - _clock.GetUtcNow()).TotalMinutes).ToString(CultureInfo.InvariantCulture));
        if (!reported) yield break;

        yield return ("DLR-Mask", KannelReport.Mask);
        yield return ("DLR-Url", KannelReport.Address(_options.Reports!, _provider, message.DeliveryId, _options.ReportKey!));
    }

    /// <summary>The status tells most, the words the rest. Source: the answers of Kannel 1.4.5, <c>gw/smsbox.c</c>.</summary>
    private static async Task<SendOutcome> TranslateAsync(HttpResponseMessage response, bool reported, CancellationToken cancellationToken)
    {
        var words = await OneTry.ReadAsync(response, LongestAnswer, cancellationToken);
        switch (response.StatusCode)
        {
            // "0: Accepted for delivery", "3: Queued for later delivery"; anything else comes from something that is no Kannel.
            case HttpStatusCode.Accepted or HttpStatusCode.OK when words is not null && Taken().IsMatch(words):
                return SendOutcome.Accepted(null, reported);
            case HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests:
                return SendOutcome.TryLater($"http {(int)response.StatusCode}", OneTry.RetryAfter(response));
            // Nothing is wrong with the recipient: a user, password or right that is not as configured here.
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound when words?.StartsWith("Not routable", StringComparison.Ordinal) != true:
                return SendOutcome.TryLater($"http {(int)response.StatusCode}");
            case >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError:
                return SendOutcome.Refused(words switch
                {
                    null => $"http {(int)response.StatusCode}",
                    _ when words.StartsWith("Not routable", StringComparison.Ordinal) => "not-routable",
                    _ when words.StartsWith("Number(s) has/have been denied", StringComparison.Ordinal) => "number-denied",
                    _ => $"http {(int)response.StatusCode}",
                });
            case >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices:
                return SendOutcome.Unknown("garbage");
            default:
                return SendOutcome.Unknown($"http {(int)response.StatusCode}");
        }
    }

    [GeneratedRegex(@"^\+[1-9][0-9]{1,14}$")]
    private static partial Regex Number();

    [GeneratedRegex("^[03]: ")]
    private static partial Regex Taken();
}
