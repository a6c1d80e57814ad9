using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Notices.Words;

namespace Notices.Feeds;

/// <summary>What a CAP 1.2 alert must keep that the schema does not check.</summary>
public static partial class CapRules
{
    private static readonly XNamespace Cap = CapAlert.Cap;
    private static readonly string[] Texts = ["language", "event", "headline", "description", "instruction", "senderName", "audience", "areaDesc"];
    private static readonly string[] Times = ["sent", "effective", "onset", "expires"];

    /// <summary>Every broken rule, as a sentence; empty when all are kept.</summary>
    public static IReadOnlyList<string> Check(XDocument document)
    {
        if (document.Root is not { } alert || alert.Name != Cap + "alert") return ["The root is not a CAP 1.2 alert."];

        return [.. Head(alert), .. References(alert), .. Infos(alert), .. Words(alert), .. Areas(alert)];
    }

    /// <summary>Fit for an identifier or sender: not empty, no space, comma, <c>&lt;</c> or <c>&amp;</c>.</summary>
    internal static bool IsToken(string text) => text.Length > 0 && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is ',' or '<' or '&');

    /// <summary>A closed ring of at least four points, latitude before longitude, each in its range.</summary>
    internal static bool IsPolygon(string text)
    {
        var points = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        return points.Length >= 4 && points[0] == points[^1] && points.All(IsPoint);
    }

    private static IEnumerable<string> Head(XElement alert)
    {
        foreach (var name in (string[])["identifier", "sender"])
        {
            if (!IsToken(Value(alert, name))) yield return $"The {name} is empty or has a space, comma, < or &.";
        }

        if (Value(alert, "status") != "Actual" || Value(alert, "scope") != "Public") yield return "The status is not Actual or the scope is not Public.";
        foreach (var time in alert.Descendants().Where(e => Times.Contains(e.Name.LocalName) && !Time().IsMatch(e.Value)))
            yield return $"{time.Name.LocalName} is '{time.Value}': whole seconds and a numeric offset are wanted.";
        if (alert.Descendants(Cap + "effective").Any()) yield return "effective is given; it is to be left out.";
    }

    private static IEnumerable<string> References(XElement alert)
    {
        var (type, text, own) = (Value(alert, "msgType"), Value(alert, "references"), Value(alert, "identifier"));
        if (type == "Alert" && text.Length > 0) yield return "An Alert has references.";
        if (type is "Update" or "Cancel" && text.Length == 0) yield return $"The {type} has no references.";
        foreach (var reference in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = reference.Split(',');
            if (parts.Length != 3 || !IsToken(parts[0]) || !IsToken(parts[1]) || !Time().IsMatch(parts[2])) yield return $"The reference '{reference}' is not sender,identifier,sent.";
            else if (parts[1] == own) yield return "It refers to itself.";
            else if (At(parts[2]) > At(Value(alert, "sent"))) yield return $"The reference '{reference}' is later than the message.";
        }
    }

    private static IEnumerable<string> Infos(XElement alert)
    {
        var infos = alert.Elements(Cap + "info").ToList();
        if (!infos.Select(i => Value(i, "language")).SequenceEqual(Languages.All)) yield return $"The infos are not {string.Join(" and ", Languages.All)}, one each.";
        foreach (var info in infos)
        {
            var (sent, onset, expires) = (At(Value(alert, "sent")), At(Value(info, "onset")), At(Value(info, "expires")));
            if (expires is null || sent is null || sent >= expires) yield return "sent is not before expires.";
            if (onset >= expires) yield return "onset is not before expires.";
            if (Value(alert, "msgType") == "Cancel" && Value(info, "responseType") != "AllClear") yield return "A Cancel without AllClear.";
            if (Value(info, "headline") is not { Length: > 0 and <= CapAlert.HeadlineLength }) yield return "The headline is empty or longer than 160.";
            foreach (var needed in (string[])["event", "description", "senderName", "web"])
            {
                if (Value(info, needed).Length == 0) yield return $"The info has no {needed}.";
            }

            if (!info.Elements(Cap + "area").Any()) yield return "The info has no area.";
        }

        if (infos.Select(i => Value(i, "headline")).Distinct().Count() < infos.Count) yield return "The headlines are the same.";
        if (infos.Select(Bare).Distinct(StringComparer.Ordinal).Count() > 1) yield return "The infos disagree in more than their texts.";
    }

    private static IEnumerable<string> Words(XElement alert)
    {
        foreach (var element in alert.Descendants().Where(e => Texts.Contains(e.Name.LocalName)))
        {
            if (element.Value.IndexOfAny(['<', '>']) >= 0 || Entity().IsMatch(element.Value)) yield return $"The {element.Name.LocalName} holds markup.";
            if (FeedWords.Address().IsMatch(element.Value)) yield return $"The {element.Name.LocalName} holds an address of a page.";
        }
    }

    private static IEnumerable<string> Areas(XElement alert)
    {
        foreach (var area in alert.Descendants(Cap + "area"))
        {
            if (Value(area, "areaDesc").Length == 0) yield return "An area has no areaDesc.";
            foreach (var polygon in area.Elements(Cap + "polygon"))
            {
                if (!IsPolygon(polygon.Value)) yield return "A polygon is not a closed ring of latitude,longitude in range.";
            }
        }
    }

    /// <summary>The info without its texts.</summary>
    private static string Bare(XElement info)
    {
        var copy = new XElement(info);
        copy.Descendants().Where(e => Texts.Contains(e.Name.LocalName)).Remove();

        return copy.ToString(SaveOptions.DisableFormatting);
    }

    private static bool IsPoint(string text)
    {
        var parts = text.Split(',');

        return parts.Length == 2 && Within(parts[0], 90) && Within(parts[1], 180);
    }

    private static bool Within(string text, double limit) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) <= limit;

    private static DateTimeOffset? At(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : null;

    private static string Value(XElement parent, string name) => parent.Element(Cap + name)?.Value ?? "";

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d\z", RegexOptions.CultureInvariant)]
    private static partial Regex Time();

    [GeneratedRegex(@"&(?:#|[A-Za-z]+;)", RegexOptions.CultureInvariant)]
    private static partial Regex Entity();
}
