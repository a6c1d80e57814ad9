using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Policy;
using Notices.Storage;

namespace Notices.Outages;

/// <summary>The frame every verb on an outage shares: find it, check the role, change it, redraw what is due, record, commit, ring.</summary>
internal sealed class OutageActs(NoticesDb db, AuditTrail audit, TimeProvider clock, PolicyBook policy, DueAlarm alarm)
{
    private const int Attempts = 5;

    internal OutageStore Store { get; } = new(db, clock);

    internal OutageSchedule Schedule { get; } = new(db, policy, clock);

    internal ScopeResolver Scopes { get; } = new(db);

    internal DateTimeOffset Now => clock.GetUtcNow();

    /// <param name="verb">Past tense, for the record: <c>approved</c>.</param>
    /// <param name="roles">One of them is needed.</param>
    /// <param name="change">Changes the outage or says why not; runs inside the transaction.</param>
    /// <param name="why">The reason given, for the record.</param>
    internal async Task<Result<OutageView>> DoAsync(
        string number, string verb, Role[] roles, Actor actor, Func<Outage, Task<IReadOnlyList<Problem>>> change, object? why, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(roles)) return Problem.Forbidden($"outage.{verb}");

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(number, verb, actor, change, why, cancellationToken);
            }
            catch (Exception error) when (attempt < Attempts && (error is DbUpdateConcurrencyException || IsDeadlock(error)))
            {
                // Somebody else (most often the alarm, publishing) was first; what is asked is judged anew by what is there now.
                await UndoAsync([], cancellationToken);
            }
            catch (DbUpdateConcurrencyException)
            {
                return await UndoAsync([new Problem("stale", null, new { number, differs = "version" }, ProblemKind.Stale)], cancellationToken);
            }
        }
    }

    private async Task<Result<OutageView>> TryAsync(
        string number, string verb, Actor actor, Func<Outage, Task<IReadOnlyList<Problem>>> change, object? why, CancellationToken cancellationToken)
    {
        await audit.BeginAsync(cancellationToken);
        var found = await Store.FindAsync(number, actor, cancellationToken);
        if (!found.Ok) return await UndoAsync(found.Problems, cancellationToken);

        var outage = found.Value!;
        var before = OutageView.Of(outage);
        var problems = await change(outage);
        if (problems.Count > 0) return await UndoAsync(problems, cancellationToken);

        outage.Version++;
        await db.SaveChangesAsync(cancellationToken);
        await Schedule.RedrawAsync(outage, cancellationToken);
        audit.Record(actor, $"outage.{verb}", OutagePlanning.Subject(outage), before, new { outage = OutageView.Of(outage), why });
        audit.AfterCommit(alarm.Ring);
        await audit.CommitAsync(cancellationToken);

        return OutageView.Of(outage, null, await Store.NoticesAsync(outage.Id, cancellationToken));
    }

    /// <summary>The problem when the life has no such arrow.</summary>
    internal static IReadOnlyList<Problem> Move(Outage outage, OutageStatus to, string action)
    {
        if (!OutageLife.Allows(outage.Status, to)) return [Forbids(outage, action)];

        outage.Status = to;

        return [];
    }

    internal static Problem Forbids(Outage outage, string action) => new("state-forbids", "status", new { action, status = outage.Status }, ProblemKind.State);

    private static bool IsDeadlock(Exception error) => error.GetBaseException() is System.Data.Common.DbException { SqlState: "40P01" or "40001" };

    private async Task<Result<OutageView>> UndoAsync(IReadOnlyList<Problem> problems, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is { } transaction) await transaction.RollbackAsync(cancellationToken);
        db.ChangeTracker.Clear();

        return Result<OutageView>.Refused(problems);
    }
}
