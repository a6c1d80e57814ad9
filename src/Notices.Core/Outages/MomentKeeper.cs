using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Policy;
using Notices.Ringing;
using Notices.Storage;

namespace Notices.Outages;

/// <summary>Does what falls due about an outage and publishes nothing. A row is claimed and done in one transaction with its record, so a kill leaves it done or waiting,
/// and a second process takes others.</summary>
public sealed class MomentKeeper(NoticesDb db, AuditTrail audit, PolicyBook policy, StaffRinging ringing, TimeProvider clock, DueAlarm alarm, ILogger<MomentKeeper> log)
{
    /// <summary>Rows in one transaction.</summary>
    private const int Batch = 40;

    /// <summary>What is not ready at its moment is looked at again after this.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    /// <summary>Does all that is due by now, earliest first.</summary>
    public async Task DoDueAsync(CancellationToken cancellationToken)
    {
        // Asked first without a transaction: most rings are for others, and on SQLite a transaction holds up every writer.
        while (await NextDueAsync(cancellationToken) <= clock.GetUtcNow())
        {
            bool more;
            try
            {
                more = await DoBatchAsync(cancellationToken);
            }
            catch (DbUpdateConcurrencyException)
            {
                // Somebody changed one of the outages at the same moment; what is due by now is read again.
                log.LogInformation("An outage changed while it was due; it is looked at again.");
                more = true;
            }

            db.ChangeTracker.Clear();
            // What is left is in the hands of another process.
            if (!more) break;
        }
    }

    /// <summary>When the next row falls due; null when none waits.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) =>
        await db.ScheduledMoments.Where(m => m.State == MomentState.Waiting).MinAsync(m => (DateTimeOffset?)m.DueAt, cancellationToken);

    private async Task<bool> DoBatchAsync(CancellationToken cancellationToken)
    {
        await audit.BeginAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var due = await ClaimAsync(now, cancellationToken);
        if (due.Count == 0)
        {
            await db.Database.CurrentTransaction!.RollbackAsync(cancellationToken);

            return false;
        }

        var ids = due.Select(d => d.OutageId).Distinct().ToList();
        var outages = await new OutageStore(db, clock).Whole.Where(o => ids.Contains(o.Id)).ToDictionaryAsync(o => o.Id, cancellationToken);
        var unfinished = await UnfinishedAsync([.. due.Where(d => d.Kind == MomentKind.Closes).Select(d => d.OutageId)], cancellationToken);
        foreach (var row in due.Where(d => d.Kind == MomentKind.Closes)) Close(row, outages[row.OutageId], unfinished.Contains(row.OutageId), now);
        await ringing.OpenAsync(await RingingAsync([.. due.Where(d => d.Kind != MomentKind.Closes)], outages, now, cancellationToken), cancellationToken);

        audit.AfterCommit(alarm.Ring);
        await audit.CommitAsync(cancellationToken);

        return true;
    }

    private async Task<List<ScheduledMoment>> ClaimAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        db is PostgreSqlNoticesDb
            ? await db.ScheduledMoments
                .FromSqlRaw("SELECT * FROM scheduled_moments WHERE state = 'Waiting' AND due_at <= {0} ORDER BY due_at, id LIMIT {1} FOR UPDATE SKIP LOCKED", db.Instant(now), Batch)
                .ToListAsync(cancellationToken)
            : await db.ScheduledMoments.Where(m => m.State == MomentState.Waiting && m.DueAt <= now).OrderBy(m => m.DueAt).ThenBy(m => m.Id).Take(Batch).ToListAsync(cancellationToken);

    /// <summary>Outages of which a notice still has to go out, or a round still runs.</summary>
    private async Task<HashSet<long>> UnfinishedAsync(List<long> outages, CancellationToken cancellationToken)
    {
        if (outages.Count == 0) return [];

        return await db.Outages.Where(o => outages.Contains(o.Id)
                && (db.ScheduledNotices.Any(s => s.OutageId == o.Id && s.State == ScheduledState.Waiting)
                    || db.Rounds.Any(r => r.Notice!.OutageId == o.Id && r.State != RoundState.Closed && r.State != RoundState.Stopped)))
            .Select(o => o.Id).ToHashSetAsync(cancellationToken);
    }

    /// <summary>Those that still have their reason. After a pause of the service the last question of a kind is asked, not all of them at once.</summary>
    private async Task<List<RingMoment>> RingingAsync(List<ScheduledMoment> due, Dictionary<long, Outage> outages, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (due.Count == 0) return [];

        var known = await OutageKnowledge.ReadAsync(db, [.. due.Select(d => outages[d.OutageId]).Distinct()], cancellationToken);
        var schedule = new OutageSchedule(db, policy, clock);
        var rung = new List<RingMoment>();
        foreach (var rows in due.GroupBy(d => (d.OutageId, d.Kind)))
        {
            var outage = outages[rows.Key.OutageId];
            var owed = await schedule.ComputeAsync(outage, known, cancellationToken);
            var last = rows.MaxBy(r => r.DueAt);
            foreach (var row in rows)
            {
                (row.State, row.DoneAt) = !owed.Moments.Any(m => m.Key == row.Key) ? (MomentState.Withdrawn, null) : row == last ? (MomentState.Done, now) : (MomentState.Skipped, (DateTimeOffset?)null);
            }

            var first = owed.Notices.FirstOrDefault(n => n.Key == NoticeSchedule.FirstKey);
            if (last is { State: MomentState.Done }) rung.Add(new RingMoment(last, outage, first?.Deadline ?? first?.DueAt));
        }

        return rung;
    }

    private void Close(ScheduledMoment row, Outage outage, bool unfinished, DateTimeOffset now)
    {
        if (!OutageLife.Allows(outage.Status, OutageStatus.Closed))
        {
            row.State = MomentState.Withdrawn;
            return;
        }

        if (outage.ReviewOwed || unfinished)
        {
            row.DueAt = now + Again;
            return;
        }

        var before = OutageView.Of(outage);
        (outage.Status, row.State, row.DoneAt) = (OutageStatus.Closed, MomentState.Done, now);
        outage.Version++;
        audit.Record(Actor.System, "outage.closed", OutagePlanning.Subject(outage), before, new { outage = OutageView.Of(outage), why = new { rule = row.Rule } });
    }
}
