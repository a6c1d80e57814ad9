using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using MimeKit.Text;
using Notices.Deliveries;

namespace Notices.Channels.Email;

/// <summary>Mail by SMTP over kept connections. What fails before the text was handed over can be tried again; what breaks after it is unknown.</summary>
internal sealed class EmailChannel(EmailOptions options, DeliveryMarks marks, TimeProvider clock) : IChannel, IAsyncDisposable
{
    private static readonly HashSet<Medium> OnlyEmail = [Medium.Email];

    private readonly EmailPool _pool = new(options);
    private readonly string _domain = options.From.Domain;

    public string Name => "email";

    public IReadOnlySet<Medium> Media => OnlyEmail;

    internal static EmailChannel Create(IServiceProvider services, ProviderSettings settings) => new(
        EmailOptions.Read(settings), services.GetRequiredService<DeliveryMarks>(), services.GetRequiredService<TimeProvider>());

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
        EmailClient client;
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
    private async Task<SendOutcome?> SendAsync(EmailClient client, MimeMessage mail, bool kept, CancellationToken cancellationToken)
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

            return SmtpAnswer.Translate(refusal);
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

    internal MimeMessage Compose(OutgoingMessage message, MailboxAddress to)
    {
        var mail = new MimeMessage { MessageId = $"{marks.Of(message.DeliveryId, MarkPurpose.Bounce)}@{_domain}", Date = clock.GetUtcNow(), Subject = message.Subject ?? "" };
        mail.From.Add(options.From);
        mail.To.Add(to);
        // Out-of-office answers would go to nobody.
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        var text = new TextPart(TextFormat.Plain) { Text = message.Body };
        mail.Body = message.Html is { } html ? new MultipartAlternative(text, new TextPart(TextFormat.Html) { Text = html }) : text;
        if (message.Calendar is { } calendar) mail.Body = new Multipart("mixed") { mail.Body, CalendarPart(calendar) };
        // Beside the other headers of the content, where the signature looks for it.
        mail.Body.Headers.Add(HeaderId.ContentLanguage, message.Language);
        options.Signature?.Sign(mail);

        return mail;
    }

    /// <summary>An attachment, because it invites nobody and wants no answer (RFC 6047, 2.4).</summary>
    private static TextPart CalendarPart(string calendar)
    {
        var part = new TextPart("calendar") { Text = calendar, ContentDisposition = new ContentDisposition(ContentDisposition.Attachment) { FileName = "outage.ics" } };
        part.ContentType.Parameters.Add("method", "PUBLISH");

        return part;
    }

    /// <summary>Whether the text began to leave; from then on only the server's answer tells.</summary>
    private sealed class HandedOver : ITransferProgress
    {
        internal bool Began { get; private set; }

        public void Report(long bytesTransferred, long totalSize) => Began = true;

        public void Report(long bytesTransferred) => Began = true;
    }
}
