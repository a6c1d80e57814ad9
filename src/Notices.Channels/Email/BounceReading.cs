using System.Text.RegularExpressions;
using MailKit;
using MimeKit;
using Notices.Deliveries;

namespace Notices.Channels.Email;

/// <summary>What a mail of the mailbox says.</summary>
/// <param name="IsReport">It is a delivery report about a mail of ours: it needs to be kept no longer.</param>
/// <param name="News">What it tells; null for a report that only says <em>later</em>, and for what is no report of ours.</param>
internal sealed record ReadBounce(bool IsReport, ReceiptNews? News)
{
    internal static readonly ReadBounce Other = new(false, null);
}

/// <summary>Reads a delivery status notification (RFC 3464) by its parts, of which only small ones are fetched. It is about a mail of ours where it bears the delivery's mark: as the
/// envelope's id it was sent under (RFC 3461), in the address it came to, or as the Message-ID of what it brings back. Anything else could be anybody's.</summary>
internal sealed partial class BounceReading(string provider, DeliveryMarks marks, TimeProvider clock)
{
    /// <summary>Bytes of a part that is fetched; real ones have a few hundred a recipient.</summary>
    internal const uint LongestPart = 64 * 1024;

    /// <summary>Where the server says to whom the mail came.</summary>
    internal static readonly string[] Recipients = ["Delivered-To", "X-Original-To", "Envelope-To", "To"];

    internal async Task<ReadBounce> ReadAsync(IMailFolder folder, IMessageSummary mail, CancellationToken cancellationToken)
    {
        // Answers of people and machines, read receipts, lists: all of them are something else.
        if (mail.Body is not BodyPartMultipart { ContentType: { } type } report || !type.IsMimeType("multipart", "report") || !Same(type.Parameters["report-type"], "delivery-status")) return ReadBounce.Other;
        if (report.BodyParts.FirstOrDefault(part => part.ContentType.IsMimeType("message", "delivery-status")) is not BodyPartBasic { Octets: <= LongestPart } status) return ReadBounce.Other;
        if (await folder.GetBodyPartAsync(mail.UniqueId, status, cancellationToken) is not MessageDeliveryStatus { StatusGroups: { Count: >= 2 } groups }) return ReadBounce.Other;

        var delivery = MarkOf(groups[0]["Original-Envelope-Id"]) ?? MarkOf(mail) ?? await MarkOfReturnedAsync(folder, mail.UniqueId, report, cancellationToken);
        if (delivery is not { } id) return ReadBounce.Other;

        var (state, detail) = Worst(groups.Skip(1));

        return new ReadBounce(true, state is { } became ? new ReceiptNews(provider, null, id, became, clock.GetUtcNow(), detail) : null);
    }

    /// <summary>A mail of ours has one recipient; where a list or a forward makes more of it, one that got it counts.</summary>
    private static (DeliveryState? State, string? Detail) Worst(IEnumerable<HeaderList> recipients)
    {
        (DeliveryState? State, string? Detail) worst = (null, null);
        foreach (var recipient in recipients)
        {
            var (action, code) = (recipient["Action"]?.Trim(), EnhancedStatus.In(recipient["Status"] ?? ""));
            if (Same(action, "delivered")) return (DeliveryState.Delivered, code);
            // "Delayed", "relayed" and "expanded" settle nothing (RFC 3464, 2.3.3).
            if (Same(action, "failed")) worst = (DeliveryState.Failed, code.Length > 0 ? code : "failed");
        }

        return worst;
    }

    private long? MarkOf(IMessageSummary mail)
    {
        foreach (var header in mail.Headers?.Where(header => Recipients.Contains(header.Field, StringComparer.OrdinalIgnoreCase)) ?? [])
        {
            if (MarkOf(header.Value) is { } id) return id;
        }

        return null;
    }

    private async Task<long?> MarkOfReturnedAsync(IMailFolder folder, UniqueId id, BodyPartMultipart report, CancellationToken cancellationToken)
    {
        foreach (var part in report.BodyParts)
        {
            if (part is BodyPartMessage { Envelope.MessageId: { } messageId } && MarkOf(messageId) is { } returned) return returned;
            if (part is not BodyPartBasic { Octets: <= LongestPart } head || !part.ContentType.IsMimeType("text", "rfc822-headers")) continue;

            if (await folder.GetBodyPartAsync(id, head, cancellationToken) is TextRfc822Headers { Message.MessageId: { } named } && MarkOf(named) is { } told) return told;
        }

        return null;
    }

    private long? MarkOf(string? text)
    {
        foreach (var found in Mark().EnumerateMatches(text ?? ""))
        {
            if (marks.Read(text!.Substring(found.Index, found.Length), MarkPurpose.Bounce) is { } id) return id;
        }

        return null;
    }

    private static bool Same(string? one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"(?<![\w.])[0-9]{1,19}\.[0-9a-fA-F]{20}(?!\w)", RegexOptions.CultureInvariant)]
    private static partial Regex Mark();
}
