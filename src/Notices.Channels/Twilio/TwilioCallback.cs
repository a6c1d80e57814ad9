using System.Security.Cryptography;
using System.Text;

namespace Notices.Channels.Twilio;

/// <summary>A channel whose provider is Twilio, which calls back and signs what it says.</summary>
public interface ITwilioAccount
{
    /// <summary>Whether this account's Twilio made the request.</summary>
    /// <param name="url">As it was given to Twilio, with its query: what a proxy made of it on the way counts for nothing.</param>
    /// <param name="signature">The header <c>X-Twilio-Signature</c>.</param>
    bool IsSigned(string url, IEnumerable<KeyValuePair<string, string>> form, string? signature);
}

/// <summary>What Twilio calls back, and how it proves that it is Twilio.</summary>
public static class TwilioCallback
{
    /// <summary>Below <c>Public:BaseAddress</c>; Twilio is given it with the query <c>provider</c> and <c>delivery</c>.</summary>
    public const string SmsStatus = "webhooks/twilio/sms-status";

    /// <summary>What to say, asked when a call is answered. These three have the query <c>provider</c>, <c>delivery</c> and <c>try</c>.</summary>
    public const string Voice = "webhooks/twilio/voice";

    /// <summary>A key was pressed, or a saying has come to its end; with <c>part</c>.</summary>
    public const string VoiceGather = "webhooks/twilio/voice-gather";

    public const string VoiceStatus = "webhooks/twilio/voice-status";

    /// <summary>What people send to the account's numbers; entered at Twilio with the query <c>provider</c>.</summary>
    public const string SmsInbound = "webhooks/twilio/sms-inbound";

    /// <summary>Twilio, "Secure webhooks": the URL, then each field's name and value in the order of the names, under the account's token with HMAC-SHA1, in base64.</summary>
    internal static string Sign(string token, string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        var text = new StringBuilder(url);
        foreach (var (name, value) in form.OrderBy(field => field.Key, StringComparer.Ordinal).ThenBy(field => field.Value, StringComparer.Ordinal)) text.Append(name).Append(value);
#pragma warning disable CA5350 // Twilio's choice; as a keyed hash SHA-1 is not broken.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(text.ToString())));
#pragma warning restore CA5350
    }

    internal static bool IsSigned(string token, string url, IEnumerable<KeyValuePair<string, string>> form, string? signature) =>
        signature is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(token, url, form)), Encoding.UTF8.GetBytes(signature));
}
