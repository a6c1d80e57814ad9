using System.Text;
using Notices.Publishing;
using Notices.Words;
using Xunit;

namespace Notices.Feeds;

public class OutageCalendarTests
{
    private static readonly OutageCalendar Calendar = new(new PublicOptions { BaseAddress = new Uri("https://notices.example.org/"), Sender = "notices@example.org" });

    private static readonly WindowFacts First = Window("2026-12-01T08:00:00+08:00", "2026-12-01T18:00:00+08:00");

    private static readonly WindowFacts Second = Window("2026-12-02T08:00:00+08:00", "2026-12-02T12:00:00+08:00");

    [Fact]
    public void Every_window_is_an_entry_in_the_readers_language_with_zone_place_and_reason()
    {
        var facts = NoticeFixtures.Planned with { Windows = [First, Second with { Places = ["西街村"] }] };

        var chinese = ReadCalendar.Of(Calendar.Write([facts], Languages.Chinese)!);
        var english = ReadCalendar.Of(Calendar.Write([facts], Languages.English)!);

        Assert.Equal("PUBLISH", chinese.Method);
        Assert.Equal(["2026-1187-1@notices.example.org", "2026-1187-2@notices.example.org"], chinese.Events.Select(item => item["UID"]));
        Assert.Equal(["计划停电：城关镇东街村、城关镇西街村", "计划停电：城关镇西街村"], chinese.Events.Select(item => item["SUMMARY"]));
        Assert.Equal(["Planned power cut: Dongjie, Xijie", "Planned power cut: Xijie"], english.Events.Select(item => item["SUMMARY"]));
        Assert.Equal(["20261201T080000", "20261202T080000"], chinese.Events.Select(item => item["DTSTART"]));
        Assert.Equal(["20261201T180000", "20261202T120000"], chinese.Events.Select(item => item["DTEND"]));
        Assert.All(chinese.Events, item => Assert.Equal("TZID=Asia/Shanghai", item["DTSTART;"]));
        Assert.Equal(["TZID:Asia/Shanghai", "TZOFFSETFROM:+0800", "TZOFFSETTO:+0800"], chinese.Zones.Where(line => line.StartsWith("TZ", StringComparison.Ordinal)));
        Assert.Equal("20261123T010000Z", chinese.Events[0]["DTSTAMP"]);
        Assert.Contains("原因：计划检修\n", chinese.Events[0]["DESCRIPTION"], StringComparison.Ordinal);
        Assert.Contains("Notice 2026-1187", english.Events[0]["DESCRIPTION"], StringComparison.Ordinal);
        Assert.All(chinese.Events, item => Assert.Equal(("CONFIRMED", "1", "mailto:notices@example.org"), (item["STATUS"], item["SEQUENCE"], item["ORGANIZER"])));
    }

    [Fact]
    public void A_change_moves_the_same_entries_and_strikes_out_the_one_that_is_gone()
    {
        var moved = Window("2026-12-03T09:00:00+08:00", "2026-12-03T11:00:00+08:00");
        var changed = NoticeFixtures.Planned with { Type = NoticeType.Changed, Version = 3, Windows = [moved], PreviousWindows = [First, Second] };

        var events = ReadCalendar.Of(Calendar.Write([changed], Languages.Chinese)!).Events;

        Assert.Equal(
            [("2026-1187-1@notices.example.org", "3", "CONFIRMED", "20261203T090000"), ("2026-1187-2@notices.example.org", "3", "CANCELLED", "20261202T080000")],
            events.Select(item => (item["UID"], item["SEQUENCE"], item["STATUS"], item["DTSTART"])));
    }

    [Theory]
    [InlineData(NoticeType.Cancelled)]
    [InlineData(NoticeType.Postponed)] // Its new windows, if any, are told by the plan that takes its place.
    public void What_is_called_off_is_struck_out_window_by_window(NoticeType type)
    {
        var off = NoticeFixtures.Planned with { Type = type, Version = 2, Windows = [First, Second], PreviousWindows = [First, Second] };

        var events = ReadCalendar.Of(Calendar.Write([off], Languages.English)!).Events;

        Assert.Equal(["CANCELLED", "CANCELLED"], events.Select(item => item["STATUS"]));
        Assert.Equal(["20261201T080000", "20261202T080000"], events.Select(item => item["DTSTART"]));
        Assert.StartsWith("Cancelled or postponed", events[0]["DESCRIPTION"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_rain_day_is_an_entry_that_may_take_place()
    {
        var rain = First with { AlternateStartsAt = First.StartsAt.AddDays(3), AlternateEndsAt = First.EndsAt.AddDays(3) };

        var told = ReadCalendar.Of(Calendar.Write([NoticeFixtures.Planned with { Windows = [rain] }], Languages.English)!).Events;
        var gone = ReadCalendar.Of(Calendar.Write([NoticeFixtures.Planned with { Type = NoticeType.Corrected, Version = 2, Windows = [First], PreviousWindows = [rain] }], Languages.English)!).Events;

        Assert.Equal([("2026-1187-1@notices.example.org", "CONFIRMED"), ("2026-1187-1-alternate@notices.example.org", "TENTATIVE")], told.Select(item => (item["UID"], item["STATUS"])));
        Assert.Equal("20261204T080000", told[1]["DTSTART"]);
        Assert.Equal(["CONFIRMED", "CANCELLED"], gone.Select(item => item["STATUS"]));
    }

    [Fact]
    public void Only_what_says_when_a_planned_outage_is_goes_into_a_calendar()
    {
        Assert.Null(Calendar.Write([NoticeFixtures.Emergency], Languages.Chinese));
        Assert.Null(Calendar.Write([NoticeFixtures.Planned with { Type = NoticeType.Started }], Languages.Chinese));
        Assert.Null(Calendar.Write([NoticeFixtures.Planned with { Type = NoticeType.Restored }], Languages.Chinese));
        Assert.Null(Calendar.Write([NoticeFixtures.Planned with { Type = NoticeType.Changed, LateStart = true }], Languages.Chinese));
        Assert.NotNull(Calendar.Write([NoticeFixtures.Temporary], Languages.Chinese));
        Assert.NotNull(Calendar.Write([NoticeFixtures.Planned with { Type = NoticeType.Reminder, Version = 2 }], Languages.Chinese));
        Assert.Equal(2, ReadCalendar.Of(Calendar.Write([NoticeFixtures.Emergency, NoticeFixtures.Planned, NoticeFixtures.Temporary with { Number = "2026-9" }], Languages.Chinese)!).Events.Count);
    }

    [Fact]
    public void Lines_are_folded_between_characters_and_what_would_end_a_value_is_escaped()
    {
        var places = Enumerable.Range(1, 30).Select(number => new PlaceFacts($"很长名字的村庄第{number}；号,a\\b😀")).ToList();
        var facts = NoticeFixtures.Planned with { Places = places, Reason = new LocalText("一\r\n二\u0007\u202E;BEGIN:VEVENT", "a\nb") };

        var text = Calendar.Write([facts], Languages.Chinese)!;
        var events = ReadCalendar.Of(text).Events;

        Assert.All(text.Split("\r\n"), line => Assert.True(Encoding.UTF8.GetByteCount(line) <= 75, line));
        Assert.DoesNotContain('\n', text.Replace("\r\n", "", StringComparison.Ordinal));
        Assert.Contains("很长名字的村庄第1；号,a\\b😀、", events[0]["LOCATION"], StringComparison.Ordinal);
        Assert.EndsWith("等30处", events[0]["LOCATION"], StringComparison.Ordinal);
        Assert.Contains("原因：一\n二;BEGIN:VEVENT\n", events[0]["DESCRIPTION"], StringComparison.Ordinal);
    }

    [Fact]
    public void Where_clocks_change_the_zone_tells_how_and_a_time_that_comes_twice_is_written_in_utc()
    {
        var facts = NoticeFixtures.Planned with
        {
            TimeZone = "Europe/London",
            Windows = [Window("2026-10-24T09:00:00+01:00", "2026-10-24T15:00:00+01:00"), Window("2026-10-25T00:30:00+01:00", "2026-10-25T01:30:00+00:00"), Window("2026-10-26T09:00:00+00:00", "2026-10-26T15:00:00+00:00")],
        };

        var calendar = ReadCalendar.Of(Calendar.Write([facts], Languages.English)!);

        Assert.Equal(["20261024T090000", "20261025T003000", "20261026T090000"], calendar.Events.Select(item => item["DTSTART"]));
        Assert.Equal("20261025T013000Z", calendar.Events[1]["DTEND"]);
        Assert.Equal(
            ["BEGIN:DAYLIGHT", "DTSTART:20261023T010000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0100", "END:DAYLIGHT", "BEGIN:STANDARD", "DTSTART:20261025T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0000", "END:STANDARD"],
            calendar.Zones.Where(line => !line.StartsWith("TZID", StringComparison.Ordinal)));
    }

    private static WindowFacts Window(string from, string to) => new(DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.Parse(to, System.Globalization.CultureInfo.InvariantCulture), []);
}
