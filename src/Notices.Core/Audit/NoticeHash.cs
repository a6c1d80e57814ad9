using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Notices.Access;
using Notices.Publishing;
using Notices.Storage;

namespace Notices.Audit;

/// <summary>What a notice said, in one digest that its publication's entry (<c>notice.published</c>, <c>notices/IDENTIFIER</c>) keeps as <c>sha256</c>, so that a notice changed later is found.</summary>
public static class NoticeHash
{
    internal const string Action = "notice.published", Prefix = "notices/";

    /// <summary>Records a publication in the caller's transaction.</summary>
    /// <param name="texts">All public texts of the notice.</param>
    public static void Record(AuditTrail trail, Actor actor, Notice notice, IReadOnlyCollection<NoticeText> texts) => trail.Record(
        actor, Action, Prefix + notice.Identifier, null,
        new { notice.Number, notice.Version, notice.Type, notice.Kind, notice.PublishedAt, notice.DueAt, notice.Deadline, notice.Late, Sha256 = Of(notice, texts) });

    /// <summary>Lower-case hexadecimal SHA-256 over the row's facts and, by language and medium, its texts.</summary>
    public static string Of(Notice notice, IEnumerable<NoticeText> texts)
    {
        var all = new StringBuilder(4_096);
        Add(
            all, notice.Identifier, notice.Number, notice.Version, notice.Type, notice.Kind, notice.OutageId, notice.AnnouncementId, notice.OrganisationId, notice.PreviousNoticeId,
            UtcTicks.Of(notice.PublishedAt), UtcTicks.Of(notice.DueAt), notice.Deadline is { } deadline ? UtcTicks.Of(deadline) : null, notice.Late, notice.LateReason,
            UtcTicks.Of(notice.ExpiresAt), notice.Facts);
        foreach (var text in texts.OrderBy(t => t.Language, StringComparer.Ordinal).ThenBy(t => t.Medium, StringComparer.Ordinal)) Add(all, text.Language, text.Medium, text.Headline, text.Body);

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
    }

    private static void Add(StringBuilder all, params ReadOnlySpan<object?> fields)
    {
        // The length before each field, so that no two notices write the same bytes.
        foreach (var field in fields)
        {
            var text = Convert.ToString(field, CultureInfo.InvariantCulture);
            all.Append(field is null ? -1 : text!.Length).Append(':').Append(text).Append('|');
        }

        all.Append('\n');
    }
}
