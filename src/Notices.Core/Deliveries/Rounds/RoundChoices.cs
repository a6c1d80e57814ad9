using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audience;
using Notices.Audit;
using Notices.Publishing;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>What a dispatcher may choose for a round that would come too late: a shorter text, the most urgent alone, or nothing more but the public feed.
/// It holds for what is unsent and for what is not drawn yet.</summary>
public sealed class RoundChoices
{
    private readonly NoticesDb _db;
    private readonly AuditTrail _audit;
    private readonly NoticeRenderer _renderer;
    private readonly Suppression _suppression;

    internal RoundChoices(NoticesDb db, Func<NoticesDb> open, AuditTrail audit, NoticeRenderer renderer, TimeProvider clock) =>
        (_db, _audit, _renderer, _suppression) = (db, audit, renderer, new Suppression(open, clock));

    /// <summary>What waits in rounds whose choice leaves it out; also what a worker gave back after the choice.</summary>
    internal static readonly string LeftOut =
        "SELECT d.id FROM rounds r JOIN deliveries d ON d.round_id = r.id " +
        $"WHERE r.last_tier < {PriorityTier.Count - 1} AND r.state IN ('Waiting', 'Expanding', 'Running', 'Paused') AND d.tier > r.last_tier AND d.state = {(int)DeliveryState.Waiting}";

    /// <summary>The one-part storm text in place of the ordinary short message.</summary>
    public Task<Result<RoundState>> ShortenAsync(long roundId, string? reason, Actor actor, CancellationToken cancellationToken) =>
        ChooseAsync(roundId, "rounds.shortened", reason, actor, round => !round.Shortened, (round, facts) => ShortenAsync(round, facts, cancellationToken), cancellationToken);

    /// <summary>Only tiers 0 and 1 and the relay persons; the others are left to the public feed.</summary>
    public Task<Result<RoundState>> PrioritiseAsync(long roundId, string? reason, Actor actor, CancellationToken cancellationToken) =>
        LimitAsync(roundId, 1, "rounds.prioritised", reason, actor, cancellationToken);

    /// <summary>Nothing more is sent to anybody.</summary>
    public Task<Result<RoundState>> PublicOnlyAsync(long roundId, string? reason, Actor actor, CancellationToken cancellationToken) =>
        LimitAsync(roundId, -1, "rounds.public-only", reason, actor, cancellationToken);

    private async Task<Result<RoundState>> LimitAsync(long roundId, short lastTier, string action, string? reason, Actor actor, CancellationToken cancellationToken)
    {
        var chosen = await ChooseAsync(
            roundId, action, reason, actor, round => round.LastTier > lastTier,
            (round, _) =>
            {
                round.LastTier = lastTier;

                return Task.FromResult<IReadOnlyList<Problem>>([]);
            },
            cancellationToken);
        // Workers see the choice with their next claim; should this process end here, the sweep does the rest.
        if (chosen.Ok) await _suppression.EndAsync($"{LeftOut} AND r.id = @round", new Dictionary<string, object?> { ["@round"] = roundId }, DeliveryReasons.PublicOnly, cancellationToken);

        return chosen;
    }

    private async Task<Result<RoundState>> ChooseAsync(
        long roundId, string action, string? reason, Actor actor, Func<Round, bool> changes, Func<Round, NoticeFacts, Task<IReadOnlyList<Problem>>> choose, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Dispatcher, Role.Administrator)) return Problem.Forbidden(action);

        if (string.IsNullOrWhiteSpace(reason)) return new Problem("round-choice-needs-reason", "reason");

        await _audit.BeginAsync(cancellationToken);
        var round = await (_db is PostgreSqlNoticesDb ? _db.Rounds.FromSqlRaw("SELECT * FROM rounds WHERE id = {0} FOR UPDATE", roundId) : _db.Rounds.Where(r => r.Id == roundId))
            .SingleOrDefaultAsync(cancellationToken);
        var notice = round is null ? null : await _db.Notices.AsNoTracking().Include(n => n.Organisation).SingleAsync(n => n.Id == round.NoticeId, cancellationToken);
        var refused = round is null || !actor.Sees(notice!.Organisation!.Path) ? [Problem.NotFound("round", roundId.ToString(CultureInfo.InvariantCulture))]
            : round.State is RoundState.Stopped or RoundState.Closed ? [StateProblem(round)]
            : !changes(round) ? [new Problem("round-choice-made", null, new { round = roundId }, ProblemKind.State)]
            : await MakeAsync(round, notice!, action, reason.Trim(), actor, choose, cancellationToken);
        if (refused.Count > 0)
        {
            await _db.Database.CurrentTransaction!.RollbackAsync(cancellationToken);
            _db.ChangeTracker.Clear();

            return Result<RoundState>.Refused(refused);
        }

        await _audit.CommitAsync(cancellationToken);

        return round!.State;
    }

    private async Task<IReadOnlyList<Problem>> MakeAsync(
        Round round, Notice notice, string action, string reason, Actor actor, Func<Round, NoticeFacts, Task<IReadOnlyList<Problem>>> choose, CancellationToken cancellationToken)
    {
        var before = new { round.State, round.Shortened, round.LastTier };
        var told = round.Audience == RoundAudience.WronglyTold ? await _db.Notices.Where(n => n.Id == notice.PreviousNoticeId).Select(n => n.Facts).FirstOrDefaultAsync(cancellationToken) : null;
        var problems = await choose(round, Drawing.FactsOf(notice, round.Audience, told));
        if (problems.Count > 0) return problems;

        round.ChoiceReason = reason;
        // It leaves the others of its moment, and the messages it shares with them.
        if (round.State == RoundState.Waiting) round.State = round.NextTier >= PriorityTier.Count ? RoundState.Running : RoundState.Expanding;
        await new MergedMessages(_db).PartAsync("SELECT @round", new Dictionary<string, object?> { ["@round"] = round.Id }, cancellationToken);
        if (round.Shortened) await new SetStatements(_db).RunAsync(Shorter, new Dictionary<string, object?> { ["@round"] = round.Id }, cancellationToken);
        _audit.Record(actor, action, Round.Subject(round.Id), before, new { round.State, round.Shortened, round.LastTier, reason });

        return [];
    }

    private async Task<IReadOnlyList<Problem>> ShortenAsync(Round round, NoticeFacts facts, CancellationToken cancellationToken)
    {
        await _renderer.LookAsync(_db, cancellationToken);
        foreach (var language in Words.Languages.All)
        {
            if (await _db.RoundTexts.AnyAsync(text => text.RoundId == round.Id && text.Variant == RoundText.Storm && text.Language == language, cancellationToken)) continue;

            var text = Audience.RoundTexts.Render(_renderer, facts, language, Medium.Sms, RoundText.Storm);
            if (!text.Ok) return text.Problems;

            text.Value!.RoundId = round.Id;
            _db.RoundTexts.Add(text.Value);
        }

        round.Shortened = true;
        await _db.SaveChangesAsync(cancellationToken);

        return [];
    }

    /// <summary>Every short message of the round that still waits, in its own language.</summary>
    private static readonly string Shorter =
        $"""
        UPDATE deliveries SET text_id = s.id
        FROM round_texts o JOIN round_texts s ON s.round_id = o.round_id AND s.language = o.language AND s.medium = o.medium AND s.variant = '{RoundText.Storm}'
        WHERE o.id = deliveries.text_id AND o.variant = '' AND deliveries.round_id = @round AND deliveries.medium = 'Sms' AND deliveries.state = {(int)DeliveryState.Waiting}
        """;

    private static Problem StateProblem(Round round) =>
        new("round-state-forbids", null, new { round = round.Id, state = round.State.ToString().ToLowerInvariant() }, ProblemKind.State);
}
