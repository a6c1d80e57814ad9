using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Storage;

namespace Notices.Publishing;

/// <param name="Read">The newest version its writer had before them; 0 where there was none.</param>
public sealed record SaveTemplate(string Path, int Read, string Text);

/// <summary>Texts of notices, from draft to force. An administrator of the whole installation writes, another person approves; from that commit on every process writes with it.</summary>
public sealed class TemplateDesk(NoticesDb db, AuditTrail audit, TemplateFiles files, EditedTemplates current, TemplateTrial trial, TimeProvider clock)
{
    private static readonly TemplateState[] Open = [TemplateState.Draft, TemplateState.Submitted];

    /// <summary>Whether an actor belongs to the root of the installation: templates are all of it.</summary>
    public async Task<bool> IsOfAllAsync(Actor actor, CancellationToken cancellationToken) => !await db.Organisations.AnyAsync(o => !o.Path.StartsWith(actor.OrganisationPath), cancellationToken);

    /// <summary>Keeps a text as the newest version, a draft.</summary>
    /// <returns>Its number, or everything that would keep a notice from being written with it; stale where somebody saved meanwhile.</returns>
    public async Task<Result<int>> SaveAsync(SaveTemplate request, Actor actor, CancellationToken cancellationToken)
    {
        if (await RefusedAsync(actor, "template.save", cancellationToken, Role.Administrator) is { } refusal) return refusal;
        if (TemplatePath.Find(request.Path) is not { } path) return Problem.NotFound("template", request.Path);

        var (text, newest) = (request.Text.ReplaceLineEndings("\n"), await NewestAsync(request.Path, cancellationToken));
        if ((newest?.Version ?? 0) != request.Read) return Stale(newest!);

        await current.LookAsync(db, cancellationToken);
        if (text == (newest is not null && Open.Contains(newest.State) ? newest.Text : current.Find(request.Path))) return new Problem("template-unchanged", "text", null, ProblemKind.State);

        var faults = trial.Check(path, text);

        return faults.Count > 0 ? Result<int>.Refused(faults) : await AddAsync(Version(request.Path, request.Read, text, TemplateState.Draft, actor), "template.saved", actor, cancellationToken);
    }

    /// <summary>Asks that the shipped file may speak again; like any other text it needs a second person's word.</summary>
    /// <param name="read">As in <see cref="SaveTemplate.Read"/>.</param>
    public async Task<Result<int>> ReturnAsync(string path, int read, Actor actor, CancellationToken cancellationToken)
    {
        if (await RefusedAsync(actor, "template.return", cancellationToken, Role.Administrator) is { } refusal) return refusal;

        var newest = await NewestAsync(path, cancellationToken);
        if ((newest?.Version ?? 0) != read) return Stale(newest!);

        var inForce = await InForceAsync(path, cancellationToken);
        if (inForce is null or { IsShipped: true }) return new Problem("template-shipped-already", null, null, ProblemKind.State);

        var version = Version(path, read, files.Find(path) ?? "", TemplateState.Submitted, actor);
        version.IsShipped = true;

        return await AddAsync(version, "template.return-submitted", actor, cancellationToken);
    }

    /// <summary>Asks for the second person's word on the newest version.</summary>
    public async Task<Result<int>> SubmitAsync(string path, int version, Actor actor, CancellationToken cancellationToken)
    {
        if (await RefusedAsync(actor, "template.submit", cancellationToken, Role.Administrator) is { } refusal) return refusal;

        var found = await db.TemplateOverrides.AsNoTracking().FirstOrDefaultAsync(t => t.Path == path && t.Version == version, cancellationToken);

        return found is null
            ? Problem.NotFound("template", path)
            : await MoveAsync(found, TemplateState.Draft, TemplateState.Submitted, actor, "template.submitted", null, new { version, sha256 = TemplateHash.OrNull(found.Text) }, null, cancellationToken);
    }

    /// <summary>Puts a submitted version in force, at once and everywhere.</summary>
    /// <returns>Refused to who wrote it; what an upgrade may have broken since it was written is told too.</returns>
    public async Task<Result<int>> ApproveAsync(string path, int version, Actor actor, CancellationToken cancellationToken)
    {
        var found = await DecidedAsync(path, version, "template.approve", actor, cancellationToken);
        if (found.Value is not { } row) return Result<int>.Refused(found.Problems);

        await current.LookAsync(db, cancellationToken);
        var faults = row.IsShipped ? [] : trial.Check(TemplatePath.Find(path)!, row.Text);
        if (faults.Count > 0) return Result<int>.Refused(faults);

        var before = await InForceAsync(path, cancellationToken);
        var done = await MoveAsync(
            row, TemplateState.Submitted, TemplateState.Approved, actor, "template.approved",
            new { version = before is { IsShipped: false } ? before.Version : (int?)null, sha256 = TemplateHash.OrNull(current.Find(path)) },
            new { version, row.EditedBy, shipped = row.IsShipped ? true : (bool?)null, sha256 = TemplateHash.OrNull(row.IsShipped ? files.Find(path) : row.Text) }, null, cancellationToken);
        if (done.Ok) await current.LookAsync(db, cancellationToken);

        return done;
    }

    /// <param name="reason">What its writer should mend.</param>
    public async Task<Result<int>> RejectAsync(string path, int version, string? reason, Actor actor, CancellationToken cancellationToken)
    {
        var found = await DecidedAsync(path, version, "template.reject", actor, cancellationToken);
        if (found.Value is not { } row) return Result<int>.Refused(found.Problems);
        if (string.IsNullOrWhiteSpace(reason)) return new Problem("reason-missing", "reason");

        return await MoveAsync(row, TemplateState.Submitted, TemplateState.Rejected, actor, "template.rejected", null, new { version, sha256 = TemplateHash.OrNull(row.Text), reason = reason.Trim() }, reason.Trim(), cancellationToken);
    }

    /// <summary>Who sees a part of the installation changes none of its texts.</summary>
    private async Task<Problem?> RefusedAsync(Actor actor, string action, CancellationToken cancellationToken, params Role[] roles)
    {
        if (!actor.IsAny(roles)) return Problem.Forbidden(action);

        return await IsOfAllAsync(actor, cancellationToken) ? null : new Problem("template-not-yours", null, null, ProblemKind.Forbidden);
    }

    private async Task<Result<TemplateOverride>> DecidedAsync(string path, int version, string action, Actor actor, CancellationToken cancellationToken)
    {
        if (await RefusedAsync(actor, action, cancellationToken, Role.Approver, Role.Administrator) is { } refusal) return refusal;

        var found = await db.TemplateOverrides.AsNoTracking().FirstOrDefaultAsync(t => t.Path == path && t.Version == version, cancellationToken);
        if (found is null) return Problem.NotFound("template", path);

        return string.Equals(found.EditedBy, actor.Name, StringComparison.OrdinalIgnoreCase) ? new Problem("template-own", null, null, ProblemKind.State) : found;
    }

    private TemplateOverride Version(string path, int read, string text, TemplateState state, Actor actor) => new()
    {
        Path = path,
        Version = read + 1,
        Text = text,
        ShippedHash = TemplateHash.OrNull(files.Find(path)),
        State = state,
        EditedBy = actor.Name,
        EditedAt = clock.GetUtcNow(),
    };

    /// <summary>Two who save at the same moment both write the next version: its number is unique, so one of them is told.</summary>
    private async Task<Result<int>> AddAsync(TemplateOverride version, string action, Actor actor, CancellationToken cancellationToken)
    {
        await audit.BeginAsync(cancellationToken);
        await db.TemplateOverrides.Where(t => t.Path == version.Path && Open.Contains(t.State)).ExecuteUpdateAsync(set => set.SetProperty(t => t.State, TemplateState.Replaced), cancellationToken);
        db.TemplateOverrides.Add(version);
        audit.Record(actor, action, Subject(version.Path), null, new { version.Version, sha256 = TemplateHash.OrNull(version.Text) });
        try
        {
            await audit.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
            if (await NewestAsync(version.Path, cancellationToken) is { } newest && newest.Version >= version.Version) return Stale(newest);
            throw;
        }

        return version.Version;
    }

    /// <summary>One statement decides between two who act at the same moment.</summary>
    private async Task<Result<int>> MoveAsync(
        TemplateOverride row, TemplateState from, TemplateState to, Actor actor, string action, object? before, object after, string? reason, CancellationToken cancellationToken)
    {
        var (decided, now) = (to is TemplateState.Approved or TemplateState.Rejected, clock.GetUtcNow());
        await audit.BeginAsync(cancellationToken);
        var moved = await db.TemplateOverrides.Where(t => t.Id == row.Id && t.State == from).ExecuteUpdateAsync(
            set => set.SetProperty(t => t.State, to).SetProperty(t => t.DecidedBy, decided ? actor.Name : null).SetProperty(t => t.DecidedAt, decided ? now : (DateTimeOffset?)null).SetProperty(t => t.Reason, reason),
            cancellationToken);
        if (moved == 0)
        {
            await db.Database.CurrentTransaction!.RollbackAsync(cancellationToken);
            var state = await db.TemplateOverrides.Where(t => t.Id == row.Id).Select(t => t.State).FirstAsync(cancellationToken);

            return new Problem("template-state", null, new { version = row.Version, state }, ProblemKind.State);
        }

        audit.Record(actor, action, Subject(row.Path), before, after);
        await audit.CommitAsync(cancellationToken);

        return row.Version;
    }

    private Task<TemplateOverride?> NewestAsync(string path, CancellationToken cancellationToken) =>
        db.TemplateOverrides.AsNoTracking().Where(t => t.Path == path).OrderByDescending(t => t.Version).FirstOrDefaultAsync(cancellationToken);

    private Task<TemplateOverride?> InForceAsync(string path, CancellationToken cancellationToken) =>
        db.TemplateOverrides.AsNoTracking().Where(t => t.Path == path && t.State == TemplateState.Approved).OrderByDescending(t => t.Version).FirstOrDefaultAsync(cancellationToken);

    private static Problem Stale(TemplateOverride newest) => new("template-stale", "text", new { version = newest.Version, by = newest.EditedBy, at = newest.EditedAt }, ProblemKind.Stale);

    private static string Subject(string path) => $"template/{path}";
}
