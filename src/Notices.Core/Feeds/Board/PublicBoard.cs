using Notices.Words;

namespace Notices.Feeds;

/// <summary>How supply stands, as far as the public was told.</summary>
public enum SupplyState
{
    /// <summary>Off by now, or said to be.</summary>
    Off,

    /// <summary>Will go off.</summary>
    Planned,

    /// <summary>Back, called off or put off.</summary>
    Over,

    /// <summary>An announcement: no supply is concerned.</summary>
    News,
}

/// <summary>The newest word about one outage, or an announcement, as one line of the board.</summary>
/// <param name="Number">Of the outage or announcement; its page is found by it.</param>
/// <param name="Urgent">Off without warning, or about to go so.</param>
/// <param name="SortsAt">When it went off, goes off or was told, after its state.</param>
/// <param name="Headline">As published.</param>
/// <param name="When">The times that matter in this state, with day and zone.</param>
/// <param name="Where">The first of its places; the lines where it names none.</param>
public sealed record BoardEntry(
    FeedItem Item, string Number, SupplyState State, bool Urgent, DateTimeOffset SortsAt, LocalText Headline, LocalText When, LocalText Where)
{
    /// <summary>True when what the notice states lies in the filter; an announcement has neither line nor place.</summary>
    internal bool Matches(BoardFilter filter) =>
        (filter.Feeder is not { } feeder || Item.Facts.Feeders.Any(f => Has(f.Code, feeder) || Has(f.Name.Chinese, feeder) || Has(f.Name.English, feeder)))
        && (filter.Place is not { } place || Item.Facts.Places.Any(p => Has(p.In(Languages.Chinese), place) || Has(p.Name, place) || Has(p.In(Languages.English), place)));

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}

/// <param name="Path">Ids from the root down; a subtree is one prefix.</param>
public sealed record BoardOrganisation(string Code, LocalText Name, string Path, string TimeZone);

/// <summary>What a reader narrows the board to; null for no matter.</summary>
/// <param name="Organisation">Code; its subtree is meant.</param>
/// <param name="Feeder">A part of a line's code or name, in either language.</param>
/// <param name="Place">A part of a place's name, in either language.</param>
public sealed record BoardFilter(string? Organisation = null, string? Feeder = null, string? Place = null)
{
    /// <summary>Characters of a filter that count: no name is longer.</summary>
    public const int Longest = 80;

    /// <summary>Everything.</summary>
    public static readonly BoardFilter None = new();

    /// <summary>What a form sent: an empty field does not count, spaces around do not either.</summary>
    public static BoardFilter Read(string? organisation, string? feeder, string? place) => new(Some(organisation), Some(feeder), Some(place));

    private static string? Some(string? value)
    {
        var text = FeedWords.Line(value ?? "");

        return text.Length == 0 ? null : text.Length > Longest ? FeedWords.Cut(text, Longest) : text;
    }
}

/// <summary>All that is current at one moment, urgent first within its state; filters are answered from it without the database.</summary>
/// <param name="AsOf">The moment, in the zone of the newest notice.</param>
/// <param name="Organisations">Those that have notices of their own or below them, by code.</param>
public sealed record PublicBoard(DateTimeOffset AsOf, IReadOnlyList<BoardEntry> Entries, IReadOnlyList<BoardOrganisation> Organisations)
{
    /// <summary>In the order they are shown.</summary>
    public IReadOnlyList<BoardEntry> Select(BoardFilter filter)
    {
        if (filter == BoardFilter.None) return Entries;
        var paths = filter.Organisation is { } code ? Below(code) : null;

        return [.. Entries.Where(e => (paths is null || paths.Contains(e.Item.Facts.Organisation.Code)) && e.Matches(filter))];
    }

    /// <summary>The current word about an outage; null where nothing current is said of it.</summary>
    public BoardEntry? Find(string number) => Entries.FirstOrDefault(e => e.Number == number);

    private HashSet<string> Below(string code)
    {
        var path = Organisations.FirstOrDefault(o => string.Equals(o.Code, code, StringComparison.OrdinalIgnoreCase))?.Path;

        return path is null ? [] : Organisations.Where(o => o.Path.StartsWith(path, StringComparison.Ordinal)).Select(o => o.Code).ToHashSet(StringComparer.Ordinal);
    }
}
