using System.Globalization;
using MailKit.Net.Smtp;
using Notices.Deliveries;

namespace Notices.Channels.Email;

/// <summary>What a mail server's refusal means for the message. Each mail goes to one recipient, so what is said of the text is said of them.</summary>
internal static class SmtpAnswer
{
    internal static SendOutcome Translate(SmtpCommandException refusal)
    {
        var status = (int)refusal.StatusCode;
        var code = EnhancedStatus.In(refusal.Message);
        var words = string.Create(CultureInfo.InvariantCulture, $"{status} {code}").TrimEnd();
        var party = PartyOf(refusal, status, code);

        return status switch
        {
            // For good or not: what is ours or the server's to mend is tried again, and by other providers.
            >= 400 and < 600 when party != StatusParty.Recipient => SendOutcome.TryLater(words),
            >= 400 and < 500 => SendOutcome.TryLater(words) with { OfRecipient = true },
            >= 500 and < 600 => SendOutcome.Refused(words),
            _ => SendOutcome.Unknown(words),
        };
    }

    private static StatusParty PartyOf(SmtpCommandException refusal, int status, string code) => status switch
    {
        // The service closes (RFC 5321, 3.8), whatever it says beside.
        421 => StatusParty.Server,
        // STARTTLS or sign-in missing or refused (RFC 3207, 4; RFC 4954, 6).
        454 or 530 or 534 or 535 or 538 => StatusParty.Ours,
        // Said before the recipient was named.
        _ when refusal.ErrorCode == SmtpErrorCode.SenderNotAccepted => StatusParty.Ours,
        // "Relay access denied": who may send through a server has one code with what a recipient forbids (5.7.1), and is another's affair.
        _ when refusal.ErrorCode == SmtpErrorCode.RecipientNotAccepted && refusal.Message.Contains("relay", StringComparison.OrdinalIgnoreCase) => StatusParty.Ours,
        // Without a code: a recipient's refusal is theirs; of the text, that of the moment is the server's, that for good the mail's (RFC 5321, 4.2.1).
        _ => EnhancedStatus.PartyOf(code) ?? (refusal.ErrorCode == SmtpErrorCode.RecipientNotAccepted || status >= 500 ? StatusParty.Recipient : StatusParty.Server),
    };
}
