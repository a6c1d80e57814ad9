using Notices.Deliveries;
using Notices.Retention;
using Notices.Storage;

namespace Notices.Evidence;

/// <summary>Recipients or messages by state; the parts always add up to <see cref="Total"/>.</summary>
/// <param name="InFlight">In a worker's hands, or accepted with a receipt still to come.</param>
public sealed record StateCounts(int Total, int Waiting, int InFlight, int Acknowledged, int Delivered, int Sent, int Failed, int Suppressed, int Unconfirmed)
{
    internal static StateCounts Of(IEnumerable<TallyLine> lines)
    {
        var states = new int[(int)DeliveryState.Acknowledged + 1];
        foreach (var line in lines) states[(int)line.State] += line.Count;

        return new StateCounts(
            states.Sum(), states[(int)DeliveryState.Waiting], states[(int)DeliveryState.Claimed] + states[(int)DeliveryState.Accepted], states[(int)DeliveryState.Acknowledged],
            states[(int)DeliveryState.Delivered], states[(int)DeliveryState.Sent], states[(int)DeliveryState.Failed], states[(int)DeliveryState.Suppressed], states[(int)DeliveryState.Unconfirmed]);
    }
}

/// <summary>So many of one state, and why.</summary>
/// <param name="Reason">A code of <c>Words/Reasons</c>; null where the state says it all.</param>
public sealed record ReasonCount(DeliveryState State, string? Reason, int Count)
{
    internal static IReadOnlyList<ReasonCount> Of(IEnumerable<TallyLine> lines) =>
        [.. lines.Where(line => line.Reason is not null).GroupBy(line => (line.State, line.Reason)).OrderBy(group => group.Key.State).ThenBy(group => group.Key.Reason, StringComparer.Ordinal)
            .Select(group => new ReasonCount(group.Key.State, group.Key.Reason, group.Sum(line => line.Count)))];
}

/// <summary>The recipients of one tier.</summary>
public sealed record TierCounts(short Tier, StateCounts Recipients, IReadOnlyList<ReasonCount> Reasons);

/// <summary>The messages of one medium by one provider; a person may have several.</summary>
/// <param name="Provider">Null for those no provider was asked to carry.</param>
public sealed record MediumCounts(Medium Medium, string? Provider, StateCounts Messages, IReadOnlyList<ReasonCount> Reasons);

/// <summary>A group of the count.</summary>
internal sealed record TallyLine(DeliveryState State, string? Reason, int Count, short Tier = 0, Medium Medium = default, string? Provider = null);

/// <summary>Counts a round as it stands, straight from the rows: nothing is kept beside them that could say otherwise.</summary>
internal static class RoundTally
{
    /// <summary>Every message that speaks for the round: its own, and those of the rounds it shares its moment with that also tell its recipients.
    /// One that was joined to another round's message is told there.</summary>
    /// <param name="at">What stands behind the tables' names: empty, or <see cref="ArchiveSql.Suffix"/>.</param>
    internal static string Messages(DeliverySql sql, string at) => $"""
        SELECT {Columns("o")} FROM deliveries{at} o WHERE {Own(sql, at)} AND (o.reason IS NULL OR o.reason <> 'merged')
        UNION ALL
        SELECT {Columns("s")} FROM rounds me JOIN rounds b ON b.batch = me.batch AND b.id <> me.id JOIN deliveries{at} s ON s.round_id = b.id
        WHERE me.id = @round AND EXISTS (SELECT 1 FROM delivery_recipients{at} l JOIN recipients p ON p.id = l.recipient_id WHERE l.delivery_id = s.id AND p.round_id = @round)
        """;

    private static string Columns(string row) => string.Join(", ", ((string[])["id", "text_id", "medium", "provider", "state", "reason", "accepted_at", "delivered_at"]).Select(column => $"{row}.{column}"));

    /// <summary>SQLite would fetch each row by its address, all over the table: the stretch in which the round was written is read in one go instead. The archive's index has the ids in order.</summary>
    private static string Own(DeliverySql sql, string at) => sql.Db is PostgreSqlNoticesDb || at.Length > 0
        ? "o.round_id = @round"
        : "o.id BETWEEN (SELECT MIN(f.id) FROM deliveries f WHERE f.round_id = @round) AND (SELECT MAX(f.id) FROM deliveries f WHERE f.round_id = @round) AND +o.round_id = @round";

    /// <summary>One statement, so that the parts always add up; it reads a covering index alone.</summary>
    internal static async Task<IReadOnlyList<TallyLine>> RecipientsAsync(DeliverySql sql, long roundId, CancellationToken cancellationToken)
    {
        var lines = new List<TallyLine>();
        await using var count = sql.Command("SELECT state, tier, reason, COUNT(*) FROM recipients WHERE round_id = @round GROUP BY state, tier, reason");
        await using var rows = await count.With("@round", roundId).ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) lines.Add(new TallyLine((DeliveryState)rows.GetInt16(0), rows.IsDBNull(2) ? null : rows.GetString(2), (int)rows.GetInt64(3), rows.GetInt16(1)));

        return lines;
    }

    /// <param name="closed">Some of the messages may lie in the archive.</param>
    internal static async Task<IReadOnlyList<TallyLine>> MessagesAsync(DeliverySql sql, long roundId, bool closed, CancellationToken cancellationToken)
    {
        var lines = new List<TallyLine>();
        await using var count = sql.Command($"SELECT d.medium, d.provider, d.state, d.reason, COUNT(*) FROM ({ArchiveSql.Over(closed, at => Messages(sql, at))}) d GROUP BY d.medium, d.provider, d.state, d.reason");
        await using var rows = await count.With("@round", roundId).ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            lines.Add(new TallyLine(
                (DeliveryState)rows.GetInt16(2), rows.IsDBNull(3) ? null : rows.GetString(3), (int)rows.GetInt64(4), 0, Enum.Parse<Medium>(rows.GetString(0)), rows.IsDBNull(1) ? null : rows.GetString(1)));
        }

        return lines;
    }

    /// <summary>Subscriptions of a round by the best of their messages; beside the snapshot, never in it.</summary>
    /// <param name="closed">Some of the messages may lie in the archive.</param>
    internal static async Task<StateCounts> SubscribersAsync(DeliverySql sql, long roundId, bool closed, CancellationToken cancellationToken)
    {
        var lines = new List<TallyLine>();
        var told = ArchiveSql.Over(closed, at =>
            $"SELECT t.id, d.state FROM subscription_tellings t JOIN subscription_deliveries l ON l.telling_id = t.id JOIN deliveries{at} d ON d.id = l.delivery_id WHERE t.round_id = @round");
        await using var count = sql.Command($"SELECT x.state, COUNT(*) FROM (SELECT h.id, MAX(h.state) AS state FROM ({told}) h GROUP BY h.id) x GROUP BY x.state");
        await using var rows = await count.With("@round", roundId).ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) lines.Add(new TallyLine((DeliveryState)rows.GetInt16(0), null, (int)rows.GetInt64(1)));

        return StateCounts.Of(lines);
    }

    internal static IReadOnlyList<TierCounts> Tiers(IEnumerable<TallyLine> recipients) =>
        [.. recipients.GroupBy(line => line.Tier).OrderBy(tier => tier.Key).Select(tier => new TierCounts(tier.Key, StateCounts.Of(tier), ReasonCount.Of(tier)))];

    internal static IReadOnlyList<MediumCounts> Media(IEnumerable<TallyLine> messages) =>
        [.. messages.GroupBy(line => (line.Medium, line.Provider)).OrderBy(group => group.Key.Medium).ThenBy(group => group.Key.Provider, StringComparer.Ordinal)
            .Select(group => new MediumCounts(group.Key.Medium, group.Key.Provider, StateCounts.Of(group), ReasonCount.Of(group)))];

    internal static RoundCounts Counts(long roundId, IEnumerable<TallyLine> recipients) =>
        RoundCounts.Of(roundId, recipients.GroupBy(line => line.State).ToDictionary(state => state.Key, state => state.Sum(line => line.Count)));
}
