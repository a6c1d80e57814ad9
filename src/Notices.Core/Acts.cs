using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Policy;
using Notices.Storage;

namespace Notices;

/// <summary>The frame every verb on a numbered thing shares: check the role, find it, change it, redraw what is due, record, commit, ring.</summary>
internal abstract class Acts<T, TView>(NoticesDb db, AuditTrail audit, TimeProvider clock, DueAlarm alarm)
    where T : class, IVersioned
    where TView : class
{
    private const int Attempts = 5;

    internal DateTimeOffset Now => clock.GetUtcNow();

    protected NoticesDb Db => db;

    /// <summary>As actions and subjects of the record name it: <c>outage</c>.</summary>
    protected abstract string Thing { get; }

    /// <param name="verb">Past tense, for the record: <c>approved</c>.</param>
    /// <param name="roles">One of them is needed.</param>
    /// <param name="change">Changes the thing or says why not; runs inside the transaction.</param>
    /// <param name="why">The reason given, for the record.</param>
    internal async Task<Result<TView>> DoAsync(
        string number, string verb, Role[] roles, Actor actor, Func<T, Task<IReadOnlyList<Problem>>> change, object? why, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(roles)) return Problem.Forbidden($"{Thing}.{verb}");

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
                await UndoAsync([], cancellationToken);
                var found = await FindAsync(number, actor, cancellationToken);

                return found.Ok ? Stale(number, found.Value!.Version - 1, found.Value.Version, "version") : Result<TView>.Refused(found.Problems);
            }
        }
    }

    /// <summary>What doing it would come to; nothing of it stays.</summary>
    /// <param name="see">Looks at the thing as it would be, inside the transaction that is then taken back.</param>
    internal async Task<Result<TSeen>> ForeseeAsync<TSeen>(
        string number, string verb, Role[] roles, Actor actor, Func<T, Task<IReadOnlyList<Problem>>> change, Func<T, Task<TSeen>> see, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(roles)) return Problem.Forbidden($"{Thing}.{verb}");

        await audit.BeginAsync(cancellationToken);
        try
        {
            var found = await FindAsync(number, actor, cancellationToken);
            if (found.Value is not { } thing) return Result<TSeen>.Refused(found.Problems);
            if (await change(thing) is { Count: > 0 } problems) return Result<TSeen>.Refused(problems);

            await db.SaveChangesAsync(cancellationToken);

            return await see(thing);
        }
        finally
        {
            await TakeBackAsync(cancellationToken);
        }
    }

    private async Task<Result<TView>> TryAsync(
        string number, string verb, Actor actor, Func<T, Task<IReadOnlyList<Problem>>> change, object? why, CancellationToken cancellationToken)
    {
        await audit.BeginAsync(cancellationToken);
        var found = await FindAsync(number, actor, cancellationToken);
        if (!found.Ok) return await UndoAsync(found.Problems, cancellationToken);

        var (thing, before) = (found.Value!, Show(found.Value!));
        var problems = await change(thing);
        if (problems.Count > 0) return await UndoAsync(problems, cancellationToken);

        thing.Version++;
        await db.SaveChangesAsync(cancellationToken);
        await RedrawAsync(thing, cancellationToken);
        audit.Record(actor, $"{Thing}.{verb}", $"{Thing}/{thing.Number}", before, After(Show(thing), why));
        audit.AfterCommit(alarm.Ring);
        await audit.CommitAsync(cancellationToken);

        return await AnswerAsync(thing, cancellationToken);
    }

    private static bool IsDeadlock(Exception error) => error.GetBaseException() is System.Data.Common.DbException { SqlState: "40P01" or "40001" };

    /// <summary>Somebody changed it between the reading and this writing.</summary>
    internal static Problem Stale(string number, int read, int now, params IEnumerable<string> differs) =>
        new("stale", null, new { number, read, now, differs = differs.ToList() }, ProblemKind.Stale);

    /// <summary>The thing, or "not found" when there is none this actor sees.</summary>
    protected abstract Task<Result<T>> FindAsync(string number, Actor actor, CancellationToken cancellationToken);

    protected abstract TView Show(T thing);

    /// <summary>Brings the due rows to what is owed now.</summary>
    protected abstract Task RedrawAsync(T thing, CancellationToken cancellationToken);

    /// <summary>The thing with what was published of it.</summary>
    protected abstract Task<TView> AnswerAsync(T thing, CancellationToken cancellationToken);

    private Dictionary<string, object> After(TView view, object? why)
    {
        var after = new Dictionary<string, object>(StringComparer.Ordinal) { [Thing] = view };
        if (why is not null) after["why"] = why;

        return after;
    }

    private async Task<Result<TView>> UndoAsync(IReadOnlyList<Problem> problems, CancellationToken cancellationToken)
    {
        await TakeBackAsync(cancellationToken);

        return Result<TView>.Refused(problems);
    }

    private async Task TakeBackAsync(CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is { } transaction) await transaction.RollbackAsync(cancellationToken);
        db.ChangeTracker.Clear();
    }
}
