using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Notices.Channels.Twilio;
using Notices.Deliveries;
using Notices.Feeds;

namespace Notices.Channels.TwilioSms;

/// <summary>Text messages by Twilio's REST API. What fails before the request left can be tried again; what breaks after it is unknown, and Twilio's list of messages is asked.</summary>
internal sealed partial class TwilioSmsChannel(string provider, TwilioSmsOptions options, TimeProvider clock) : IChannel, IOutcomeLookup, ITwilioAccount, IProcessesIn, ICalledBack, IExplainsAnswers, IDisposable
{
    /// <summary>Seconds Twilio keeps a message in its queue at most; from 1. Source: its OpenAPI description, <c>ValidityPeriod</c>.</summary>
    private const int LongestValidity = 36_000;

    private static readonly HashSet<Medium> OnlySms = [Medium.Sms];

    private readonly TwilioApi _api = new(options.Account, "Messages");

    public string Name => "twilio-sms";

    public IReadOnlySet<Medium> Media => OnlySms;

    /// <summary>Of its region US1, which an account uses unless it asks for another.</summary>
    public string? Country => "US";

    public CallBack? CallBack => options.StatusCallback is { } address ? new CallBack(new Uri(address)) : null;

    internal static TwilioSmsChannel Create(IServiceProvider services, ProviderSettings settings) => new(
        settings.Name, TwilioSmsOptions.Read(settings, services.GetService<PublicOptions>() ?? new PublicOptions()), services.GetRequiredService<TimeProvider>());

    public void Dispose() => _api.Dispose();

    public AnswerMeaning? MeaningOf(string detail) => TwilioErrors.MeaningOf(detail);

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (!Number().IsMatch(message.Address)) return SendOutcome.Refused("not-a-number");
        if (message.ExpiresAt - clock.GetUtcNow() < TimeSpan.FromSeconds(1)) return SendOutcome.TryLater("expired") with { OfRecipient = true };

        var callback = CallbackOf(message);

        return await _api.CreateAsync(Fields(message, callback), async response => Taken(await TwilioApi.ReadAsync<TwilioMessage>(response, TwilioApi.LongestAnswer, cancellationToken), callback is not null), cancellationToken);
    }

    public Task<LookupAnswer> LookUpAsync(LookupQuestion question, CancellationToken cancellationToken) => TwilioLookup.AskAsync(_api, question, clock.GetUtcNow(), cancellationToken);

    public bool IsSigned(string url, IEnumerable<KeyValuePair<string, string>> form, string? signature) =>
        options.Account.AuthToken is { } token && TwilioCallback.IsSigned(token, url, form, signature);

    /// <summary>Provider and delivery stand in it, so that the receipt finds its message also where Twilio's answer was lost. Staff's messages have numbers below zero and no receipts.</summary>
    private string? CallbackOf(OutgoingMessage message) =>
        options.StatusCallback is { } address && message.DeliveryId > 0 ? string.Create(CultureInfo.InvariantCulture, $"{address}?provider={provider}&delivery={message.DeliveryId}") : null;

    private IEnumerable<KeyValuePair<string, string>> Fields(OutgoingMessage message, string? callback)
    {
        yield return new("To", message.Address);
        yield return options.MessagingServiceSid is { } service ? new("MessagingServiceSid", service) : new("From", options.From!);
        yield return new("Body", message.Body);
        var seconds = Math.Min(LongestValidity, (long)(message.ExpiresAt - clock.GetUtcNow()).TotalSeconds);
        yield return new("ValidityPeriod", Math.Max(1, seconds).ToString(CultureInfo.InvariantCulture));
        if (callback is not null) yield return new("StatusCallback", callback);
    }

    private static SendOutcome Taken(TwilioMessage? message, bool callsBack)
    {
        if (message?.Sid is not { } sid || !MessageSid().IsMatch(sid)) return SendOutcome.Unknown("garbage");
        if (TwilioStatuses.StateOf(message.Status) != DeliveryState.Failed) return SendOutcome.Accepted(sid, callsBack);

        return TwilioErrors.Translate(400, message.ErrorCode ?? 0, null) with { ProviderMessageId = sid };
    }

    [GeneratedRegex(@"^\+[1-9][0-9]{1,14}$")]
    private static partial Regex Number();

    /// <summary>Text messages begin with SM; those with pictures, which a carrier may make of a long text, with MM.</summary>
    [GeneratedRegex("^(SM|MM)[0-9a-fA-F]{32}$")]
    internal static partial Regex MessageSid();
}
