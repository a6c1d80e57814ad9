using System.Globalization;
using Notices.Outages;
using Notices.Publishing;
using Notices.Words;

namespace Notices.Feeds;

/// <summary>Turns current notices into a board as of a moment: what is off, what is to come, what is over. Reads the facts frozen in the notices and nothing else.</summary>
internal static class BoardWriting
{
    /// <summary>Places named on a line.</summary>
    private const int PlacesNamed = 6;

    /// <summary>Windows named on a line.</summary>
    private const int WindowsNamed = 3;

    /// <summary>Characters of a headline and of a name; published ones are far shorter.</summary>
    private const int HeadlineLength = 120;

    private const int NameLength = 40;

    internal static PublicBoard Write(IReadOnlyList<FeedItem> items, IReadOnlyList<BoardOrganisation> organisations, DateTimeOffset now)
    {
        var entries = items.Where(i => i.SupersededBy is null).Select(i => Entry(i, now)).OrderBy(e => e.State).ThenByDescending(e => e.Urgent).ToList();
        // The next to go off comes first; of all else the latest.
        var ordered = entries.GroupBy(e => (e.State, e.Urgent)).SelectMany(g => g.Key.State == SupplyState.Planned ? g.OrderBy(e => e.SortsAt) : g.OrderByDescending(e => e.SortsAt)).ToList();
        var codes = ordered.Select(e => e.Item.Facts.Organisation.Code).ToHashSet(StringComparer.Ordinal);
        var speaking = organisations.Where(o => codes.Contains(o.Code)).ToList();
        var zone = items.Count > 0 ? items[0].Facts.TimeZone : organisations.Count > 0 ? organisations[0].TimeZone : "UTC";

        return new PublicBoard(
            FeedTime.Floor(FeedTime.In(now, zone)), ordered,
            [.. organisations.Where(o => speaking.Any(s => s.Path.StartsWith(o.Path, StringComparison.Ordinal))).OrderBy(o => o.Code, StringComparer.Ordinal)]);
    }

    private static BoardEntry Entry(FeedItem item, DateTimeOffset now)
    {
        var (facts, state) = (item.Facts, StateOf(item, now));
        var sortsAt = state switch
        {
            SupplyState.Off => facts.StartedAt ?? Running(facts, now)?.StartsAt ?? item.PublishedAt,
            SupplyState.Planned => Next(facts, now)?.StartsAt ?? item.PublishedAt,
            _ => item.PublishedAt,
        };
        var urgent = state is SupplyState.Off or SupplyState.Planned && item.Kind is OutageKind.Emergency or OutageKind.Fault;

        return new BoardEntry(
            item, facts.Number, state, urgent, sortsAt,
            Each(language => FeedWords.Cut(item.Text(language).Headline, HeadlineLength)), Each(language => When(item, state, now, language)), Each(language => Where(facts, language)));
    }

    internal static SupplyState StateOf(FeedItem item, DateTimeOffset now)
    {
        var facts = item.Facts;

        return item switch
        {
            { Kind: null } => SupplyState.News,
            { Type: NoticeType.Cancelled or NoticeType.Postponed } => SupplyState.Over,
            { Type: NoticeType.Restored } when facts.RestoredParts.Count == 0 => SupplyState.Over,
            { Type: NoticeType.Restored or NoticeType.Overrun } => SupplyState.Off,
            { Kind: OutageKind.Fault } => SupplyState.Off,
            _ when facts.StartedAt is { } started && started <= now && (facts.Windows.Count <= 1 || Running(facts, now) is not null) => SupplyState.Off,
            _ when facts.LateStart => SupplyState.Planned,
            { Kind: OutageKind.Emergency } when facts.Windows.Count == 0 => SupplyState.Off,
            _ when Running(facts, now) is not null => SupplyState.Off,
            // All its windows have passed and nobody said that supply is back.
            _ when Next(facts, now) is null => SupplyState.Off,
            _ => SupplyState.Planned,
        };
    }

    private static WindowFacts? Running(NoticeFacts facts, DateTimeOffset now) => facts.Windows.FirstOrDefault(w => w.StartsAt <= now && now < w.EndsAt);

    private static WindowFacts? Next(NoticeFacts facts, DateTimeOffset now) => facts.Windows.FirstOrDefault(w => w.EndsAt > now);

    private static string When(FeedItem item, SupplyState state, DateTimeOffset now, string language)
    {
        var facts = item.Facts;
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(facts.TimeZone, out var found) ? found : TimeZoneInfo.Utc;
        var words = new TimeWords(language, TimeStyle.Long, zone, default);
        string Say(string code, DateTimeOffset at) => Sentences.Label(code, new { at = At(words, zone, at) }, language);
        if (state is SupplyState.Over or SupplyState.News) return Say(facts.RestoredAt is not null && item.Type == NoticeType.Restored ? "board-back" : "board-told", facts.RestoredAt ?? item.PublishedAt);

        var parts = new List<string>();
        var left = facts.Windows.Where(w => w.EndsAt > now).Take(WindowsNamed).Select(w => (w.StartsAt, w.EndsAt, "")).ToList();
        if (item.Type is not NoticeType.Overrun && left.Count > 0 && item.Kind is not OutageKind.Fault) parts.Add($"{words.Ranges(left)} {Zone(zone, left[0].StartsAt)}");
        else if (facts.StartedAt is { } started) parts.Add(Say("board-since", started));
        if (facts.ExpectedAt is { } expected) parts.Add(Say("board-expected", expected));
        else if (facts.NextUpdateBy is { } next) parts.Add(Say("board-next-word", next));
        if (parts.Count == 0) parts.Add(Say("board-told", item.PublishedAt));

        return string.Join(language == Languages.English ? "; " : "；", parts);
    }

    /// <summary>A moment in full, at the offset it carries: day, time and zone.</summary>
    internal static string At(DateTimeOffset at, string language)
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("own", at.Offset, null, null);

        return At(new TimeWords(language, TimeStyle.Long, zone, default), zone, at);
    }

    private static string At(TimeWords words, TimeZoneInfo zone, DateTimeOffset at)
    {
        var (day, minutes) = words.Local(at);

        return $"{words.At(day, minutes)} {Zone(zone, at)}";
    }

    private static string Zone(TimeZoneInfo zone, DateTimeOffset at) => "UTC" + TimeZoneInfo.ConvertTime(at, zone).ToString("zzz", CultureInfo.InvariantCulture);

    private static string Where(NoticeFacts facts, string language)
    {
        var names = (facts.Places.Count > 0 ? facts.Places.Select(p => p.In(language)) : facts.Feeders.Select(f => f.Name.In(language))).ToList();
        var named = string.Join(FeedWords.Comma.In(language), names.Take(PlacesNamed).Select(n => FeedWords.Cut(FeedWords.Line(n), NameLength)));

        return names.Count <= PlacesNamed ? named : Sentences.Label("board-more-places", new { named, more = names.Count - PlacesNamed, all = names.Count }, language);
    }

    private static LocalText Each(Func<string, string> say) => new(say(Languages.Chinese), say(Languages.English));
}
