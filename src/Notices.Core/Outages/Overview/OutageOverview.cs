using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Announcements;
using Notices.Deliveries;
using Notices.Evidence;
using Notices.Network;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;

namespace Notices.Outages;

/// <summary>What a shift must see first: what waits for somebody, what falls due, what is late or soon will be, what runs.</summary>
public sealed class OutageOverview(NoticesDb db, OrganisationDirectory organisations, OverviewMemory memory, ForesightReading foresight, TimeProvider clock)
{
    /// <summary>Lines of one part at most; the list behind it has all.</summary>
    private const int Most = 50;

    /// <summary>How long before its first notice an unapproved plan counts as at risk: enough to find an approver by day.</summary>
    private static readonly TimeSpan ApprovalRisk = TimeSpan.FromHours(24);

    /// <summary>How long before a promised moment it is shown: time to make the next one.</summary>
    private static readonly TimeSpan PromiseRisk = TimeSpan.FromMinutes(30);

    private static readonly OutageStatus[] Running = [OutageStatus.InProgress, OutageStatus.PartlyRestored];

    /// <summary>As it is now, or was a moment ago: the open pages of one organisation share a reading.</summary>
    public async Task<OverviewView> ReadAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (memory.Find(actor.OrganisationPath) is { } fresh) return fresh;

        var read = await CountAsync(actor, cancellationToken);
        memory.Keep(actor.OrganisationPath, read);

        return read;
    }

    private async Task<OverviewView> CountAsync(Actor actor, CancellationToken cancellationToken)
    {
        var (now, zone) = (clock.GetUtcNow(), await organisations.ZoneAsync(actor, cancellationToken) ?? TimeZoneInfo.Utc);
        var tonight = new DateTimeOffset(TimeZoneInfo.ConvertTime(now, zone).Date.AddDays(1), TimeSpan.Zero);
        tonight = new DateTimeOffset(tonight.DateTime, zone.GetUtcOffset(tonight.DateTime)).ToUniversalTime();
        var seen = db.Outages.AsNoTracking().Where(o => o.Organisation!.Path.StartsWith(actor.OrganisationPath));

        var waiting = await LinesAsync(seen.Where(o => o.Status == OutageStatus.Submitted), zone, cancellationToken);
        var running = await LinesAsync(seen.Where(o => Running.Contains(o.Status)), zone, cancellationToken);
        var owed = await LinesAsync(seen.Where(o => o.ReviewOwed), zone, cancellationToken);
        var due = await DueAsync(actor, tonight, zone, cancellationToken);
        var rounds = await RoundsAsync(actor, zone, cancellationToken);
        var soon = now + PromiseRisk;
        var promises = running.Where(o => (o.NextUpdateBy ?? o.EndsAt) is { } by && by <= soon).Select(o => new AtRisk("promise", o, o.NextUpdateBy ?? o.EndsAt, (o.NextUpdateBy ?? o.EndsAt) < now));
        var late = now + ApprovalRisk;
        var approvals = waiting.Where(o => o.FirstDueAt is { } first && first <= late).Select(o => new AtRisk("approval", o, o.FirstDueAt, o.FirstDueAt < now));

        var announcements = await db.Announcements.AsNoTracking().Where(a => a.Status == AnnouncementStatus.Submitted && a.Organisation!.Path.StartsWith(actor.OrganisationPath))
            .OrderBy(a => a.Id).Take(Most).Select(a => new { a.Number, a.Title, a.SubmittedBy, a.CreatedBy }).ToListAsync(cancellationToken);

        return new OverviewView(
            TimeZoneInfo.ConvertTime(now, zone), waiting, [.. announcements.Select(a => new OverviewAnnouncement(a.Number, a.Title, a.SubmittedBy ?? a.CreatedBy))], due,
            [.. approvals.Concat(promises).OrderBy(one => one.By)], running, owed, rounds);
    }

    private async Task<List<OverviewOutage>> LinesAsync(IQueryable<Outage> outages, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var rows = await outages.OrderBy(o => o.Id).Take(Most).Select(o => new
        {
            o.Id,
            o.Number,
            o.Kind,
            o.Status,
            Organisation = o.Organisation!.Name,
            OrganisationEn = o.Organisation.NameEn,
            Feeders = o.Scope.AsQueryable().Select(FeederName.Of).ToList(),
            Windows = o.Windows.Select(w => new { w.StartsAt, w.EndsAt }).ToList(),
            o.StartedAt,
            o.ExpectedAt,
            o.NextUpdateBy,
            o.SubmittedBy,
            o.CreatedBy,
        }).ToListAsync(cancellationToken);
        var ids = rows.ConvertAll(row => row.Id);
        var first = (await db.ScheduledNotices.AsNoTracking().Where(s => s.OutageId != null && ids.Contains(s.OutageId.Value) && s.State == ScheduledState.Waiting)
            .Select(s => new { Id = s.OutageId!.Value, s.DueAt }).ToListAsync(cancellationToken)).GroupBy(s => s.Id).ToDictionary(s => s.Key, s => s.Min(one => one.DueAt));

        return rows.ConvertAll(row => new OverviewOutage(
            row.Number, row.Kind, row.Status, new Words.LocalText(row.Organisation, row.OrganisationEn ?? row.Organisation), FeederName.Texts(row.Feeders),
            In(row.StartedAt ?? (row.Windows.Count > 0 ? row.Windows.Min(w => w.StartsAt) : null)), In(row.ExpectedAt ?? (row.Windows.Count > 0 ? row.Windows.Max(w => w.EndsAt) : null)), In(row.NextUpdateBy),
            In(first.TryGetValue(row.Id, out var at) ? at : null), row.SubmittedBy ?? row.CreatedBy));

        DateTimeOffset? In(DateTimeOffset? at) => at is { } instant ? TimeZoneInfo.ConvertTime(instant, zone) : null;
    }

    /// <summary>What goes out of itself until midnight.</summary>
    private async Task<List<OverviewDue>> DueAsync(Actor actor, DateTimeOffset tonight, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var rows = await db.ScheduledNotices.AsNoTracking().Where(s => s.State == ScheduledState.Waiting && s.DueAt < tonight && s.OutageId != null)
            .Join(db.Outages.Where(o => o.Organisation!.Path.StartsWith(actor.OrganisationPath)), s => s.OutageId, o => o.Id, (s, o) => new { s.DueAt, s.Type, s.Deadline, s.Late, o.Number, o.Kind, o.Status })
            .OrderBy(s => s.DueAt).Take(Most).ToListAsync(cancellationToken);

        return rows.ConvertAll(row => new OverviewDue(row.Number, row.Kind, row.Type, TimeZoneInfo.ConvertTime(row.DueAt, zone), row.Late, OutageLife.IsApproved(row.Status)));
    }

    private async Task<List<OverviewRound>> RoundsAsync(Actor actor, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        RoundState[] open = [RoundState.Waiting, RoundState.Expanding, RoundState.Running, RoundState.Paused];
        var rounds = await db.Rounds.AsNoTracking().Where(r => open.Contains(r.State) && r.Notice!.Organisation!.Path.StartsWith(actor.OrganisationPath))
            .OrderByDescending(r => r.Id).Take(Most).Select(r => new { r.Id, r.State, r.Notice!.Number, r.Notice.Version, r.Notice.Kind, r.Notice.Type }).ToListAsync(cancellationToken);
        var ids = rounds.ConvertAll(r => r.Id);
        var counts = (await db.Recipients.AsNoTracking().Where(r => ids.Contains(r.RoundId)).GroupBy(r => new { r.RoundId, r.State }).Select(g => new { g.Key.RoundId, g.Key.State, Count = g.Count() }).ToListAsync(cancellationToken))
            .ToLookup(c => c.RoundId);

        var reached = await foresight.ReachedByAsync([.. rounds.Select(r => (r.Id, r.Kind))], cancellationToken);

        return rounds.ConvertAll(r => new OverviewRound(
            r.Id, $"{r.Number}.{r.Version}", r.Number, r.Kind, r.Type, r.State, counts[r.Id].Sum(c => c.Count), counts[r.Id].Where(c => c.State is not (DeliveryState.Waiting or DeliveryState.Claimed)).Sum(c => c.Count),
            counts[r.Id].Where(c => c.State is DeliveryState.Failed or DeliveryState.Unconfirmed).Sum(c => c.Count), reached.TryGetValue(r.Id, out var by) ? TimeZoneInfo.ConvertTime(by, zone) : null));
    }
}

/// <param name="Now">In the zone all times here are in: that of the actor's organisations, where they keep one.</param>
/// <param name="Waiting">Submitted, for an approver.</param>
/// <param name="Announcements">Submitted, for an approver.</param>
/// <param name="Due">Notices that go out until midnight.</param>
/// <param name="ReviewsOwed">Emergencies and faults nobody but their dispatcher has looked at.</param>
/// <param name="Rounds">Under way, the newest first.</param>
public sealed record OverviewView(
    DateTimeOffset Now, IReadOnlyList<OverviewOutage> Waiting, IReadOnlyList<OverviewAnnouncement> Announcements, IReadOnlyList<OverviewDue> Due, IReadOnlyList<AtRisk> AtRisk,
    IReadOnlyList<OverviewOutage> Running, IReadOnlyList<OverviewOutage> ReviewsOwed, IReadOnlyList<OverviewRound> Rounds);

/// <param name="By">Who submitted it, or wrote it.</param>
public sealed record OverviewAnnouncement(string Number, Words.LocalText Title, string By);

/// <param name="FirstDueAt">When the next of its notices goes out, once it is approved.</param>
/// <param name="By">Who submitted it, or entered it.</param>
public sealed record OverviewOutage(
    string Number, OutageKind Kind, OutageStatus Status, Words.LocalText Organisation, IReadOnlyList<Words.LocalText> Feeders, DateTimeOffset? StartsAt, DateTimeOffset? EndsAt, DateTimeOffset? NextUpdateBy,
    DateTimeOffset? FirstDueAt, string By);

/// <param name="Approved">False: it goes out only if it is approved until then.</param>
public sealed record OverviewDue(string Number, OutageKind Kind, NoticeType Type, DateTimeOffset DueAt, bool Late, bool Approved);

/// <param name="Why"><c>approval</c>: its first notice is near and nobody has approved it; <c>promise</c>: supply or the next word was promised by then.</param>
public sealed record AtRisk(string Why, OverviewOutage Outage, DateTimeOffset? By, bool IsPast);

/// <param name="Done">Recipients handed over or at an end.</param>
/// <param name="Trouble">Failed or unconfirmed.</param>
/// <param name="ReachedBy">When the last of them is reached at the present pace; null where nobody waits, or nobody can tell.</param>
public sealed record OverviewRound(long Id, string Notice, string Number, OutageKind? Kind, NoticeType Type, RoundState State, int Recipients, int Done, int Trouble, DateTimeOffset? ReachedBy);
