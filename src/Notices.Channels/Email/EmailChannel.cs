using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using MimeKit.Text;
using Notices.Deliveries;

namespace Notices.Channels.Email;

/// <summary>Mail by SMTP over kept connections. What fails before the text was handed over can be tried again; what breaks after it is unknown.</summary>
internal sealed partial class EmailChannel(EmailOptions options, TimeProvider clock) : IChannel, IAsyncDisposable
{
    private static readonly HashSet<Medium> OnlyEmail = [Medium.Email];

    private readonly EmailPool _pool = new(options);
    private readonly string _domain = options.From.Domain;

    public string Name => "email";

    public IReadOnlySet<Medium> Media => OnlyEmail;

    internal static EmailChannel Create(IServiceProvider services, ProviderSettings settings) => new(EmailOptions.Read(settings), services.GetRequiredService<TimeProvider>());

    public async Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (!MailboxAddress.TryParse(message.Address, out var to) || !to.Address.Contains('@', StringComparison.Ordinal)) return SendOutcome.Refused("not-an-address");

        using var mail = Compose(message, to);
        try
        {
            await _pool.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return SendOutcome.TryLater("no-connection-free");
        }

        try
        {
            // A kept connection may have been closed by the server meanwhile: then a fresh one, once.
            return (_pool.Kept() is { } kept ? await SendAsync(kept, mail, true, cancellationToken) : null) ?? await SendFreshAsync(mail, cancellationToken);
        }
        finally
        {
            _pool.Release();
        }
    }

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    private async Task<SendOutcome> SendFreshAsync(MimeMessage mail, CancellationToken cancellationToken)
    {
        SmtpClient client;
        try
        {
            client = await _pool.ConnectAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is SocketException or IOException or ProtocolException or CommandException or SslHandshakeException or AuthenticationException
            or NotSupportedException or TimeoutException or OperationCanceledException)
        {
            // Nothing has left. A wrong password or certificate is ours to mend while the messages wait.
            return SendOutcome.TryLater(fault is AuthenticationException ? "sign-in-refused" : fault is SslHandshakeException ? "certificate-refused" : "no-connection");
        }

        return (await SendAsync(client, mail, false, cancellationToken))!;
    }

    /// <returns>Null where a kept connection turned out to be dead before anything was handed over.</returns>
    private async Task<SendOutcome?> SendAsync(SmtpClient client, MimeMessage mail, bool kept, CancellationToken cancellationToken)
    {
        var handedOver = new HandedOver();
        try
        {
            await client.SendAsync(mail, cancellationToken, handedOver);
            _pool.Keep(client);

            return SendOutcome.Accepted(mail.MessageId);
        }
        catch (SmtpCommandException refusal)
        {
            // The server has spoken, and the connection goes on unless it said goodbye.
            if (refusal.StatusCode == SmtpStatusCode.ServiceNotAvailable || !client.IsConnected) client.Dispose();
            else _pool.Keep(client);
            if (kept && refusal.StatusCode == SmtpStatusCode.ServiceNotAvailable && !handedOver.Began) return null;

            return Translate(refusal);
        }
        catch (ServiceNotAuthenticatedException)
        {
            client.Dispose();

            return SendOutcome.TryLater("sign-in-missing");
        }
        catch (Exception fault) when (fault is IOException or SocketException or ProtocolException or ServiceNotConnectedException
            or TimeoutException or OperationCanceledException)
        {
            client.Dispose();
            if (handedOver.Began) return SendOutcome.Unknown(fault is OperationCanceledException or TimeoutException ? "timed-out" : "broken-after-data");

            return kept && fault is not OperationCanceledException ? null : SendOutcome.TryLater("broken-before-data");
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static SendOutcome Translate(SmtpCommandException refusal)
    {
        var status = (int)refusal.StatusCode;
        var words = string.Create(CultureInfo.InvariantCulture, $"{status} {EnhancedCode().Match(refusal.Message).Value}").TrimEnd();

        return status switch
        {
            // Sign-in is missing or was refused: ours to mend, the message is not to blame.
            530 or 534 or 535 or 538 => SendOutcome.TryLater(words),
            // A grey list or a full mailbox is the recipient's affair.
            >= 400 and < 500 => SendOutcome.TryLater(words) with { OfRecipient = refusal.ErrorCode == SmtpErrorCode.RecipientNotAccepted },
            >= 500 and < 600 => SendOutcome.Refused(words),
            _ => SendOutcome.Unknown(words),
        };
    }

    internal MimeMessage Compose(OutgoingMessage message, MailboxAddress to)
    {
        var mail = new MimeMessage { MessageId = string.Create(CultureInfo.InvariantCulture, $"{message.DeliveryId}@{_domain}"), Date = clock.GetUtcNow(), Subject = message.Subject ?? "" };
        mail.From.Add(options.From);
        mail.To.Add(to);
        // Out-of-office answers would go to nobody.
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        var text = new TextPart(TextFormat.Plain) { Text = message.Body };
        mail.Body = message.Html is { } html ? new MultipartAlternative(text, new TextPart(TextFormat.Html) { Text = html }) : text;
        // Beside the other headers of the content, where the signature looks for it.
        mail.Body.Headers.Add(HeaderId.ContentLanguage, message.Language);
        options.Signature?.Sign(mail);

        return mail;
    }

    [GeneratedRegex(@"\b[245]\.\d{1,3}\.\d{1,3}\b", RegexOptions.CultureInvariant)]
    private static partial Regex EnhancedCode();

    /// <summary>Whether the text began to leave; from then on only the server's answer tells.</summary>
    private sealed class HandedOver : ITransferProgress
    {
        internal bool Began { get; private set; }

        public void Report(long bytesTransferred, long totalSize) => Began = true;

        public void Report(long bytesTransferred) => Began = true;
    }
}
