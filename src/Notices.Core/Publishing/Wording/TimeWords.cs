using System.Globalization;
using Notices.Words;

namespace Notices.Publishing;

/// <summary>How full a day is written.</summary>
internal enum TimeStyle
{
    /// <summary>12月1日（周二）08:00-18:00, Tue 1 Dec 08:00-18:00; the day of publication is 今日（12月1日）, today 1 Dec.</summary>
    Short,

    /// <summary>2026年12月1日（星期二）08:00至18:00, Tuesday 1 December 2026, 08:00 to 18:00: for texts read long after.</summary>
    Long,

    /// <summary>As it is said.</summary>
    Spoken,
}

/// <summary>The one way a language writes days and times. An end at midnight belongs to the day before: 24:00.</summary>
/// <param name="today">The local day of publication.</param>
internal sealed class TimeWords(string language, TimeStyle style, TimeZoneInfo zone, DateOnly today)
{
    internal DateOnly Today => today;

    private static readonly CultureInfo ChineseCulture = CultureInfo.GetCultureInfo("zh-CN");

    private readonly bool english = language == Languages.English;

    public string Language => language;

    /// <summary>The day an instant falls on and the minutes since its midnight; as an end, 0:00 is the 24:00 of the day before.</summary>
    public (DateOnly Day, int Minutes) Local(DateTimeOffset instant, bool end = false)
    {
        var local = TimeZoneInfo.ConvertTime(instant, zone).DateTime;
        var minutes = (local.Hour * 60) + local.Minute;
        var day = DateOnly.FromDateTime(local);

        return end && minutes == 0 ? (day.AddDays(-1), 24 * 60) : (day, minutes);
    }

    /// <summary>With the day of the week, or as today.</summary>
    public string Day(DateOnly day) => (style, english) switch
    {
        (TimeStyle.Short, false) => day == today ? $"今日（{Date(day)}）" : $"{Date(day)}（周{Weekday(day)[^1]}）",
        (TimeStyle.Short, true) => day == today ? $"today {Date(day)}" : $"{Weekday(day)[..3]} {Date(day)}",
        (TimeStyle.Long, false) => $"{day.Year}年{Date(day)}（{Weekday(day)}）",
        (TimeStyle.Long, true) => $"{Weekday(day)} {Date(day)} {day.Year}",
        (_, false) => day == today ? $"今天，{Date(day)}" : $"{Date(day)}，{Weekday(day)}",
        _ => day == today ? $"today, {Date(day)}" : $"{Weekday(day)} {Date(day)}",
    };

    /// <summary>Without the day of the week.</summary>
    public string Date(DateOnly day) => (style, english) switch
    {
        (TimeStyle.Spoken, false) => $"{Spoken.Number(day.Month, language)}月{Spoken.Number(day.Day, language)}日",
        (TimeStyle.Spoken, true) => $"the {Spoken.Ordinal(day.Day)} of {Month(day)}",
        (_, false) => $"{day.Month}月{day.Day}日",
        (TimeStyle.Long, true) => $"{day.Day} {Month(day)}",
        _ => $"{day.Day} {Month(day)[..3]}",
    };

    /// <summary>The day in the shortest form a storm text affords: 25日, 25 Nov.</summary>
    public string BriefDate(DateOnly day) => english || style == TimeStyle.Spoken ? Date(day) : $"{day.Day}日";

    /// <summary>今日 or 12月1日, where the day has been named before.</summary>
    public string SameDay(DateOnly day) => (day == today && style != TimeStyle.Long, english) switch
    {
        (true, false) => style == TimeStyle.Spoken ? "今天" : "今日",
        (true, true) => "today",
        (_, false) => Date(day),
        _ => style == TimeStyle.Spoken ? $"on {Date(day)}" : Date(day),
    };

    public string Time(int minutes) => style == TimeStyle.Spoken ? Spoken.Time(minutes, language) : $"{minutes / 60:00}:{minutes % 60:00}";

    /// <summary>A day and a time.</summary>
    public string At(DateOnly day, int minutes) => english && style == TimeStyle.Spoken ? $"{Day(day)}, at {Time(minutes)}" : Join(Day(day), Time(minutes));

    /// <summary>From–to with the day, the second day only where it is another.</summary>
    public string Range(DateTimeOffset start, DateTimeOffset end)
    {
        var (first, from) = Local(start);
        var (last, to) = Local(end, end: true);

        var lead = english && style == TimeStyle.Spoken ? "from " : "";

        return first == last ? Join(Day(first), Times(from, to)) : lead + At(first, from) + To + At(last, to);
    }

    /// <summary>Times of one day.</summary>
    public string Times(int from, int to) => Time(from) + To + Time(to);

    /// <summary>The windows in time order: those of one day under its name, three days or more running at the same times as one span.</summary>
    public string Ranges(IReadOnlyList<(DateTimeOffset Start, DateTimeOffset End, string Note)> windows)
    {
        var parts = new List<string>();
        for (var index = 0; index < windows.Count;)
        {
            var run = RunLength(windows, index);
            if (run >= 3)
            {
                parts.Add(Daily(windows[index], windows[index + run - 1]));
                index += run;
                continue;
            }

            var (start, end, note) = windows[index];
            var sameDay = index > 0 && Within(windows[index - 1]) && Within(windows[index]) && Local(start).Day == Local(windows[index - 1].Start).Day;
            parts.Add((sameDay && parts.Count > 0 ? Times(Local(start).Minutes, Local(end, end: true).Minutes) : Range(start, end)) + note);
            index++;
        }

        return string.Join(english ? (style == TimeStyle.Spoken ? ", and " : ", ") : style == TimeStyle.Spoken ? "，" : "、", parts);
    }

    private string To => (style, english) switch
    {
        (TimeStyle.Short, _) => "-",
        (TimeStyle.Spoken, false) => "到",
        (_, false) => "至",
        _ => " to ",
    };

    private string Daily((DateTimeOffset Start, DateTimeOffset End, string Note) first, (DateTimeOffset Start, DateTimeOffset End, string Note) last)
    {
        var (from, start) = Local(first.Start);
        var (_, end) = Local(first.End, end: true);
        var to = Local(last.Start).Day;

        return english
            ? Join(style == TimeStyle.Spoken ? $"every day from {Day(from)} to {Day(to)}" : $"daily {Day(from)} to {Day(to)}", Times(start, end)) + first.Note
            : $"{Day(from)}{(style == TimeStyle.Spoken ? "到" : "至")}{Day(to)}每日{Times(start, end)}{first.Note}";
    }

    private int RunLength(IReadOnlyList<(DateTimeOffset Start, DateTimeOffset End, string Note)> windows, int index)
    {
        if (!Within(windows[index])) return 1;

        var (day, from) = Local(windows[index].Start);
        var (_, to) = Local(windows[index].End, end: true);
        var length = 1;
        while (index + length < windows.Count)
        {
            var next = windows[index + length];
            var alike = Within(next) && Local(next.Start) == (day.AddDays(length), from) && Local(next.End, end: true).Minutes == to
                && string.Equals(next.Note, windows[index].Note, StringComparison.Ordinal);
            if (!alike) break;

            length++;
        }

        return length;
    }

    private bool Within((DateTimeOffset Start, DateTimeOffset End, string Note) window) => Local(window.Start).Day == Local(window.End, end: true).Day;

    private string Join(string day, string time) => (style, english) switch
    {
        (TimeStyle.Spoken, false) => $"{day}，{time}",
        (_, false) => day + time,
        (TimeStyle.Short, true) => $"{day} {time}",
        (TimeStyle.Long, true) => $"{day}, {time}",
        _ => $"{day}, from {time}",
    };

    private string Weekday(DateOnly day) => english ? day.DayOfWeek.ToString() : ChineseCulture.DateTimeFormat.GetDayName(day.DayOfWeek);

    private static string Month(DateOnly day) => CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(day.Month);
}
