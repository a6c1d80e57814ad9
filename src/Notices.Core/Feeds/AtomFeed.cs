using System.Globalization;
using System.Xml;
using Notices.Operation;
using Notices.Words;

namespace Notices.Feeds;

/// <summary>Atom (RFC 4287) of everything current, announcements too. Without a language asked for, an entry holds both texts, marked with their language.</summary>
public sealed class AtomFeed(PublicOptions options, OperationOptions? operation = null) : IFeedFormat
{
    public string Name => "notices.atom";

    public string ContentType => "application/atom+xml; charset=utf-8";

    public async Task WriteAsync(Stream stream, FeedContent content, FeedRequest request, CancellationToken cancellationToken)
    {
        using var output = new XmlOut(stream);
        var atom = new AtomWriter(output.Xml, options, operation?.IsDrill == true);
        atom.Start(Name, FeedWords.Title, content, content.Count, request);
        await output.DrainAsync(cancellationToken);
        foreach (var item in content.Items)
        {
            atom.StartEntry(item, request);
            Links(atom, item);
            Content(output.Xml, item, request);
            atom.EndEntry(item);
            await output.DrainAsync(cancellationToken);
        }

        await output.FinishAsync(cancellationToken);
    }

    private void Links(AtomWriter atom, FeedItem item)
    {
        atom.Link("alternate", options.PageOf(item.Facts), "text/html");
        if (CapAlerts.Fits(item)) atom.Link("alternate", options.Link(CapAlerts.PathOf(item.Identifier)), CapAlerts.AlertType);
    }

    private static void Content(XmlWriter xml, FeedItem item, FeedRequest request)
    {
        xml.WriteStartElement("content", AtomWriter.Atom);
        if (request.Language is { } one)
        {
            xml.WriteAttributeString("type", "text");
            xml.WriteAttributeString("xml", "lang", null, one);
            xml.WriteString(item.Text(one).Body);
        }
        else
        {
            xml.WriteAttributeString("type", "xhtml");
            xml.WriteStartElement("div", AtomWriter.Xhtml);
            foreach (var language in Languages.All)
            {
                if (!item.Texts.TryGetValue(language, out var text)) continue;
                xml.WriteStartElement("div", AtomWriter.Xhtml);
                xml.WriteAttributeString("xml", "lang", null, language);
                xml.WriteElementString("h2", AtomWriter.Xhtml, text.Headline);
                foreach (var paragraph in text.Body.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) xml.WriteElementString("p", AtomWriter.Xhtml, paragraph);
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }
}

/// <summary>What the Atom of notices and the Atom of alerts share.</summary>
internal sealed class AtomWriter(XmlWriter xml, PublicOptions options, bool drill)
{
    internal const string Atom = "http://www.w3.org/2005/Atom";
    internal const string Xhtml = "http://www.w3.org/1999/xhtml";

    /// <summary>Our own elements: <c>count</c>, <c>total</c>, <c>asOf</c> of a feed; <c>number</c>, <c>version</c>, <c>expires</c>, <c>window</c>, <c>feeder</c>, <c>place</c>, <c>supersededBy</c> of an entry.</summary>
    internal const string Own = "urn:notices:feed:1";

    /// <summary>The head of a feed, up to where entries begin.</summary>
    internal void Start(string name, LocalText title, FeedContent content, int count, FeedRequest request)
    {
        var (language, path) = (request.Language ?? Languages.Chinese, "feeds/" + name + request.Query);
        var holding = FeedWords.Holding(count, Math.Max(content.Total - content.Count + count, count), content.AsOf);
        xml.WriteStartElement("feed", Atom);
        xml.WriteAttributeString("xmlns", "n", null, Own);
        xml.WriteAttributeString("xml", "lang", null, language);
        xml.WriteElementString("id", Atom, $"tag:{options.BaseAddress.Host},2026:{path}");
        xml.WriteElementString("title", Atom, Both(drill ? new LocalText(DrillMark.Line(title.Chinese, Languages.Chinese), DrillMark.Line(title.English, Languages.English)) : title, request));
        xml.WriteElementString("subtitle", Atom, Both(holding, request));
        xml.WriteElementString("updated", Atom, FeedTime.Text(content.LastModified?.ToOffset(content.AsOf.Offset) ?? content.AsOf));
        xml.WriteStartElement("author", Atom);
        xml.WriteElementString("name", Atom, content.Count > 0 ? FeedWords.Line(Both(content.Items[0].Facts.Organisation.Name, request)) : options.Sender);
        xml.WriteEndElement();
        Link("self", options.Link(path), "application/atom+xml");
        Link("alternate", options.Link(""), "text/html");
        Element("count", count.ToString(CultureInfo.InvariantCulture));
        if (content.Total > content.Count) Element("total", content.Total.ToString(CultureInfo.InvariantCulture));
        Element("asOf", FeedTime.Text(content.AsOf));
    }

    internal void StartEntry(FeedItem item, FeedRequest request)
    {
        var languages = FeedItem.LanguagesOf(request);
        xml.WriteStartElement("entry", Atom);
        xml.WriteElementString("id", Atom, string.Create(CultureInfo.InvariantCulture, $"tag:{options.BaseAddress.Host},{item.PublishedAt.UtcDateTime.Year}:notices/{Uri.EscapeDataString(item.Identifier)}"));
        xml.WriteElementString("title", Atom, string.Join(" / ", languages.Select(l => drill ? DrillMark.Line(item.Text(l).Headline, l) : item.Text(l).Headline).Distinct()));
        xml.WriteElementString("updated", Atom, FeedTime.Text(item.PublishedAt));
        xml.WriteElementString("published", Atom, FeedTime.Text(item.PublishedAt));
        xml.WriteStartElement("author", Atom);
        xml.WriteElementString("name", Atom, FeedWords.Line(Both(item.Facts.Organisation.Name, request)));
        xml.WriteEndElement();
        if (item.Kind is { } kind) Category("kind", FeedWords.Code(kind), FeedWords.Of(item.Kind).In(languages[0]));
        Category("type", FeedWords.Code(item.Type), FeedWords.Of(item.Type).In(languages[0]));
    }

    internal void EndEntry(FeedItem item)
    {
        Element("number", item.Facts.Number);
        Element("version", item.Facts.Version.ToString(CultureInfo.InvariantCulture));
        Element("expires", FeedTime.Text(item.ExpiresAt));
        if (item.SupersededBy is { } newer) Element("supersededBy", newer);
        foreach (var feeder in item.Facts.Feeders) Element("feeder", feeder.Code);
        foreach (var window in item.Facts.Windows)
        {
            xml.WriteStartElement("window", Own);
            xml.WriteAttributeString("starts", FeedTime.Text(FeedTime.Floor(window.StartsAt)));
            xml.WriteAttributeString("ends", FeedTime.Text(FeedTime.Floor(window.EndsAt)));
            xml.WriteEndElement();
        }

        foreach (var place in item.Facts.Places) Element("place", place.Name);
        xml.WriteEndElement();
    }

    internal void Link(string relation, string address, string type)
    {
        xml.WriteStartElement("link", Atom);
        xml.WriteAttributeString("rel", relation);
        xml.WriteAttributeString("type", type);
        xml.WriteAttributeString("href", address);
        xml.WriteEndElement();
    }

    private void Category(string scheme, string term, string label)
    {
        xml.WriteStartElement("category", Atom);
        xml.WriteAttributeString("scheme", $"{Own}:{scheme}");
        xml.WriteAttributeString("term", term);
        xml.WriteAttributeString("label", label);
        xml.WriteEndElement();
    }

    private void Element(string name, string text) => xml.WriteElementString("n", name, Own, FeedWords.Line(text));

    private static string Both(LocalText text, FeedRequest request) =>
        request.Language is { } one ? text.In(one) : text.Chinese == text.English ? text.Chinese : $"{text.Chinese} / {text.English}";
}
