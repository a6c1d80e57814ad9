using Notices.Operation;
using Notices.Words;

namespace Notices.Feeds;

/// <summary>CAP 1.2: an Atom index of the current alerts, and each alert as a document of its own.
/// An announcement has neither event, area nor urgency and is left out; so is a notice without a text in each language.</summary>
public sealed class CapAlerts(PublicOptions options, OperationOptions? operation = null) : IFeedFormat
{
    /// <summary>Media type of one alert.</summary>
    public const string AlertType = "application/cap+xml";

    public string Name => "cap.atom";

    public string ContentType => "application/atom+xml; charset=utf-8";

    /// <summary>True when the notice can be told as an alert.</summary>
    public static bool Fits(FeedItem item) =>
        item.Kind is not null && CapRules.IsToken(item.Identifier) && item.PublishedAt < item.ExpiresAt && Languages.All.All(item.Texts.ContainsKey);

    /// <summary>Address of an alert below the base address.</summary>
    public static string PathOf(string identifier) => $"feeds/cap/{Uri.EscapeDataString(identifier)}.xml";

    /// <summary>The index: one entry an alert, linking to it.</summary>
    public async Task WriteAsync(Stream stream, FeedContent content, FeedRequest request, CancellationToken cancellationToken)
    {
        var alerts = content.Items.Where(Fits).ToList();
        using var output = new XmlOut(stream);
        var atom = new AtomWriter(output.Xml, options, operation?.IsDrill == true);
        atom.Start(Name, FeedWords.AlertTitle, content, alerts.Count, request);
        await output.DrainAsync(cancellationToken);
        foreach (var item in alerts)
        {
            atom.StartEntry(item, request);
            atom.Link("alternate", options.Link(PathOf(item.Identifier)), AlertType);
            output.Xml.WriteElementString("summary", AtomWriter.Atom, string.Join("\n", FeedItem.LanguagesOf(request).Select(l => item.Text(l).Body)));
            atom.EndEntry(item);
            await output.DrainAsync(cancellationToken);
        }

        await output.FinishAsync(cancellationToken);
    }

    /// <summary>One alert; only for what <see cref="Fits"/>.</summary>
    public async Task WriteAlertAsync(Stream stream, FeedItem item, CancellationToken cancellationToken)
    {
        using var output = new XmlOut(stream);
        new CapAlert(output.Xml, options, operation?.IsDrill == true).Write(item);
        await output.FinishAsync(cancellationToken);
    }
}
