using MailKit;
using MailKit.Net.Smtp;
using MimeKit;

namespace Notices.Channels.Email;

/// <summary>Asks a server that can (RFC 3461) to tell of failures alone, under the delivery's mark, and to send back the head of the mail alone.</summary>
internal sealed class EmailClient : SmtpClient
{
    internal EmailClient()
    {
        Timeout = 20_000;
        DeliveryStatusNotificationType = DeliveryStatusNotificationType.HeadersOnly;
    }

    /// <summary>Stands before the Message-ID's at-sign.</summary>
    internal static string MarkOf(MimeMessage message) => message.MessageId![..message.MessageId!.IndexOf('@', StringComparison.Ordinal)];

    protected override string GetEnvelopeId(MimeMessage message) => MarkOf(message);

    protected override DeliveryStatusNotification? GetDeliveryStatusNotifications(MimeMessage message, MailboxAddress mailbox) => DeliveryStatusNotification.Failure;
}
