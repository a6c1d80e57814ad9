using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;

namespace Notices.Audience;

/// <summary>Draws a round's recipients and deliveries: set statements in the database, tier 0 first, each tier of a large round its own transaction, so that the most vulnerable
/// are on their way while the others are still being drawn. On SQLite a large tier is many short transactions, since all others wait for its one writer. A kill leaves whole tiers or
/// parts; who is in the snapshot already says where to go on.</summary>
public sealed class RoundExpansion(
    NoticesDb db, AuditTrail audit, PolicyBook policy, NoticeRenderer renderer, TimeProvider clock, DueAlarm alarm, PublishingTurn turn, DrawingTurn drawings,
    WatchOptions watch, Func<NoticesDb> open, ILogger<RoundExpansion> log)
{
    /// <summary>Supply points in one transaction on SQLite: about 100 ms of the writer.</summary>
    internal int Part { get; init; } = 1000;

    /// <summary>Rounds read together.</summary>
    private const int ReadTogether = 20;

    private readonly DrawingTexts _texts = new(db, renderer, log);
    private readonly Suppression _suppression = new(open, clock);

    private TierDrawing Tier => field ??= new TierDrawing(db, policy, _texts, clock);

    private BesideDrawing Beside => field ??= new BesideDrawing(db, policy, watch, _texts, clock, (action, round, after) => _entries.Add((action, round, after)));

    /// <summary>What the transaction at work will have done.</summary>
    private readonly List<(string Action, long Round, object After)> _entries = [];

    private bool PostgreSql => db is PostgreSqlNoticesDb;

    /// <summary>Draws every round that waits, the urgent ones first.</summary>
    /// <returns>How many rounds were drawn to the end.</returns>
    public async Task<int> ExpandDueAsync(CancellationToken cancellationToken) =>
        await ExpandDueAsync(Lane.Urgent, cancellationToken) + await ExpandDueAsync(Lane.Ordinary, cancellationToken);

    /// <summary>Draws the waiting rounds of one lane: a planned round of a million takes its time, and no emergency stands behind it.</summary>
    /// <returns>How many rounds were drawn to the end.</returns>
    public async Task<int> ExpandDueAsync(Lane lane, CancellationToken cancellationToken)
    {
        // The table of chosen addresses lives as long as the connection.
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await _suppression.EndAsync(RoundChoices.LeftOut, new Dictionary<string, object?>(), DeliveryReasons.PublicOnly, cancellationToken);
            var drawn = await ExpandWaitingAsync(lane, cancellationToken);
            if (lane == Lane.Ordinary && await new RoundMerging(db, audit, renderer, log).MergeAsync(cancellationToken)) alarm.Ring();

            return drawn;
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    private async Task<int> ExpandWaitingAsync(Lane lane, CancellationToken cancellationToken)
    {
        var (drawn, urgent) = (0, lane == Lane.Urgent);
        var waiting = await db.Rounds.Where(r => (r.State == RoundState.Waiting || r.State == RoundState.Expanding) && r.NextTier < PriorityTier.Count)
            .Where(r => (r.Notice!.Kind == OutageKind.Emergency || r.Notice.Kind == OutageKind.Fault) == urgent)
            .OrderBy(r => r.Id).Select(r => r.Id).Take(500).ToListAsync(cancellationToken);
        if (waiting.Count > 0)
        {
            await renderer.LookAsync(db, cancellationToken);
            await Tier.PrepareAsync(cancellationToken);
        }

        foreach (var together in waiting.Chunk(ReadTogether))
        {
            var mine = together.Where(drawings.Take).ToList();
            try
            {
                foreach (var few in Drawing.Together(await Drawing.LoadAsync(db, mine, cancellationToken)))
                {
                    if (few[0].IsSmall) drawn += await ExpandSmallAsync(few, cancellationToken);
                    else if (await ExpandLargeAsync(few[0].RoundId, cancellationToken)) drawn++;
                }
            }
            finally
            {
                mine.ForEach(drawings.Leave);
            }
        }

        return drawn;
    }

    /// <returns>How many were drawn to their end.</returns>
    private async Task<int> ExpandSmallAsync(IReadOnlyList<Drawing> few, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return 0;

        foreach (var drawing in few) await OvertakeAsync(drawing, cancellationToken);
        var drawn = 0;
        var kept = await InTurnAsync(
            few,
            async (drawing, round) =>
            {
                while (round.NextTier < PriorityTier.Count)
                {
                    if (!await DrawAsync(drawing, round, null, true, cancellationToken)) return false;
                }

                drawn++;

                return true;
            },
            cancellationToken);
        if (kept) return drawn;

        drawn = 0;
        if (few.Count == 1) await LeaveBatchAsync(few[0], cancellationToken);
        else foreach (var drawing in few) drawn += await ExpandSmallAsync([drawing], cancellationToken);

        return drawn;
    }

    /// <returns>Whether the round was drawn to its end.</returns>
    private async Task<bool> ExpandLargeAsync(long id, CancellationToken cancellationToken)
    {
        // Behind others, what was read with them has aged.
        var drawing = (await Drawing.LoadAsync(db, [id], cancellationToken))[0];
        await OvertakeAsync(drawing, cancellationToken);

        return await (PostgreSql ? ExpandTiersAsync(drawing, cancellationToken) : ExpandPartsAsync(drawing, cancellationToken));
    }

    /// <returns>Whether the round was drawn to its end.</returns>
    private async Task<bool> ExpandTiersAsync(Drawing drawing, CancellationToken cancellationToken)
    {
        for (var last = false; !last && !cancellationToken.IsCancellationRequested;)
        {
            var found = false;
            var kept = await InTurnAsync(
                [drawing],
                async (_, round) =>
                {
                    found = await DrawAsync(drawing, round, null, true, cancellationToken);
                    last = round.NextTier == PriorityTier.Count;

                    return found;
                },
                cancellationToken);
            if (kept && found) continue;

            await LeaveBatchAsync(drawing, cancellationToken);

            return false;
        }

        return !cancellationToken.IsCancellationRequested;
    }

    /// <returns>Whether the round was drawn to its end.</returns>
    private async Task<bool> ExpandPartsAsync(Drawing drawing, CancellationToken cancellationToken)
    {
        short tier = PriorityTier.Count;
        await InTurnAsync([drawing], (_, round) => Task.FromResult((tier = round.NextTier) < PriorityTier.Count), cancellationToken);
        if (tier == PriorityTier.Count) return false;

        for (; tier < PriorityTier.Count; tier++)
        {
            var parts = (await Tier.PointsAsync(drawing, tier, cancellationToken)).Chunk(Part).ToList();
            if (parts.Count == 0) parts.Add([]);
            for (var i = 0; i < parts.Count; i++)
            {
                if (cancellationToken.IsCancellationRequested) return false;

                var (of, points, whole) = (tier, parts[i], i == parts.Count - 1);
                var found = false;
                await InTurnAsync(
                    [drawing],
                    async (_, round) => found = round.NextTier == of && await DrawAsync(drawing, round, points, whole, cancellationToken),
                    cancellationToken);
                if (found) continue;

                await LeaveBatchAsync(drawing, cancellationToken);

                return false;
            }
        }

        return true;
    }

    /// <summary>Ends what still waits of the outage's earlier rounds where this one says something else, before it is drawn.</summary>
    private async Task OvertakeAsync(Drawing drawing, CancellationToken cancellationToken)
    {
        if (!drawing.Overtakes) return;

        var parameters = new Dictionary<string, object?> { ["@outage"] = drawing.Outage!.Id, ["@notice"] = drawing.Notice.Id };
        await audit.BeginAsync(cancellationToken);
        // Whom a joint message tells of another outage besides still gets that.
        await new MergedMessages(db).PartAsync(AudienceSql.EarlierRounds, parameters, cancellationToken);
        await audit.CommitAsync(cancellationToken);
        await _suppression.EndAsync(ExpansionSql.Earlier, parameters, DeliveryReasons.Superseded, cancellationToken);
    }

    /// <summary>One that cannot be written leaves its batch: the others of its moment do not wait for its mending.</summary>
    private async Task LeaveBatchAsync(Drawing drawing, CancellationToken cancellationToken)
    {
        if (!drawing.Unwritten) return;

        await db.Rounds.Where(r => r.Id == drawing.RoundId && r.State == RoundState.Waiting).ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RoundState.Expanding), cancellationToken);
    }

    /// <summary>One transaction on the locked rounds, once nobody publishes; kept when <paramref name="work"/> says so of each. One that is held, ended, drawn or in other hands is left out.</summary>
    private async Task<bool> InTurnAsync(IReadOnlyList<Drawing> together, Func<Drawing, Round, Task<bool>> work, CancellationToken cancellationToken)
    {
        await turn.Idle.WaitAsync(cancellationToken);
        _entries.Clear();
        await audit.BeginAsync(cancellationToken);
        var rounds = await LockAsync(together.Select(drawing => drawing.RoundId), cancellationToken);
        var kept = true;
        foreach (var drawing in together)
        {
            if (!kept || !rounds.TryGetValue(drawing.RoundId, out var round)) continue;

            kept = (round.NextTier > 0 || drawing.Begun || await BeginAsync(drawing, round, cancellationToken)) && await work(drawing, round);
        }

        if (kept)
        {
            foreach (var (action, id, after) in _entries) audit.Record(Actor.System, action, Round.Subject(id), null, after);
            await audit.CommitAsync(cancellationToken);
        }
        else
        {
            await db.Database.CurrentTransaction!.RollbackAsync(cancellationToken);
        }

        foreach (var drawing in together)
        {
            drawing.Begun |= kept && rounds.ContainsKey(drawing.RoundId);
            if (!kept) drawing.Texts = null;
        }

        db.ChangeTracker.Clear();

        return kept;
    }

    private async Task<Dictionary<long, Round>> LockAsync(IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        var wanted = ids.ToList();
        var rounds = PostgreSql ? db.Rounds.FromSqlRaw("SELECT * FROM rounds WHERE id = ANY({0}) ORDER BY id FOR UPDATE SKIP LOCKED", wanted) : db.Rounds.Where(r => wanted.Contains(r.Id));

        return await rounds.Where(r => (r.State == RoundState.Waiting || r.State == RoundState.Expanding) && r.NextTier < PriorityTier.Count).ToDictionaryAsync(r => r.Id, cancellationToken);
    }

    /// <returns>False when a text cannot be written.</returns>
    private async Task<bool> BeginAsync(Drawing drawing, Round round, CancellationToken cancellationToken)
    {
        if (drawing.Outage is { } outage)
        {
            // As fed now, not as planned then.
            await new ScopeResolver(db).RedrawAsync(outage, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }

        if (round.LastTier < 0 || await drawing.IsOvertakenAsync(db, cancellationToken)) return true;

        return await Beside.BeforeAsync(drawing, round, tier => Tier.Parameters(drawing, tier, round), cancellationToken);
    }

    /// <param name="whole">With this the tier is drawn to its end.</param>
    /// <returns>False when a text cannot be written.</returns>
    private async Task<bool> DrawAsync(Drawing drawing, Round round, IReadOnlyList<long>? points, bool whole, CancellationToken cancellationToken)
    {
        var tier = round.NextTier;
        using var activity = Telemetry.Continue("draw", round.TraceParent)?.SetTag("notices.round", drawing.RoundId).SetTag("notices.tier", tier);
        var unsent = await drawing.IsOvertakenAsync(db, cancellationToken) ? DeliveryReasons.Superseded : tier > round.LastTier ? DeliveryReasons.PublicOnly : null;
        if (await Tier.DrawAsync(drawing, round, points, unsent, cancellationToken) is not var (recipients, deliveries)) return false;

        if (whole) round.NextTier++;
        var last = round.NextTier == PriorityTier.Count;
        if (last && unsent is null && !await Beside.AfterAsync(drawing, round, of => Tier.Parameters(drawing, of, round), cancellationToken)) return false;
        if (last) round.SnapshotAt = clock.GetUtcNow();
        // One held and let go while it was being drawn has left its batch.
        if (!drawing.IsMergeable || round.State == RoundState.Expanding) round.State = last ? RoundState.Running : RoundState.Expanding;
        _entries.Add(("round.drawn", drawing.RoundId, new { notice = drawing.Notice.Identifier, round.Audience, tier, recipients, deliveries, whole }));
        if (whole) audit.AfterCommit(alarm.Ring);

        return true;
    }
}
