using System.Globalization;
using Notices.Feeds;

namespace Notices.Public;

/// <summary>What the address of the board asks for. An account number is no part of it, so that no link and no key of a cache ever holds one.</summary>
/// <param name="Page">From 1.</param>
internal sealed record BoardQuery(BoardFilter Filter, int Page)
{
    internal static BoardQuery Of(IQueryCollection query) => new(
        BoardFilter.Read(query["organisation"], query["feeder"], query["place"]),
        int.TryParse(query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page > 1 ? page : 1);

    /// <summary>The same address, always in one order, in a language and at a page.</summary>
    internal string Address(string language, int page = 1)
    {
        (string Name, string? Value)[] parts = [("lang", language), .. Narrowing, ("page", page > 1 ? page.ToString(CultureInfo.InvariantCulture) : null)];

        return "?" + string.Join('&', parts.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
    }

    /// <summary>Of a feed with the same filters, as far as feeds have them.</summary>
    internal string FeedAddress(string name, string language)
    {
        (string Name, string? Value)[] parts = [("organisation", Filter.Organisation), ("lang", language)];

        return $"/feeds/{name}?" + string.Join('&', parts.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
    }

    private IEnumerable<(string Name, string? Value)> Narrowing => [("organisation", Filter.Organisation), ("feeder", Filter.Feeder), ("place", Filter.Place)];
}
