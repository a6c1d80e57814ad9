using System.Text;
using Notices.Operation;
using Notices.Words;

namespace Notices.Feeds;

/// <summary>What is planned, for calendars that fetch it (RFC 5545): an entry a window, struck out when it is called off. Chinese unless a language is asked for.</summary>
public sealed class CalendarFeed(OutageCalendar calendar, OperationOptions? operation = null) : IFeedFormat
{
    public string Name => "notices.ics";

    public string ContentType => "text/calendar; charset=utf-8";

    public async Task WriteAsync(Stream stream, FeedContent content, FeedRequest request, CancellationToken cancellationToken)
    {
        var language = request.Language ?? Languages.Chinese;
        // Of each outage the newest notice that speaks to calendars: a start or an end changes no entry, and an older word would put one back.
        var events = content.Items.GroupBy(i => i.Facts.Number, StringComparer.Ordinal)
            .Select(story => story.Select(i => calendar.EventsOf(i.Facts, language).ToList()).FirstOrDefault(told => told.Count > 0) ?? [])
            .SelectMany(told => told).Select(told => told with { Summary = Marked(told.Summary, language) }).ToList();
        var text = CalendarWriter.Write(events, language, name: Marked(FeedWords.Title.In(language), language));
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
    }

    private string Marked(string line, string language) => operation?.IsDrill == true ? DrillMark.Line(line, language) : line;
}
