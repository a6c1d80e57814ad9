using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MimeKit;
using MimeKit.Text;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Feeds;

namespace Notices.Channels.Email;

/// <summary>Mail by SMTP over kept connections. What fails before the text was handed over can be tried again; what breaks after it is unknown.</summary>
internal sealed partial class EmailChannel : IChannel, IExplainsAnswers, IAsyncDisposable
{
    private static readonly HashSet<Medium> OnlyEmail = [Medium.Email];

    private readonly EmailOptions _options;
    private readonly DeliveryMarks _marks;
    private readonly PublicOptions _outside;
    private readonly TimeProvider _clock;
    private readonly EmailPool _pool;
    private readonly EmailTrouble _trouble;

    internal EmailChannel(string provider, EmailOptions options, DeliveryMarks marks, PublicOptions outside, TimeProvider clock, ILogger log)
    {
        (_options, _marks, _outside, _clock) = (options, marks, outside, clock);
        (_pool, _trouble) = (new EmailPool(options), new EmailTrouble(provider, log));
        _mailbox = options.Bounces is { } bounces ? new BounceMailbox(bounces, new BounceReading(provider, marks, clock)) : null;
    }

    public string Name => "email";

    public IReadOnlySet<Medium> Media => OnlyEmail;

    internal static EmailChannel Create(IServiceProvider services, ProviderSettings settings) => new(
        settings.Name, EmailOptions.Read(settings), services.GetRequiredService<DeliveryMarks>(), services.GetService<PublicOptions>() ?? new PublicOptions(),
        services.GetRequiredService<TimeProvider>(), services.GetService<ILogger<EmailChannel>>() ?? NullLogger<EmailChannel>.Instance);

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

    /// <summary>By RFC 5321 and the enhanced codes of RFC 3463: the first three digits are the reply, x.7.x is about rights, x.1.8 about the sender.</summary>
    public AnswerMeaning? MeaningOf(string detail) => detail.Split(' ') switch
    {
        ["530" or "534" or "535" or "538", ..] => AnswerMeaning.SignIn,
        [_, "5.1.7" or "5.1.8" or "5.7.1" or "5.7.0"] => AnswerMeaning.Sender,
        ["550" or "551" or "553" or "450" or "451" or "452" or "552", ..] => AnswerMeaning.Recipient,
        _ => null,
    };

    public async ValueTask DisposeAsync()
    {
        if (_mailbox is not null) await _mailbox.DisposeAsync();
        await _pool.DisposeAsync();
    }

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
            var detail = fault is AuthenticationException ? "sign-in-refused" : fault is SslHandshakeException ? "certificate-refused" : "no-connection";
            if (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested) _trouble.Tell(_options, detail);

            return SendOutcome.TryLater(detail);
        }

        return (await SendAsync(client, mail, false, cancellationToken))!;
    }

    /// <returns>Null where a kept connection turned out to be dead before anything was handed over.</returns>
    private async Task<SendOutcome?> SendAsync(EmailClient client, MimeMessage mail, bool kept, CancellationToken cancellationToken)
    {
        var handedOver = new HandedOver();
        try
        {
            await client.SendAsync(mail, SenderOf(mail), mail.To.Mailboxes, cancellationToken, handedOver);
            _pool.Keep(client);
            _trouble.Over(_options);

            return SendOutcome.Accepted(mail.MessageId, expectsReceipt: _mailbox is not null);
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

    private MailboxAddress SenderOf(MimeMessage mail) => _options.ReturnPath is { } path
        ? new MailboxAddress(null, path.Replace("*", EmailClient.MarkOf(mail), StringComparison.Ordinal))
        : _options.From;

    internal MimeMessage Compose(OutgoingMessage message, MailboxAddress to)
    {
        var mail = new MimeMessage { MessageId = $"{_marks.Of(message.DeliveryId, MarkPurpose.Bounce)}@{_options.From.Domain}", Date = _clock.GetUtcNow(), Subject = message.Subject ?? "" };
        mail.From.Add(_options.From);
        mail.To.Add(to);
        OfferToStop(mail, message.DeliveryId);
        // Out-of-office answers would go to nobody.
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        var text = new TextPart(TextFormat.Plain) { Text = message.Body };
        mail.Body = message.Html is { } html ? new MultipartAlternative(text, new TextPart(TextFormat.Html) { Text = html }) : text;
        if (message.Calendar is { } calendar) mail.Body = new Multipart("mixed") { mail.Body, CalendarPart(calendar) };
        // Beside the other headers of the content, where the signature looks for it.
        mail.Body.Headers.Add(HeaderId.ContentLanguage, message.Language);
        _options.Signature?.Sign(mail);

        return mail;
    }

    /// <summary>One click stops reminders and news (RFC 2369, 3.2; RFC 8058, 3.1), where the page is reached by https.</summary>
    private void OfferToStop(MimeMessage mail, long deliveryId)
    {
        var mark = _marks.Of(deliveryId, MarkPurpose.Unsubscribe);
        var byPage = _outside.BaseAddress.Scheme == Uri.UriSchemeHttps ? $"<{_outside.Link(OptingOut.Path + mark)}>" : null;
        var byMail = _options.StopAddress is { } address ? $"<mailto:{address}?subject=stop%20{mark}>" : null;
        if ((byPage ?? byMail) is not { } offer) return;

        mail.Headers.Add(HeaderId.ListUnsubscribe, byPage is not null && byMail is not null ? $"{byPage}, {byMail}" : offer);
        if (byPage is not null) mail.Headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
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
