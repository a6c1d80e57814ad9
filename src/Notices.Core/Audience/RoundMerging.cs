using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;

namespace Notices.Audience;

/// <summary>Rounds that fell due at one moment make one message per person, listing all of them.</summary>
internal sealed class RoundMerging(NoticesDb db, AuditTrail audit, NoticeRenderer renderer, ILogger log)
{
    private readonly MergedMessages _messages = new(db);

    /// <summary>Sets drawn rounds running, joined where they meet in one address. True when one was set running.</summary>
    internal async Task<bool> MergeAsync(CancellationToken cancellationToken)
    {
        var waiting = await db.Rounds.AsNoTracking().Where(r => r.State == RoundState.Waiting).Select(r => new { r.Batch, r.NextTier }).ToListAsync(cancellationToken);
        var started = false;
        foreach (var batch in waiting.GroupBy(r => r.Batch, StringComparer.Ordinal).Where(b => b.All(r => r.NextTier == PriorityTier.Count)))
        {
            if (!await IsCompleteAsync(batch.Key, cancellationToken)) continue;

            started |= await StartAsync(batch.Key, cancellationToken);
            db.ChangeTracker.Clear();
        }

        return started;
    }

    /// <summary>Nothing that fell due at the same moment is still to be published.</summary>
    private async Task<bool> IsCompleteAsync(string batch, CancellationToken cancellationToken)
    {
        var due = new DateTimeOffset(long.Parse(batch.AsSpan(0, batch.IndexOf('/', StringComparison.Ordinal)), CultureInfo.InvariantCulture), TimeSpan.Zero);

        return !await db.ScheduledNotices.AnyAsync(s => s.State == ScheduledState.Waiting && s.DueAt == due, cancellationToken);
    }

    private async Task<bool> StartAsync(string batch, CancellationToken cancellationToken)
    {
        await audit.BeginAsync(cancellationToken);
        // Alarm and sweep may both come by, and a dispatcher may hold a round meanwhile: whoever has the rows decides.
        var all = await (db is PostgreSqlNoticesDb ? db.Rounds.FromSqlRaw("SELECT * FROM rounds WHERE batch = {0} ORDER BY id FOR UPDATE", batch) : db.Rounds.Where(r => r.Batch == batch))
            .ToListAsync(cancellationToken);
        var rounds = all.Where(r => r.State == RoundState.Waiting).OrderBy(r => r.Id).ToList();
        if (rounds.Count == 0 || rounds.Exists(r => r.NextTier < PriorityTier.Count))
        {
            await db.Database.CurrentTransaction!.RollbackAsync(cancellationToken);

            return false;
        }

        if (rounds.Count > 1) await JoinAsync(rounds, cancellationToken);
        foreach (var round in rounds) round.State = RoundState.Running;
        await audit.CommitAsync(cancellationToken);

        return true;
    }

    private async Task JoinAsync(List<Round> rounds, CancellationToken cancellationToken)
    {
        var met = await _messages.MeetAsync(rounds.ConvertAll(r => r.Id), cancellationToken);
        var facts = met.Count == 0 ? [] : await FactsAsync(rounds, cancellationToken);
        foreach (var (combination, language, medium) in met)
        {
            var together = combination.Split('+').Select(id => long.Parse(id, CultureInfo.InvariantCulture)).ToList();
            var text = RoundTexts.RenderMerged(renderer, [.. together.Select(id => facts[id]).DistinctBy(f => f.Number)], language, medium);
            if (!text.Ok)
            {
                log.LogCritical("Rounds {Rounds} cannot be told in one message, each tells its own: {Codes}", combination, string.Join(", ", text.Problems.Select(p => p.Code)));
                continue;
            }

            (text.Value!.RoundId, text.Value.Variant) = (together[0], combination);
            db.RoundTexts.Add(text.Value);
        }

        await db.SaveChangesAsync(cancellationToken);
        var messages = await _messages.JoinAsync(cancellationToken);
        if (messages > 0)
            audit.Record(Actor.System, "rounds.merged", Round.Subject(rounds[0].Id), null, new { rounds = rounds.Select(r => r.Id), combinations = met.Select(m => m.Combination).Distinct(), messages });
    }

    private async Task<Dictionary<long, NoticeFacts>> FactsAsync(List<Round> rounds, CancellationToken cancellationToken)
    {
        var notices = rounds.ConvertAll(r => r.NoticeId);
        var facts = await db.Notices.AsNoTracking().Where(n => notices.Contains(n.Id)).ToDictionaryAsync(n => n.Id, n => n.Facts, cancellationToken);

        return rounds.ToDictionary(r => r.Id, r => JsonSerializer.Deserialize<NoticeFacts>(facts[r.NoticeId], Json.Stored)!);
    }
}
