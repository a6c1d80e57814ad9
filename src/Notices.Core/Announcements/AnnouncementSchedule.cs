using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;
using Notices.Words;

namespace Notices.Announcements;

/// <summary>The due rows of announcements.</summary>
public sealed class AnnouncementSchedule
{
    /// <summary>How long one without an end of its own stands in the feed.</summary>
    public static readonly TimeSpan Stands = TimeSpan.FromDays(14);

    private const string First = "announcement";
    private const string Withdrawal = "withdrawal";

    private readonly NoticesDb _db;
    private readonly AuditTrail _audit;
    private readonly TimeProvider _clock;

    internal AnnouncementSchedule(NoticesDb db, AuditTrail audit, TimeProvider clock) => (_db, _audit, _clock) = (db, audit, clock);

    /// <summary>Brings the rows to what is owed; the caller commits.</summary>
    internal async Task RedrawAsync(Announcement announcement, CancellationToken cancellationToken)
    {
        var waiting = await _db.ScheduledNotices.Where(s => s.AnnouncementId == announcement.Id && s.Key == First && s.State == ScheduledState.Waiting).ToListAsync(cancellationToken);
        if (announcement.Status != AnnouncementStatus.Approved)
        {
            foreach (var old in waiting) old.State = ScheduledState.Withdrawn;
            return;
        }

        var row = waiting.FirstOrDefault() ?? _db.ScheduledNotices.Add(new ScheduledNotice
        {
            AnnouncementId = announcement.Id,
            Type = NoticeType.Announcement,
            Key = First,
            Rule = First,
            Source = "",
            Audience = announcement.Places.Count > 0 ? nameof(NoticeAudience.Everyone) : null,
        }).Entity;
        var now = _clock.GetUtcNow();
        row.DueAt = announcement.PublishAt is { } at && at > now ? at : now;
        row.ExpiresAt = announcement.ExpiresAt ?? row.DueAt + Stands;
    }

    /// <summary>The notice that stands before the public; null where none does (any more).</summary>
    internal Task<Notice?> StandingAsync(Announcement announcement, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();

        return _db.Notices.Where(n => n.AnnouncementId == announcement.Id && n.ExpiresAt > now).OrderByDescending(n => n.Version).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Owes a notice that takes its place, tells those already told, and ends what is still being sent. Whoever read the first one, or read it out, learns that it is gone;
    /// a feed that merely dropped it would leave them with it.</summary>
    internal async Task TakeBackAsync(Announcement announcement, Notice standing, LocalText reason, Actor actor, CancellationToken cancellationToken)
    {
        var rounds = await _db.Rounds.Where(r => r.NoticeId == standing.Id).ToListAsync(cancellationToken);
        foreach (var round in rounds.Where(r => r.State is RoundState.Waiting or RoundState.Expanding or RoundState.Running or RoundState.Paused))
        {
            _audit.Record(actor, "rounds.stopped", Round.Subject(round.Id), new { state = round.State }, new { state = RoundState.Stopped, because = $"announcement/{announcement.Number}" });
            (round.State, round.StoppedReason) = (RoundState.Stopped, reason.Chinese);
        }

        _db.ScheduledNotices.Add(new ScheduledNotice
        {
            AnnouncementId = announcement.Id,
            Type = NoticeType.Cancelled,
            Key = Withdrawal,
            Rule = Withdrawal,
            Source = "",
            DueAt = _clock.GetUtcNow(),
            ExpiresAt = standing.ExpiresAt,
            Audience = rounds.Count > 0 ? nameof(NoticeAudience.Told) : null,
            Details = JsonSerializer.Serialize(reason, Json.Stored),
        });
    }
}
