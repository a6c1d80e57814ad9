namespace Notices.Policy;

/// <summary>Public holidays of a region: <c>config/holidays/&lt;region&gt;.json</c>.</summary>
/// <param name="KnownFrom">The first day the file speaks for.</param>
/// <param name="KnownUntil">The last; beyond it business days are a guess and flagged.</param>
/// <param name="Days">Days nobody works.</param>
/// <param name="WorkingDays">调休: weekend days that are worked.</param>
/// <param name="Weekend">Days of the week that are not business days.</param>
public sealed record Holidays(
    string Region,
    DateOnly KnownFrom,
    DateOnly KnownUntil,
    IReadOnlySet<DateOnly> Days,
    IReadOnlySet<DateOnly> WorkingDays,
    IReadOnlySet<DayOfWeek> Weekend,
    string Source);

/// <summary>The local calendar leads are counted on.</summary>
public sealed class WorkingCalendar(TimeZoneInfo zone, Holidays holidays)
{
    public TimeZoneInfo Zone { get; } = zone;

    public Holidays Holidays { get; } = holidays;

    /// <summary>The last instant that lies the whole lead before the start, with the zone's offset at that instant.
    /// Days end at midnight: seven clear days before 1 December end with 23 November, so 24 November 00:00 is the last instant in time.</summary>
    public DateTimeOffset Back(DateTimeOffset start, Lead lead) => lead.Unit switch
    {
        LeadUnit.Hours => At(start.AddHours(-lead.Amount)),
        LeadUnit.ClearDays => Midnight(DayOf(start).AddDays(-lead.Amount)),
        LeadUnit.BusinessDays => Midnight(BusinessDayBefore(DayOf(start), lead.Amount)),
        _ => throw new ArgumentOutOfRangeException(nameof(lead)),
    };

    /// <summary>The last instant of the day that lies the whole span after the day of an instant: posted on a Monday, two business days end with Wednesday. Hours are elapsed hours.</summary>
    public DateTimeOffset Forward(DateTimeOffset from, Lead lead) => lead.Unit switch
    {
        LeadUnit.Hours => At(from.AddHours(lead.Amount)),
        LeadUnit.ClearDays => EndOf(DayOf(from).AddDays(lead.Amount)),
        LeadUnit.BusinessDays => EndOf(BusinessDayAfter(DayOf(from), lead.Amount)),
        _ => throw new ArgumentOutOfRangeException(nameof(lead)),
    };

    /// <summary>The latest moment from which <see cref="Forward"/> still leads to no later than an instant.</summary>
    public DateTimeOffset LatestFor(DateTimeOffset instant, Lead lead)
    {
        if (lead.Unit == LeadUnit.Hours) return At(instant.AddHours(-lead.Amount));

        var day = DayOf(instant);
        while (Forward(EndOf(day), lead) > instant) day = day.AddDays(-1);

        return EndOf(day);
    }

    /// <summary>True when <see cref="Back"/> had to count days the holiday file does not know.</summary>
    public bool IsUnsure(DateTimeOffset start, Lead lead)
    {
        if (lead.Unit != LeadUnit.BusinessDays || lead.Amount == 0) return false;
        var day = DayOf(start);

        return day.AddDays(-1) > Holidays.KnownUntil || BusinessDayBefore(day, lead.Amount) < Holidays.KnownFrom;
    }

    /// <summary>True on a day people work: neither weekend nor holiday, or a weekend day made up for one.</summary>
    public bool IsBusinessDay(DateOnly day) =>
        !Holidays.Days.Contains(day) && (!Holidays.Weekend.Contains(day.DayOfWeek) || Holidays.WorkingDays.Contains(day));

    /// <summary>The local day an instant falls on.</summary>
    public DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(At(instant).DateTime);

    /// <summary>The same instant on the zone's clock.</summary>
    public DateTimeOffset At(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Zone);

    /// <summary>The instant of a local time of day.</summary>
    public DateTimeOffset Resolve(DateOnly day, TimeOnly time) => Resolve(day.ToDateTime(time));

    /// <summary>The instant of a local time. One that does not exist is the last instant before the gap (a tick before the clocks go forward);
    /// one that exists twice is the first.</summary>
    public DateTimeOffset Resolve(DateTime local)
    {
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (Zone.IsInvalidTime(local)) return BeforeGap(local);
        if (Zone.IsAmbiguousTime(local)) return new DateTimeOffset(local, Zone.GetAmbiguousTimeOffsets(local).Max());

        return new DateTimeOffset(local, Zone.GetUtcOffset(local));
    }

    private DateTimeOffset Midnight(DateOnly day) => Resolve(day, TimeOnly.MinValue);

    /// <summary>A microsecond before the next day, the finest both databases keep.</summary>
    private DateTimeOffset EndOf(DateOnly day) => At(Midnight(day.AddDays(1)).AddMicroseconds(-1));

    private DateOnly BusinessDayAfter(DateOnly day, int amount)
    {
        for (var left = amount; left > 0;)
        {
            day = day.AddDays(1);
            if (IsBusinessDay(day)) left--;
        }

        return day;
    }

    private DateOnly BusinessDayBefore(DateOnly day, int amount)
    {
        for (var left = amount; left > 0;)
        {
            day = day.AddDays(-1);
            if (IsBusinessDay(day)) left--;
        }

        return day;
    }

    /// <summary>Halves the two days around the gap until the change of offset lies between two ticks; the earlier one is it.</summary>
    private DateTimeOffset BeforeGap(DateTime local)
    {
        var about = new DateTimeOffset(local, Zone.BaseUtcOffset).ToUniversalTime();
        long before = about.AddDays(-1).Ticks, after = about.AddDays(1).Ticks;
        var offset = OffsetAt(before);
        while (after - before > 1)
        {
            var middle = before + ((after - before) / 2);
            if (OffsetAt(middle) == offset) before = middle;
            else after = middle;
        }

        return At(new DateTimeOffset(before, TimeSpan.Zero));
    }

    private TimeSpan OffsetAt(long utcTicks) => Zone.GetUtcOffset(new DateTimeOffset(utcTicks, TimeSpan.Zero));
}
