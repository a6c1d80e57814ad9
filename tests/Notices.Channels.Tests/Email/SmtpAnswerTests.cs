using MailKit.Net.Smtp;
using Notices.Deliveries;
using Xunit;

namespace Notices.Channels.Email;

public class SmtpAnswerTests
{
    [Theory]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 550, "5.1.1 no such user", SendOutcomeKind.Refused, false)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 550, "no such user", SendOutcomeKind.Refused, false)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 556, "5.1.10 null MX", SendOutcomeKind.Refused, false)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 552, "5.2.2 mailbox full", SendOutcomeKind.Refused, false)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 452, "4.2.2 mailbox full", SendOutcomeKind.TryLater, true)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 450, "4.2.0 greylisted", SendOutcomeKind.TryLater, true)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 451, "4.7.1 greylisted", SendOutcomeKind.TryLater, true)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 451, "try again", SendOutcomeKind.TryLater, true)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 550, "5.4.4 host not found", SendOutcomeKind.Refused, false)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 450, "4.4.1 the domain's server does not answer", SendOutcomeKind.TryLater, true)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 452, "4.3.1 queue file write error", SendOutcomeKind.TryLater, false)] // Every mail would fare alike.
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 550, "5.3.2 not accepting network messages", SendOutcomeKind.TryLater, false)] // Another provider may.
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 530, "5.7.0 must issue STARTTLS first", SendOutcomeKind.TryLater, false)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 554, "5.7.8 authentication required", SendOutcomeKind.TryLater, false)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 550, "5.99.1 of a subject nobody knows", SendOutcomeKind.Refused, false)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 421, "4.2.1 closing", SendOutcomeKind.TryLater, false)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 554, "5.7.1 <li@example.net>: Relay access denied", SendOutcomeKind.TryLater, false)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 550, "relay not permitted", SendOutcomeKind.TryLater, false)]
    [InlineData(SmtpErrorCode.SenderNotAccepted, 550, "5.7.1 sender not owned by user", SendOutcomeKind.TryLater, false)]
    [InlineData(SmtpErrorCode.SenderNotAccepted, 452, "4.3.1 disk", SendOutcomeKind.TryLater, false)]
    [InlineData(SmtpErrorCode.MessageNotAccepted, 552, "5.3.4 too big", SendOutcomeKind.Refused, false)]
    [InlineData(SmtpErrorCode.MessageNotAccepted, 554, "5.7.1 spam", SendOutcomeKind.Refused, false)]
    [InlineData(SmtpErrorCode.MessageNotAccepted, 554, "no", SendOutcomeKind.Refused, false)]
    [InlineData(SmtpErrorCode.MessageNotAccepted, 451, "later", SendOutcomeKind.TryLater, false)]
    [InlineData(SmtpErrorCode.MessageNotAccepted, 250, "?", SendOutcomeKind.Unknown, false)]
    public void Class_and_code_tell_what_is_for_good_and_whose_affair_it_is(SmtpErrorCode at, int status, string words, SendOutcomeKind kind, bool ofRecipient)
    {
        var outcome = SmtpAnswer.Translate(new SmtpCommandException(at, (SmtpStatusCode)status, words));

        Assert.Equal((kind, ofRecipient), (outcome.Kind, outcome.OfRecipient));
    }
}
