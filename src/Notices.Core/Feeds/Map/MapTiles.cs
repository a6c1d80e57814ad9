using System.Text.RegularExpressions;

namespace Notices.Feeds;

/// <summary>Where a map's pictures come from, as <c>Public:MapTiles</c> names it.</summary>
public static partial class MapTiles
{
    /// <summary>What a browser must be let fetch, as a source of a content security policy; empty where the pictures are our own.</summary>
    public static string Source(string template)
    {
        if (template.StartsWith('/')) return "";
        var origin = Origin().Match(template).Value;

        return origin.Replace("{s}", "*", StringComparison.Ordinal);
    }

    /// <summary>An address with <c>{z}</c>, <c>{x}</c> and <c>{y}</c>, absolute or below our own host, with nothing in it that could end the header it goes into.</summary>
    internal static bool IsTemplate(string text) =>
        Template().IsMatch(text) && ((string[])["{z}", "{x}", "{y}"]).All(part => text.Contains(part, StringComparison.Ordinal));

    // {s} may stand before the host's name only, where a policy can say "any".
    [GeneratedRegex(@"^(?:https?://(?:\{s\}\.)?[A-Za-z0-9.\-]+(?::[0-9]{1,5})?/|/(?!/))[A-Za-z0-9._~%!$&()*+=:@/?{}\-]*$")]
    private static partial Regex Template();

    [GeneratedRegex(@"^https?://[^/]+")]
    private static partial Regex Origin();
}
