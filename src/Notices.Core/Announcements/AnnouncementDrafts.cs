using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Network;
using Notices.Policy;
using Notices.Storage;
using Notices.Words;

namespace Notices.Announcements;

/// <summary>Writes and finds announcements. Nothing here tells anybody: that begins with submission (<see cref="AnnouncementDesk"/>).</summary>
public sealed class AnnouncementDrafts
{
    private static readonly LocalText Empty = LocalText.Same("");

    private readonly NoticesDb _db;
    private readonly AuditTrail _audit;
    private readonly TimeProvider _clock;
    private readonly AnnouncementActs _acts;
    private readonly AnnouncementChecks _checks;
    private readonly OrganisationDirectory _organisations;

    public AnnouncementDrafts(NoticesDb db, AuditTrail audit, TimeProvider clock, DueAlarm alarm, AnnouncementChecks checks, OrganisationDirectory organisations)
    {
        _acts = new AnnouncementActs(db, audit, clock, alarm);
        (_db, _audit, _clock, _checks, _organisations) = (db, audit, clock, checks, organisations);
    }

    /// <summary>Saves a draft; what a submission would refuse is only pointed out.</summary>
    public async Task<Result<AnnouncementView>> WriteAsync(WriteAnnouncement text, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(AnnouncementActs.Writers)) return Problem.Forbidden("announcement.write");

        var organisation = await _organisations.FindAsync(text.Organisation, actor, cancellationToken);
        if (!organisation.Ok) return Result<AnnouncementView>.Refused(organisation.Problems);

        await _audit.BeginAsync(cancellationToken);
        var announcement = new Announcement
        {
            Number = await _organisations.NextNumberAsync(organisation.Value!, "A", _db.Announcements.Select(a => a.Number), _clock.GetUtcNow(), cancellationToken),
            Organisation = organisation.Value,
            OrganisationId = organisation.Value!.Id,
            Title = Empty,
            Body = Empty,
            CreatedBy = actor.Name,
            CreatedAt = _clock.GetUtcNow(),
            TraceParent = Telemetry.TraceParent(),
        };
        Fill(announcement, text);
        _db.Announcements.Add(announcement);
        _audit.Record(actor, "announcement.written", $"announcement/{announcement.Number}", null, AnnouncementView.Of(announcement));
        await _audit.CommitAsync(cancellationToken);

        return AnnouncementView.Of(announcement, await _checks.RunAsync(announcement, cancellationToken));
    }

    /// <summary>Replaces a draft's content.</summary>
    /// <param name="version">The version the editor had read; another one is refused with what differs.</param>
    public async Task<Result<AnnouncementView>> ChangeAsync(string number, WriteAnnouncement text, int version, Actor actor, CancellationToken cancellationToken)
    {
        var changed = await _acts.DoAsync(number, "changed", AnnouncementActs.Writers, actor, announcement => Task.FromResult<IReadOnlyList<Problem>>(announcement switch
        {
            _ when announcement.Version != version => [AnnouncementActs.Stale(number, version, announcement.Version, Differences(announcement, text))],
            { Status: not AnnouncementStatus.Draft } => [AnnouncementActs.Forbids(announcement, "change")],
            _ when text.Organisation != announcement.Organisation!.Code => [new Problem("organisation-fixed", "organisation", new { organisation = announcement.Organisation.Code })],
            _ => Fill(announcement, text),
        }), null, cancellationToken);

        return changed.Ok ? await FindAsync(number, actor, cancellationToken) : changed;
    }

    public async Task<Result<AnnouncementView>> FindAsync(string number, Actor actor, CancellationToken cancellationToken)
    {
        var found = await _acts.SeenAsync(number, actor, cancellationToken);
        if (!found.Ok) return Result<AnnouncementView>.Refused(found.Problems);

        var announcement = found.Value!;

        return AnnouncementView.Of(
            announcement,
            announcement.Status == AnnouncementStatus.Draft ? await _checks.RunAsync(announcement, cancellationToken) : [],
            await _acts.NoticesAsync(announcement.Id, cancellationToken));
    }

    /// <summary>A page of announcements, newest first.</summary>
    public async Task<IReadOnlyList<AnnouncementView>> ListAsync(AnnouncementQuery query, Actor actor, CancellationToken cancellationToken)
    {
        var announcements = _acts.Whole.AsNoTracking().Where(a => a.Organisation!.Path.StartsWith(actor.OrganisationPath));
        if (query.Status is { } status) announcements = announcements.Where(a => a.Status == status);
        if (query.Organisation is { } code) announcements = announcements.Where(a => _db.Organisations.Any(g => g.Code == code && a.Organisation!.Path.StartsWith(g.Path)));
        if (query.Before is { } before) announcements = announcements.Where(a => a.Id < before);

        return [.. (await announcements.OrderByDescending(a => a.Id).Take(query.Limit).ToListAsync(cancellationToken)).Select(a => AnnouncementView.Of(a))];
    }

    /// <summary>The cursor of the page after one that ended with this announcement.</summary>
    public async Task<long?> CursorAsync(string number, CancellationToken cancellationToken) =>
        await _db.Announcements.Where(a => a.Number == number).Select(a => (long?)a.Id).FirstOrDefaultAsync(cancellationToken);

    private static IReadOnlyList<Problem> Fill(Announcement announcement, WriteAnnouncement text)
    {
        (announcement.Title, announcement.Body) = (Trimmed(text.Title), Trimmed(text.Body));
        (announcement.PublishAt, announcement.ExpiresAt) = (text.PublishAt, text.ExpiresAt);
        announcement.Places = [.. text.Places.Select(p => p.Trim()).Where(p => p.Length > 0).Distinct()];

        return [];
    }

    private static LocalText Trimmed(LocalText? text) => text is null ? Empty : new LocalText(text.Chinese.Trim(), text.English.Trim());

    private static IEnumerable<string> Differences(Announcement current, WriteAnnouncement text)
    {
        if (current.Title != Trimmed(text.Title)) yield return "title";
        if (current.Body != Trimmed(text.Body)) yield return "body";
        if (current.PublishAt != text.PublishAt) yield return "publishAt";
        if (current.ExpiresAt != text.ExpiresAt) yield return "expiresAt";
        if (!current.Places.ToHashSet().SetEquals(text.Places)) yield return "places";
    }
}
