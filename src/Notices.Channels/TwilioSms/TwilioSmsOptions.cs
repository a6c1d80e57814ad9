using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Notices.Channels.Twilio;
using Notices.Deliveries;
using Notices.Feeds;

namespace Notices.Channels.TwilioSms;

/// <summary><c>Providers:NAME</c> of a Twilio account that sends text messages.</summary>
internal sealed partial class TwilioSmsOptions
{
    internal required TwilioAccount Account { get; init; }

    /// <summary>A number in E.164, a short code or an alphanumeric sender; null with <see cref="MessagingServiceSid"/>.</summary>
    internal string? From { get; init; }

    internal string? MessagingServiceSid { get; init; }

    /// <summary>Where Twilio tells what became of a message; null where its signature could not be checked: then nobody is asked to call.</summary>
    internal string? StatusCallback { get; init; }

    internal static TwilioSmsOptions Read(ProviderSettings settings, PublicOptions outside)
    {
        var faults = new List<string>();
        var account = TwilioAccount.Read(settings, outside, "a message", faults);
        string? Text(string name) => TwilioAccount.Text(settings, name);
        TwilioAccount.Demand(settings, "MessagingServiceSid", Service(), "a messaging service's SID, MG and 32 hexadecimal digits", faults);
        TwilioAccount.Demand(settings, "From", Sender(), "a number in E.164 such as +14155550100, a short code, or up to 11 letters, digits and spaces with at least one letter", faults);
        if (Text("From") is null == Text("MessagingServiceSid") is null)
            faults.Add($"{settings.Key("From")} or {settings.Key("MessagingServiceSid")} is needed, and only one of them: the sender, or the service that picks one.");

        return faults.Count > 0
            ? throw new OptionsValidationException(settings.Name, typeof(TwilioSmsOptions), faults)
            : new TwilioSmsOptions
            {
                Account = account!,
                From = Text("From"),
                MessagingServiceSid = Text("MessagingServiceSid"),
                StatusCallback = account!.AuthToken is null ? null : outside.Link(TwilioCallback.SmsStatus),
            };
    }

    // The shapes are those of Twilio's OpenAPI description (twilio_api_v2010.json).
    [GeneratedRegex("^MG[0-9a-fA-F]{32}$")]
    private static partial Regex Service();

    [GeneratedRegex(@"^(\+[1-9][0-9]{1,14}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$")]
    private static partial Regex Sender();
}
