using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Notices.Feeds;
using Notices.Publishing;
using Notices.Storage;
using Notices.Words;

namespace Notices.Announcements;

/// <summary>What keeps an announcement from going out: every refusal at once.</summary>
public sealed partial class AnnouncementChecks(NoticesDb db, NoticeFactsBuilder facts, NoticeRenderer renderer, TimeProvider clock)
{
    /// <summary>Characters; leaves room for the words a headline of 160 begins with.</summary>
    private const int LongestTitle = 100;

    /// <summary>Characters: some four minutes on air.</summary>
    private const int LongestBody = 2000;

    /// <summary>Places of one announcement: each is a value of one statement.</summary>
    private const int MostPlaces = 500;

    /// <summary>All a submission refuses.</summary>
    internal async Task<IReadOnlyList<Problem>> RunAsync(Announcement announcement, CancellationToken cancellationToken)
    {
        List<Problem> problems =
        [
            .. Words(announcement.Title, "title", LongestTitle), .. Words(announcement.Body, "body", LongestBody), .. Times(announcement),
            .. announcement.PublishAt < clock.GetUtcNow() ? [new Problem("publication-in-past", "publishAt", new { at = announcement.PublishAt })] : (Problem[])[],
            .. await PlacesAsync(announcement, cancellationToken),
        ];

        // Templates see whole texts only: what is missing has been said already.
        return problems.Count > 0 ? problems : await renderer.CheckAsync(db, facts.Of(announcement, clock.GetUtcNow(), 1), cancellationToken);
    }

    /// <summary>What may have become wrong while it waited for approval.</summary>
    internal IReadOnlyList<Problem> StillInTime(Announcement announcement) => [.. Times(announcement)];

    /// <summary>A text in both languages, plain, and not too long. Markup and addresses would not come through every outlet.</summary>
    internal static IEnumerable<Problem> Words(LocalText? text, string field, int longest)
    {
        if (text is null || (text.Chinese.Trim().Length == 0 && text.English.Trim().Length == 0))
        {
            yield return new Problem("text-missing", field, new { field });
            yield break;
        }

        if (text.Chinese.Trim() == text.English.Trim() || text.Chinese.Trim().Length == 0 || text.English.Trim().Length == 0)
            yield return new Problem("language-missing", field, new { field });
        foreach (var language in Languages.All)
        {
            var (words, where) = (text.In(language), $"{field}.{language}");
            if (words.Length > longest) yield return new Problem("text-too-long", where, new { length = words.Length, limit = longest });
            if (Markup().Match(words) is { Success: true } markup) yield return new Problem("text-has-markup", where, new { markup = markup.Value });
            if (Address(words) is { } address) yield return new Problem("text-has-address", where, new { address });
        }
    }

    private static string? Address(string words) => FeedWords.Address().Match(words) is { Success: true } address ? address.Value
        : NoticeRenderer.Link().Match(words) is { Success: true } link ? link.Value : null;

    private IEnumerable<Problem> Times(Announcement announcement)
    {
        var now = clock.GetUtcNow();
        var from = announcement.PublishAt is { } at && at > now ? at : now;
        if (announcement.ExpiresAt <= from) yield return new Problem("expiry-before-publication", "expiresAt", new { expiresAt = announcement.ExpiresAt, publishAt = from });
    }

    private async Task<List<Problem>> PlacesAsync(Announcement announcement, CancellationToken cancellationToken)
    {
        var names = announcement.Places;
        if (names.Count > MostPlaces) return [new Problem("too-many-places", "places", new { limit = MostPlaces })];

        var path = announcement.Organisation!.Path;
        var known = await db.Places.Where(p => names.Contains(p.Name) && db.Organisations.Any(o => o.Id == p.OrganisationId && o.Path.StartsWith(path)))
            .Select(p => p.Name).Distinct().ToListAsync(cancellationToken);
        var unknown = names.Except(known).ToList();

        return unknown.Count == 0 ? [] : [new Problem("unknown-places", "places", new { places = unknown, organisation = announcement.Organisation.Code })];
    }

    [GeneratedRegex(@"[<>]|&(?:#|[A-Za-z]+;)|⟦|⟧|\{\{|\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Markup();
}
