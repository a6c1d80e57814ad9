using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Notices.Channels.Twilio;
using Notices.Channels.TwilioVoice;
using Notices.Deliveries;
using Notices.Setup;

namespace Notices.Webhooks;

/// <summary>What Twilio asks and tells about calls. What happened is in the database before it is answered, so a call never says more than is on record; asked again, it gets the same answer.</summary>
internal static partial class TwilioCallEndpoints
{
    public static void MapTwilioCalls(this IEndpointRouteBuilder routes)
    {
        void Map(string path, Delegate handler) => routes.MapPost("/" + path, handler).AllowAnonymous().WithMetadata(new BodyLimit(TwilioEndpoints.LargestBody)).ExcludeFromDescription();
        Map(TwilioCallback.Voice, Answered);
        Map(TwilioCallback.VoiceGather, Gathered);
        Map(TwilioCallback.VoiceStatus, Status);
    }

    /// <summary>Somebody or something has answered: what is to be said?</summary>
    private static async Task<Results<ContentHttpResult, ProblemsResult>> Answered(
        [AsParameters] CallQuery query, TwilioProof proof, CallNewsDesk desk, CallTexts texts, HttpContext context, CancellationToken stopping)
    {
        if (await proof.ReadAsync<ITwilioCalls>(TwilioCallback.Voice, query.Provider, context, stopping) is not { } told) return TwilioProof.Refused();
        if (query.Call is not { } call || await texts.FindAsync(call.DeliveryId, stopping) is not { } text) return Xml(told.Account.HangUp());

        var by = TwilioCalls.AnsweredBy(told["AnsweredBy"]) ?? "";
        if (await desk.RecordAsync(call, CallEventKind.Answered, by, sid: SidOf(told), stopping: stopping) is { } failed) return failed;

        return Xml(by switch
        {
            CallWords.Machine => told.Account.SayToMailbox(text.Text, text.Language),
            CallWords.Fax => told.Account.HangUp(),
            _ => told.Account.Say(call, text.Text, text.Language, 1),
        });
    }

    /// <summary>A key was pressed, or a saying is over and nobody pressed one: then the first was heard to its end.</summary>
    private static async Task<Results<ContentHttpResult, ProblemsResult>> Gathered(
        [AsParameters] CallQuery query, [FromQuery] string? part, TwilioProof proof, CallNewsDesk desk, CallTexts texts, HttpContext context, CancellationToken stopping)
    {
        if (await proof.ReadAsync<ITwilioCalls>(TwilioCallback.VoiceGather, query.Provider, context, stopping) is not { } told) return TwilioProof.Refused();
        if (query.Call is not { } call || !short.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var said) || said < 1 || await texts.FindAsync(call.DeliveryId, stopping) is not { } text)
            return Xml(told.Account.HangUp());

        var key = told["Digits"] is { Length: > 0 } digits && Digit().IsMatch(digits[..1]) ? digits[..1] : null;
        var failed = key is not null ? await desk.RecordAsync(call, CallEventKind.Key, key, said, SidOf(told), stopping: stopping)
            : said == 1 ? await desk.RecordAsync(call, CallEventKind.Heard, sid: SidOf(told), stopping: stopping)
            : null;
        if (failed is not null) return failed;

        var over = key == "1" || (key == "2" && text.Keys == CallKeys.ToldOrNot) || (key is null && said > 1) || said >= CallPlan.MostSayings;

        return Xml(over ? told.Account.SayGoodbye(text.Language) : told.Account.Say(call, text.Text, text.Language, said + 1));
    }

    /// <summary>Answers 204 once it is in the database, also about a call that is none of ours: to be told again would not help.</summary>
    private static async Task<Results<NoContent, ProblemsResult>> Status(
        [AsParameters] CallQuery query, TwilioProof proof, CallNewsDesk desk, ILogger<TwilioProof> log, HttpContext context, CancellationToken stopping)
    {
        if (await proof.ReadAsync<ITwilioCalls>(TwilioCallback.VoiceStatus, query.Provider, context, stopping) is not { } told) return TwilioProof.Refused();

        var status = told["CallStatus"];
        if (query.Call is not { } call || SidOf(told) is not { } sid || status is null)
        {
            log.LogWarning("Provider {Provider} tells status {Status} of a call, which says nothing about a call of ours", told.Provider, status);

            return TypedResults.NoContent();
        }

        var end = TwilioCalls.EndOf(status, NumberOf(told["SipResponseCode"], 699));
        if (TwilioCalls.AnsweredBy(told["AnsweredBy"]) is { } by && await desk.RecordAsync(call, CallEventKind.Answered, by, sid: sid, stopping: stopping) is { } unanswered) return unanswered;

        var failed = end is not null ? await desk.RecordAsync(call, CallEventKind.Ended, end, sid: sid, seconds: NumberOf(told["CallDuration"], 86_400), stopping: stopping)
            : status == "ringing" ? await desk.RecordAsync(call, CallEventKind.Ringing, sid: sid, stopping: stopping)
            : status == "in-progress" ? await desk.RecordAsync(call, CallEventKind.Answered, sid: sid, stopping: stopping)
            : null;

        return failed is null ? TypedResults.NoContent() : failed;
    }

    private static string? SidOf<T>(TwilioTold<T> told) => told["CallSid"] is { } sid && CallSid().IsMatch(sid) ? sid : null;

    private static int? NumberOf(string? text, int most) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number : null;

    private static ContentHttpResult Xml(string twiml) => TypedResults.Content(twiml, "application/xml; charset=utf-8", Encoding.UTF8);

    [GeneratedRegex("^[0-9*#]$")]
    private static partial Regex Digit();

    [GeneratedRegex("^CA[0-9a-fA-F]{32}$")]
    private static partial Regex CallSid();
}

/// <summary>Which call it is, as the address given to Twilio says.</summary>
internal readonly record struct CallQuery(
    [property: FromQuery(Name = "provider")] string? Provider, [property: FromQuery(Name = "delivery")] string? Delivery, [property: FromQuery(Name = "try")] string? Try)
{
    /// <summary>Null where it is none of ours.</summary>
    internal CallAbout? Call => Provider is not null && WebhookReceipts.DeliveryOf(Delivery) is { } delivery && short.TryParse(Try, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? new CallAbout(Provider, delivery, number)
        : null;
}

/// <summary>Takes in what a provider tells of a call.</summary>
internal sealed class CallNewsDesk(ICallSink calls, TimeProvider clock, [FromKeyedServices("machine")] TimeProvider machine)
{
    /// <summary>Machine time the database has; somebody is on the line, and Twilio waits 15 seconds for the answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <returns>Null once it is in the database, 503 where that does not take it for now.</returns>
    internal async Task<ProblemsResult?> RecordAsync(CallAbout call, CallEventKind kind, string value = "", short part = 0, string? sid = null, int? seconds = null, CancellationToken stopping = default)
    {
        using var limit = new CancellationTokenSource(Patience, machine);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            await calls.RecordAsync(new CallNews(call.Provider, call.DeliveryId, call.Number, kind, clock.GetUtcNow(), value, part, seconds, sid), both.Token);

            return null;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new ProblemsResult([new Problem("storage-unreachable")], StatusCodes.Status503ServiceUnavailable);
        }
    }
}
