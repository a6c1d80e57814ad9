using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Notices.Deliveries;
using Notices.Feeds;

namespace Notices.Channels.TwilioSms;

/// <summary><c>Providers:NAME</c> of a Twilio account.</summary>
internal sealed partial class TwilioSmsOptions
{
    /// <summary>Where the API is, with a slash at the end.</summary>
    internal required Uri BaseAddress { get; init; }

    internal required string AccountSid { get; init; }

    /// <summary>From the environment only. Signs what Twilio calls back, whatever signs in.</summary>
    internal string? AuthToken { get; init; }

    /// <summary>Signs in: an API key and its secret, otherwise account and token. From the environment only.</summary>
    internal required (string User, string Secret) SignIn { get; init; }

    /// <summary>A number in E.164, a short code or an alphanumeric sender; null with <see cref="MessagingServiceSid"/>.</summary>
    internal string? From { get; init; }

    internal string? MessagingServiceSid { get; init; }

    /// <summary>Where Twilio tells what became of a message; null where its signature could not be checked: then nobody is asked to call.</summary>
    internal string? StatusCallback { get; init; }

    internal static TwilioSmsOptions Read(ProviderSettings settings, PublicOptions outside)
    {
        var (section, faults) = (settings.Section, new List<string>());
        string? Text(string name) => section[name] is { Length: > 0 } text ? text : null;
        void Demand(string name, Regex shape, string what)
        {
            if (Text(name) is { } text && !shape.IsMatch(text)) faults.Add($"{settings.Key(name)} is \"{text}\"; it must be {what}.");
        }

        if (Text("AccountSid") is null) faults.Add($"{settings.Key("AccountSid")} is missing: the account's SID from the Twilio console, AC and 32 hexadecimal digits.");
        Demand("AccountSid", Account(), "the account's SID, AC and 32 hexadecimal digits");
        Demand("ApiKey", Key(), "an API key's SID, SK and 32 hexadecimal digits");
        Demand("MessagingServiceSid", Service(), "a messaging service's SID, MG and 32 hexadecimal digits");
        Demand("From", Sender(), "a number in E.164 such as +14155550100, a short code, or up to 11 letters, digits and spaces with at least one letter");
        if (Text("From") is null == Text("MessagingServiceSid") is null)
            faults.Add($"{settings.Key("From")} or {settings.Key("MessagingServiceSid")} is needed, and only one of them: the sender, or the service that picks one.");
        if (Text("ApiKey") is null && Text("AuthToken") is null)
            faults.Add($"{settings.Key("AuthToken")} is missing (environment Providers__{settings.Name}__AuthToken); {settings.Key("ApiKey")} with {settings.Key("ApiSecret")} may stand in its place.");
        if (Text("ApiKey") is null != Text("ApiSecret") is null) faults.Add($"{settings.Key("ApiKey")} and {settings.Key("ApiSecret")} go together; one of them is missing (environment Providers__{settings.Name}__ApiSecret).");

        var address = ReadAddress(settings, Text("BaseAddress") ?? "https://api.twilio.com", faults);
        // Twilio refuses each message that names a callback it cannot reach (error 21609).
        if (address is not null && Text("AuthToken") is not null && IsTwilio(address) && outside.BaseAddress.IsLoopback)
            faults.Add($"Public:BaseAddress is {outside.BaseAddress}, where Twilio cannot tell what became of a message to {settings.Key("Channel")} twilio-sms; set the address the public reaches.");

        return faults.Count > 0
            ? throw new OptionsValidationException(settings.Name, typeof(TwilioSmsOptions), faults)
            : new TwilioSmsOptions
            {
                BaseAddress = address!,
                AccountSid = Text("AccountSid")!,
                AuthToken = Text("AuthToken"),
                SignIn = Text("ApiKey") is { } key ? (key, Text("ApiSecret")!) : (Text("AccountSid")!, Text("AuthToken")!),
                From = Text("From"),
                MessagingServiceSid = Text("MessagingServiceSid"),
                StatusCallback = Text("AuthToken") is null ? null : outside.Link(TwilioCallback.SmsStatus),
            };
    }

    private static Uri? ReadAddress(ProviderSettings settings, string text, List<string> faults)
    {
        if (Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
            return address;

        faults.Add($"{settings.Key("BaseAddress")} is \"{text}\"; it must be an https address, or http to this machine, since the secret goes with every request.");

        return null;
    }

    private static bool IsTwilio(Uri address) => address.Host.EndsWith(".twilio.com", StringComparison.OrdinalIgnoreCase);

    // The shapes are those of Twilio's OpenAPI description (twilio_api_v2010.json).
    [GeneratedRegex("^AC[0-9a-fA-F]{32}$")]
    private static partial Regex Account();

    [GeneratedRegex("^SK[0-9a-fA-F]{32}$")]
    private static partial Regex Key();

    [GeneratedRegex("^MG[0-9a-fA-F]{32}$")]
    private static partial Regex Service();

    [GeneratedRegex(@"^(\+[1-9][0-9]{1,14}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$")]
    private static partial Regex Sender();
}
