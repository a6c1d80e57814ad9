using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Notices.Deliveries;
using Notices.Feeds;

namespace Notices.Channels.Kannel;

/// <summary><c>Providers:NAME</c> of a Kannel gateway: its <c>smsbox</c>, and the <c>sendsms-user</c> it knows us as.</summary>
internal sealed partial class KannelOptions
{
    /// <summary>Bytes of <see cref="ReportKey"/> at least: as long as the hash it is for.</summary>
    private const int ShortestKey = 32;

    /// <summary>The address of <c>sendsms</c>, such as <c>http://127.0.0.1:13013/cgi-bin/sendsms</c>.</summary>
    internal required Uri Address { get; init; }

    internal required string User { get; init; }

    /// <summary>From the environment only.</summary>
    internal required string Password { get; init; }

    /// <summary>The sender shown; null for the gateway's own.</summary>
    internal string? From { get; init; }

    /// <summary>Kannel's <c>smsc-id</c> to leave by; null where its routing decides.</summary>
    internal string? Smsc { get; init; }

    /// <summary>Where Kannel tells what became of a message; null: nobody is asked to, and accepted is the last word.</summary>
    internal string? Reports { get; init; }

    /// <summary>Proves that a report is about a message we sent: stands in no address, only what is made with it does. From the environment only.</summary>
    internal byte[]? ReportKey { get; init; }

    internal static KannelOptions Read(ProviderSettings settings, PublicOptions outside)
    {
        var (section, faults) = (settings.Section, new List<string>());
        string? Text(string name) => section[name] is { Length: > 0 } text ? text : null;
        string Secret(string name) => $"(environment Providers__{settings.Name}__{name})";

        var address = ReadAddress(settings, Text("Address"), "Address", faults);
        if (Text("User") is null) faults.Add($"{settings.Key("User")} is missing: the username of a sendsms-user in Kannel's configuration.");
        if (Text("Password") is null) faults.Add($"{settings.Key("Password")} is missing {Secret("Password")}: the password of that sendsms-user.");
        if (Text("User") is { } user && !Visible().IsMatch(user)) faults.Add($"{settings.Key("User")} is \"{user}\"; Kannel takes visible ASCII characters.");
        if (Text("Password") is { } password && !Visible().IsMatch(password)) faults.Add($"{settings.Key("Password")} {Secret("Password")} has a character Kannel does not take: visible ASCII alone.");
        if (Text("From") is { } from && !Sender().IsMatch(from)) faults.Add($"{settings.Key("From")} is \"{from}\"; it must be digits, + before them, or up to 11 letters, digits and spaces.");
        if (Text("Smsc") is { } smsc && !Visible().IsMatch(smsc)) faults.Add($"{settings.Key("Smsc")} is \"{smsc}\"; it must be the smsc-id of a group in Kannel's configuration.");

        var key = ReadKey(settings, Text("ReportKey"), Secret("ReportKey"), faults);
        var reports = Text("ReportAddress") is { } given ? ReadAddress(settings, given.EndsWith('/') ? given : given + "/", "ReportAddress", faults) : outside.BaseAddress;
        if (Text("ReportAddress") is not null && Text("ReportKey") is null)
            faults.Add($"{settings.Key("ReportKey")} is missing {Secret("ReportKey")}: without it nobody could tell Kannel's reports from others'. `openssl rand -base64 32` makes one.");

        return faults.Count > 0
            ? throw new OptionsValidationException(settings.Name, typeof(KannelOptions), faults)
            : new KannelOptions
            {
                Address = address!,
                User = Text("User")!,
                Password = Text("Password")!,
                From = Text("From"),
                Smsc = Text("Smsc"),
                Reports = key is null ? null : new Uri(Slashed(reports!), KannelReport.Path).AbsoluteUri,
                ReportKey = key,
            };
    }

    private static Uri Slashed(Uri address) => address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");

    private static Uri? ReadAddress(ProviderSettings settings, string? text, string name, List<string> faults)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Query.Length == 0) return address;

        faults.Add(text is null
            ? $"{settings.Key(name)} is missing: where Kannel's smsbox listens, such as http://127.0.0.1:13013/cgi-bin/sendsms."
            : string.Create(CultureInfo.InvariantCulture, $"{settings.Key(name)} is \"{text}\"; it must be an http or https address without a query."));

        return null;
    }

    private static byte[]? ReadKey(ProviderSettings settings, string? text, string secret, List<string> faults)
    {
        if (text is null) return null;

        var key = new byte[Encoding.UTF8.GetByteCount(text)];
        if (Convert.TryFromBase64String(text, key, out var length) && length >= ShortestKey) return key[..length];

        faults.Add($"{settings.Key("ReportKey")} {secret} must be the base64 of at least {ShortestKey} random bytes; `openssl rand -base64 32` makes one.");

        return null;
    }

    [GeneratedRegex("^[!-~]+$")]
    private static partial Regex Visible();

    [GeneratedRegex(@"^(\+?[0-9]{3,15}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$")]
    private static partial Regex Sender();
}
