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

    /// <summary>The last instant that lies the whole lead before the start; with the zone's offset at that instant.</summary>
    public DateTimeOffset Back(DateTimeOffset start, Lead lead) => throw new NotSupportedException();

    /// <summary>True when <see cref="Back"/> had to count days the holiday file does not know.</summary>
    public bool IsUnsure(DateTimeOffset start, Lead lead) => throw new NotSupportedException();

    /// <summary>The instant of a local time. One that does not exist is the last instant before the gap; one that exists twice is the first.</summary>
    public DateTimeOffset Resolve(DateTime local) => throw new NotSupportedException();

    /// <summary>The local day an instant falls on.</summary>
    public DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, Zone).DateTime);

    public bool IsBusinessDay(DateOnly day) => throw new NotSupportedException();
}
