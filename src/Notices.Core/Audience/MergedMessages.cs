using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Audience;

/// <summary>One message where several rounds meet in one address: the first round's delivery carries it and all their recipients hang on it,
/// the others' deliveries stay behind without recipients. Parted again when one of the outages changes or one of the rounds is held.</summary>
internal sealed class MergedMessages(NoticesDb db)
{
    internal const string Reason = "merged";

    private const int Suppressed = (int)DeliveryState.Suppressed;
    private const int Waiting = (int)DeliveryState.Waiting;

    private bool PostgreSql => db is PostgreSqlNoticesDb;

    /// <summary>Sees where the rounds meet; <see cref="JoinAsync"/> needs it in the same transaction.</summary>
    /// <returns>Each combination of rounds met, by the language and medium of its messages.</returns>
    internal async Task<IReadOnlyList<(string Combination, string Language, Medium Medium)>> MeetAsync(IReadOnlyList<long> rounds, CancellationToken cancellationToken)
    {
        var ids = string.Join(", ", rounds.Select(id => id.ToString(CultureInfo.InvariantCulture)));
        var joined = PostgreSql ? "string_agg(CAST(d.round_id AS text), '+')" : "group_concat(d.round_id, '+')";
        await RunAsync(
            $"""
            CREATE TEMPORARY TABLE meeting{(PostgreSql ? " ON COMMIT DROP" : "")} AS
            SELECT x.* FROM (
              SELECT d.id, d.medium, d.tier, d.due_at, d.expires_at, t.language, FIRST_VALUE(d.id) OVER w AS kept, FIRST_VALUE(t.language) OVER w AS spoken,
                     COUNT(*) OVER w AS together, {joined} OVER w AS combination
              FROM deliveries d JOIN round_texts t ON t.id = d.text_id
              WHERE d.round_id IN ({ids}) AND d.state = {Waiting} AND d.purpose = {(int)DeliveryPurpose.Customers} AND t.variant = ''
              WINDOW w AS (PARTITION BY d.medium, d.address ORDER BY d.round_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)) x
            WHERE x.together > 1
            """, cancellationToken);

        var met = new List<(string, string, Medium)>();
        await using var find = Command("SELECT DISTINCT combination, spoken, medium FROM meeting ORDER BY combination, spoken, medium");
        await using var rows = await find.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) met.Add((rows.GetString(0), rows.GetString(1), Enum.Parse<Medium>(rows.GetString(2))));

        return met;
    }

    /// <summary>Joins those for whose combination there is a text (its variant); the others stay as they are.</summary>
    /// <returns>How many messages were made of more.</returns>
    internal async Task<int> JoinAsync(CancellationToken cancellationToken)
    {
        // A joint message leaves when the first of its parts would, and not after one of them is over.
        var joined = await RunAsync(
            """
            UPDATE deliveries SET text_id = t.id, tier = g.tier, due_at = g.due_at, expires_at = g.expires_at
            FROM (SELECT m.kept, m.combination, m.spoken, m.medium, MIN(m.tier) AS tier, MIN(m.due_at) AS due_at, MIN(m.expires_at) AS expires_at
                  FROM meeting m GROUP BY m.kept, m.combination, m.spoken, m.medium) g
            JOIN round_texts t ON t.variant = g.combination AND t.language = g.spoken AND t.medium = g.medium
            WHERE deliveries.id = g.kept
            """, cancellationToken);
        const string Left = "SELECT m.id FROM meeting m JOIN deliveries k ON k.id = m.kept JOIN round_texts t ON t.id = k.text_id AND t.variant = m.combination WHERE m.id <> m.kept";
        await RunAsync(
            $"""
            INSERT INTO delivery_recipients (delivery_id, recipient_id)
            SELECT m.kept, l.recipient_id FROM meeting m JOIN delivery_recipients l ON l.delivery_id = m.id WHERE m.id IN ({Left})
            ON CONFLICT (delivery_id, recipient_id) DO NOTHING
            """, cancellationToken);
        await RunAsync($"DELETE FROM delivery_recipients WHERE delivery_id IN ({Left})", cancellationToken);
        // A subscriber of the same address is told by it too.
        await RunAsync(
            $"""
            INSERT INTO subscription_deliveries (delivery_id, telling_id)
            SELECT m.kept, l.telling_id FROM meeting m JOIN subscription_deliveries l ON l.delivery_id = m.id WHERE m.id IN ({Left})
            ON CONFLICT (delivery_id, telling_id) DO NOTHING
            """, cancellationToken);
        await RunAsync($"DELETE FROM subscription_deliveries WHERE delivery_id IN ({Left})", cancellationToken);
        await RunAsync($"UPDATE deliveries SET state = {Suppressed}, reason = '{Reason}' WHERE id IN ({Left})", cancellationToken);
        await RunAsync($"UPDATE deliveries SET {Named} WHERE id IN (SELECT m.kept FROM meeting m)", cancellationToken);
        if (!PostgreSql) await RunAsync("DROP TABLE meeting", cancellationToken);

        return joined;
    }

    /// <summary>Takes apart every joint message still waiting that tells somebody of these rounds: each round tells its own again.</summary>
    /// <param name="rounds">A query of their ids.</param>
    internal async Task PartAsync(string rounds, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
    {
        var batch = $"SELECT o.id FROM rounds o WHERE o.batch IN (SELECT b.batch FROM rounds b WHERE b.id IN ({rounds}))";
        await using (var any = Command($"SELECT COUNT(*) FROM round_texts t WHERE t.variant LIKE '%+%' AND t.round_id IN ({batch})"))
        {
            foreach (var (name, value) in parameters) any.With(name, value);
            if (Convert.ToInt64(await any.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture) == 0) return;
        }

        var joint =
            $"""
            SELECT k.id FROM recipients q JOIN delivery_recipients l ON l.recipient_id = q.id JOIN deliveries k ON k.id = l.delivery_id JOIN round_texts t ON t.id = k.text_id
            WHERE q.round_id IN ({rounds}) AND k.state = {Waiting} AND t.variant LIKE '%+%'
            """;
        const string Own = "JOIN deliveries s ON s.round_id = q.round_id AND s.medium = k.medium AND s.address = k.address";
        await RunAsync(
            $"""
            UPDATE deliveries SET state = {Waiting}, reason = NULL WHERE state = {Suppressed} AND reason = '{Reason}' AND id IN (
              SELECT s.id FROM deliveries k JOIN delivery_recipients l ON l.delivery_id = k.id JOIN recipients q ON q.id = l.recipient_id {Own} WHERE k.id IN ({joint}))
            """, cancellationToken, parameters);
        await RunAsync(
            $"""
            UPDATE delivery_recipients SET delivery_id = (
              SELECT s.id FROM recipients q JOIN deliveries k ON k.id = delivery_recipients.delivery_id {Own} WHERE q.id = delivery_recipients.recipient_id)
            WHERE delivery_id IN ({joint}) AND EXISTS (
              SELECT 1 FROM recipients q JOIN deliveries k ON k.id = delivery_recipients.delivery_id WHERE q.id = delivery_recipients.recipient_id AND q.round_id <> k.round_id)
            """, cancellationToken, parameters);
        await RunAsync(
            $"""
            UPDATE subscription_deliveries SET delivery_id = (
              SELECT s.id FROM subscription_tellings q JOIN deliveries k ON k.id = subscription_deliveries.delivery_id {Own} WHERE q.id = subscription_deliveries.telling_id)
            WHERE delivery_id IN (SELECT k.id FROM deliveries k JOIN round_texts t ON t.id = k.text_id WHERE k.round_id IN ({batch}) AND k.state = {Waiting} AND t.variant LIKE '%+%')
              AND EXISTS (SELECT 1 FROM subscription_tellings q JOIN deliveries k ON k.id = subscription_deliveries.delivery_id {Own} WHERE q.id = subscription_deliveries.telling_id AND q.round_id <> k.round_id)
            """, cancellationToken, parameters);
        await RunAsync(
            $"""
            UPDATE deliveries SET {Named}, text_id = (
              SELECT p.id FROM round_texts t JOIN round_texts p ON p.round_id = t.round_id AND p.language = t.language AND p.medium = t.medium AND p.variant = '' WHERE t.id = deliveries.text_id)
            WHERE state = {Waiting} AND round_id IN ({batch}) AND text_id IN (SELECT t.id FROM round_texts t WHERE t.variant LIKE '%+%' AND t.round_id IN ({batch}))
              AND NOT EXISTS (SELECT 1 FROM delivery_recipients l JOIN recipients q ON q.id = l.recipient_id WHERE l.delivery_id = deliveries.id AND q.round_id <> deliveries.round_id)
            """, cancellationToken, parameters);
    }

    /// <summary>The accounts and places of whoever hangs on a delivery now.</summary>
    private string Named => $"accounts = {All("q.account_tail")}, place_name = {All("q.place_name")}";

    private string All(string column) =>
        $"(SELECT {ExpansionSql.Joined(column, PostgreSql)} FROM delivery_recipients l JOIN recipients q ON q.id = l.recipient_id WHERE l.delivery_id = deliveries.id)";

    private System.Data.Common.DbCommand Command(string sql)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        command.CommandTimeout = 600;
        command.CommandText = sql;

        return command;
    }

    private async Task<int> RunAsync(string sql, CancellationToken cancellationToken, IReadOnlyDictionary<string, object?>? parameters = null)
    {
        await using var command = Command(sql);
        foreach (var (name, value) in parameters ?? new Dictionary<string, object?>()) command.With(name, value);

        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
