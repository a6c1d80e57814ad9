using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Policy;
using Notices.Ringing;
using Notices.Storage;

namespace Notices.Operation;

/// <summary>What was ended in a copy, so that nothing of the past goes on in the drill.</summary>
/// <param name="Already">It was one of a drill before.</param>
/// <param name="Rounds">Rounds that were open.</param>
/// <param name="Messages">Messages of theirs that waited.</param>
/// <param name="Rings">Messages to staff, answers to replies and confirmations that waited.</param>
/// <param name="Notices">Notices overdue at the copy's hour, not published any more.</param>
/// <param name="Moments">Other moments overdue.</param>
public sealed record DrillPrepared(bool Already, int Rounds, int Messages, int Rings, int Notices, int Moments);

/// <summary>Turns a copy of a real installation's database into one of a drill. The mark comes first: from then on no real process starts on it, wherever this one is killed;
/// run again, it does what is left.</summary>
public sealed class DrillPreparation(NoticesDb db, AuditTrail audit, DatabaseMode mode, OperationOptions operation, IDeliveryQueue queue, StorageOptions storage, TimeProvider clock)
{
    /// <summary>As the record and the round say it.</summary>
    internal const string Reason = "drill.prepared";

    /// <summary>A process not seen for so long is none, as everywhere (<see cref="Peer.SeenAt"/>).</summary>
    private static readonly TimeSpan Silent = TimeSpan.FromMinutes(1);

    /// <param name="name">The database's own name, repeated by whoever means this one.</param>
    /// <param name="machine">Machine time.</param>
    public async Task<Result<DrillPrepared>> PrepareAsync(string name, Actor actor, TimeProvider machine, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Administrator)) return Problem.Forbidden("operation.drill");
        if (!operation.IsDrill) return new Problem("drill-not-set");
        if (name != Name) return new Problem("drill-name-wrong", "--copy", new { name = Name });

        var since = machine.GetUtcNow() - Silent;
        if (await db.Peers.AnyAsync(peer => peer.SeenAt > since, cancellationToken)) return new Problem("drill-in-use", null, new { name = Name }, ProblemKind.State);

        var mark = await db.AuditHeads.Select(head => head.Mode).SingleOrDefaultAsync(cancellationToken);
        if (mark is not (null or DatabaseMode.Drill)) return new Problem("drill-of-other-mode", "--copy", new { name = Name, mode = mark }, ProblemKind.State);

        var already = mark is not null;
        if (!already) await mode.MarkAsync(actor, new { was = "real" }, DatabaseMode.Drill, cancellationToken);

        var now = clock.GetUtcNow();
        await audit.BeginAsync(cancellationToken);
        var messages = await db.Deliveries.CountAsync(delivery => delivery.State == DeliveryState.Waiting || delivery.State == DeliveryState.Claimed, cancellationToken);
        var rounds = await db.Rounds.Where(round => round.State == RoundState.Waiting || round.State == RoundState.Expanding || round.State == RoundState.Running || round.State == RoundState.Paused)
            .ExecuteUpdateAsync(set => set.SetProperty(round => round.State, RoundState.Stopped).SetProperty(round => round.StoppedReason, Reason), cancellationToken);
        var rings = await db.StaffRings.Where(ring => ring.State == OutboxState.Waiting || ring.State == OutboxState.Claimed)
            .ExecuteUpdateAsync(set => set.SetProperty(ring => ring.State, OutboxState.Withdrawn).SetProperty(ring => ring.EndedAt, now), cancellationToken);
        rings += await db.ReplyAnswers.Where(answer => answer.State == OutboxState.Waiting || answer.State == OutboxState.Claimed)
            .ExecuteUpdateAsync(set => set.SetProperty(answer => answer.State, OutboxState.Withdrawn).SetProperty(answer => answer.EndedAt, now), cancellationToken);
        rings += await db.SubscriptionMessages.Where(message => message.State == OutboxState.Waiting || message.State == OutboxState.Claimed)
            .ExecuteUpdateAsync(set => set.SetProperty(message => message.State, OutboxState.Withdrawn).SetProperty(message => message.EndedAt, now).SetProperty(message => message.Body, ""), cancellationToken);
        var notices = await db.ScheduledNotices.Where(due => due.State == ScheduledState.Waiting && due.DueAt <= now)
            .ExecuteUpdateAsync(set => set.SetProperty(due => due.State, ScheduledState.Skipped), cancellationToken);
        var moments = await db.ScheduledMoments.Where(due => due.State == MomentState.Waiting && due.DueAt <= now)
            .ExecuteUpdateAsync(set => set.SetProperty(due => due.State, MomentState.Skipped).SetProperty(due => due.DoneAt, now), cancellationToken);
        var prepared = new DrillPrepared(already, rounds, messages, rings, notices, moments);
        audit.Record(actor, Reason, "database", null, prepared);
        await audit.CommitAsync(cancellationToken);
        // In parts; should this end here, the drill's own sweep does the rest before anything of it is claimed, since the rounds are stopped.
        await queue.SuppressStoppedAsync(now, cancellationToken);

        return prepared;
    }

    /// <summary>The file's, or PostgreSQL's name of the database.</summary>
    private string Name => storage.IsPostgreSql ? db.Database.GetDbConnection().Database : Path.GetFileName(storage.SqliteFile);
}
