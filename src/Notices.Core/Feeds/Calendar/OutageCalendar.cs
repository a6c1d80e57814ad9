using System.Globalization;
using Notices.Outages;
using Notices.Publishing;
using Notices.Words;

namespace Notices.Feeds;

/// <summary>What a notice of a planned outage puts into calendars: an entry a window, and one for a rain day. Reads the facts frozen in the notice and nothing else.</summary>
public sealed class OutageCalendar(PublicOptions options)
{
    /// <summary>Places named one by one.</summary>
    private const int PlacesNamed = 12;

    private static readonly LocalText Rain = new("备用时间", "Alternative time");
    private static readonly LocalText Reason = new("原因：", "Reason: ");
    private static readonly LocalText Mind = new("时间如有变化，以最新通知为准。可能提前送电，请始终视线路带电。", "Times may change; the latest notice counts. Supply may return early: always treat lines as live.");
    private static readonly LocalText Off = new("停电已取消或延期，原定时间不停电。", "Cancelled or postponed: supply stays on at this time.");

    /// <returns>Null where none of the notices says anything for a calendar.</returns>
    public string? Write(IReadOnlyList<NoticeFacts> notices, string language)
    {
        var events = notices.SelectMany(facts => EventsOf(facts, language)).ToList();

        return events.Count == 0 ? null : CalendarWriter.Write(events, language, "PUBLISH");
    }

    internal IEnumerable<CalendarEvent> EventsOf(NoticeFacts facts, string language)
    {
        if (facts is not { Kind: OutageKind.Planned or OutageKind.Temporary or OutageKind.Rationing, LateStart: false } || !TimeZoneInfo.TryFindSystemTimeZoneById(facts.TimeZone, out var zone)) yield break;

        var off = facts.Type is NoticeType.Cancelled or NoticeType.Postponed;
        if (!off && facts.Type is not (NoticeType.Initial or NoticeType.Changed or NoticeType.Corrected or NoticeType.Reminder)) yield break;

        // Windows bear their place in time order: one that moves stays the same entry, one that is gone is struck out.
        var (was, now) = (facts.PreviousWindows.Count == 0 && off ? facts.Windows : facts.PreviousWindows, off ? [] : facts.Windows);
        for (var i = 0; i < Math.Max(was.Count, now.Count); i++)
        {
            var (before, after) = (i < was.Count ? was[i] : null, i < now.Count ? now[i] : null);
            var status = after is null ? CalendarStatus.Cancelled : CalendarStatus.Confirmed;
            yield return Event((after ?? before)!, $"{i + 1}", status, (after ?? before)!.StartsAt, (after ?? before)!.EndsAt);

            var rain = after is { AlternateStartsAt: not null } ? after : before is { AlternateStartsAt: not null } ? before : null;
            if (rain is { AlternateStartsAt: { } starts, AlternateEndsAt: { } ends })
                yield return Event(rain, $"{i + 1}-alternate", ReferenceEquals(rain, after) ? CalendarStatus.Tentative : CalendarStatus.Cancelled, starts, ends);
        }

        CalendarEvent Event(WindowFacts window, string part, CalendarStatus status, DateTimeOffset starts, DateTimeOffset ends)
        {
            var (kind, where) = (FeedWords.Of(facts.Kind).In(language), Where(facts, window, language));
            var what = status == CalendarStatus.Tentative ? $"{kind}{(language == Languages.English ? $" ({Rain.English.ToLowerInvariant()})" : $"（{Rain.Chinese}）")}" : kind;

            return new CalendarEvent(
                string.Create(CultureInfo.InvariantCulture, $"{facts.Number}-{part}@{options.BaseAddress.Host}"), facts.Version, status, facts.PublishedAt, starts, ends, zone!,
                FeedWords.Line(where.Length == 0 ? what : language == Languages.English ? $"{what}: {where}" : $"{what}：{where}"))
            {
                Location = FeedWords.Line(where),
                Description = Describe(facts, status, language),
                Link = options.PageOf(facts),
                Organizer = (facts.Organisation.Name.In(language), options.Sender.Contains('@', StringComparison.Ordinal) ? $"mailto:{options.Sender}" : options.BaseAddress.AbsoluteUri),
            };
        }
    }

    private static string Where(NoticeFacts facts, WindowFacts window, string language)
    {
        var places = window.Places.Count > 0 ? facts.Places.Where(place => window.Places.Contains(place.Name)).ToList() : [.. facts.Places];
        var names = places.Count > 0 ? places.ConvertAll(place => place.In(language)) : window.Places.Count > 0 ? [.. window.Places] : [.. facts.Feeders.Select(feeder => feeder.Name.In(language))];
        var named = string.Join(FeedWords.Comma.In(language), names.Take(PlacesNamed));

        return names.Count <= PlacesNamed ? named : language == Languages.English ? $"{named} and {names.Count - PlacesNamed} more" : $"{named}等{names.Count}处";
    }

    private static string Describe(NoticeFacts facts, CalendarStatus status, string language)
    {
        var lines = new List<string>();
        if (status == CalendarStatus.Cancelled) lines.Add(Off.In(language));
        else
        {
            if (facts.Reason is { } reason) lines.Add(Reason.In(language) + reason.In(language));
            lines.Add(Mind.In(language));
        }

        lines.Add($"{facts.Organisation.Name.In(language)} {facts.Organisation.Hotline}".TrimEnd());
        lines.Add(language == Languages.English ? $"Notice {facts.Number}" : $"公告编号{facts.Number}");

        return string.Join('\n', lines);
    }
}
