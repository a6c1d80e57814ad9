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
                    var counted = await ComplianceCounting.CountAsync(sql, asked.Path, from, to, cancellationToken);
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
        var found = await DeliverySql.ReadAsync(open, sql => ComplianceListing.ReadAsync(sql, asked.Path, asked.From, asked.To, slice with { Limit = limit + 1 }, cancellationToken), cancellationToken);
        var page = found.Take(limit).ToList();

        return new ComplianceNoticePage(page, found.Count > limit ? page[^1].Id : null);
    }

    private async Task<Result<Scope>> ScopeAsync(ComplianceQuery query, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Dispatcher, Role.Approver, Role.Auditor, Role.Administrator)) return Problem.Forbidden("compliance.read");

        var path = actor.OrganisationPath;
        var top = await db.Organisations.AsNoTracking().Where(o => o.Path.StartsWith(path)).OrderBy(o => o.Path.Length).ThenBy(o => o.Id).FirstOrDefaultAsync(cancellationToken);
        if (query.Organisation is { } code)
        {
            var organisation = await organisations.FindAsync(code, actor, cancellationToken);
            if (organisation.Value is not { } ours) return Result<Scope>.Refused(organisation.Problems);
            (path, top) = (ours.Path, ours);
        }

        var calendar = top is null ? policy.Options.CalendarIn(TimeZoneInfo.Utc) : policy.CalendarOf(top);
        var to = query.To ?? Month(calendar, calendar.DayOf(clock.GetUtcNow()), 1);
        var from = query.From ?? Month(calendar, calendar.DayOf(to.AddTicks(-Math.Min(1, to.UtcTicks))), 0);
        if (from >= to) return new Problem("compliance-period-reversed", "from", new { from, to });
        if (from.Year < 2000 || to.Year > 2200) return new Problem("compliance-period-outside", from.Year < 2000 ? "from" : "to", new { first = 2000, last = 2200 });
        if (from.AddYears(ComplianceQuery.MaxYears) < to) return new Problem("compliance-period-too-long", "to", new { years = ComplianceQuery.MaxYears });

        return new Scope(path, from, to, calendar);
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

    private sealed record Scope(string Path, DateTimeOffset From, DateTimeOffset To, WorkingCalendar Calendar);
}
