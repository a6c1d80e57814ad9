using Notices.Access;
using Notices.Audit;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;
using Notices.Words;

namespace Notices.Announcements;

/// <summary>From draft to published, and back: two people, all checks, every refusal with its mend.</summary>
public sealed class AnnouncementDesk
{
    /// <summary>Characters of a reason that is printed.</summary>
    private const int LongestReason = 100;

    private readonly NoticesDb _db;
    private readonly AnnouncementActs _acts;
    private readonly AnnouncementChecks _checks;
    private readonly NoticeFactsBuilder _facts;
    private readonly NoticeRenderer _renderer;

    public AnnouncementDesk(
        NoticesDb db, AuditTrail audit, TimeProvider clock, DueAlarm alarm, AnnouncementChecks checks, NoticeFactsBuilder facts, NoticeRenderer renderer)
    {
        _acts = new AnnouncementActs(db, audit, clock, alarm);
        (_db, _checks, _facts, _renderer) = (db, checks, facts, renderer);
    }

    public Task<Result<AnnouncementView>> SubmitAsync(string number, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(number, "submitted", AnnouncementActs.Writers, actor, async announcement =>
        {
            if (announcement.Status != AnnouncementStatus.Draft) return [AnnouncementActs.Forbids(announcement, "submit")];
            if (await _checks.RunAsync(announcement, cancellationToken) is { Count: > 0 } refusals) return refusals;

            (announcement.Status, announcement.SubmittedBy) = (AnnouncementStatus.Submitted, actor.Name);

            return [];
        }, null, cancellationToken);

    /// <summary>Every text of it as it stands now; what keeps it from being written otherwise.</summary>
    public async Task<Result<IReadOnlyList<PreviewText>>> PreviewAsync(string number, Actor actor, CancellationToken cancellationToken)
    {
        var found = await _acts.SeenAsync(number, actor, cancellationToken);
        await _renderer.LookAsync(_db, cancellationToken);

        return found.Value is { } announcement
            ? TextPreviews.Of(_renderer, _facts.Of(announcement, announcement.PublishAt > _acts.Now ? announcement.PublishAt.Value : _acts.Now, 1))
            : Result<IReadOnlyList<PreviewText>>.Refused(found.Problems);
    }

    /// <summary>From here it goes out by itself, at its time or at once.</summary>
    public Task<Result<AnnouncementView>> ApproveAsync(string number, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(number, "approved", [Role.Approver], actor, announcement =>
        {
            IReadOnlyList<Problem> refusals = announcement switch
            {
                { Status: not AnnouncementStatus.Submitted } => [AnnouncementActs.Forbids(announcement, "approve")],
                _ when announcement.SubmittedBy == actor.Name || announcement.CreatedBy == actor.Name => [new Problem("approver-is-submitter", null, null, ProblemKind.Forbidden)],
                _ => _checks.StillInTime(announcement),
            };
            if (refusals.Count == 0) (announcement.Status, announcement.ApprovedBy) = (AnnouncementStatus.Approved, actor.Name);

            return Task.FromResult(refusals);
        }, null, cancellationToken);

    /// <summary>Back to the draft, with the reason in the record.</summary>
    public Task<Result<AnnouncementView>> RejectAsync(string number, LocalText? reason, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(number, "rejected", [Role.Approver], actor, announcement =>
        {
            IReadOnlyList<Problem> refusals = announcement.Status != AnnouncementStatus.Submitted ? [AnnouncementActs.Forbids(announcement, "reject")]
                : reason is null ? [new Problem("reason-missing", "reason")] : [];
            if (refusals.Count == 0) (announcement.Status, announcement.SubmittedBy) = (AnnouncementStatus.Draft, null);

            return Task.FromResult(refusals);
        }, new { reason }, cancellationToken);

    /// <summary>Brings an approved one forward: out now, whatever its time was.</summary>
    public Task<Result<AnnouncementView>> PublishAsync(string number, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(number, "brought-forward", [Role.Dispatcher, Role.Approver, Role.Administrator], actor, announcement =>
        {
            if (announcement.Status != AnnouncementStatus.Approved) return Task.FromResult<IReadOnlyList<Problem>>([AnnouncementActs.Forbids(announcement, "publish")]);

            announcement.PublishAt = null;

            return Task.FromResult(_checks.StillInTime(announcement));
        }, null, cancellationToken);

    /// <summary>Taken back. What stands before the public already is replaced by a notice that says so; a second person's approval would only delay that word.</summary>
    public Task<Result<AnnouncementView>> WithdrawAsync(string number, LocalText? reason, Actor actor, CancellationToken cancellationToken) =>
        _acts.DoAsync(number, "withdrawn", AnnouncementActs.Writers, actor, async announcement =>
        {
            if (announcement.Status == AnnouncementStatus.Withdrawn) return [AnnouncementActs.Forbids(announcement, "withdraw")];
            if (reason is null) return [new Problem("reason-missing", "reason")];

            if (await _acts.Schedule.StandingAsync(announcement, cancellationToken) is { } standing)
            {
                // It is printed, so it is held to what the text was held to.
                List<Problem> refusals = [.. AnnouncementChecks.Words(reason, "reason", LongestReason)];
                if (refusals.Count == 0) refusals.AddRange(await _renderer.CheckAsync(_db, _facts.Withdrawn(announcement, _acts.Now, standing.Version + 1, standing.PublishedAt, reason), cancellationToken));
                if (refusals.Count > 0) return refusals;

                await _acts.Schedule.TakeBackAsync(announcement, standing, reason, actor, cancellationToken);
            }

            announcement.Status = AnnouncementStatus.Withdrawn;

            return [];
        }, new { reason }, cancellationToken);
}
