using Notices.Deliveries;

namespace Notices.Channels.TwilioVoice;

/// <summary>What Twilio's words about a call mean. Sources: Twilio, "Call resource", call status values (the words are the enum <c>call_enum_status</c> of its OpenAPI description);
/// "Answering Machine Detection", values of AnsweredBy; the codes are those of SIP, RFC 3261 section 21.</summary>
public static class TwilioCalls
{
    /// <summary>How a call ended before anybody answered, or <see cref="CallWords.Completed"/>.</summary>
    /// <param name="sip">The final code of the carrier, where Twilio tells it.</param>
    /// <returns>Null while it has not ended.</returns>
    public static string? EndOf(string? status, int? sip) => status switch
    {
        "completed" => CallWords.Completed,
        "busy" => sip is 603 ? CallWords.Refused : CallWords.Busy,
        "no-answer" or "canceled" => CallWords.NoAnswer,
        "failed" => sip switch
        {
            404 or 410 or 484 or 604 => CallWords.WrongNumber,
            486 or 600 => CallWords.Busy,
            603 or 607 => CallWords.Refused,
            _ => CallWords.Unreachable,
        },
        _ => null,
    };

    /// <returns>Empty where Twilio cannot tell, null where it says nothing.</returns>
    public static string? AnsweredBy(string? word) => word switch
    {
        null or "" => null,
        "human" => CallWords.Person,
        "fax" => CallWords.Fax,
        _ when word.StartsWith("machine", StringComparison.Ordinal) => CallWords.Machine,
        _ => "",
    };
}
