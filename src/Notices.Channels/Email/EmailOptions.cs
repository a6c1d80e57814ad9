using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using MimeKit;
using Notices.Deliveries;

namespace Notices.Channels.Email;

internal enum EmailSecurity
{
    /// <summary>Plain at first, then upgraded; refused where the server does not offer it.</summary>
    StartTls,

    /// <summary>Encrypted from the first byte (port 465).</summary>
    Tls,

    /// <summary>Only for a relay one trusts the way to.</summary>
    None,
}

/// <summary><c>Providers:NAME</c> of a mail server.</summary>
internal sealed class EmailOptions
{
    internal required string Host { get; init; }

    internal int Port { get; init; } = 587;

    internal EmailSecurity Security { get; init; }

    internal string? User { get; init; }

    /// <summary>From the environment only.</summary>
    internal string? Password { get; init; }

    internal required MailboxAddress From { get; init; }

    /// <summary>Where people may also write to stop; null where nobody reads it.</summary>
    internal string? StopAddress { get; init; }

    /// <summary>Where servers send what they could not deliver, a star standing for the mark; null: to <see cref="From"/>.</summary>
    internal string? ReturnPath { get; init; }

    /// <summary>Null where nobody reads what comes back.</summary>
    internal BounceOptions? Bounces { get; init; }

    /// <summary>Kept connections; one mail at a time on each.</summary>
    internal int Connections { get; init; } = 4;

    /// <summary>A certificate authority of one's own, trusted for this server instead of the system's.</summary>
    internal X509Certificate2? Authority { get; init; }

    /// <summary>Signs each mail; null where none is configured.</summary>
    internal MailSignature? Signature { get; init; }

    internal static EmailOptions Read(ProviderSettings settings)
    {
        var (section, faults) = (settings.Section, new List<string>());
        string? Text(string name) => section[name] is { Length: > 0 } text ? text : null;
        int Number(string name, int normal, int most)
        {
            if (Text(name) is not { } text) return normal;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most) return number;

            faults.Add($"{settings.Key(name)} is \"{text}\"; it must be a whole number from 1 to {most}.");

            return normal;
        }

        var security = EmailSecurity.StartTls;
        if (Text("Security") is { } how && (!Enum.TryParse(how, true, out security) || !Enum.IsDefined(security)))
            faults.Add($"{settings.Key("Security")} is \"{how}\"; it must be starttls, tls or none.");
        if (Text("Host") is null) faults.Add($"{settings.Key("Host")} is missing: the mail server's name, e.g. smtp.example.org.");
        if (!MailboxAddress.TryParse(Text("From") ?? "", out var from) || !from.Address.Contains('@', StringComparison.Ordinal))
            faults.Add($"{settings.Key("From")} is \"{Text("From")}\"; it must be the sender's mail address, e.g. \"停电通知 <notices@example.org>\".");
        if (Text("User") is not null && Text("Password") is null) faults.Add($"{settings.Key("Password")} is missing: {settings.Key("User")} is set (environment Providers__{settings.Name}__Password).");
        if (Text("User") is not null && security == EmailSecurity.None && !IsHere(Text("Host")))
            faults.Add($"{settings.Key("Security")} is none, so the password would cross the network in the clear; use starttls or tls.");
        MailboxAddress? stop = null;
        if (Text("StopAddress") is { } toStop && (!MailboxAddress.TryParse(toStop, out stop) || !stop.Address.Contains('@', StringComparison.Ordinal)))
            faults.Add($"{settings.Key("StopAddress")} is \"{toStop}\"; it must be a mail address somebody reads, or left out.");
        if (Text("ReturnPath") is { } path && !IsReturnPath(path))
            faults.Add($"{settings.Key("ReturnPath")} is \"{path}\"; it must be a mail address, e.g. bounces@example.org, or bounces+*@example.org where the server takes what follows a plus.");
        var (port, connections) = (Number("Port", security == EmailSecurity.Tls ? 465 : 587, 65535), Number("Connections", 4, 100));
        var authority = ReadAuthority(settings.Key("AuthorityFile"), Text("AuthorityFile"), faults);
        var bounces = BounceOptions.Read(settings, authority, faults);
        var signature = MailSignature.Read(settings, from?.Domain, faults);

        return faults.Count > 0
            ? throw new OptionsValidationException(settings.Name, typeof(EmailOptions), faults)
            : new EmailOptions
            {
                Host = Text("Host")!,
                Port = port,
                Security = security,
                User = Text("User"),
                Password = Text("Password"),
                From = from!,
                StopAddress = stop?.Address,
                ReturnPath = Text("ReturnPath"),
                Bounces = bounces,
                Connections = connections,
                Authority = authority,
                Signature = signature,
            };
    }

    /// <summary>This very machine, to which a password may go in the clear.</summary>
    internal static bool IsHere(string? host) => host is "localhost" or "127.0.0.1" or "::1";

    /// <summary>A mail address, or one with a star in its local part for the mark of each mail.</summary>
    private static bool IsReturnPath(string text) =>
        MailboxAddress.TryParse(text.Replace("*", "1", StringComparison.Ordinal), out var address) && address.Address.Contains('@', StringComparison.Ordinal)
        && text.Count(letter => letter == '*') <= 1 && text.IndexOf('*', StringComparison.Ordinal) < text.IndexOf('@', StringComparison.Ordinal) && address.Address == text.Replace("*", "1", StringComparison.Ordinal);

    internal static X509Certificate2? ReadAuthority(string key, string? file, List<string> faults)
    {
        if (file is null) return null;

        try
        {
            return X509Certificate2.CreateFromPem(File.ReadAllText(file));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            faults.Add($"{key} is \"{file}\"; it must be a readable file with a certificate in PEM.");

            return null;
        }
    }
}
