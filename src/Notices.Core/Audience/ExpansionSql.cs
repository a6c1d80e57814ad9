using Notices.Customers;
using Notices.Deliveries;
using Notices.Storage;

namespace Notices.Audience;

/// <summary>The statements of an expansion. The same words on both databases but for joining texts of a group.</summary>
internal sealed class ExpansionSql(NoticesDb db)
{
    private const int Suppressed = (int)DeliveryState.Suppressed;
    private const int Waiting = (int)DeliveryState.Waiting;

    private bool PostgreSql => db is PostgreSqlNoticesDb;

    /// <summary>What still waits of the outage's earlier rounds is overtaken by a change: never sent.</summary>
    internal static string Supersede =>
        $"UPDATE deliveries SET state = {Suppressed}, reason = 'superseded' WHERE state = {Waiting} AND round_id IN ({AudienceSql.EarlierRounds})";

    internal static string SupersedeRecipients =>
        $"UPDATE recipients SET state = {Suppressed}, reason = 'superseded' WHERE state = {Waiting} AND round_id IN ({AudienceSql.EarlierRounds}) " +
        $"AND NOT EXISTS (SELECT 1 FROM delivery_recipients l JOIN deliveries d ON d.id = l.delivery_id WHERE l.recipient_id = recipients.id AND d.state >= {Waiting})";

    /// <summary>Recipients without any delivery have their final state at once.</summary>
    internal static string Unreachable =>
        // An account that came to a message after that had left: what became of the message became of it.
        $"UPDATE recipients SET state = (SELECT MAX(d.state) FROM delivery_recipients l JOIN deliveries d ON d.id = l.delivery_id WHERE l.recipient_id = recipients.id) " +
        $"WHERE round_id = @round AND tier = @tier AND state = {Waiting} " +
        $"AND EXISTS (SELECT 1 FROM delivery_recipients l JOIN deliveries d ON d.id = l.delivery_id WHERE l.recipient_id = recipients.id AND d.state > {Waiting}); " +
        $"UPDATE recipients SET state = {Suppressed}, reason = 'no-contact' WHERE round_id = @round AND tier = @tier AND state = {Waiting} " +
        "AND NOT EXISTS (SELECT 1 FROM delivery_recipients l WHERE l.recipient_id = recipients.id); " +
        $"UPDATE recipients SET state = {Suppressed}, reason = 'need-or-opt-out' WHERE round_id = @round AND tier = @tier AND state = {Waiting} " +
        $"AND NOT EXISTS (SELECT 1 FROM delivery_recipients l JOIN deliveries d ON d.id = l.delivery_id WHERE l.recipient_id = recipients.id AND d.state <> {Suppressed});";

    /// <summary>The snapshot of one tier.</summary>
    internal string Recipients(string condition) =>
        $"""
        INSERT INTO recipients (round_id, supply_point_id, customer_id, tier, language, place_name, account_tail, backup_stays, state)
        SELECT @round, p.id, c.id, c.tier, c.language, CASE WHEN c.language = 'en' THEN COALESCE(pl.name_en, pl.name) ELSE pl.name END, {Tail}, {BackupStays}, {Waiting}
        FROM supply_points p
        JOIN customers c ON c.id = p.customer_id
        JOIN transformers tr ON tr.id = p.transformer_id
        LEFT JOIN places pl ON pl.id = tr.place_id
        WHERE c.tier = @tier AND ({condition})
        ON CONFLICT (round_id, supply_point_id) DO NOTHING
        """;

    private string Tail => PostgreSql ? "right(p.account_no, 4)" : "substr(p.account_no, -4)";

    /// <summary>Another supply point of the customer that this outage does not cut.</summary>
    private static string BackupStays =>
        "EXISTS (SELECT 1 FROM supply_points o WHERE o.customer_id = c.id AND o.id <> p.id AND o.role <> p.role " +
        "AND o.transformer_id NOT IN (SELECT ot.transformer_id FROM outage_transformers ot WHERE ot.outage_id = @outage))";

    /// <summary>Where the chosen address of each customer of a tier stands while one medium is drawn: chosen once, read by every statement after it.</summary>
    internal string Prepare =>
        "CREATE TEMP TABLE IF NOT EXISTS chosen (customer_id bigint PRIMARY KEY, address text NOT NULL, excluded smallint NOT NULL, at_night smallint NOT NULL)"
        + (PostgreSql ? " ON COMMIT DELETE ROWS" : "");

    /// <summary>Deliveries of one medium for one tier.</summary>
    /// <param name="optional">Reminders and news: those who opted out are left alone.</param>
    /// <param name="onlyUnreached">A further medium of a first-available plan: only for those without a delivery so far.</param>
    /// <param name="follows">The outage had rounds before: a message must not overtake an earlier one still on its way.</param>
    internal MediumSql Medium(Medium medium, bool optional, bool onlyUnreached, bool follows)
    {
        var (kinds, excluding) = medium switch
        {
            Deliveries.Medium.Sms => ("'Mobile'", Needs.NoMobile | Needs.LandlineOnly),
            Deliveries.Medium.Voice => ("'Mobile', 'Landline'", Needs.Deaf),
            _ => ("'Email'", Needs.None),
        };
        var optedOut = optional ? "WHEN EXISTS (SELECT 1 FROM opt_outs o WHERE o.address = x.address) THEN 2 " : "";
        var open = onlyUnreached
            ? $" AND NOT EXISTS (SELECT 1 FROM delivery_recipients l JOIN deliveries e ON e.id = l.delivery_id WHERE l.recipient_id = r.id AND e.medium <> @medium AND e.state >= {Waiting})"
            : "";
        const string From = "FROM recipients r JOIN chosen k ON k.customer_id = r.customer_id";
        var mine = $"r.round_id = @round AND r.tier = @tier AND r.state = {Waiting}{open}";

        return new MediumSql(
            $"""
            DELETE FROM chosen;
            INSERT INTO chosen (customer_id, address, excluded, at_night)
            SELECT x.customer_id, x.address, CASE WHEN (c.needs & {(int)excluding}) <> 0 THEN 1 {optedOut}ELSE 0 END, CASE WHEN c.wants_night_messages THEN 1 ELSE 0 END
            FROM (SELECT k.customer_id, k.address, ROW_NUMBER() OVER (PARTITION BY k.customer_id ORDER BY k.ordinal, k.id) AS place
                  FROM contacts k
                  WHERE k.kind IN ({kinds}) AND k.suspended_at IS NULL AND (k.valid_from IS NULL OR k.valid_from <= @now) AND (k.valid_to IS NULL OR k.valid_to > @now)
                    AND k.customer_id IN (SELECT q.customer_id FROM recipients q WHERE q.round_id = @round AND q.tier = @tier)) x
            JOIN customers c ON c.id = x.customer_id
            WHERE x.place = 1;
            {(PostgreSql ? "ANALYZE chosen;" : "")}
            """,
            // A number that an earlier tier's message already goes to: that one message names these accounts too.
            $"""
            UPDATE deliveries SET accounts = deliveries.accounts || '、' || n.tails
            FROM (SELECT k.address, {Joined("r.account_tail")} AS tails {From} WHERE {mine} AND k.excluded = 0 GROUP BY k.address) n
            WHERE deliveries.round_id = @round AND deliveries.medium = @medium AND deliveries.address = n.address AND deliveries.tier < @tier AND deliveries.state = {Waiting}
            """,
            $"""
            INSERT INTO deliveries (round_id, text_id, medium, address, tier, place_name, accounts, state, due_at, expires_at, attempts, step, after_id)
            SELECT @round, CASE WHEN MAX(r.language) = MIN(r.language) AND MAX(r.language) = 'en' THEN @english ELSE @chinese END, @medium, k.address, @tier,
                   {Joined("r.place_name")}, {Joined("r.account_tail")}, {Waiting}, CASE WHEN MAX(k.at_night) = 1 THEN @night ELSE @due END, @expires, 0, 0,
                   {(follows ? $"COALESCE(MAX(({Before})), (SELECT MAX(b.id) FROM deliveries b WHERE b.address = k.address AND b.medium = @medium AND b.state IN (4, 5) AND b.round_id IN ({AudienceSql.EarlierRounds})))" : "NULL")}
            {From}
            WHERE {mine} AND k.excluded = 0
            GROUP BY k.address
            ON CONFLICT (round_id, medium, address) DO UPDATE SET state = {Waiting}, reason = NULL, text_id = excluded.text_id, tier = excluded.tier, place_name = excluded.place_name,
              accounts = excluded.accounts, due_at = excluded.due_at
            WHERE deliveries.state = {Suppressed} AND deliveries.reason = 'need-excludes-medium'
            """,
            $"""
            INSERT INTO delivery_recipients (delivery_id, recipient_id)
            SELECT d.id, r.id {From}
            JOIN deliveries d ON d.round_id = @round AND d.medium = @medium AND d.address = k.address
            WHERE {mine} AND k.excluded = 0
            ON CONFLICT (delivery_id, recipient_id) DO NOTHING
            """,
            // A medium that a need or a wish rules out is skipped with a record of its own.
            $"""
            INSERT INTO deliveries (round_id, text_id, medium, address, tier, place_name, accounts, state, due_at, expires_at, attempts, step, reason)
            SELECT @round, @chinese, @medium, k.address, @tier, {Joined("r.place_name")}, {Joined("r.account_tail")}, {Suppressed}, @due, @expires, 0, 0,
                   CASE WHEN MIN(k.excluded) = 1 THEN 'need-excludes-medium' ELSE 'opted-out' END
            {From}
            WHERE {mine} AND k.excluded <> 0
            GROUP BY k.address
            ON CONFLICT (round_id, medium, address) DO NOTHING
            """,
            $"""
            INSERT INTO delivery_recipients (delivery_id, recipient_id)
            SELECT d.id, r.id {From}
            JOIN deliveries d ON d.round_id = @round AND d.medium = @medium AND d.address = k.address AND d.state = {Suppressed}
            WHERE {mine} AND k.excluded <> 0
            ON CONFLICT (delivery_id, recipient_id) DO NOTHING
            """);
    }

    /// <summary>What somebody was told before and may still be on its way, also in a message joined with another outage's.</summary>
    private static string Before =>
        "SELECT MAX(b.id) FROM recipients q JOIN delivery_recipients l ON l.recipient_id = q.id JOIN deliveries b ON b.id = l.delivery_id " +
        $"WHERE q.supply_point_id = r.supply_point_id AND q.round_id IN ({AudienceSql.EarlierRounds}) AND b.medium = @medium AND b.address = k.address AND b.state IN (4, 5)";

    private string Joined(string column) => Joined(column, PostgreSql);

    internal static string Joined(string column, bool postgreSql) => postgreSql ? $"string_agg(DISTINCT {column}, '、')" : $"replace(group_concat(DISTINCT {column}), ',', '、')";
}

/// <summary>The statements for one medium, in the order they run.</summary>
internal sealed record MediumSql(string Choose, string Append, string Deliveries, string Links, string Skipped, string SkippedLinks);
