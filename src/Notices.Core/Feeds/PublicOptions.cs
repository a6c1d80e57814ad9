using System.Globalization;
using Notices.Publishing;

namespace Notices.Feeds;

/// <summary>What the outside world is told about this installation; bound to <c>Public</c>.</summary>
public sealed class PublicOptions
{
    /// <summary>Where the public reaches the service, with a slash at the end; every link is absolute from here.</summary>
    public Uri BaseAddress { get; set; } = new("http://localhost:5080/");

    /// <summary>The CAP sender, usually a mail address of the company; free of spaces, commas, <c>&lt;</c> and <c>&amp;</c>.</summary>
    public string Sender { get; set; } = "notices@localhost";

    /// <summary>Address of a map's pictures with <c>{z}</c>, <c>{x}</c>, <c>{y}</c> and, before the host, <c>{s}</c>; empty for a map of outlines alone.</summary>
    public string MapTiles { get; set; } = "";

    /// <summary>Whose pictures they are, as their licence wants it written on the map; plain words.</summary>
    public string MapAttribution { get; set; } = "";

    internal IEnumerable<string> Faults()
    {
        if (!BaseAddress.IsAbsoluteUri || BaseAddress.Scheme is not ("http" or "https"))
            yield return $"Public:BaseAddress is '{BaseAddress}'; it must be an absolute http or https address such as https://notices.example.org/.";
        if (!CapRules.IsToken(Sender))
            yield return $"Public:Sender is '{Sender}'; it must not be empty and must be free of spaces, commas, < and &, such as notices@example.org.";
        if (MapTiles.Length > 0 && !Feeds.MapTiles.IsTemplate(MapTiles))
            yield return $"Public:MapTiles is '{MapTiles}'; it must be an address with {{z}}, {{x}} and {{y}} such as https://tiles.example.org/{{z}}/{{x}}/{{y}}.png, {{s}} only before the host's name, or empty for a map without pictures.";
    }

    /// <summary>The page that holds all that was said of an outage or announcement, at this notice.</summary>
    internal string PageOf(NoticeFacts facts) =>
        Link(string.Create(CultureInfo.InvariantCulture, $"{PathOf(facts)}#{Uri.EscapeDataString($"{facts.Number}.{facts.Version}")}"));

    /// <summary>The path of that page, without a leading slash.</summary>
    public static string PathOf(NoticeFacts facts) => $"{(facts.Kind is null ? "announcements" : "outages")}/{Uri.EscapeDataString(facts.Number)}";

    /// <summary>An absolute link to a path without a leading slash.</summary>
    public string Link(string path)
    {
        var text = BaseAddress.AbsoluteUri;

        return text.EndsWith('/') ? text + path : $"{text}/{path}";
    }
}
