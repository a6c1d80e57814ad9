using Notices.Outages;
using Notices.Publishing;
using Notices.Words;

namespace Notices.Feeds;

/// <summary>What a feed holds at one moment, newest first.</summary>
/// <param name="Items">At most <see cref="PublicFeed.Limit"/>.</param>
/// <param name="AsOf">The moment of reading, in the zone of the newest item.</param>
/// <param name="Total">How many notices answer the request; more than <see cref="Count"/> where the limit cut.</param>
/// <param name="LastModified">When the set last changed, in whole seconds; null while nothing was ever published.</param>
public sealed record FeedContent(IReadOnlyList<FeedItem> Items, DateTimeOffset AsOf, int Total, DateTimeOffset? LastModified)
{
    /// <summary>How many items it holds.</summary>
    public int Count => Items.Count;
}

/// <summary>One published notice, ready to be written. Instants carry the offset of the organisation's zone.</summary>
/// <param name="Id">For pull receipts.</param>
/// <param name="Kind">Null for an announcement.</param>
/// <param name="PublishedAt">In whole seconds, rounded down: the CAP <c>sent</c>.</param>
/// <param name="ExpiresAt">In whole seconds, rounded up, so that it stays strictly after <paramref name="PublishedAt"/>.</param>
/// <param name="Texts">By language; XML-safe.</param>
/// <param name="Earlier">Earlier notices of the same outage that were still current when this one went out; oldest first.</param>
/// <param name="SupersededBy">Identifier of the newest notice of the same outage, where that is another.</param>
/// <param name="Areas">Polygons; only where one alert was asked for.</param>
public sealed record FeedItem(
    long Id, string Identifier, NoticeType Type, OutageKind? Kind, DateTimeOffset PublishedAt, DateTimeOffset ExpiresAt, NoticeFacts Facts,
    IReadOnlyDictionary<string, FeedText> Texts, IReadOnlyList<FeedReference> Earlier, string? SupersededBy, IReadOnlyList<FeedArea> Areas)
{
    /// <summary>Outlines of the places it names, as CAP writes them, by name; only for formats that want them, and only where somebody drew one.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Outlines { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The text in the language, or in the other where that is missing.</summary>
    internal FeedText Text(string language) =>
        Texts.TryGetValue(language, out var text) ? text : Texts.Values.FirstOrDefault() ?? new FeedText(Facts.Number, "");

    /// <summary>The languages to write: the one asked for, or all.</summary>
    internal static IReadOnlyList<string> LanguagesOf(FeedRequest request) => request.Language is { } one ? [one] : Languages.All;
}

/// <param name="Headline">One line.</param>
public sealed record FeedText(string Headline, string Body);

/// <param name="Sent">As that message wrote it.</param>
public sealed record FeedReference(string Identifier, DateTimeOffset Sent);

/// <param name="Geocode">Adcode and six zeros.</param>
/// <param name="Polygons">As CAP writes them: <c>lat,lon lat,lon …</c>, closed.</param>
public sealed record FeedArea(string Geocode, IReadOnlyList<string> Polygons);
