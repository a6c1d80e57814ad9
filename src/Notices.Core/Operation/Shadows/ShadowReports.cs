using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Policy;
using Notices.Storage;

namespace Notices.Operation;

/// <summary>The reports of shadow mode, a day each: made once when the day is over, whichever process comes first, with an entry in the record; before that counted anew for whoever asks.</summary>
public sealed class ShadowReports
{
    /// <summary>What was tried in the day's last moment may be written a little later.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(5);

    /// <summary>Days made up for in one run, after the service was down.</summary>
    private const int AtOnce = 31;

    private readonly NoticesDb _db;
    private readonly AuditTrail _audit;
    private readonly OperationOptions _operation;
    private readonly PolicyBook _policy;
    private readonly ShadowCounting _counting;
    private readonly TimeProvider _clock;

    internal ShadowReports(NoticesDb db, AuditTrail audit, OperationOptions operation, PolicyBook policy, ShadowCounting counting, TimeProvider clock) =>
        (_db, _audit, _operation, _policy, _counting, _clock) = (db, audit, operation, policy, counting, clock);

    /// <summary>The days since the beginning, the newest first.</summary>
    /// <returns>Refused where nothing runs in shadow.</returns>
    public async Task<Result<IReadOnlyList<ShadowDayView>>> ListAsync(CancellationToken cancellationToken)
    {
        if (!_operation.IsShadow) return Elsewhere();

        var (first, today, _) = await DaysAsync(cancellationToken);
        var made = (await _db.ShadowDays.Select(day => day.Day).ToListAsync(cancellationToken)).ToHashSet();

        return Result<IReadOnlyList<ShadowDayView>>.Of([.. Enumerable.Range(0, today.DayNumber - first.DayNumber + 1).Select(back => today.AddDays(-back)).Select(day => new ShadowDayView(day, made.Contains(day)))]);
    }

    /// <summary>What the actor may see of a day.</summary>
    /// <param name="day"><c>2026-12-01</c>, local.</param>
    public async Task<Result<ShadowReport>> FindAsync(string day, Actor actor, CancellationToken cancellationToken)
    {
        if (!_operation.IsShadow) return Elsewhere();
        if (!DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var wanted)) return new Problem("day-unreadable", "day", new { day }, ProblemKind.Unreadable);

        var (first, today, calendar) = await DaysAsync(cancellationToken);
        if (wanted < first || wanted > today) return new Problem("shadow-day-outside", "day", new { day, first = Text(first), last = Text(today) }, ProblemKind.NotFound);

        var kept = await _db.ShadowDays.Where(row => row.Day == wanted).Select(row => row.Report).SingleOrDefaultAsync(cancellationToken);
        var report = kept is not null ? JsonSerializer.Deserialize<ShadowReport>(kept, Json.Stored)! : await CountAsync(wanted, calendar, false, cancellationToken);

        return report with { Notices = [.. report.Notices.Where(notice => actor.Sees(notice.Path))], Rings = [.. report.Rings.Where(ring => actor.Sees(ring.Path))] };
    }

    /// <summary>Makes the reports of days that are over and have none.</summary>
    /// <returns>How many.</returns>
    public async Task<int> MakeDueAsync(CancellationToken cancellationToken)
    {
        if (!_operation.IsShadow) return 0;

        var (first, _, calendar) = await DaysAsync(cancellationToken);
        var last = calendar.DayOf(_clock.GetUtcNow() - Settled).AddDays(-1);
        var made = (await _db.ShadowDays.Select(day => day.Day).ToListAsync(cancellationToken)).ToHashSet();
        var count = 0;
        for (var day = first; day <= last && count < AtOnce; day = day.AddDays(1))
        {
            if (!made.Contains(day) && await MakeAsync(day, calendar, cancellationToken)) count++;
        }

        return count;
    }

    /// <returns>False where another process was first.</returns>
    private async Task<bool> MakeAsync(DateOnly day, WorkingCalendar calendar, CancellationToken cancellationToken)
    {
        var report = await CountAsync(day, calendar, true, cancellationToken);
        var text = JsonSerializer.Serialize(report, Json.Stored);
        _db.ShadowDays.Add(new ShadowDay { Day = day, MadeAt = _clock.GetUtcNow(), Report = text });
        _audit.Record(
            Actor.System, "report.shadow", $"report/{Text(day)}", null,
            new { sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), notices = report.Totals.Notices, recipients = report.Totals.Recipients, messages = report.Totals.Media.Sum(medium => medium.Messages) });
        try
        {
            await _audit.CommitAsync(cancellationToken);

            return true;
        }
        catch (DbUpdateException)
        {
            _db.ChangeTracker.Clear();
            if (await _db.ShadowDays.AnyAsync(row => row.Day == day, cancellationToken)) return false;

            throw;
        }
    }

    private Task<ShadowReport> CountAsync(DateOnly day, WorkingCalendar calendar, bool final, CancellationToken cancellationToken) => _counting.CountAsync(
        day, calendar.Zone.Id, calendar.Resolve(day, TimeOnly.MinValue), calendar.Resolve(day.AddDays(1), TimeOnly.MinValue), final, cancellationToken);

    /// <summary>From the first entry of the record to today, on the calendar of the organisation above all others.</summary>
    private async Task<(DateOnly First, DateOnly Today, WorkingCalendar Calendar)> DaysAsync(CancellationToken cancellationToken)
    {
        var top = await _db.Organisations.AsNoTracking().OrderBy(organisation => organisation.Path.Length).ThenBy(organisation => organisation.Id).FirstOrDefaultAsync(cancellationToken);
        var calendar = top is null ? _policy.Options.CalendarIn(TimeZoneInfo.Utc) : _policy.CalendarOf(top);
        var (now, began) = (_clock.GetUtcNow(), await _db.AuditEntries.OrderBy(entry => entry.Sequence).Select(entry => (DateTimeOffset?)entry.At).FirstOrDefaultAsync(cancellationToken));

        return (calendar.DayOf(began < now ? began.Value : now), calendar.DayOf(now), calendar);
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Problem Elsewhere() => new("shadow-not-set", null, null, ProblemKind.NotFound);
}

/// <summary>A report as a table: a row for each notice, medium, language and tier; a notice nothing would have left of has a row of its own.</summary>
public static class ShadowCsv
{
    public static string Write(ShadowReport report)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(report.TimeZone);
        var table = new StringBuilder(CsvText.Mark + "day,outage,notice,type,kind,organisation,published_at,deadline,late,recipients,not_reached,medium,language,tier,messages,sms_parts,first,last\n");
        foreach (var notice in report.Notices)
        {
            foreach (var line in notice.Messages.Count > 0 ? notice.Messages : [null!])
            {
                string?[] cells =
                [
                    report.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), notice.Outage, notice.Identifier, Word(notice.Type), notice.Kind is { } kind ? Word(kind) : "", notice.Organisation, At(notice.PublishedAt), At(notice.Deadline),
                    notice.Late ? "yes" : "no", Number(notice.Recipients.Sum(tier => tier.Count)), Number(notice.NotReached.Sum(reason => reason.Count)), line is null ? "" : Word(line.Medium), line?.Language, Number(line?.Tier),
                    Number(line?.Messages), Number(line?.SmsParts), At(line?.First), At(line?.Last),
                ];
                table.AppendJoin(',', cells.Select(CsvText.Cell)).Append('\n');
            }
        }

        return table.ToString();

        string At(DateTimeOffset? at) => at is { } known ? TimeZoneInfo.ConvertTime(known, zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture) : "";
        static string Number(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
        static string Word<T>(T value)
            where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
    }
}
