using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Deliveries;
using Notices.Network;
using Notices.Policy;
using Notices.Storage;

namespace Notices.Evidence;

/// <summary>The report that answers whether people were told in time, and the notices behind each of its numbers.</summary>
public sealed class ComplianceReports(NoticesDb db, Func<NoticesDb> open, OrganisationDirectory organisations, PolicyBook policy, TimeProvider clock)
{
    private const int FirstYear = 2000, LastYear = 2200;

    /// <returns>Refused for agents and stations, for an unknown organisation and a period that is none or too long.</returns>
    public async Task<Result<ComplianceReport>> CountAsync(ComplianceQuery query, Actor actor, CancellationToken cancellationToken)
    {
        var scope = await ScopeAsync(query, actor, cancellationToken);
        if (scope.Value is not { } asked) return Result<ComplianceReport>.Refused(scope.Problems);

        var names = await db.Organisations.AsNoTracking().Where(o => o.Path.StartsWith(asked.Path)).ToDictionaryAsync(o => o.Id, cancellationToken);
        var (now, lines, all) = (clock.GetUtcNow(), new List<ComplianceLine>(), new List<ComplianceCells>());
        await DeliverySql.ReadTogetherAsync(
            open,
            async sql =>
            {
                foreach (var (month, from, to) in Months(asked))
                {
                    var counted = await ComplianceCounting.CountAsync(sql, asked.Paths, from, to, cancellationToken);
                    all.AddRange(counted.Values);
                    lines.AddRange(counted.Where(one => names.ContainsKey(one.Key)).OrderBy(one => names[one.Key].Code, StringComparer.Ordinal)
                        .Select(one => new ComplianceLine(names[one.Key].Code, names[one.Key].LocalName, month, from, to, ComplianceCells.Figures([one.Value]))));
                }

                return all.Count;
            },
            cancellationToken);

        return new ComplianceReport(asked.From, asked.To, asked.Calendar.Zone.Id, query.Organisation, now, ComplianceCells.Figures(all), lines);
    }

    /// <summary>What a number is made of; over all pages the counts add up to it.</summary>
    /// <returns>Refused as the report is, and where a filter does not go with the number.</returns>
    public async Task<Result<ComplianceNoticePage>> ListAsync(ComplianceQuery query, ComplianceSlice slice, Actor actor, CancellationToken cancellationToken)
    {
        var scope = await ScopeAsync(query, actor, cancellationToken);
        if (scope.Value is not { } asked) return Result<ComplianceNoticePage>.Refused(scope.Problems);
        if (slice.Check() is { } unfit) return unfit;

        var limit = Math.Clamp(slice.Limit, 1, ComplianceSlice.MaxLimit);
        var found = await DeliverySql.ReadAsync(open, sql => ComplianceListing.ReadAsync(sql, asked.Paths, asked.From, asked.To, slice with { Limit = limit + 1 }, cancellationToken), cancellationToken);
        var page = found.Take(limit).ToList();

        return new ComplianceNoticePage(page, found.Count > limit ? page[^1].Id : null);
    }

    /// <summary>The same for whole days, as people choose them, on the organisation's calendar.</summary>
    /// <param name="first"><c>2026-12-01</c>; empty as in <see cref="ComplianceQuery.From"/>.</param>
    /// <param name="last">Counted too; empty for the end of the running month.</param>
    public async Task<Result<ComplianceQuery>> OfDaysAsync(string? first, string? last, string? organisation, bool alone, Actor actor, CancellationToken cancellationToken)
    {
        var place = await PlaceAsync(organisation, actor, cancellationToken);
        if (place.Value is not var (_, calendar)) return Result<ComplianceQuery>.Refused(place.Problems);

        var (from, to) = (Day("from", first), Day("to", last));

        return from.Ok && to.Ok
            ? new ComplianceQuery(from.Value is { } begin ? calendar.Resolve(begin, TimeOnly.MinValue) : null, to.Value is { } end ? calendar.Resolve(end.AddDays(1), TimeOnly.MinValue) : null, organisation, alone)
            : Result<ComplianceQuery>.Refused([.. from.Problems, .. to.Problems]);
    }

    private static Result<DateOnly?> Day(string field, string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return Result<DateOnly?>.Of(null);
        if (!DateOnly.TryParseExact(text.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return new Problem("day-unreadable", field, new { day = text }, ProblemKind.Unreadable);

        return day.Year is < FirstYear or > LastYear ? Outside(field) : Result<DateOnly?>.Of(day);
    }

    private static Problem Outside(string field) => new("compliance-period-outside", field, new { first = FirstYear, last = LastYear });

    private async Task<Result<Scope>> ScopeAsync(ComplianceQuery query, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Dispatcher, Role.Approver, Role.Auditor, Role.Administrator)) return Problem.Forbidden("compliance.read");

        var place = await PlaceAsync(query.Organisation, actor, cancellationToken);
        if (place.Value is not var (path, calendar)) return Result<Scope>.Refused(place.Problems);

        var to = query.To ?? Month(calendar, calendar.DayOf(clock.GetUtcNow()), 1);
        var from = query.From ?? Month(calendar, calendar.DayOf(to.AddTicks(-Math.Min(1, to.UtcTicks))), 0);
        if (from >= to) return new Problem("compliance-period-reversed", "from", new { from, to });
        if (from.Year < FirstYear || to.Year > LastYear) return Outside(from.Year < FirstYear ? "from" : "to");
        if (from.AddYears(ComplianceQuery.MaxYears) < to) return new Problem("compliance-period-too-long", "to", new { years = ComplianceQuery.MaxYears });

        return new Scope(path, query is { Alone: true, Organisation: not null } ? path : path + "%", from, to, calendar);
    }

    /// <summary>Where it is asked of, and whose days count there.</summary>
    private async Task<Result<Place>> PlaceAsync(string? code, Actor actor, CancellationToken cancellationToken)
    {
        var path = actor.OrganisationPath;
        var top = await db.Organisations.AsNoTracking().Where(o => o.Path.StartsWith(path)).OrderBy(o => o.Path.Length).ThenBy(o => o.Id).FirstOrDefaultAsync(cancellationToken);
        if (code is not null)
        {
            var organisation = await organisations.FindAsync(code, actor, cancellationToken);
            if (organisation.Value is not { } ours) return Result<Place>.Refused(organisation.Problems);
            (path, top) = (ours.Path, ours);
        }

        return new Place(path, top is null ? policy.Options.CalendarIn(TimeZoneInfo.Utc) : policy.CalendarOf(top));
    }

    /// <summary>The months of the time, the first and last cut where it begins and ends.</summary>
    private static IEnumerable<(string Month, DateTimeOffset From, DateTimeOffset To)> Months(Scope asked)
    {
        for (var from = asked.From; from < asked.To;)
        {
            var day = asked.Calendar.DayOf(from);
            var next = Month(asked.Calendar, day, 1);
            var to = next < asked.To ? next : asked.To;
            yield return (day.ToString("yyyy-MM", CultureInfo.InvariantCulture), from, to);
            from = to;
        }
    }

    /// <summary>The first instant of the month so many after the day's.</summary>
    private static DateTimeOffset Month(WorkingCalendar calendar, DateOnly day, int later) => calendar.Resolve(new DateOnly(day.Year, day.Month, 1).AddMonths(later), TimeOnly.MinValue);

    private sealed record Place(string Path, WorkingCalendar Calendar);

    /// <param name="Path">Under which the organisations are.</param>
    /// <param name="Paths">What the paths of those counted are like.</param>
    private sealed record Scope(string Path, string Paths, DateTimeOffset From, DateTimeOffset To, WorkingCalendar Calendar);
}
