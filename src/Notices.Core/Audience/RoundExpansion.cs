using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Notices.Access;
using Notices.Audit;
using Notices.Customers;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Policy;
using Notices.Publishing;
using Notices.Storage;

namespace Notices.Audience;

/// <summary>Draws a round's recipients and deliveries: set statements in the database, tier 0 first, each tier of a large round its own transaction, so that the most vulnerable
/// are on their way while the others are still being drawn, and a kill leaves whole tiers.</summary>
public sealed class RoundExpansion(
    NoticesDb db, AuditTrail audit, PolicyBook policy, NoticeRenderer renderer, TimeProvider clock, DueAlarm alarm, PublishingTurn turn,
    ILogger<RoundExpansion> log)
{
    /// <summary>Up to so many accounts a round is drawn in one transaction: hundreds of small rounds are then a matter of seconds.</summary>
    private const int FewAccounts = 2000;

    /// <summary>From so many recipients on PostgreSQL counts them before it plans further: it believes a fresh round to be empty and would compare each row with each.</summary>
    private const int ManyRecipients = 2000;

    /// <summary>Draws every round that waits.</summary>
    /// <returns>How many rounds were drawn to the end.</returns>
    public async Task<int> ExpandDueAsync(CancellationToken cancellationToken)
    {
        var drawn = 0;
        var waiting = await db.Rounds.Where(r => (r.State == RoundState.Waiting || r.State == RoundState.Expanding) && r.NextTier < PriorityTier.Count)
            .OrderBy(r => r.Id).Select(r => r.Id).Take(500).ToListAsync(cancellationToken);
        foreach (var id in waiting)
        {
            for (var more = true; more && !cancellationToken.IsCancellationRequested;)
            {
                await turn.Idle.WaitAsync(cancellationToken);
                (more, var finished) = await ExpandTiersAsync(id, cancellationToken);
                if (finished) drawn++;
                db.ChangeTracker.Clear();
            }
        }

        if (await new RoundMerging(db, audit, renderer, log).MergeAsync(cancellationToken)) alarm.Ring();

        return drawn;
    }

    private async Task<(bool More, bool Finished)> ExpandTiersAsync(long id, CancellationToken cancellationToken)
    {
        await audit.BeginAsync(cancellationToken);
        var round = await LockAsync(id, cancellationToken);
        if (round is null)
        {
            await db.Database.CurrentTransaction!.RollbackAsync(cancellationToken);

            return (false, false);
        }

        using var activity = Telemetry.Continue("draw", round.TraceParent)?.SetTag("notices.round", round.Id).SetTag("notices.tier", round.NextTier);
        var notice = await db.Notices.Include(n => n.Organisation).FirstAsync(n => n.Id == round.NoticeId, cancellationToken);
        var outage = notice.OutageId is { } outageId ? await new OutageStore(db, clock).Whole.FirstAsync(o => o.Id == outageId, cancellationToken) : null;
        var facts = JsonSerializer.Deserialize<NoticeFacts>(notice.Facts, Json.Stored)!;
        facts = round.Audience switch
        {
            RoundAudience.NewlyAffected => facts.ForNewlyTold(),
            RoundAudience.StillAffected => facts with { Type = NoticeType.Changed },
            _ => facts,
        };
        if (round.NextTier == 0 && outage is not null)
        {
            // As fed now, not as planned then.
            await new ScopeResolver(db).RedrawAsync(outage, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }

        var texts = await TextsAsync(round, facts, cancellationToken);
        if (texts is null)
        {
            // It leaves its batch: the others of its moment do not wait for its mending.
            if (round.State == RoundState.Waiting) await db.Rounds.Where(r => r.Id == id).ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RoundState.Expanding), cancellationToken);
            await db.Database.CommitTransactionAsync(cancellationToken);

            return (false, false);
        }

        bool last;
        do last = await DrawTierAsync(round, notice, outage, facts, texts, cancellationToken);
        while (!last && facts.Customers is > 0 and <= FewAccounts);
        audit.AfterCommit(alarm.Ring);
        await audit.CommitAsync(cancellationToken);

        return (!last, last);
    }

    /// <returns>Whether it was the last tier.</returns>
    private async Task<bool> DrawTierAsync(
        Round round, Notice notice, Outage? outage, NoticeFacts facts, Dictionary<(string Language, Medium Medium), long> texts, CancellationToken cancellationToken)
    {
        var tier = round.NextTier;
        var counts = await DrawAsync(round, notice, outage, facts, tier, texts, cancellationToken);
        round.NextTier++;
        var last = round.NextTier == PriorityTier.Count;
        if (last) round.SnapshotAt = clock.GetUtcNow();
        // Rounds of one moment wait for each other and are told in one message; an emergency waits for nobody.
        // One held and let go while it was being drawn has left its batch.
        if (!Mergeable(notice) || round.State == RoundState.Expanding) round.State = last ? RoundState.Running : RoundState.Expanding;
        audit.Record(Actor.System, "round.drawn", $"round/{round.Id}", null, new { notice = notice.Identifier, round.Audience, tier, counts.Recipients, counts.Deliveries });

        return last;
    }

    internal static bool Mergeable(Notice notice) =>
        notice.Kind is OutageKind.Planned or OutageKind.Temporary or OutageKind.Rationing && notice.Type is NoticeType.Initial or NoticeType.Reminder;

    private async Task<Round?> LockAsync(long id, CancellationToken cancellationToken)
    {
        var rounds = db is PostgreSqlNoticesDb ? db.Rounds.FromSqlRaw("SELECT * FROM rounds WHERE id = {0} FOR UPDATE SKIP LOCKED", id) : db.Rounds.Where(r => r.Id == id);

        return await rounds.FirstOrDefaultAsync(r => (r.State == RoundState.Waiting || r.State == RoundState.Expanding) && r.NextTier < PriorityTier.Count, cancellationToken);
    }

    /// <summary>The round's texts by language and medium, rendered once. Null, and a loud line, when one cannot be written: the round waits.</summary>
    private async Task<Dictionary<(string Language, Medium Medium), long>?> TextsAsync(Round round, NoticeFacts facts, CancellationToken cancellationToken)
    {
        var known = await db.RoundTexts.Where(t => t.RoundId == round.Id && t.Variant == "").ToListAsync(cancellationToken);
        if (known.Count == 0)
        {
            var media = Enumerable.Range(0, PriorityTier.Count).SelectMany(t => Contacts(facts, (short)t).Media).Where(m => m != Medium.Paper).Distinct();
            foreach (var medium in media)
            {
                foreach (var language in Words.Languages.All)
                {
                    var text = RoundTexts.Render(renderer, facts, language, medium);
                    if (!text.Ok)
                    {
                        log.LogCritical("Round {Round} of {Notice} cannot be written: {Codes}", round.Id, facts.Number, string.Join(", ", text.Problems.Select(p => p.Code)));

                        return null;
                    }

                    text.Value!.RoundId = round.Id;
                    db.RoundTexts.Add(text.Value);
                    known.Add(text.Value);
                }
            }

            await db.SaveChangesAsync(cancellationToken);
        }

        return known.ToDictionary(t => (t.Language, t.Medium), t => t.Id);
    }

    private ContactPlan Contacts(NoticeFacts facts, short tier) => policy.Options.ContactsFor(facts.Kind ?? OutageKind.Planned, tier);

    private async Task<(int Recipients, int Deliveries)> DrawAsync(
        Round round, Notice notice, Outage? outage, NoticeFacts facts, short tier, Dictionary<(string Language, Medium Medium), long> texts, CancellationToken cancellationToken)
    {
        var sql = new ExpansionSql(db);
        var now = clock.GetUtcNow();
        var quiet = new QuietHours(policy.Options.QuietHours, policy.CalendarOf(notice.Organisation!));
        var starts = facts.Windows.Count > 0 ? facts.Windows[0].StartsAt : facts.StartedAt;
        var parameters = new Dictionary<string, object?>
        {
            ["@round"] = round.Id,
            ["@notice"] = notice.Id,
            ["@outage"] = outage?.Id ?? 0,
            ["@announcement"] = notice.AnnouncementId ?? 0,
            ["@organisation"] = notice.Organisation!.Path + "%",
            ["@tier"] = tier,
            ["@now"] = db.Instant(now),
            ["@expires"] = db.Instant(round.ExpiresAt),
            ["@due"] = db.Instant(quiet.Release(now, facts.Type, facts.Kind, tier, starts, notice.Deadline, round.Audience == nameof(NoticeAudience.KeyCustomersWhoAsked))),
            ["@night"] = db.Instant(quiet.Release(now, facts.Type, facts.Kind, tier, starts, notice.Deadline, true)),
        };

        if (tier == 0 && facts.Type is NoticeType.Changed or NoticeType.Postponed or NoticeType.Corrected or NoticeType.Cancelled)
        {
            // Whom a joint message tells of another outage besides still gets that.
            await new MergedMessages(db).PartAsync(AudienceSql.EarlierRounds, new Dictionary<string, object?> { ["@outage"] = parameters["@outage"], ["@notice"] = notice.Id }, cancellationToken);
            if (await RunAsync(ExpansionSql.Supersede, parameters, cancellationToken) is > 0 and var superseded)
            {
                await RunAsync(ExpansionSql.SupersedeRecipients, parameters, cancellationToken);
                audit.Record(Actor.System, "round.superseded", $"round/{round.Id}", null, new { notice = notice.Identifier, messages = superseded });
            }
        }

        var condition = outage is null && round.Audience == nameof(NoticeAudience.Told) ? AudienceSql.ToldOfAnnouncement
            : outage is null ? "p.transformer_id IN (SELECT t.id FROM transformers t JOIN places pl ON pl.id = t.place_id JOIN organisations o ON o.id = pl.organisation_id WHERE o.path LIKE @organisation AND pl.name IN (" + PlaceList(facts, parameters) + "))"
            : AudienceSql.Condition(round.Audience, facts.Type, outage.Status == OutageStatus.PartlyRestored);
        var recipients = await RunAsync(sql.Recipients(condition), parameters, cancellationToken);
        if (recipients == 0) return (0, 0);

        if (recipients >= ManyRecipients && db is PostgreSqlNoticesDb) await RunAsync("ANALYZE recipients", parameters, cancellationToken);

        var deliveries = 0;
        var plan = Contacts(facts, tier);
        var media = plan.Media.Where(m => m != Medium.Paper).ToList();
        var optional = facts.Type == NoticeType.Reminder || notice.AnnouncementId is not null;
        var follows = outage is not null && await db.Rounds.AnyAsync(r => r.Id < round.Id && r.Notice!.OutageId == outage.Id, cancellationToken);
        await RunAsync(sql.Prepare, parameters, cancellationToken);
        for (var i = 0; i < media.Count; i++)
        {
            parameters["@medium"] = media[i].ToString();
            parameters["@chinese"] = texts[(Words.Languages.Chinese, media[i])];
            parameters["@english"] = texts[(Words.Languages.English, media[i])];
            var step = sql.Medium(media[i], optional, plan.Mode == ContactMode.FirstAvailable && i > 0, follows);
            await RunAsync(step.Choose, parameters, cancellationToken);
            await RunAsync(step.Append, parameters, cancellationToken);
            deliveries += await RunAsync(step.Deliveries, parameters, cancellationToken);
            await RunAsync(step.Links, parameters, cancellationToken);
            await RunAsync(step.Skipped, parameters, cancellationToken);
            await RunAsync(step.SkippedLinks, parameters, cancellationToken);
        }

        await RunAsync(ExpansionSql.Unreachable, parameters, cancellationToken);

        return (recipients, deliveries);
    }

    private static string PlaceList(NoticeFacts facts, Dictionary<string, object?> parameters)
    {
        if (facts.Places.Count == 0) return "NULL";

        for (var i = 0; i < facts.Places.Count; i++) parameters[$"@place{i}"] = facts.Places[i].Name;

        return string.Join(", ", facts.Places.Select((_, i) => $"@place{i}"));
    }

    private async Task<int> RunAsync(string sql, Dictionary<string, object?> parameters, CancellationToken cancellationToken)
    {
        await using DbCommand command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        command.CommandTimeout = 600;
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            if (sql.Contains(name, StringComparison.Ordinal)) command.With(name, value);
        }

        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
