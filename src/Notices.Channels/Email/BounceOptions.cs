using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Notices.Deliveries;

namespace Notices.Channels.Email;

/// <summary><c>Providers:NAME:Bounces</c>: the mailbox into which mail servers put what they could not deliver.</summary>
internal sealed class BounceOptions
{
    internal required string Host { get; init; }

    internal required int Port { get; init; }

    internal EmailSecurity Security { get; init; }

    internal required string User { get; init; }

    /// <summary>From the environment only.</summary>
    internal required string Password { get; init; }

    internal required string Folder { get; init; }

    /// <summary>Where mails go that are no report of ours, for a person to read.</summary>
    internal required string OtherFolder { get; init; }

    /// <summary>Machine time between two looks.</summary>
    internal required TimeSpan Every { get; init; }

    internal X509Certificate2? Authority { get; init; }

    /// <returns>Null where no mailbox is configured.</returns>
    internal static BounceOptions? Read(ProviderSettings settings, X509Certificate2? ofServer, List<string> faults)
    {
        var section = settings.Section.GetSection("Bounces");
        if (!section.GetChildren().Any()) return null;

        string? Text(string name) => section[name] is { Length: > 0 } text ? text : null;
        string Key(string name) => settings.Key($"Bounces:{name}");
        string Needed(string name, string what)
        {
            if (Text(name) is { } text) return text;

            faults.Add($"{Key(name)} is missing: {what}.");

            return "";
        }

        var host = Needed("Host", "the IMAP server's name, e.g. imap.example.org");
        var user = Needed("User", "who signs in to the mailbox");
        var password = Needed("Password", $"the mailbox's password (environment Providers__{settings.Name}__Bounces__Password)");
        var security = EmailSecurity.Tls;
        if (Text("Security") is { } how && (!Enum.TryParse(how, true, out security) || !Enum.IsDefined(security))) faults.Add($"{Key("Security")} is \"{how}\"; it must be starttls, tls or none.");
        if (security == EmailSecurity.None && !EmailOptions.IsHere(host)) faults.Add($"{Key("Security")} is none, so the password would cross the network in the clear; use starttls or tls.");
        var port = security == EmailSecurity.Tls ? 993 : 143;
        if (Text("Port") is { } number && !(int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535))
            faults.Add($"{Key("Port")} is \"{number}\"; it must be a whole number from 1 to 65535.");
        var every = TimeSpan.FromMinutes(1);
        if (Text("Every") is { } pause && !(TimeSpan.TryParse(pause, CultureInfo.InvariantCulture, out every) && every >= TimeSpan.FromSeconds(1) && every <= TimeSpan.FromHours(1)))
            faults.Add($"{Key("Every")} is \"{pause}\"; it must be from 00:00:01 to 01:00:00.");
        var (folder, other) = (Text("Folder") ?? "INBOX", Text("OtherFolder") ?? "Other");
        if (string.Equals(folder, other, StringComparison.OrdinalIgnoreCase)) faults.Add($"{Key("OtherFolder")} is \"{other}\", the folder that is read; it must be another.");

        return new BounceOptions
        {
            Host = host,
            Port = port,
            Security = security,
            User = user,
            Password = password,
            Folder = folder,
            OtherFolder = other,
            Every = every,
            Authority = EmailOptions.ReadAuthority(Key("AuthorityFile"), Text("AuthorityFile"), faults) ?? ofServer,
        };
    }
}
