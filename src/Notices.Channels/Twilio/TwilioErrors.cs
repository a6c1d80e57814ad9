using System.Collections.Frozen;
using Notices.Deliveries;

namespace Notices.Channels.Twilio;

/// <summary>What an error of the API means for a message. Source: Twilio, "Error and Warning Dictionary" (twilio.com/docs/api/errors), each code a page of its own.
/// Nothing was sent in any of them; the question is whether another try can help.</summary>
internal static class TwilioErrors
{
    /// <summary>Another try, or another provider, may take it: too fast, or an account, sender or permission that is ours to mend.</summary>
    private static readonly FrozenSet<int> Later = FrozenSet.ToFrozenSet(
    [
        10001, // account not active
        10004, // more calls at once than the account may have
        20003, // authenticate
        20005, // account not active
        20006, // access denied
        20008, // test credentials
        20010, // account suspended
        20404, // no such account
        20429, // too many requests
        20503, // service unavailable
        21203, // no international calls
        21205, // invalid Url
        21210, // From is not verified
        21212, // invalid From
        21213, // From is missing
        21215, // no permission to call the region
        21216, // the account may not call the number
        21219, // a trial account and a number that is not verified
        21267, // an alphanumeric sender on a trial account
        21408, // no permission for the region
        21603, // From is missing
        21606, // From cannot send to this destination
        21608, // a trial account and a number that is not verified
        21609, // invalid StatusCallback
        21611, // the sender's queue is full
        21659, // From is not a Twilio number
        21660, // From belongs to another account
        21661, // From cannot send text messages
        21701, // no such messaging service
        21703, // the messaging service has no sender
        21704, // the messaging service has no sender
        21705, // invalid messaging service
        30001, // queue overflow
        30002, // account suspended
        30022, // more than the registered campaign may send
        63038, // the account's limit of the day
    ]);

    /// <summary>The number, or what the text is: no try to this address will succeed. The table's other half, so that each decision stands written.</summary>
    private static readonly FrozenSet<int> Never = FrozenSet.ToFrozenSet(
    [
        21201, // To is missing
        21211, // invalid To
        21214, // To cannot be reached
        21217, // To does not look valid
        21265, // To is a short code
        21266, // To and From are the same
        21602, // the text is empty
        21604, // To is missing
        21605, // the text is too long
        21610, // the recipient has unsubscribed
        21612, // To cannot be reached from From
        21614, // To is no mobile number
        21617, // more than 1600 characters
        21619, // the text is empty
        21635, // To is a landline
    ]);

    /// <param name="status">Of HTTP, 400 to 499.</param>
    /// <param name="code">Null where the answer was not Twilio's JSON.</param>
    internal static SendOutcome Translate(int status, int? code, TimeSpan? retryAfter) => code switch
    {
        { } known when Later.Contains(known) => SendOutcome.TryLater($"twilio {known}", retryAfter),
        { } known when Never.Contains(known) => SendOutcome.Refused($"twilio {known}"),
        // Codes are added every year: a request that Twilio read and found wrong stays wrong.
        { } other when status == 400 => SendOutcome.Refused($"twilio {other}"),
        { } other => SendOutcome.TryLater($"twilio {other}", retryAfter),
        null => SendOutcome.TryLater($"http {status}", retryAfter),
    };

    /// <summary>What has to be mended, of a detail <see cref="Translate"/> gave.</summary>
    internal static AnswerMeaning? MeaningOf(string detail) => detail switch
    {
        "twilio 20003" or "twilio 20005" or "twilio 20006" or "twilio 20008" or "twilio 20010" or "twilio 20404" or "twilio 30002" => AnswerMeaning.SignIn,
        "twilio 21212" or "twilio 21267" or "twilio 21603" or "twilio 21606" or "twilio 21659" or "twilio 21660" or "twilio 21661" or "twilio 21701" or "twilio 21703" or "twilio 21704"
            or "twilio 21705" => AnswerMeaning.Sender,
        // A country the account may not send to, and on a trial account a number nobody has verified.
        "twilio 21219" or "twilio 21408" or "twilio 21608" => AnswerMeaning.Recipient,
        "twilio 21211" or "twilio 21214" or "twilio 21217" or "twilio 21265" or "twilio 21266" or "twilio 21610" or "twilio 21612" or "twilio 21614" or "twilio 21635" => AnswerMeaning.Recipient,
        _ => null,
    };
}
