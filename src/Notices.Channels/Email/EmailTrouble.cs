using Microsoft.Extensions.Logging;

namespace Notices.Channels.Email;

/// <summary>Says in the log once that the mail server cannot be used and why, and once that it can again; the mails meanwhile wait by the thousand.</summary>
internal sealed class EmailTrouble(string provider, ILogger log)
{
    private string? _told;

    internal void Tell(EmailOptions options, string fault)
    {
        if (Interlocked.Exchange(ref _told, fault) == fault) return;

        log.LogWarning("Provider {Provider}: the mail server {Host}:{Port} cannot be used: {Fault}. Mails wait and are tried again", provider, options.Host, options.Port, fault);
    }

    internal void Over(EmailOptions options)
    {
        if (Volatile.Read(ref _told) is null || Interlocked.Exchange(ref _told, null) is null) return;

        log.LogInformation("Provider {Provider}: the mail server {Host}:{Port} can be used again", provider, options.Host, options.Port);
    }
}
