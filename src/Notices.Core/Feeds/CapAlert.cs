using System.Globalization;
using System.Xml;
using Notices.Outages;
using Notices.Publishing;
using Notices.Words;

namespace Notices.Feeds;

/// <summary>Writes one notice as a CAP 1.2 alert. What readers of it expect beyond the schema stands in <see cref="CapRules"/>.</summary>
internal sealed class CapAlert(XmlWriter xml, PublicOptions options, bool drill = false)
{
    internal const string Cap = "urn:oasis:names:tc:emergency:cap:1.2";
    internal const int HeadlineLength = 160;

    internal void Write(FeedItem item)
    {
        xml.WriteStartElement("alert", Cap);
        Element("identifier", item.Identifier);
        Element("sender", options.Sender);
        Element("sent", FeedTime.Text(item.PublishedAt));
        Element("status", drill ? "Exercise" : "Actual");
        Element("msgType", MessageType(item));
        Element("scope", "Public");
        // CAP 1.2, 3.2.1: what exercise it is belongs into the note.
        if (drill) Element("note", $"{Sentences.Label("drill-banner", Languages.Chinese)} {Sentences.Label("drill-banner", Languages.English)}");
        if (item.Earlier.Count > 0) Element("references", string.Join(' ', item.Earlier.Select(e => $"{options.Sender},{e.Identifier},{FeedTime.Text(e.Sent)}")));
        if (CapRules.IsToken(item.Facts.Number)) Element("incidents", item.Facts.Number);
        foreach (var language in Languages.All) Info(item, language);
        xml.WriteEndElement();
    }

    /// <summary>An Update or Cancel speaks of earlier messages; where all have expired, it stands alone as an Alert.</summary>
    private static string MessageType(FeedItem item) => item.Type switch
    {
        _ when item.Earlier.Count == 0 => "Alert",
        NoticeType.Cancelled => "Cancel",
        _ => "Update",
    };

    private void Info(FeedItem item, string language)
    {
        var (facts, onset) = (item.Facts, Onset(item));
        var urgency = Urgency(item, onset);
        xml.WriteStartElement("info", Cap);
        Element("language", language);
        Element("category", "Infra");
        Element("event", FeedWords.Of(item.Kind).In(language));
        Element("responseType", IsOver(item) ? "AllClear" : item.Type == NoticeType.Postponed || urgency == "Immediate" ? "Monitor" : "Prepare");
        Element("urgency", urgency);
        Element("severity", Severity(item));
        Element("certainty", Certainty(item));
        Pair("eventCode", "notices:kind", FeedWords.Code(item.Kind!.Value));
        if (onset is { } start) Element("onset", FeedTime.Text(start));
        Element("expires", FeedTime.Text(item.ExpiresAt));
        Element("senderName", Plain(facts.Organisation.Name.In(language)));
        Element("headline", Headline(item, language));
        Element("description", FeedWords.Plain(item.Text(language).Body));
        Element("web", options.PageOf(item.Facts));
        if (Plain(facts.Organisation.Hotline) is { Length: > 0 } hotline) Element("contact", hotline);
        Parameters(item);
        Area(item, language);
        xml.WriteEndElement();
    }

    /// <summary>True when nobody need act any more: called off, or all of it restored.</summary>
    private static bool IsOver(FeedItem item) => item.Type == NoticeType.Cancelled || (item.Type == NoticeType.Restored && item.Facts.RestoredParts.Count == 0);

    /// <summary>The start it speaks of: the real one, else that of the window that runs or comes next; left out unless it lies before expiry.</summary>
    private static DateTimeOffset? Onset(FeedItem item)
    {
        var facts = item.Facts;
        var windows = facts.Windows.Count > 0 && item.Type is not (NoticeType.Postponed or NoticeType.Cancelled) || facts.PreviousWindows.Count == 0 ? facts.Windows : facts.PreviousWindows;
        var planned = (windows.FirstOrDefault(w => w.EndsAt > item.PublishedAt) ?? (windows.Count > 0 ? windows[0] : null))?.StartsAt;
        var real = item.Type is NoticeType.Cancelled or NoticeType.Postponed ? null : facts.StartedAt;
        if ((real ?? planned) is not { } onset) return null;
        var second = FeedTime.Floor(FeedTime.In(onset, facts.TimeZone));

        return second < item.ExpiresAt ? second : null;
    }

    /// <summary>Immediate once it is off, Expected within the hour, Future before; Past when it is over.</summary>
    private static string Urgency(FeedItem item, DateTimeOffset? onset) => item switch
    {
        _ when IsOver(item) => "Past",
        { Type: NoticeType.Postponed } => "Future",
        { Type: NoticeType.Started or NoticeType.Overrun or NoticeType.Restored } => "Immediate",
        { Kind: OutageKind.Fault or OutageKind.Emergency } when onset is null => "Immediate",
        _ when onset is null => "Unknown",
        _ when onset <= item.PublishedAt => "Immediate",
        _ when onset <= item.PublishedAt.AddHours(1) => "Expected",
        _ => "Future",
    };

    /// <summary>Minor: one could prepare. Moderate: a possible threat to those who depend on supply.</summary>
    private static string Severity(FeedItem item) =>
        IsOver(item) || item.Type == NoticeType.Postponed || item.Kind is OutageKind.Planned or OutageKind.Rationing ? "Minor" : "Moderate";

    private static string Certainty(FeedItem item) => item switch
    {
        { Type: NoticeType.Cancelled } => "Unlikely",
        { Type: NoticeType.Postponed } => "Possible",
        { Type: NoticeType.Started or NoticeType.Overrun or NoticeType.Restored } => "Observed",
        { Kind: OutageKind.Fault } => "Observed",
        _ => "Likely",
    };

    private static string Headline(FeedItem item, string language)
    {
        var (text, other) = (Plain(item.Text(language).Headline), Plain(item.Text(language == Languages.English ? Languages.Chinese : Languages.English).Headline));
        // Every language says its own: a name that stands as given would be the same in both.
        if (text == other || text.Length == 0) text = FeedWords.Of(item.Kind).In(language) + (language == Languages.English ? ": " : "：") + text;

        return FeedWords.Cut(text, HeadlineLength);
    }

    /// <summary>Codes and instants for machines, the same in every language.</summary>
    private void Parameters(FeedItem item)
    {
        var facts = item.Facts;
        Parameter("type", FeedWords.Code(item.Type));
        Parameter("version", facts.Version.ToString(CultureInfo.InvariantCulture));
        foreach (var window in facts.Windows) Parameter("window", Span(window, facts.TimeZone));
        foreach (var window in facts.PreviousWindows) Parameter("previousWindow", Span(window, facts.TimeZone));
        foreach (var feeder in facts.Feeders) Parameter("feeder", Plain(feeder.Code));
        if (facts.StartedAt is { } started) Parameter("startedAt", Moment(started, facts.TimeZone));
        if (facts.RestoredAt is { } restored) Parameter("restoredAt", Moment(restored, facts.TimeZone));
        if (facts.ExpectedAt is { } expected) Parameter("expectedAt", Moment(expected, facts.TimeZone));
        if (facts.NextUpdateBy is { } next) Parameter("nextUpdateBy", Moment(next, facts.TimeZone));
        if (facts.Customers > 0) Parameter("customers", facts.Customers.ToString(CultureInfo.InvariantCulture));
    }

    private void Area(FeedItem item, string language)
    {
        xml.WriteStartElement("area", Cap);
        Element("areaDesc", CapArea.Description(item.Facts, language));
        foreach (var polygon in CapArea.Polygons(item)) Element("polygon", polygon);
        foreach (var county in CapArea.Counties(item.Facts)) Pair("geocode", "CPEAS Geographic Code", county);
        xml.WriteEndElement();
    }

    private static string Span(WindowFacts window, string zone) => $"{Moment(window.StartsAt, zone)}/{Moment(window.EndsAt, zone)}";

    private static string Moment(DateTimeOffset value, string zone) => FeedTime.Text(FeedTime.Floor(FeedTime.In(value, zone)));

    private static string Plain(string text) => FeedWords.Line(FeedWords.Plain(text));

    private void Parameter(string name, string value) => Pair("parameter", "notices:" + name, value);

    private void Pair(string element, string name, string value)
    {
        xml.WriteStartElement(element, Cap);
        Element("valueName", name);
        Element("value", value);
        xml.WriteEndElement();
    }

    private void Element(string name, string text) => xml.WriteElementString(name, Cap, text);
}
