using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Outages;
using Notices.Policy;
using Notices.Storage;

namespace Notices.Announcements;

/// <summary>What every verb on an announcement shares.</summary>
internal sealed class AnnouncementActs(NoticesDb db, AuditTrail audit, TimeProvider clock, DueAlarm alarm) : Acts<Announcement, AnnouncementView>(db, audit, clock, alarm)
{
    internal static readonly Role[] Writers = [Role.Dispatcher, Role.Administrator];

    internal AnnouncementSchedule Schedule { get; } = new(db, audit, clock);

    internal IQueryable<Announcement> Whole => Db.Announcements.Include(a => a.Organisation);

    protected override string Thing => "announcement";

    internal static Problem Forbids(Announcement announcement, string action) =>
        new("state-forbids", "status", new { action, status = announcement.Status }, ProblemKind.State);

    internal async Task<Result<Announcement>> SeenAsync(string number, Actor actor, CancellationToken cancellationToken)
    {
        var announcement = await Whole.FirstOrDefaultAsync(a => a.Number == number, cancellationToken);

        return announcement is not null && actor.Sees(announcement.Organisation!.Path) ? announcement : Problem.NotFound("announcement", number);
    }

    internal async Task<List<OutageNotice>> NoticesAsync(long id, CancellationToken cancellationToken) =>
        await Db.Notices.Where(n => n.AnnouncementId == id).OrderBy(n => n.Version)
            .Select(n => new OutageNotice(n.Id, n.Identifier, n.Type, n.PublishedAt, n.Late)).ToListAsync(cancellationToken);

    protected override Task<Result<Announcement>> FindAsync(string number, Actor actor, CancellationToken cancellationToken) => SeenAsync(number, actor, cancellationToken);

    protected override AnnouncementView Show(Announcement thing) => AnnouncementView.Of(thing);

    protected override Task RedrawAsync(Announcement thing, CancellationToken cancellationToken) => Schedule.RedrawAsync(thing, cancellationToken);

    protected override async Task<AnnouncementView> AnswerAsync(Announcement thing, CancellationToken cancellationToken) =>
        AnnouncementView.Of(thing, null, await NoticesAsync(thing.Id, cancellationToken));
}
