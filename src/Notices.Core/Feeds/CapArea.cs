using Notices.Publishing;
using Notices.Words;

namespace Notices.Feeds;

/// <summary>Where an alert is for.</summary>
internal static class CapArea
{
    private const int AdcodeLength = 6;

    /// <summary>Places in the reader's words; feeders where no place is known.</summary>
    internal static string Description(NoticeFacts facts, string language)
    {
        var names = facts.Places.Select(p => Name(p, language)).ToList();
        if (names.Count == 0) names = [.. facts.Feeders.Select(f => f.Name.In(language))];
        if (names.Count == 0) names = [facts.Organisation.Name.In(language)];

        return FeedWords.Plain(FeedWords.Line(string.Join(FeedWords.Comma.In(language), names.Distinct())));
    }

    /// <summary>The counties: adcode and six zeros, from the codes of the places and, for places without one, the organisation's.</summary>
    internal static IReadOnlyList<string> Counties(NoticeFacts facts)
    {
        var codes = facts.Places.Select(p => County(p.Geocode)).ToList();
        if (codes.Count == 0 || codes.Contains(null)) codes.Add(County(facts.Organisation.Geocode));

        return [.. codes.OfType<string>().Distinct()];
    }

    /// <summary>Geocodes whose polygons may be needed.</summary>
    internal static IReadOnlyList<string> Wanted(NoticeFacts facts) => [.. facts.Places.Select(p => p.Geocode).OfType<string>().Concat(Counties(facts)).Distinct()];

    /// <summary>The places' own polygons where every place has one, otherwise the counties'.</summary>
    internal static IEnumerable<string> Polygons(FeedItem item)
    {
        var own = item.Facts.Places.Select(p => p.Geocode).ToList();
        var wanted = own.Count > 0 && own.All(code => item.Areas.Any(a => a.Geocode == code && a.Polygons.Count > 0)) ? own.OfType<string>() : Counties(item.Facts);

        return item.Areas.Where(a => wanted.Contains(a.Geocode)).SelectMany(a => a.Polygons).Distinct();
    }

    private static string? County(string? code) =>
        code is { Length: >= AdcodeLength } && code.All(char.IsAsciiDigit) ? code[..AdcodeLength] + "000000" : null;

    private static string Name(PlaceFacts place, string language) =>
        language == Languages.English && place.EnglishName is { Length: > 0 } english ? english
        : place.Township is not { Length: > 0 } township || place.Name.Contains(township, StringComparison.Ordinal) ? place.Name
        : language == Languages.English ? $"{place.Name} ({township})" : township + place.Name;
}
