using Notices.Deliveries;
using Notices.Outages;
using Notices.Publishing;
using Notices.Retention;
using Notices.Storage;

namespace Notices.Operation;

/// <summary>Counts what would have been sent in a span of time, by set statements: however many recipients there are, a row comes back for each group alone.</summary>
internal sealed class ShadowCounting(Func<NoticesDb> open, PersonalFill fill)
{
    private const string Example = "1234";

    /// <summary>Seconds; a million messages take a while.</summary>
    private const int Timeout = 600;

    internal Task<ShadowReport> CountAsync(DateOnly day, string zone, DateTimeOffset from, DateTimeOffset to, bool final, CancellationToken cancellationToken) => DeliverySql.ReadTogetherAsync(
        open,
        async sql =>
        {
            var span = new Span(sql.At(from), sql.At(to));
            var (tiers, missed, messages) = (await TiersAsync(sql, span, cancellationToken), await NotReachedAsync(sql, span, cancellationToken), await MessagesAsync(sql, span, cancellationToken));
            var texts = await TextsAsync(sql, [.. messages.SelectMany(group => group).Select(line => line.TextId).Distinct()], cancellationToken);
            var notices = new List<ShadowNotice>();
            foreach (var notice in await NoticesAsync(sql, span, [.. messages.Select(group => group.Key), .. tiers.Select(group => group.Key)], cancellationToken))
            {
                var lines = messages[notice.Id].ToList();
                notices.Add(notice.Shown with
                {
                    Recipients = [.. tiers[notice.Id].OrderBy(tier => tier.Tier)],
                    NotReached = [.. missed[notice.Id].OrderBy(reason => reason.Reason, StringComparer.Ordinal)],
                    Messages = [.. lines.GroupBy(line => (line.Medium, line.Language, line.Tier)).OrderBy(group => group.Key).Select(group => new ShadowMessages(
                        group.Key.Medium, group.Key.Language, group.Key.Tier, group.Sum(line => line.Count), group.Sum(line => line.Count * texts[line.TextId].Parts), group.Min(line => line.First), group.Max(line => line.Last)))],
                    Texts = [.. lines.Select(line => line.TextId).Distinct().Order().Select(id => texts[id].Shown)],
                });
            }

            return new ShadowReport(day, zone, from, to, final, notices, await RingsAsync(sql, span, cancellationToken));
        },
        cancellationToken);

    private static async Task<ILookup<long, ShadowTier>> TiersAsync(DeliverySql sql, Span span, CancellationToken cancellationToken)
    {
        var found = new List<(long Notice, ShadowTier Tier)>();
        await using var count = Command(sql, span, """
            SELECT r.notice_id, p.tier, COUNT(*) FROM rounds r JOIN recipients p ON p.round_id = r.id WHERE r.created_at >= @from AND r.created_at < @to GROUP BY r.notice_id, p.tier
            """);
        await using var rows = await count.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) found.Add((rows.GetInt64(0), new ShadowTier(rows.GetInt16(1), (int)rows.GetInt64(2))));

        return found.ToLookup(one => one.Notice, one => one.Tier);
    }

    /// <summary>Whose state says something else than that they would have been told.</summary>
    private static async Task<ILookup<long, ShadowReason>> NotReachedAsync(DeliverySql sql, Span span, CancellationToken cancellationToken)
    {
        var found = new List<(long Notice, ShadowReason Reason)>();
        await using var count = Command(sql, span, $"""
            SELECT r.notice_id, p.reason, COUNT(*) FROM rounds r JOIN recipients p ON p.round_id = r.id
            WHERE r.created_at >= @from AND r.created_at < @to AND p.state <= {(int)DeliveryState.Unconfirmed} AND p.reason IS NOT NULL AND p.reason <> '{DeliveryReasons.Shadow}'
            GROUP BY r.notice_id, p.reason
            """);
        await using var rows = await count.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) found.Add((rows.GetInt64(0), new ShadowReason(rows.GetString(1), (int)rows.GetInt64(2))));

        return found.ToLookup(one => one.Notice, one => one.Reason);
    }

    /// <summary>From the rounds of the time to their tries, wherever they lie.</summary>
    private static async Task<ILookup<long, Line>> MessagesAsync(DeliverySql sql, Span span, CancellationToken cancellationToken)
    {
        var found = new List<(long Notice, Line Line)>();
        await using var count = Command(sql, span, $"""
            SELECT x.notice_id, x.medium, t.language, x.tier, x.text_id, COUNT(*), MIN(x.started_at), MAX(x.started_at)
            FROM ({ArchiveSql.Over(true, at => $"""
              SELECT r.notice_id, d.medium, d.tier, d.text_id, a.started_at
              FROM rounds r JOIN deliveries{at} d ON d.round_id = r.id JOIN attempts{at} a ON a.delivery_id = d.id
              WHERE r.created_at < @to AND (r.closed_at IS NULL OR r.closed_at >= @from) AND a.started_at >= @from AND a.started_at < @to AND d.reason = '{DeliveryReasons.Shadow}'
              """)}) x JOIN round_texts t ON t.id = x.text_id
            GROUP BY x.notice_id, x.medium, t.language, x.tier, x.text_id
            """);
        await using var rows = await count.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
            found.Add((rows.GetInt64(0), new Line(Enum.Parse<Medium>(rows.GetString(1)), rows.GetString(2), rows.GetInt16(3), rows.GetInt64(4), (int)rows.GetInt64(5), sql.ReadAt(rows, 6), sql.ReadAt(rows, 7))));

        return found.ToLookup(one => one.Notice, one => one.Line);
    }

    private async Task<Dictionary<long, (ShadowText Shown, int Parts)>> TextsAsync(DeliverySql sql, IReadOnlyCollection<long> ids, CancellationToken cancellationToken)
    {
        var found = new Dictionary<long, (ShadowText, int)>();
        await using var find = sql.Command($"SELECT id, medium, language, subject, body FROM round_texts WHERE id {sql.Among("@ids")}");
        await using var rows = await find.With("@ids", sql.Ids(ids)).ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            var (medium, subject, body) = (Enum.Parse<Medium>(rows.GetString(1)), rows.IsDBNull(3) ? null : fill(rows.GetString(3), null, Example, false), fill(rows.GetString(4), null, Example, false));
            found[rows.GetInt64(0)] = (new ShadowText(medium, rows.GetString(2), subject, body), medium == Medium.Sms ? SmsText.Measure(body).Parts : 0);
        }

        return found;
    }

    private static async Task<List<(long Id, ShadowNotice Shown)>> NoticesAsync(DeliverySql sql, Span span, IReadOnlyCollection<long> ids, CancellationToken cancellationToken)
    {
        var found = new List<(long, ShadowNotice)>();
        await using var find = Command(sql, span, $"""
            SELECT n.id, n.number, n.identifier, n.type, n.kind, o.code, o.path, n.published_at, n.deadline, n.late FROM notices n JOIN organisations o ON o.id = n.organisation_id
            WHERE (n.published_at >= @from AND n.published_at < @to) OR n.id {sql.Among("@ids")} ORDER BY n.published_at, n.id
            """);
        await using var rows = await find.With("@ids", sql.Ids(ids.Distinct())).ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            found.Add((rows.GetInt64(0), new ShadowNotice(
                rows.GetString(1), rows.GetString(2), Enum.Parse<NoticeType>(rows.GetString(3), true), rows.IsDBNull(4) ? null : Enum.Parse<OutageKind>(rows.GetString(4), true), rows.GetString(5), rows.GetString(6),
                sql.ReadAt(rows, 7), rows.IsDBNull(8) ? null : sql.ReadAt(rows, 8), rows.GetBoolean(9), [], [], [], [])));
        }

        return found;
    }

    private static async Task<List<ShadowRing>> RingsAsync(DeliverySql sql, Span span, CancellationToken cancellationToken)
    {
        var found = new List<ShadowRing>();
        await using var count = Command(sql, span, $"""
            SELECT u.number, o.path, s.medium, COUNT(*) FROM staff_rings s JOIN outages u ON u.id = s.outage_id JOIN organisations o ON o.id = u.organisation_id
            WHERE s.reason = '{DeliveryReasons.Shadow}' AND s.ended_at >= @from AND s.ended_at < @to GROUP BY u.number, o.path, s.medium ORDER BY u.number, s.medium
            """);
        await using var rows = await count.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) found.Add(new ShadowRing(rows.GetString(0), rows.GetString(1), Enum.Parse<Medium>(rows.GetString(2)), (int)rows.GetInt64(3)));

        return found;
    }

    private static System.Data.Common.DbCommand Command(DeliverySql sql, Span span, string text)
    {
        var command = sql.Command(text);
        command.CommandTimeout = Timeout;

        return command.With("@from", span.From).With("@to", span.To);
    }

    private sealed record Span(object From, object To);

    private sealed record Line(Medium Medium, string Language, short Tier, long TextId, int Count, DateTimeOffset First, DateTimeOffset Last);
}
