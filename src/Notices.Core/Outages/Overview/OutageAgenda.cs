using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Network;
using Notices.Storage;

namespace Notices.Outages;

/// <param name="Month">Any day of it; null for the present one.</param>
/// <param name="Organisation">Code; it and everything below.</param>
/// <param name="Feeder">Code.</param>
public sealed record AgendaQuery(DateOnly? Month = null, OutageKind? Kind = null, OutageStatus? Status = null, string? Organisation = null, string? Feeder = null);

/// <summary>A month, day by day, in the zone of the actor's organisations, or in UTC where they keep several.</summary>
/// <param name="Today">Where the clock stands.</param>
/// <param name="Days">Every day of the month.</param>
/// <param name="Cut">There are more outages than a month's page shows; a filter narrows them.</param>
public sealed record AgendaView(DateOnly Month, DateOnly Today, IReadOnlyList<AgendaDay> Days, bool Cut);

/// <param name="Items">In the order they begin.</param>
public sealed record AgendaDay(DateOnly Day, IReadOnlyList<AgendaItem> Items);

/// <param name="StartsAt">Of the window, or of the outage itself where it was not planned.</param>
/// <param name="EndsAt">Null where nobody knows yet.</param>
public sealed record AgendaItem(string Number, OutageKind Kind, OutageStatus Status, IReadOnlyList<Words.LocalText> Feeders, DateTimeOffset StartsAt, DateTimeOffset? EndsAt);

/// <summary>What is off or planned to be, by day.</summary>
public sealed class OutageAgenda(NoticesDb db, OrganisationDirectory organisations, TimeProvider clock)
{
    /// <summary>Outages of one month's page; a busy county has some five hundred.</summary>
    private const int Most = 2000;

    public async Task<AgendaView> ReadAsync(AgendaQuery query, Actor actor, CancellationToken cancellationToken)
    {
        var zone = await organisations.ZoneAsync(actor, cancellationToken) ?? TimeZoneInfo.Utc;
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).Date);
        var asked = query.Month ?? today;
        var first = new DateOnly(asked.Year, asked.Month, 1);
        var (from, to) = (At(first, zone), At(first.AddMonths(1), zone));
        var outages = db.Outages.AsNoTracking().Where(o => o.Organisation!.Path.StartsWith(actor.OrganisationPath))
            .Where(o => o.Windows.Any(w => w.EndsAt > from && w.StartsAt < to) || (o.Windows.Count == 0 && o.StartedAt < to && (o.RestoredAt ?? o.ExpectedAt ?? o.StartedAt) >= from));
        if (query.Kind is { } kind) outages = outages.Where(o => o.Kind == kind);
        if (query.Status is { } status) outages = outages.Where(o => o.Status == status);
        if (query.Organisation is { Length: > 0 } code) outages = outages.Where(o => db.Organisations.Any(g => g.Code == code && o.Organisation!.Path.StartsWith(g.Path)));
        if (query.Feeder is { Length: > 0 } feeder) outages = outages.Where(o => o.Scope.Any(s => s.Feeder!.Code == feeder || s.Section!.Feeder!.Code == feeder || s.Transformer!.Feeder!.Code == feeder));

        var rows = await outages.OrderByDescending(o => o.Id).Take(Most + 1).Select(o => new
        {
            o.Number,
            o.Kind,
            o.Status,
            Feeders = o.Scope.AsQueryable().Select(FeederName.Of).ToList(),
            Windows = o.Windows.Select(w => new { w.StartsAt, w.EndsAt }).ToList(),
            o.StartedAt,
            Ends = o.RestoredAt ?? o.ExpectedAt,
        }).AsSplitQuery().ToListAsync(cancellationToken);

        var items = rows.Take(Most).SelectMany(row =>
        {
            var feeders = FeederName.Texts(row.Feeders);
            IEnumerable<(DateTimeOffset Starts, DateTimeOffset? Ends)> spans = row.Windows.Count > 0 ? row.Windows.Select(w => (w.StartsAt, (DateTimeOffset?)w.EndsAt)) : row.StartedAt is { } started ? [(started, row.Ends)] : [];

            return spans.Select(span => new AgendaItem(row.Number, row.Kind, row.Status, feeders, TimeZoneInfo.ConvertTime(span.Starts, zone), span.Ends is { } ends ? TimeZoneInfo.ConvertTime(ends, zone) : null));
        }).OrderBy(item => item.StartsAt).ThenBy(item => item.Number, StringComparer.Ordinal).ToList();
        var days = Enumerable.Range(0, DateTime.DaysInMonth(first.Year, first.Month)).Select(first.AddDays).Select(day => new AgendaDay(day, items.FindAll(item => Covers(item, day)))).ToList();

        return new AgendaView(first, today, days, rows.Count > Most);
    }

    /// <summary>When a day of the agenda begins and ends.</summary>
    public async Task<(DateTimeOffset From, DateTimeOffset To)> BoundsAsync(DateOnly day, Actor actor, CancellationToken cancellationToken)
    {
        var zone = await organisations.ZoneAsync(actor, cancellationToken) ?? TimeZoneInfo.Utc;

        return (At(day, zone), At(day.AddDays(1), zone));
    }

    /// <summary>An end at midnight belongs to the day before.</summary>
    private static bool Covers(AgendaItem item, DateOnly day)
    {
        var (starts, last) = (DateOnly.FromDateTime(item.StartsAt.Date), item.EndsAt is { } ends && ends > item.StartsAt ? DateOnly.FromDateTime(ends.AddTicks(-1).Date) : DateOnly.FromDateTime(item.StartsAt.Date));

        return starts <= day && day <= last;
    }

    /// <summary>When a day begins there.</summary>
    private static DateTimeOffset At(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);

        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }
}
