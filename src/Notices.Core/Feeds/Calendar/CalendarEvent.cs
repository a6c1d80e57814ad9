namespace Notices.Feeds;

/// <summary>RFC 5545, 3.8.1.11, of an event.</summary>
internal enum CalendarStatus
{
    Confirmed,

    /// <summary>It may take place.</summary>
    Tentative,

    /// <summary>It will not; a calendar that holds it strikes it out.</summary>
    Cancelled,
}

/// <summary>One entry of a calendar.</summary>
/// <param name="Uid">The same for every word about the same thing, whoever sends it.</param>
/// <param name="Sequence">Rises with every change; a calendar keeps the highest.</param>
/// <param name="Stamp">When it was said.</param>
/// <param name="Zone">In which both times are written.</param>
internal sealed record CalendarEvent(
    string Uid, int Sequence, CalendarStatus Status, DateTimeOffset Stamp, DateTimeOffset StartsAt, DateTimeOffset EndsAt, TimeZoneInfo Zone, string Summary)
{
    internal string? Description { get; init; }

    internal string? Location { get; init; }

    /// <summary>An absolute address.</summary>
    internal string? Link { get; init; }

    /// <summary>Who says so: a name and a URI, for mail <c>mailto:…</c>.</summary>
    internal (string Name, string Address)? Organizer { get; init; }
}
