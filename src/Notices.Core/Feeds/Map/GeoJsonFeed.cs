using System.Globalization;
using System.Text.Json;
using Notices.Operation;
using Notices.Publishing;
using Notices.Words;

namespace Notices.Feeds;

/// <summary>Where it is off and will be, for maps (GeoJSON, RFC 7946): a feature for each place a current notice names, with the place's own outline or point, never that of a line or a transformer.
/// A place nobody has drawn is a feature without a geometry. Chinese unless a language is asked for.</summary>
public sealed class GeoJsonFeed(PublicOptions options, OperationOptions? operation = null) : IFeedFormat
{
    public string Name => "notices.geojson";

    public string ContentType => "application/geo+json; charset=utf-8";

    public bool WantsPlaces => true;

    public async Task WriteAsync(Stream stream, FeedContent content, FeedRequest request, CancellationToken cancellationToken)
    {
        var language = request.Language ?? Languages.Chinese;
        var current = content.Items.Where(i => i.Kind is not null && i.SupersededBy is null).ToList();
        await using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = Json.Stored.Encoder });
        json.WriteStartObject();
        json.WriteString("type", "FeatureCollection");
        json.WriteString("asOf", FeedTime.Text(content.AsOf));
        json.WriteNumber("count", current.Count);
        json.WriteStartArray("features");
        foreach (var item in current)
        {
            foreach (var place in item.Facts.Places) Feature(json, item, place, language);
            await json.FlushAsync(cancellationToken);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
    }

    private void Feature(Utf8JsonWriter json, FeedItem item, PlaceFacts place, string language)
    {
        var (facts, headline) = (item.Facts, item.Text(language).Headline);
        json.WriteStartObject();
        json.WriteString("type", "Feature");
        Geometry(json, item.Outlines.GetValueOrDefault(place.Name) ?? [], place);
        json.WriteStartObject("properties");
        json.WriteString("identifier", item.Identifier);
        json.WriteString("number", facts.Number);
        json.WriteString("kind", FeedWords.Code(item.Kind!.Value));
        json.WriteString("type", FeedWords.Code(item.Type));
        json.WriteString("place", FeedWords.Line(place.In(language)));
        json.WriteString("headline", operation?.IsDrill == true ? DrillMark.Line(headline, language) : headline);
        json.WriteString("link", options.PageOf(facts));
        json.WriteStartArray("windows");
        foreach (var window in facts.Windows.Where(w => w.Places.Count == 0 || w.Places.Contains(place.Name)))
        {
            json.WriteStartObject();
            json.WriteString("starts", FeedTime.Text(FeedTime.Floor(window.StartsAt)));
            json.WriteString("ends", FeedTime.Text(FeedTime.Floor(window.EndsAt)));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Geometry(Utf8JsonWriter json, IReadOnlyList<string> outlines, PlaceFacts place)
    {
        if (outlines.Count > 0)
        {
            json.WriteStartObject("geometry");
            json.WriteString("type", "MultiPolygon");
            json.WriteStartArray("coordinates");
            foreach (var outline in outlines) Ring(json, outline);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        else if (place is { Latitude: { } latitude, Longitude: { } longitude })
        {
            json.WriteStartObject("geometry");
            json.WriteString("type", "Point");
            json.WriteStartArray("coordinates");
            json.WriteNumberValue(longitude);
            json.WriteNumberValue(latitude);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("geometry");
        }
    }

    /// <summary>An outer ring runs counterclockwise (RFC 7946, 3.1.6), longitude first.</summary>
    private static void Ring(Utf8JsonWriter json, string outline)
    {
        var points = outline.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(point => point.Split(','))
            .Select(point => (Latitude: double.Parse(point[0], CultureInfo.InvariantCulture), Longitude: double.Parse(point[1], CultureInfo.InvariantCulture))).ToList();
        var area = points.Zip(points.Skip(1)).Sum(pair => (pair.Second.Longitude - pair.First.Longitude) * (pair.Second.Latitude + pair.First.Latitude));
        if (area > 0) points.Reverse();

        json.WriteStartArray();
        json.WriteStartArray();
        foreach (var (latitude, longitude) in points)
        {
            json.WriteStartArray();
            json.WriteNumberValue(longitude);
            json.WriteNumberValue(latitude);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndArray();
    }
}
