using Notices.Policy;

namespace Notices.Tests.Policy;

/// <summary>Says the same as the calendar, slowly: walks along the clock in steps and reads the zone's face at each. Shares nothing with it but the zone's data.</summary>
internal static class ScheduleOracle
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Walks back a quarter of an hour at a time until the lead's whole days lie behind it. Midnights of the zones tried fall on quarters.</summary>
    internal static DateTimeOffset Deadline(DateTimeOffset start, Lead lead, WorkingCalendar calendar)
    {
        if (lead.Unit == LeadUnit.Hours) return start - TimeSpan.FromMinutes(60 * lead.Amount);

        var at = new DateTime(start.UtcTicks - (start.UtcTicks % Quarter.Ticks), DateTimeKind.Utc);
        var today = Face(at, calendar).Date;
        var counted = 0;
        while (true)
        {
            var earlier = at - Quarter;
            if (Face(earlier, calendar).Date != today)
            {
                // The step before this one would leave the day: it began here.
                if (counted == lead.Amount) return new DateTimeOffset(at, TimeSpan.Zero);
                today = Face(earlier, calendar).Date;
                if (lead.Unit == LeadUnit.ClearDays || Worked(today, calendar)) counted++;
            }

            at = earlier;
        }
    }

    /// <summary>The first minute of the two days around it whose face shows the time; without one, the tick before the face jumps past it.</summary>
    internal static DateTimeOffset Resolve(DateTime local, TimeZoneInfo zone)
    {
        var from = DateTime.SpecifyKind(local, DateTimeKind.Utc).AddHours(-26);
        for (var at = from; at < from.AddHours(52); at += Minute)
        {
            if (TimeZoneInfo.ConvertTimeFromUtc(at, zone) == local) return new DateTimeOffset(at, TimeSpan.Zero);
        }

        var last = from;
        while (TimeZoneInfo.ConvertTimeFromUtc(last + Minute, zone) < local) last += Minute;

        return new DateTimeOffset(last + Minute, TimeSpan.Zero).AddTicks(-1);
    }

    /// <summary>True when the face shows the hour at some minute after the one instant and not after the other.</summary>
    internal static bool ShowsHourBetween(DateTimeOffset after, DateTimeOffset until, TimeOnly hour, WorkingCalendar calendar)
    {
        for (var at = new DateTime(after.UtcTicks - (after.UtcTicks % Minute.Ticks), DateTimeKind.Utc) + Minute; at <= until.UtcDateTime; at += Minute)
        {
            if (TimeOnly.FromDateTime(Face(at, calendar)) == hour) return true;
        }

        return false;
    }

    private static DateTime Face(DateTime utc, WorkingCalendar calendar) => TimeZoneInfo.ConvertTimeFromUtc(utc, calendar.Zone);

    private static bool Worked(DateTime day, WorkingCalendar calendar)
    {
        var date = DateOnly.FromDateTime(day);
        if (calendar.Holidays.WorkingDays.Contains(date)) return true;

        return day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !calendar.Holidays.Days.Contains(date);
    }
}
