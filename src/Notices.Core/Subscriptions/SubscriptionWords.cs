using System.Net;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Feeds;
using Notices.Words;

namespace Notices.Subscriptions;

/// <param name="Action">Of its entry in the record.</param>
/// <param name="Subject">Of a mail.</param>
internal sealed record SubscriptionText(string Action, string Subject, string Body);

/// <summary>What is said to an address that somebody wants to subscribe, from <c>Words/Labels</c>. A short message holds no link.</summary>
public sealed class SubscriptionWords(SubscriptionOptions options, PublicOptions outside, DeliveryMarks marks)
{
    /// <summary>Below <c>Public:BaseAddress</c>: a mark of <see cref="MarkPurpose.Subscription"/> follows.</summary>
    public const string Path = "subscriptions/";

    /// <summary>A token follows.</summary>
    public const string ConfirmPath = Path + "confirm/";

    private const string Asked = "subscription.asked", Told = "subscription.told";

    internal SubscriptionText ConfirmByLink(SubscriptionTarget about, string token, string language) => Text(Asked, "confirm", Medium.Email, about, language, link: outside.Link(ConfirmPath + token));

    internal SubscriptionText ConfirmByCode(SubscriptionTarget about, string code, string language) => Text(Asked, "confirm", Medium.Sms, about, language, code: code);

    internal SubscriptionText Already(Medium medium, SubscriptionTarget about, long id, string language) => Text(Told, "already", medium, about, language, link: LinkOf(id));

    internal SubscriptionText Full(Medium medium, SubscriptionTarget about, int count, string language) => Text(Told, "full", medium, about, language, count: count);

    /// <summary>Where one is seen and withdrawn.</summary>
    internal string LinkOf(long id) => outside.Link(Path + marks.Of(id, MarkPurpose.Subscription));

    /// <summary>A mail of a round with the way out at its foot.</summary>
    internal (string Body, string? Html) WithEnd(string body, string? html, long deliveryId, string language)
    {
        var link = outside.Link(OptingOut.Path + marks.Of(deliveryId, MarkPurpose.Unsubscribe));
        var foot = Sentences.Label("subscription-mail-foot", new { link }, language);
        var marked = WebUtility.HtmlEncode(foot).Replace(link, $"<a href=\"{link}\">{link}</a>", StringComparison.Ordinal);

        return ($"{body}\n\n{foot}", html?.Replace("</body>", $"<p>{marked}</p>\n</body>", StringComparison.OrdinalIgnoreCase));
    }

    private SubscriptionText Text(string action, string what, Medium medium, SubscriptionTarget about, string language, string? link = null, string? code = null, int count = 0)
    {
        var values = new { about = about.Name.In(language), signature = about.Sender?.LocalSignature.In(language) ?? about.Organisation.In(language), link, code, count, hours = (int)Math.Ceiling(options.ConfirmWithin.TotalHours) };

        return medium == Medium.Sms
            ? new SubscriptionText(action, "", Sentences.Label($"subscription-sms-{what}", values, language))
            : new SubscriptionText(action, Sentences.Label($"subscription-mail-{what}-subject", values, language), Sentences.Label($"subscription-mail-{what}", values, language));
    }
}
