using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Notices.Access;
using Notices.Announcements;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Policy;
using Notices.Storage;
using Notices.Words;

namespace Notices.Publishing;

/// <summary>Turns due rows into notices: notice, empty round, the outage's new state and the record in one short transaction. From its commit the notice stands in the feed.
/// Alarm and sweep, this process and others, may all ring at once: a row is claimed by one transaction, and the notice's link to its row is unique.</summary>
public sealed class NoticePublisher(
    NoticesDb db, AuditTrail audit, PolicyBook policy, NoticeFactsBuilder facts, NoticeRenderer renderer, TimeProvider clock, DueAlarm alarm, PublishingTurn turn,
    ILogger<NoticePublisher> log)
{
    /// <summary>Rows in the first transaction: small enough that the first of a hundred does not wait for the last.</summary>
    private const int FirstBatch = 40;

    /// <summary>Rows in one transaction while many wait. A third of a small one on PostgreSQL is questions asked once a transaction, so it doubles up to here; SQLite asks without a
    /// wire, and its only writer is not held for longer than the first takes.</summary>
    private const int LargestBatch = 160;

    /// <summary>Publishes all that is due by now, earliest first.</summary>
    /// <returns>How many notices were published.</returns>
    public async Task<int> PublishDueAsync(CancellationToken cancellationToken)
    {
        using var publishing = turn.Take();
        var (published, size) = (0, FirstBatch);
        while (!cancellationToken.IsCancellationRequested)
        {
            var (taken, done) = await PublishBatchAsync(size, cancellationToken);
            published += done;
            db.ChangeTracker.Clear();
            if (taken == 0) break;
            if (db is PostgreSqlNoticesDb && taken == size) size = Math.Min(2 * size, LargestBatch);
        }

        return published;
    }

    /// <summary>When the next row falls due; null when none waits.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) =>
        await db.ScheduledNotices.Where(s => s.State == ScheduledState.Waiting).MinAsync(s => (DateTimeOffset?)s.DueAt, cancellationToken);

    private async Task<(int Taken, int Done)> PublishBatchAsync(int size, CancellationToken cancellationToken)
    {
        await audit.BeginAsync(cancellationToken);
        var due = await ClaimAsync(clock.GetUtcNow(), size, cancellationToken);
        if (due.Count == 0)
        {
            await db.Database.CurrentTransaction!.RollbackAsync(cancellationToken);

            return (0, 0);
        }

        await renderer.LookAsync(db, cancellationToken);
        // One notice of an outage at a time: the next one's number and words, and whether it is owed at all, follow from it.
        due = [.. due.DistinctBy(d => (d.OutageId, d.AnnouncementId))];
        var ids = due.Where(d => d.OutageId is not null).Select(d => d.OutageId!.Value).Distinct().ToList();
        var outages = await new OutageStore(db, clock).Whole.Where(o => ids.Contains(o.Id)).ToDictionaryAsync(o => o.Id, cancellationToken);
        var known = await OutageKnowledge.ReadAsync(db, outages.Values, cancellationToken);
        var schedule = new OutageSchedule(db, policy, clock);
        var done = 0;
        var told = new List<Outage>();
        foreach (var row in due)
        {
            var published = row.OutageId is { } id ? await PublishAsync(row, outages[id], known, cancellationToken) : await PublishAnnouncementAsync(row, cancellationToken);
            if (published > 0 && row.OutageId is { } of) told.Add(outages[of]);
            done += published;
        }

        await db.SaveChangesAsync(cancellationToken);
        // What was just told may owe something new, or owe it no longer. One that could not be written keeps its later moment.
        foreach (var outage in told) await schedule.RedrawAsync(outage, known, cancellationToken);
        audit.AfterCommit(alarm.Ring);
        await audit.CommitAsync(cancellationToken);

        return (due.Count, done);
    }

    private async Task<List<ScheduledNotice>> ClaimAsync(DateTimeOffset now, int size, CancellationToken cancellationToken) =>
        db is PostgreSqlNoticesDb
            ? await db.ScheduledNotices
                .FromSqlRaw("SELECT * FROM scheduled_notices WHERE state = 'Waiting' AND due_at <= {0} ORDER BY due_at, id LIMIT {1} FOR UPDATE SKIP LOCKED", db.Instant(now), size)
                .ToListAsync(cancellationToken)
            : await db.ScheduledNotices.Where(s => s.State == ScheduledState.Waiting && s.DueAt <= now).OrderBy(s => s.DueAt).ThenBy(s => s.Id).Take(size)
                .ToListAsync(cancellationToken);

    private async Task<int> PublishAsync(ScheduledNotice row, Outage outage, OutageKnowledge known, CancellationToken cancellationToken)
    {
        using var activity = Telemetry.Continue("publish", outage.TraceParent)?.SetTag("notices.outage", outage.Number).SetTag("notices.key", row.Key);
        var now = clock.GetUtcNow();
        if (!OutageLife.IsApproved(outage.Status) || outage.Status == OutageStatus.Closed)
        {
            row.State = ScheduledState.Withdrawn;
            audit.Record(Actor.System, "notice.withdrawn", OutagePlanning.Subject(outage), null, new { row.Key, row.DueAt, because = outage.Status });

            return 0;
        }

        if (OutageSchedule.IsOver(row.Type, row.ExpiresAt, now))
        {
            row.State = ScheduledState.Skipped;
            audit.Record(Actor.System, "notice.skipped", OutagePlanning.Subject(outage), null, new { row.Key, row.DueAt, because = "expired" });

            return 0;
        }

        // The state first: what the notice says follows from it.
        var before = outage.Status;
        Advance(outage, row, now);
        var late = row.Late || now > row.Deadline;
        var stated = await facts.BuildAsync(outage, row.Type, now, late, row.WindowOrdinal, known, cancellationToken) with { Unconfirmed = row.Rule == "overrun-unconfirmed", LateStart = row.Rule == "late-start" };
        var notice = Compose(row, outage.OrganisationId, stated, now);
        if (notice is null) return 0;

        notice.OutageId = outage.Id;
        notice.PreviousNoticeId = (known.Notices(outage).LastOrDefault() ?? known.ReplacedNotices(outage).LastOrDefault())?.Id;
        notice.Kind = outage.Kind;
        (notice.Late, notice.LateReason) = (late, late ? outage.LateReason : null);
        Keep(row, notice);
        known.Add(outage, row.Key, notice);
        foreach (var audience in Audience.RoundAudience.Of(row.Key, row.Type, row.Audience, stated)) OpenRound(notice, row, audience, now, activity?.Id ?? outage.TraceParent);
        outage.Version++;
        if (outage.Status != before) RecordMove(outage, before, notice);
        if (row.Key == NoticeSchedule.FirstKey && outage.Replaces is { Status: OutageStatus.Postponed } replaced) Close(replaced, outage, notice);

        return 1;
    }

    private void RecordMove(Outage outage, OutageStatus before, Notice notice) => audit.Record(
        Actor.System, $"outage.{(outage.Status == OutageStatus.InProgress ? "started" : outage.Status.ToString().ToLowerInvariant())}", OutagePlanning.Subject(outage),
        new { status = before }, new { outage = new { outage.Status, outage.StartedAt }, why = new { notice = notice.Identifier } });

    /// <summary>People were just told the new day: the one put off lives on in the one that takes its place, and owes nobody a cancellation.</summary>
    private void Close(Outage replaced, Outage by, Notice notice)
    {
        audit.Record(
            Actor.System, "outage.closed", OutagePlanning.Subject(replaced), new { status = replaced.Status },
            new { outage = new { status = OutageStatus.Closed }, why = new { replacedBy = by.Number, notice = notice.Identifier } });
        replaced.Status = OutageStatus.Closed;
        replaced.Version++;
    }

    private async Task<int> PublishAnnouncementAsync(ScheduledNotice row, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var announcement = await db.Announcements.Include(a => a.Organisation).FirstAsync(a => a.Id == row.AnnouncementId, cancellationToken);
        using var activity = Telemetry.Continue("publish", announcement.TraceParent)?.SetTag("notices.announcement", announcement.Number).SetTag("notices.key", row.Key);
        var told = await db.Notices.Where(n => n.AnnouncementId == announcement.Id).OrderByDescending(n => n.Version).Select(n => new { n.Id, n.Version }).FirstOrDefaultAsync(cancellationToken);
        var version = (told?.Version ?? 0) + 1;
        var notice = Compose(row, announcement.OrganisationId, row.Type == NoticeType.Cancelled ? await WithdrawnAsync(row, announcement, now, version, cancellationToken) : facts.Of(announcement, now, version), now);
        if (notice is null) return 0;

        (notice.AnnouncementId, notice.PreviousNoticeId) = (announcement.Id, told?.Id);
        if (row.Type == NoticeType.Announcement) announcement.Status = AnnouncementStatus.Published;
        // So that whoever changes it at the same moment is told to read it again.
        announcement.Version++;
        Keep(row, notice);
        if (row.Audience is { } audience) OpenRound(notice, row, audience, now, activity?.Id ?? announcement.TraceParent);

        return 1;
    }

    private async Task<NoticeFacts> WithdrawnAsync(ScheduledNotice row, Announcement announcement, DateTimeOffset now, int version, CancellationToken cancellationToken)
    {
        var told = await db.Notices.Where(n => n.AnnouncementId == announcement.Id).OrderByDescending(n => n.Version).Select(n => n.PublishedAt).FirstAsync(cancellationToken);

        return facts.Withdrawn(announcement, now, version, told, JsonSerializer.Deserialize<LocalText>(row.Details!, Json.Stored)!);
    }

    /// <summary>The public texts. One that does not render keeps its own notice back, loudly, and no other.</summary>
    private Notice? Compose(ScheduledNotice row, long organisationId, NoticeFacts stated, DateTimeOffset now)
    {
        var notice = new Notice
        {
            OrganisationId = organisationId,
            ScheduledNoticeId = row.Id,
            Number = stated.Number,
            Version = stated.Version,
            Identifier = $"{stated.Number}.{stated.Version}",
            Type = stated.Type,
            PublishedAt = now,
            DueAt = row.DueAt,
            Deadline = row.Deadline,
            ExpiresAt = row.ExpiresAt > now ? row.ExpiresAt : now.AddHours(1),
            Facts = JsonSerializer.Serialize(stated, Json.Stored),
        };
        foreach (var language in Languages.All)
        {
            var text = renderer.Render(stated, language, TemplateMedium.Feed);
            if (!text.Ok)
            {
                var why = string.Join(" ", text.Problems.Select(p => Sentences.Of(p, Languages.English)));
                log.LogCritical("Notice {Key} of {Number} is due and cannot be written: {Why}", row.Key, stated.Number, why);
                row.DueAt = now.AddMinutes(1);

                return null;
            }

            notice.Texts.Add(new NoticeText { Language = language, Medium = "feed", Headline = text.Value!.Subject!, Body = text.Value.Text });
        }

        return notice;
    }

    private void Keep(ScheduledNotice row, Notice notice)
    {
        row.State = ScheduledState.Published;
        var due = row.DueAt;
        audit.AfterCommit(() => Telemetry.Published(clock.GetUtcNow() - due));
        db.Notices.Add(notice);
        NoticeHash.Record(audit, Actor.System, notice, notice.Texts);
    }

    private void OpenRound(Notice notice, ScheduledNotice row, string audience, DateTimeOffset now, string? traceParent) => db.Rounds.Add(new Round
    {
        Notice = notice,
        Audience = audience,
        Batch = $"{row.DueAt.UtcTicks}/{notice.Type}/{notice.OrganisationId}",
        CreatedAt = now,
        ExpiresAt = notice.ExpiresAt,
        TraceParent = traceParent,
    });

    private static void Advance(Outage outage, ScheduledNotice row, DateTimeOffset now)
    {
        switch (row.Type)
        {
            case NoticeType.Initial or NoticeType.Changed when outage.Status == OutageStatus.Approved && row.Key == NoticeSchedule.FirstKey:
                outage.Status = outage is { Kind: OutageKind.Fault or OutageKind.Emergency, StartHeld: false } && outage.StartedAt <= now ? OutageStatus.InProgress : OutageStatus.Published;
                break;
            case NoticeType.Started when outage.Status is OutageStatus.Approved or OutageStatus.Published:
                outage.Status = OutageStatus.InProgress;
                outage.StartedAt ??= outage.Windows.Min(w => w.StartsAt);
                break;
            case NoticeType.Cancelled when outage.Status == OutageStatus.Postponed:
                (outage.Status, outage.CancelledAt) = (OutageStatus.Cancelled, now);
                break;
        }
    }
}
