using System.Text.RegularExpressions;
using Notices.Deliveries;
using Notices.Feeds;

namespace Notices.Channels.Twilio;

/// <summary>What every channel of Twilio reads from <c>Providers:NAME</c>: where the API is and who signs in.</summary>
internal sealed partial class TwilioAccount
{
    /// <summary>With a slash at the end.</summary>
    internal required Uri BaseAddress { get; init; }

    internal required string AccountSid { get; init; }

    /// <summary>From the environment only. Signs what Twilio calls back, whatever signs in; without it nobody is asked to call.</summary>
    internal string? AuthToken { get; init; }

    /// <summary>Signs in: an API key and its secret, otherwise account and token. From the environment only.</summary>
    internal required (string User, string Secret) SignIn { get; init; }

    /// <summary>Adds a sentence to <paramref name="faults"/> for everything that is wrong.</summary>
    /// <param name="what">What Twilio is to tell, for the sentence about an address it cannot reach.</param>
    /// <returns>Null where something is.</returns>
    internal static TwilioAccount? Read(ProviderSettings settings, PublicOptions outside, string what, List<string> faults)
    {
        var before = faults.Count;
        var (account, token, key, secret) = (Text(settings, "AccountSid"), Text(settings, "AuthToken"), Text(settings, "ApiKey"), Text(settings, "ApiSecret"));
        if (account is null) faults.Add($"{settings.Key("AccountSid")} is missing: the account's SID from the Twilio console, AC and 32 hexadecimal digits.");
        Demand(settings, "AccountSid", AccountShape(), "the account's SID, AC and 32 hexadecimal digits", faults);
        Demand(settings, "ApiKey", KeyShape(), "an API key's SID, SK and 32 hexadecimal digits", faults);
        if (key is null && token is null)
            faults.Add($"{settings.Key("AuthToken")} is missing (environment Providers__{settings.Name}__AuthToken); {settings.Key("ApiKey")} with {settings.Key("ApiSecret")} may stand in its place.");
        if (key is null != secret is null) faults.Add($"{settings.Key("ApiKey")} and {settings.Key("ApiSecret")} go together; one of them is missing (environment Providers__{settings.Name}__ApiSecret).");

        var address = ReadAddress(settings, faults);
        // Twilio refuses what names a callback it cannot reach (error 21609).
        if (address is not null && token is not null && address.Host.EndsWith(".twilio.com", StringComparison.OrdinalIgnoreCase) && outside.BaseAddress.IsLoopback)
            faults.Add($"Public:BaseAddress is {outside.BaseAddress}, where Twilio cannot tell what became of {what} to {settings.Key("Channel")} {settings.Section["Channel"]}; set the address the public reaches.");

        return faults.Count > before ? null : new TwilioAccount { BaseAddress = address!, AccountSid = account!, AuthToken = token, SignIn = key is null ? (account!, token!) : (key, secret!) };
    }

    internal static string? Text(ProviderSettings settings, string name) => settings.Section[name] is { Length: > 0 } text ? text : null;

    internal static void Demand(ProviderSettings settings, string name, Regex shape, string what, List<string> faults)
    {
        if (Text(settings, name) is { } text && !shape.IsMatch(text)) faults.Add($"{settings.Key(name)} is \"{text}\"; it must be {what}.");
    }

    private static Uri? ReadAddress(ProviderSettings settings, List<string> faults)
    {
        var text = Text(settings, "BaseAddress") ?? "https://api.twilio.com";
        if (Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
            return address;

        faults.Add($"{settings.Key("BaseAddress")} is \"{text}\"; it must be an https address, or http to this machine, since the secret goes with every request.");

        return null;
    }

    // The shapes are those of Twilio's OpenAPI description (twilio_api_v2010.json).
    [GeneratedRegex("^AC[0-9a-fA-F]{32}$")]
    private static partial Regex AccountShape();

    [GeneratedRegex("^SK[0-9a-fA-F]{32}$")]
    private static partial Regex KeyShape();
}
