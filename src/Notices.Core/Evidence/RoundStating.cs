using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Publishing;
using Notices.Retention;
using Notices.Storage;

namespace Notices.Evidence;

/// <summary>Puts together what a round's certificate states, in one moment's view of the tables. At a million recipients it takes seconds, so it never runs inside a transaction that writes.</summary>
internal static class RoundStating
{
    /// <param name="closing">It is about to be closed: stated as it will be.</param>
    /// <returns>Null where there is no such round.</returns>
    internal static Task<RoundStatement?> StateAsync(Func<NoticesDb> open, long roundId, DateTimeOffset now, bool closing, CancellationToken cancellationToken) =>
        DeliverySql.ReadTogetherAsync(open, sql => StateAsync(sql, roundId, now, closing, cancellationToken), cancellationToken);

    /// <summary>The row that keeps it, with the digest the record gets.</summary>
    internal static RoundCertificate Seal(RoundStatement statement)
    {
        var text = JsonSerializer.Serialize(statement, Json.Stored);

        return new RoundCertificate { RoundId = statement.Round, Statement = text, Sha256 = Digest(text), At = statement.AsOf };
    }

    internal static string Digest(string statement) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(statement)));

    private static async Task<RoundStatement?> StateAsync(DeliverySql sql, long roundId, DateTimeOffset now, bool closing, CancellationToken cancellationToken)
    {
        sql.Db.Database.SetCommandTimeout(600);
        var round = await sql.Db.Rounds.AsNoTracking().Include(r => r.Notice!.Organisation).Include(r => r.Notice!.Texts).AsSplitQuery().FirstOrDefaultAsync(r => r.Id == roundId, cancellationToken);
        if (round is null) return null;

        var (notice, organisation) = (round.Notice!, round.Notice!.Organisation!);
        var recipients = await RoundTally.RecipientsAsync(sql, roundId, cancellationToken);
        var closed = round.ClosedAt is not null;
        var handed = await HandedOverAsync(sql, roundId, closed, notice.Deadline, cancellationToken);
        var messages = await MessagesAsync(sql, roundId, closed, cancellationToken);
        var subscribers = await RoundTally.SubscribersAsync(sql, roundId, closed, cancellationToken);
        var snapshot = recipients.Sum(line => line.Count);
        var ended = closing || closed;

        return new RoundStatement(
            round.Id, round.Audience, closing && round.State == RoundState.Running ? RoundState.Closed : round.State, !ended, UtcInstant.Of(now),
            new StatedNotice(notice.Identifier, notice.Number, notice.Version, notice.Type, notice.Kind, NoticeHash.Of(notice, notice.Texts)),
            new StatedOrganisation(organisation.Code, organisation.LocalName, organisation.TimeZone), await PeopleAsync(sql.Db, notice, cancellationToken),
            round.CreatedAt, round.SnapshotAt, round.ExpiresAt, round.StoppedReason, StateCounts.Of(recipients), ReasonCount.Of(recipients), Tiers(recipients, handed), Media(messages),
            new PublicClock(notice.DueAt, notice.Deadline, notice.PublishedAt, After(notice.Deadline, notice.PublishedAt), notice.Late, notice.LateReason),
            Personal(notice.Deadline, handed, snapshot), await TextsAsync(sql.Db, round, messages, cancellationToken), await RecordAsync(sql, round, notice, cancellationToken))
        {
            Subscribers = subscribers.Total == 0 ? null : subscribers,
            Mode = await sql.Db.AuditHeads.Select(head => head.Mode).FirstOrDefaultAsync(cancellationToken),
        };
    }

    private static async Task<StatedPeople> PeopleAsync(NoticesDb db, Notice notice, CancellationToken cancellationToken)
    {
        if (notice.OutageId is { } outageId)
        {
            var outage = await db.Outages.AsNoTracking().FirstAsync(o => o.Id == outageId, cancellationToken);

            return new StatedPeople(outage.CreatedBy, outage.SubmittedBy, outage.SubmittedAt, outage.ApprovedBy, outage.ApprovedAt, outage.ReviewedBy, outage.ReviewedAt);
        }

        var announcement = await db.Announcements.AsNoTracking().FirstOrDefaultAsync(a => a.Id == notice.AnnouncementId, cancellationToken);

        return new StatedPeople(announcement?.CreatedBy, announcement?.SubmittedBy, null, announcement?.ApprovedBy, null, null, null);
    }

    /// <summary>By tier: how many recipients a carrier took a message for, when the first and the last, how many only after the deadline.</summary>
    private static async Task<Dictionary<short, Handed>> HandedOverAsync(DeliverySql sql, long roundId, bool closed, DateTimeOffset? deadline, CancellationToken cancellationToken)
    {
        var found = new Dictionary<short, Handed>();
        var handOvers = ArchiveSql.Over(closed, at => $"""
            SELECT p.id, p.tier, d.accepted_at AS at FROM recipients p JOIN delivery_recipients{at} l ON l.recipient_id = p.id JOIN deliveries{at} d ON d.id = l.delivery_id
            WHERE p.round_id = @round AND d.accepted_at IS NOT NULL
            """);
        await using var find = sql.Command($"""
            SELECT x.tier, COUNT(*), MIN(x.at), MAX(x.at), SUM(CASE WHEN x.at > @deadline THEN 1 ELSE 0 END)
            FROM (SELECT h.id, h.tier, MIN(h.at) AS at FROM ({handOvers}) h GROUP BY h.id, h.tier) x
            GROUP BY x.tier
            """);
        find.CommandTimeout = 600;
        await using var rows = await find.With("@round", roundId).With("@deadline", sql.At(deadline ?? DateTimeOffset.MaxValue.AddDays(-1))).ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) found[rows.GetInt16(0)] = new Handed((int)rows.GetInt64(1), rows.InstantOrNull(2), rows.InstantOrNull(3), (int)rows.GetInt64(4));

        return found;
    }

    private static async Task<List<MessageLine>> MessagesAsync(DeliverySql sql, long roundId, bool closed, CancellationToken cancellationToken)
    {
        var lines = new List<MessageLine>();
        await using var find = sql.Command($"""
            SELECT d.medium, d.provider, d.state, d.reason, d.text_id, COUNT(*), MIN(d.accepted_at), MAX(d.accepted_at), MIN(d.delivered_at), MAX(d.delivered_at)
            FROM ({ArchiveSql.Over(closed, at => RoundTally.Messages(sql, at))}) d GROUP BY d.medium, d.provider, d.state, d.reason, d.text_id
            """);
        find.CommandTimeout = 600;
        await using var rows = await find.With("@round", roundId).ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            lines.Add(new MessageLine(
                new TallyLine((DeliveryState)rows.GetInt16(2), Text(rows, 3), (int)rows.GetInt64(5), 0, Enum.Parse<Medium>(rows.GetString(0)), Text(rows, 1)),
                rows.GetInt64(4), rows.InstantOrNull(6), rows.InstantOrNull(7), rows.InstantOrNull(8), rows.InstantOrNull(9)));
        }

        return lines;
    }

    private static List<StatedTier> Tiers(IReadOnlyList<TallyLine> recipients, Dictionary<short, Handed> handed) => [.. RoundTally.Tiers(recipients).Select(tier =>
    {
        var at = handed.GetValueOrDefault(tier.Tier);

        return new StatedTier(tier.Tier, tier.Recipients, tier.Reasons, at?.Count ?? 0, at?.First, at?.Last, at?.Late ?? 0);
    })];

    private static List<StatedMedium> Media(List<MessageLine> messages) => [.. messages.GroupBy(line => (line.Tally.Medium, line.Tally.Provider))
        .OrderBy(group => group.Key.Medium).ThenBy(group => group.Key.Provider, StringComparer.Ordinal)
        .Select(group => new StatedMedium(
            group.Key.Medium, group.Key.Provider, StateCounts.Of(group.Select(line => line.Tally)), ReasonCount.Of(group.Select(line => line.Tally)), group.Min(line => line.FirstAccepted),
            group.Max(line => line.LastAccepted), group.Min(line => line.FirstDelivered), group.Max(line => line.LastDelivered)))];

    private static PersonalClock Personal(DateTimeOffset? deadline, Dictionary<short, Handed> handed, int snapshot)
    {
        var (told, late, last) = (handed.Values.Sum(tier => tier.Count), handed.Values.Sum(tier => tier.Late), handed.Values.Max(tier => tier.Last));

        return new PersonalClock(deadline, handed.Values.Min(tier => tier.First), last, told - late, late, snapshot - told, last is { } at ? After(deadline, at) : null);
    }

    private static double? After(DateTimeOffset? deadline, DateTimeOffset at) => deadline is { } latest && at > latest ? (at - latest).TotalSeconds : null;

    private static async Task<List<StatedText>> TextsAsync(NoticesDb db, Round round, List<MessageLine> messages, CancellationToken cancellationToken)
    {
        var bearing = messages.Where(line => line.Tally.State != DeliveryState.Suppressed).GroupBy(line => line.TextId).ToDictionary(text => text.Key, text => text.Sum(line => line.Tally.Count));
        var ids = bearing.Keys.ToList();
        var sent = await db.RoundTexts.AsNoTracking().Where(text => ids.Contains(text.Id)).ToListAsync(cancellationToken);

        return
        [
            .. round.Notice!.Texts.OrderBy(text => text.Medium, StringComparer.Ordinal).ThenByDescending(text => text.Language, StringComparer.Ordinal)
                .Select(text => new StatedText(text.Language, text.Medium, "", text.Headline, text.Body, null, null)),
            .. sent.OrderBy(text => text.Medium).ThenByDescending(text => text.Language, StringComparer.Ordinal).ThenBy(text => text.Variant, StringComparer.Ordinal)
                .Select(text => new StatedText(text.Language, JsonNamingPolicy.KebabCaseLower.ConvertName(text.Medium.ToString()), text.Variant, text.Subject, text.Body, text.Html, bearing[text.Id])),
        ];
    }

    private static async Task<StatedRecord> RecordAsync(DeliverySql sql, Round round, Notice notice, CancellationToken cancellationToken)
    {
        var head = await sql.Db.AuditHeads.AsNoTracking().SingleAsync(cancellationToken);
        string[] subjects = [NoticeHash.Prefix + notice.Identifier, .. Round.Subjects(round.Id), (notice.OutageId is null ? "announcement/" : "outage/") + notice.Number];
        var entries = await sql.Db.AuditEntries.AsNoTracking().Where(entry => subjects.Contains(entry.Subject)).OrderBy(entry => entry.Sequence)
            .Select(entry => new StatedEntry(entry.Sequence, entry.At, entry.Actor, entry.Action, entry.Hash)).ToListAsync(cancellationToken);
        var first = entries.Find(entry => entry.Action == NoticeHash.Action)?.Sequence ?? 0;

        return new StatedRecord(
            first, head.Sequence, entries, await SpanAsync(sql, "attempts", BatchedRows.Attempts.Prefix, round, cancellationToken), await SpanAsync(sql, "receipts", BatchedRows.Receipts.Prefix, round, cancellationToken));
    }

    /// <summary>The entries that speak for rows written in batches about the round's messages.</summary>
    private static async Task<EntrySpan> SpanAsync(DeliverySql sql, string table, string prefix, Round round, CancellationToken cancellationToken)
    {
        var batches = ArchiveSql.Over(round.ClosedAt is not null, at => $"SELECT a.batch FROM ({RoundTally.Messages(sql, at)}) d JOIN {table}{at} a ON a.delivery_id = d.id");
        await using var find = sql.Command($"""
            SELECT COUNT(*), COALESCE(MIN(e.sequence), 0), COALESCE(MAX(e.sequence), 0)
            FROM (SELECT DISTINCT x.batch FROM ({batches}) x) b JOIN audit_entries e ON e.subject = '{prefix}' || b.batch
            """);
        find.CommandTimeout = 600;
        await using var row = await find.With("@round", round.Id).ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);

        return new EntrySpan((int)row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
    }

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private sealed record Handed(int Count, DateTimeOffset? First, DateTimeOffset? Last, int Late);

    private sealed record MessageLine(TallyLine Tally, long TextId, DateTimeOffset? FirstAccepted, DateTimeOffset? LastAccepted, DateTimeOffset? FirstDelivered, DateTimeOffset? LastDelivered);
}
