using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Notices.Channels.Twilio;
using Notices.Deliveries;
using Notices.Feeds;
using Notices.Publishing;

namespace Notices.Channels.TwilioVoice;

/// <summary>A call as the API tells of it; only what is looked at.</summary>
internal sealed record TwilioCall(string? Sid, string? Status, string? Direction, string? From, string? DateCreated, string? AnsweredBy, int? Duration, int? ErrorCode);

/// <summary>A page of calls; with <paramref name="NextPageUri"/> there are more.</summary>
internal sealed record TwilioCallPage(IReadOnlyList<TwilioCall>? Calls, string? NextPageUri);

/// <summary>What a call says, for the web hook that Twilio asks.</summary>
public interface ITwilioCalls : ITwilioAccount
{
    /// <summary>TwiML for a saying, by which saying it is.</summary>
    string Say(CallAbout call, SpokenText text, string language, int part);

    string SayToMailbox(SpokenText text, string language);

    string SayGoodbye(string language);

    string HangUp();
}

/// <summary>Which call it is, as the addresses given to Twilio say.</summary>
public sealed record CallAbout(string Provider, long DeliveryId, short Number);

/// <summary>Calls by Twilio's REST API. Twilio asks our web hook what to say once somebody or something has answered, and tells what happens; a call whose end it did not tell is asked about.</summary>
internal sealed partial class TwilioVoiceChannel(string provider, TwilioVoiceOptions options, TimeProvider clock) : ICallChannel, IOutcomeLookup, ITwilioCalls, IProcessesIn, IDisposable
{
    /// <summary>Characters of TwiML a call may bring along. Source: Twilio's OpenAPI description, <c>Twiml</c>.</summary>
    private const int LongestTwiml = 4000;

    private const int LongestList = 4 << 20;

    private const int PageSize = 200;

    /// <summary>No call of ours is longer: four sayings of a minute and the pauses between. Twilio hangs up then.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(6);

    /// <summary>Before a call that Twilio tells nothing about is first asked about, and beyond which one it does tell about must have ended.</summary>
    private static readonly TimeSpan SoonAfter = TimeSpan.FromSeconds(20), WellAfter = Longest + TimeSpan.FromSeconds(30);

    /// <summary>How far Twilio's clock and ours may be apart, the way of the request included; before this a call that is missing in its list is asked about again.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(2);

    private static readonly HashSet<Medium> OnlyVoice = [Medium.Voice];

    private readonly TwilioApi _api = new(options.Account, "Calls");
    private readonly TwilioSpeech _speech = new(options.Voices);

    public string Name => "twilio-voice";

    public IReadOnlySet<Medium> Media => OnlyVoice;

    /// <summary>Of its region US1, which an account uses unless it asks for another.</summary>
    public string? Country => "US";

    internal static TwilioVoiceChannel Create(IServiceProvider services, ProviderSettings settings) => new(
        settings.Name, TwilioVoiceOptions.Read(settings, services.GetService<PublicOptions>() ?? new PublicOptions()), services.GetRequiredService<TimeProvider>());

    public void Dispose() => _api.Dispose();

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (!Number().IsMatch(message.Address)) return SendOutcome.Refused("not-a-number");
        if (message.ExpiresAt - clock.GetUtcNow() < TimeSpan.FromSeconds(5)) return SendOutcome.TryLater("expired") with { OfRecipient = true };

        // A message to staff has no delivery that Twilio could be told of.
        var plan = message.Call ?? new CallPlan(1, SpokenText.Of(message.Body), TimeSpan.FromSeconds(40), CallKeys.ConfirmOrAgain);
        var callsBack = options.CallsBackTo is not null && message is { Call: not null, DeliveryId: > 0 };
        var twiml = callsBack ? null : _speech.Inline(message.Language, plan.Text, LongestTwiml);
        if (!callsBack && twiml is null) return SendOutcome.Refused("text-too-long");

        return await _api.CreateAsync(
            Fields(message, plan, twiml), async response => Taken(await TwilioApi.ReadAsync<TwilioCall>(response, TwilioApi.LongestAnswer, cancellationToken), message.Call is not null, callsBack, plan.RingTime), cancellationToken);
    }

    public async Task<IReadOnlyList<CallNews>?> AskAsync(CallQuestion question, CancellationToken cancellationToken)
    {
        if (!CallSid().IsMatch(question.ProviderCallId) || await _api.FindAsync<TwilioCall>(question.ProviderCallId, TwilioApi.LongestAnswer, cancellationToken) is not { Status: { } status } call) return null;

        var (news, now) = (new List<CallNews>(), clock.GetUtcNow());
        void Tell(CallEventKind kind, string value = "", int? seconds = null) => news.Add(new CallNews(question.Provider, question.DeliveryId, question.Number, kind, now, value, 0, seconds));
        if (TwilioCalls.AnsweredBy(call.AnsweredBy) is { } by) Tell(CallEventKind.Answered, by);
        if (TwilioCalls.EndOf(status, null) is not { } end) return news;

        // Where Twilio does not come back when the message is over, its length tells whether it can have been heard.
        if (options.CallsBackTo is null && end == CallWords.Completed && question.Text is { } text && call.Duration >= ReadingTime.Of(text.Message, question.Language).TotalSeconds) Tell(CallEventKind.Heard);
        Tell(CallEventKind.Ended, end, call.Duration);

        return news;
    }

    /// <summary>The list tells whom and when, and nothing of ours: a call from our number to theirs at the time is the one.</summary>
    public async Task<LookupAnswer> LookUpAsync(LookupQuestion question, CancellationToken cancellationToken)
    {
        var query = $"To={Uri.EscapeDataString(question.Address)}&PageSize={PageSize.ToString(CultureInfo.InvariantCulture)}";
        if (question.TriedAt is not { } tried || await _api.ListAsync<TwilioCallPage>(query, LongestList, cancellationToken) is not { Calls: { } calls } page) return LookupAnswer.AskAgain;

        var ours = calls.FirstOrDefault(call => call is { Direction: not "inbound", Sid: { } sid } && CallSid().IsMatch(sid) && call.From == options.From && CreatedAt(call) is { } at && at >= tried - Apart && at <= tried + Apart);
        if (ours is not null) return new LookupAnswer(LookupKind.Found, DeliveryState.Accepted, ours.Sid);

        return page.NextPageUri is null && clock.GetUtcNow() - tried >= Apart ? LookupAnswer.NotThere : LookupAnswer.AskAgain;
    }

    public bool IsSigned(string url, IEnumerable<KeyValuePair<string, string>> form, string? signature) =>
        options.Account.AuthToken is { } token && TwilioCallback.IsSigned(token, url, form, signature);

    public string Say(CallAbout call, SpokenText text, string language, int part) =>
        _speech.Part(language, text, part, $"{Address(TwilioCallback.VoiceGather, call)}&part={part.ToString(CultureInfo.InvariantCulture)}");

    public string SayToMailbox(SpokenText text, string language) => _speech.Mailbox(language, text);

    public string SayGoodbye(string language) => _speech.Goodbye(language);

    public string HangUp() => TwilioSpeech.HangUp();

    private IEnumerable<KeyValuePair<string, string>> Fields(OutgoingMessage message, CallPlan plan, string? twiml)
    {
        yield return new("To", message.Address);
        yield return new("From", options.From);
        yield return new("Timeout", ((int)plan.RingTime.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        yield return new("TimeLimit", ((int)Longest.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        // Waits for the end of a mailbox's greeting, so that the message is not said into it.
        yield return new("MachineDetection", "DetectMessageEnd");
        if (twiml is not null)
        {
            yield return new("Twiml", twiml);
            yield break;
        }

        var call = new CallAbout(provider, message.DeliveryId, plan.Number);
        yield return new("Url", Address(TwilioCallback.Voice, call));
        yield return new("StatusCallback", Address(TwilioCallback.VoiceStatus, call));
        foreach (var happening in (string[])["ringing", "answered", "completed"]) yield return new("StatusCallbackEvent", happening);
    }

    private string Address(string path, CallAbout call) =>
        string.Create(CultureInfo.InvariantCulture, $"{options.CallsBackTo!.Link(path)}?provider={call.Provider}&delivery={call.DeliveryId}&try={call.Number}");

    private static SendOutcome Taken(TwilioCall? call, bool isDelivery, bool callsBack, TimeSpan ringTime)
    {
        if (call?.Sid is not { } sid || !CallSid().IsMatch(sid)) return SendOutcome.Unknown("garbage");
        if (call.Status == "failed") return TwilioErrors.Translate(400, call.ErrorCode ?? 0, null) with { ProviderMessageId = sid };

        return isDelivery ? SendOutcome.UnderWay(sid, callsBack ? ringTime + WellAfter : SoonAfter) : SendOutcome.Accepted(sid);
    }

    /// <summary>RFC 2822: <c>Thu, 24 Aug 2023 05:01:45 +0000</c>.</summary>
    private static DateTimeOffset? CreatedAt(TwilioCall call) => DateTimeOffset.TryParse(call.DateCreated, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    [GeneratedRegex(@"^\+[1-9][0-9]{1,14}$")]
    private static partial Regex Number();

    [GeneratedRegex("^CA[0-9a-fA-F]{32}$")]
    internal static partial Regex CallSid();
}
