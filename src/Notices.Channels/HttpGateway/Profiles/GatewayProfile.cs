using System.Text.Json;
using Notices.Publishing;

namespace Notices.Channels.HttpGateway;

/// <summary>How a carrier's or reseller's platform is spoken to: <c>config/gateways/NAME.json</c>, checked by <see cref="ProfileReader"/>.</summary>
/// <param name="Follows">The published documentation it was written from.</param>
/// <param name="Settings">What a provider has to say beside it, and what each means.</param>
/// <param name="Secrets">The same, from the environment alone.</param>
/// <param name="Zone">In which the platform writes local times.</param>
internal sealed record GatewayProfile(
    string Name, string Follows, IReadOnlyList<ProfileSetting> Settings, IReadOnlyList<ProfileSetting> Secrets, TimeZoneInfo Zone, NumberForm Numbers, RequestShape Send, BatchShape? Batch, AnswerShape Answer,
    ReportShape? Receipts, ReportShape? Replies, RegisteredLimits? Templates, string? Country);

/// <param name="Otherwise">Its default; null: it is needed. An empty one may be left out.</param>
internal sealed record ProfileSetting(string Name, string Means, string? Otherwise);

/// <summary>How numbers are written.</summary>
/// <param name="Style"><c>e164</c> +8613800000001, <c>digits</c> 8613800000001, <c>national</c> 13800000001.</param>
/// <param name="CountryCode">Of <c>national</c>: other countries' numbers are refused.</param>
internal sealed record NumberForm(string Style, string CountryCode)
{
    /// <returns>Null for a number of another country.</returns>
    internal string? Write(string e164) => Style switch
    {
        "e164" => e164,
        "digits" => e164[1..],
        _ => e164.StartsWith("+" + CountryCode, StringComparison.Ordinal) ? e164[(CountryCode.Length + 1)..] : null,
    };

    /// <returns>In E.164; null where it is no number.</returns>
    internal string? Read(string text)
    {
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        if (digits.Length is < 3 or > 17 || text.Any(letter => !char.IsAsciiDigit(letter) && letter is not ('+' or ' ' or '-'))) return null;
        if (text[0] == '+' || Style is "e164" or "digits") return "+" + digits;

        // Platforms that take national numbers sometimes report them with the country before them. National ones may begin with the same digits, but are shorter.
        if (digits.StartsWith("00" + CountryCode, StringComparison.Ordinal)) return "+" + digits[2..];

        return digits.StartsWith(CountryCode, StringComparison.Ordinal) && digits.Length > 11 ? "+" + digits : "+" + CountryCode + digits;
    }
}

/// <summary>One kind of request.</summary>
/// <param name="Query">Behind the address, percent-encoded in the order of the file.</param>
/// <param name="Body"><c>json</c>, <c>form</c> or <c>none</c>.</param>
/// <param name="Fields">An object; its texts hold values in braces.</param>
/// <param name="Base64">The whole body is base64 of what it would be.</param>
/// <param name="Signing">In this order.</param>
internal sealed record RequestShape(
    string Method, GatewayText Url, IReadOnlyList<(string Name, GatewayText Value)> Headers, IReadOnlyList<(string Name, GatewayText Value)> Query, string Body, JsonElement? Fields, bool Base64,
    string ContentType, IReadOnlyList<SigningStep> Signing);

/// <summary>One computed value, which later steps, query, headers and body may use by its name.</summary>
/// <param name="How"><c>text</c>, <c>md5</c>, <c>sha1</c>, <c>sha256</c>, <c>hmac-sha1</c>, <c>hmac-sha256</c>.</param>
/// <param name="Key">Of an HMAC: a text, or with <paramref name="KeyOf"/> the bytes of an earlier step.</param>
/// <param name="As"><c>hex</c>, <c>HEX</c> or <c>base64</c>.</param>
internal sealed record SigningStep(string Name, string How, GatewayText Of, GatewayText? Key, string? KeyOf, string As);

/// <param name="Most">Numbers in one call.</param>
/// <param name="Join">Between them, where they stand in one text.</param>
internal sealed record BatchShape(int Most, string Join);

/// <param name="Rules">The first that fits decides; where none does, the HTTP status alone.</param>
/// <param name="Id">Where the platform's id of the message or batch stands.</param>
/// <param name="Code">Where its code stands, which goes into the record.</param>
/// <param name="Each">What it says of single numbers of a batch it took.</param>
internal sealed record AnswerShape(IReadOnlyList<AnswerRule> Rules, JsonPath? Id, JsonPath? Code, EachShape? Each);

/// <param name="Outcome"><c>accepted</c>, <c>later</c>, <c>refused</c>, <c>unknown</c>.</param>
/// <param name="Status">HTTP status codes such as <c>200</c> or <c>2xx</c>; empty: any.</param>
/// <param name="Path">Where the value stands; null: only the status counts.</param>
/// <param name="Values">One of these, <c>*</c> at the end for a beginning; empty: there has to be any.</param>
/// <param name="OfRecipient">A later try is wanted for this number's sake.</param>
internal sealed record AnswerRule(string Outcome, IReadOnlyList<string> Status, JsonPath? Path, IReadOnlyList<string> Values, bool OfRecipient);

/// <param name="Items">A list of numbers, or of objects.</param>
/// <param name="Number">Within an item.</param>
/// <param name="Rules">Empty: who is listed is refused.</param>
/// <param name="Id">Where each number has an id of its own.</param>
internal sealed record EachShape(JsonPath Items, JsonPath Number, IReadOnlyList<AnswerRule> Rules, JsonPath? Id, JsonPath? Code);

/// <summary>Receipts or replies: how they are read, and the ways they come.</summary>
internal sealed record ReportShape(ItemShape Item, PollShape? Poll, HookShape? Hook);

/// <summary>Where one receipt or reply stands and how it is read.</summary>
/// <param name="Items">A list of objects, or one object.</param>
/// <param name="Delivered">Values of <paramref name="Status"/>, as in <see cref="AnswerRule"/>; <paramref name="Waiting"/> say nothing yet; everything else has failed.</param>
/// <param name="TimeFormat">Of <paramref name="At"/>, in the profile's zone; without both, the moment it is read.</param>
internal sealed record ItemShape(
    JsonPath Items, JsonPath? Number, JsonPath? Id, JsonPath? Delivery, JsonPath? Status, IReadOnlyList<string> Delivered, IReadOnlyList<string> Waiting, JsonPath? Code, JsonPath? At, string? TimeFormat,
    JsonPath? Text, JsonPath? To);

/// <param name="Every">Machine time between two polls.</param>
/// <param name="PerMessage">Each message of which a receipt is still expected is asked about; otherwise whatever there is, is fetched.</param>
/// <param name="Good">What an answer that can be believed looks like; empty: HTTP 2xx.</param>
/// <param name="Acknowledge">Sent once all that was read is in the database; its <c>{ids}</c> are those of <paramref name="AcknowledgeId"/>.</param>
internal sealed record PollShape(TimeSpan Every, bool PerMessage, RequestShape Request, IReadOnlyList<AnswerRule> Good, RequestShape? Acknowledge, JsonPath? AcknowledgeId);

/// <param name="Proof">What the caller has to send, in a header or the query; made of secrets and, with signing, of the body.</param>
/// <param name="Answer">What the platform wants to read when it was taken.</param>
internal sealed record HookShape(string? Header, string? Query, GatewayText Proof, IReadOnlyList<SigningStep> Signing, string Answer);
