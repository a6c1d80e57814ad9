using Notices.Customers;
using Notices.Deliveries;

namespace Notices.Audience;

/// <summary>The statements of an expansion. Almost the same words on both databases: PostgreSQL draws whole tiers, SQLite parts of one, so that its only writer is soon free again.</summary>
internal sealed class ExpansionSql(bool postgreSql)
{
    private const int Suppressed = (int)DeliveryState.Suppressed;
    private const int Waiting = (int)DeliveryState.Waiting;

    /// <summary>What still waits of the outage's earlier rounds.</summary>
    internal static readonly string Earlier = $"SELECT d.id FROM deliveries d WHERE d.state = {Waiting} AND d.round_id IN ({AudienceSql.EarlierRounds})";

    /// <summary>An older message of the outage that waits for an address drawn just now: the newer one tells it all. Only where the newer one stands for everybody the older
    /// stood for, and leaves no later.</summary>
    internal static IReadOnlyList<string> Fold =>
    [
        $"""
        UPDATE deliveries SET state = {Suppressed}, reason = '{DeliveryReasons.Folded}'
        WHERE state = {Waiting} AND purpose = {(int)DeliveryPurpose.Customers} AND medium = @medium AND round_id IN ({AudienceSql.EarlierRounds})
          AND address IN (SELECT k.address FROM chosen k WHERE k.excluded = 0)
          AND EXISTS (SELECT 1 FROM deliveries n WHERE n.round_id = @round AND n.medium = @medium AND n.address = deliveries.address AND n.state = {Waiting}
                        AND n.purpose = {(int)DeliveryPurpose.Customers} AND (n.due_at <= @now OR n.due_at <= deliveries.due_at))
          AND NOT EXISTS (
            SELECT 1 FROM delivery_recipients l JOIN recipients q ON q.id = l.recipient_id
            WHERE l.delivery_id = deliveries.id AND NOT (q.round_id IN ({AudienceSql.EarlierRounds}) AND EXISTS (
              SELECT 1 FROM recipients s JOIN delivery_recipients m ON m.recipient_id = s.id JOIN deliveries n ON n.id = m.delivery_id
              WHERE s.round_id = @round AND s.supply_point_id = q.supply_point_id AND n.medium = @medium AND n.address = deliveries.address)))
        """,
        $"""
        UPDATE recipients SET (state, reason) = (
          SELECT d.state, CASE WHEN d.state <= {(int)DeliveryState.Unconfirmed} THEN d.reason END FROM delivery_recipients l JOIN deliveries d ON d.id = l.delivery_id
          WHERE l.recipient_id = recipients.id ORDER BY d.state DESC, CASE WHEN d.reason = '{DeliveryReasons.Shadow}' THEN 0 ELSE 1 END LIMIT 1)
        WHERE state = {Waiting} AND id IN (
          SELECT l.recipient_id FROM deliveries d JOIN delivery_recipients l ON l.delivery_id = d.id
          WHERE d.state = {Suppressed} AND d.reason = '{DeliveryReasons.Folded}' AND d.medium = @medium AND d.round_id IN ({AudienceSql.EarlierRounds})
            AND d.address IN (SELECT k.address FROM chosen k WHERE k.excluded = 0))
        """,
    ];

    /// <summary>Everybody of a tier who is not in the snapshot yet, in order; outside any transaction.</summary>
    internal static string Points(string condition) =>
        $"""
        SELECT p.id FROM supply_points p JOIN customers c ON c.id = p.customer_id
        WHERE c.tier = @tier AND ({condition}) AND NOT EXISTS (SELECT 1 FROM recipients q WHERE q.round_id = @round AND q.supply_point_id = p.id)
        ORDER BY p.id
        """;

    /// <summary>Those of <c>@points</c>, whatever became of their tier since they were listed.</summary>
    internal const string Listed = "p.id IN (SELECT value FROM json_each(@points))";

    /// <summary>Everybody of the tier whom an audience names.</summary>
    internal static string OfTier(string condition) => $"c.tier = @tier AND ({condition})";

    /// <summary>The last recipient before this part; what comes after it is this part's, since SQLite has one writer.</summary>
    internal const string Floor = "SELECT COALESCE(MAX(id), 0) FROM recipients";

    /// <summary>The recipients of one tier, or of a part of it.</summary>
    /// <param name="told">False where nobody of them is sent anything any more, for <c>@unsent</c>.</param>
    internal string Recipients(string condition, bool told) =>
        $"""
        INSERT INTO recipients (round_id, supply_point_id, customer_id, tier, language, place_name, account_tail, backup_stays, state, reason)
        SELECT @round, p.id, c.id, @tier, c.language, CASE WHEN c.language = 'en' THEN COALESCE(pl.name_en, pl.name) ELSE pl.name END, {Tail}, {BackupStays}, {(told ? $"{Waiting}, NULL" : $"{Suppressed}, @unsent")}
        FROM supply_points p
        JOIN customers c ON c.id = p.customer_id
        JOIN transformers tr ON tr.id = p.transformer_id
        LEFT JOIN places pl ON pl.id = tr.place_id
        WHERE {condition}
        ON CONFLICT (round_id, supply_point_id) DO NOTHING
        """;

    /// <summary>Where the chosen address of each customer of a tier stands while one medium is drawn: chosen once, read by every statement after it. Made once a connection.</summary>
    internal string Prepare =>
        "CREATE TEMP TABLE IF NOT EXISTS chosen (customer_id bigint PRIMARY KEY, address text NOT NULL, excluded smallint NOT NULL, at_night smallint NOT NULL)"
        + (postgreSql ? " ON COMMIT DELETE ROWS" : "");

    /// <summary>Whom among the chosen a need or a wish leaves out.</summary>
    internal const string LeftOut = "SELECT COUNT(*) FROM chosen WHERE excluded <> 0";

    /// <summary>Recipients without any delivery have their final state at once.</summary>
    internal IReadOnlyList<string> Unreachable =>
    [
        // An account that came to a message after that had left: what became of the message became of it.
        $"UPDATE recipients SET state = (SELECT MAX(d.state) FROM delivery_recipients l JOIN deliveries d ON d.id = l.delivery_id WHERE l.recipient_id = recipients.id) " +
        $"WHERE {Mine("recipients")} AND state = {Waiting} " +
        $"AND EXISTS (SELECT 1 FROM delivery_recipients l JOIN deliveries d ON d.id = l.delivery_id WHERE l.recipient_id = recipients.id AND d.state > {Waiting})",
        $"UPDATE recipients SET state = {Suppressed}, reason = COALESCE(reason, 'no-contact') WHERE {Mine("recipients")} AND state = {Waiting} " +
        "AND NOT EXISTS (SELECT 1 FROM delivery_recipients l WHERE l.recipient_id = recipients.id)",
        $"UPDATE recipients SET state = {Suppressed}, reason = CASE WHEN EXISTS (SELECT 1 FROM delivery_recipients l JOIN deliveries d ON d.id = l.delivery_id " +
        $"WHERE l.recipient_id = recipients.id AND d.reason = '{DeliveryReasons.Shadow}') THEN '{DeliveryReasons.Shadow}' ELSE 'need-or-opt-out' END WHERE {Mine("recipients")} AND state = {Waiting} " +
        $"AND NOT EXISTS (SELECT 1 FROM delivery_recipients l JOIN deliveries d ON d.id = l.delivery_id WHERE l.recipient_id = recipients.id AND d.state <> {Suppressed})",
    ];

    /// <summary>A reason noted on the way to the last medium, where that one was found good.</summary>
    internal string Reachable => $"UPDATE recipients SET reason = NULL WHERE {Mine("recipients")} AND state = {Waiting} AND reason IS NOT NULL";

    private string Tail => postgreSql ? "right(p.account_no, 4)" : "substr(p.account_no, -4)";

    /// <summary>Another supply point of the customer that this outage does not cut.</summary>
    private static string BackupStays =>
        "EXISTS (SELECT 1 FROM supply_points o WHERE o.customer_id = c.id AND o.id <> p.id AND o.role <> p.role " +
        "AND o.transformer_id NOT IN (SELECT ot.transformer_id FROM outage_transformers ot WHERE ot.outage_id = @outage))";

    private string Mine(string recipients) => postgreSql ? $"{recipients}.round_id = @round AND {recipients}.tier = @tier" : $"{recipients}.id > @floor";

    /// <summary>Deliveries of one medium for one tier, or for a part of it.</summary>
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
            ? $" AND NOT EXISTS (SELECT 1 FROM delivery_recipients l JOIN deliveries e ON e.id = l.delivery_id WHERE l.recipient_id = r.id AND e.medium <> @medium AND (e.state >= {Waiting} OR e.reason = '{DeliveryReasons.Shadow}'))"
            : "";
        // SQLite takes CROSS JOIN for the order to go in: from this part's recipients to their messages. Left to itself it sets out from all messages of the round for every part.
        var join = postgreSql ? "JOIN" : "CROSS JOIN";
        var from = $"FROM recipients r {join} chosen k ON k.customer_id = r.customer_id";
        var theirs = $"{join} deliveries d ON d.round_id = @round AND d.medium = @medium AND d.address = k.address";
        var mine = $"{Mine("r")} AND r.state = {Waiting}{open}";

        return new MediumSql(
            [
                "DELETE FROM chosen",
                medium == Deliveries.Medium.Paper ? Letters(mine) :
                $"""
                INSERT INTO chosen (customer_id, address, excluded, at_night)
                SELECT x.customer_id, x.address, CASE WHEN (c.needs & {(int)excluding}) <> 0 THEN 1 {optedOut}ELSE 0 END, CASE WHEN c.wants_night_messages THEN 1 ELSE 0 END
                FROM (SELECT k.customer_id, k.address, ROW_NUMBER() OVER (PARTITION BY k.customer_id ORDER BY k.ordinal, k.id) AS place
                      FROM contacts k
                      WHERE k.kind IN ({kinds}) AND k.suspended_at IS NULL AND (k.valid_from IS NULL OR k.valid_from <= @now) AND (k.valid_to IS NULL OR k.valid_to > @now)
                        AND k.customer_id IN (SELECT r.customer_id FROM recipients r WHERE {mine})) x
                JOIN customers c ON c.id = x.customer_id
                WHERE x.place = 1
                """,
            ],
            [
                // Skipped for somebody's need, and now wanted for somebody else on the same number: those left out stay out.
                $"""
                DELETE FROM delivery_recipients WHERE delivery_id IN (
                  SELECT d.id FROM deliveries d WHERE d.round_id = @round AND d.medium = @medium AND d.state = {Suppressed} AND d.reason = 'need-excludes-medium'
                    AND EXISTS (SELECT 1 FROM chosen k WHERE k.address = d.address AND k.excluded = 0))
                """,
                Append(from, theirs, mine, follows),
                $"""
                INSERT INTO deliveries (round_id, text_id, medium, address, tier, place_name, accounts, state, due_at, expires_at, attempts, step, after_id)
                SELECT @round, CASE WHEN MAX(r.language) = MIN(r.language) AND MAX(r.language) = 'en' THEN @english ELSE @chinese END, @medium, k.address, @tier,
                       {Joined("r.place_name")}, {Joined("r.account_tail")}, {Waiting}, CASE WHEN MAX(k.at_night) = 1 THEN @night ELSE @due END, @expires, 0, 0,
                       {(follows ? $"COALESCE(MAX(({Before})), (SELECT MAX(b.id) FROM deliveries b WHERE b.address = k.address AND b.medium = @medium AND b.state IN (4, 5) AND b.round_id IN ({AudienceSql.EarlierRounds})))" : "NULL")}
                {from}
                WHERE {mine} AND k.excluded = 0
                GROUP BY k.address
                ON CONFLICT (round_id, medium, address) DO UPDATE SET state = {Waiting}, reason = NULL, text_id = excluded.text_id, tier = excluded.tier, place_name = excluded.place_name,
                  accounts = excluded.accounts, due_at = excluded.due_at
                WHERE deliveries.state = {Suppressed} AND deliveries.reason = 'need-excludes-medium'
                """,
                $"""
                INSERT INTO delivery_recipients (delivery_id, recipient_id)
                SELECT d.id, r.id {from} {theirs}
                WHERE {mine} AND k.excluded = 0
                ON CONFLICT (delivery_id, recipient_id) DO NOTHING
                """,
            ],
            [
                // A medium that a need or a wish rules out is skipped with a record of its own.
                $"""
                INSERT INTO deliveries (round_id, text_id, medium, address, tier, place_name, accounts, state, due_at, expires_at, attempts, step, reason)
                SELECT @round, @chinese, @medium, k.address, @tier, {Joined("r.place_name")}, {Joined("r.account_tail")}, {Suppressed}, @due, @expires, 0, 0,
                       CASE WHEN MIN(k.excluded) = 1 THEN 'need-excludes-medium' ELSE 'opted-out' END
                {from}
                WHERE {mine} AND k.excluded <> 0
                GROUP BY k.address
                ON CONFLICT (round_id, medium, address) DO NOTHING
                """,
                $"""
                INSERT INTO delivery_recipients (delivery_id, recipient_id)
                SELECT d.id, r.id {from} {theirs} AND d.state = {Suppressed} AND d.reason <> '{DeliveryReasons.Shadow}'
                WHERE {mine} AND k.excluded <> 0
                ON CONFLICT (delivery_id, recipient_id) DO NOTHING
                """,
                // The number has a message, for somebody else.
                $"UPDATE recipients SET reason = 'need-or-opt-out' WHERE id IN (SELECT r.id {from} {theirs} AND (d.state <> {Suppressed} OR d.reason = '{DeliveryReasons.Shadow}') WHERE {mine} AND k.excluded <> 0)",
            ]);
    }

    /// <summary>A letter a customer, whatever address is known: it is carried to where the supply is. Somebody whose name is erased gets none.</summary>
    private static string Letters(string mine) =>
        $"""
        INSERT INTO chosen (customer_id, address, excluded, at_night)
        SELECT c.id, '{Letter.AddressMark}' || c.id, 0, 1 FROM customers c WHERE c.name <> '' AND c.id IN (SELECT r.customer_id FROM recipients r WHERE {mine})
        """;

    /// <summary>A number that a message drawn before already goes to, for an earlier tier or part: that one message names these accounts too.</summary>
    private string Append(string from, string theirs, string mine, bool follows)
    {
        string New(string named, string column) => $"CASE WHEN {Holds($"'、' || COALESCE({named}, '') || '、'", $"'、' || {column} || '、'")} THEN NULL ELSE {column} END";

        return
            $"""
            UPDATE deliveries SET
              accounts = CASE WHEN n.tails IS NULL THEN deliveries.accounts WHEN deliveries.accounts = '' THEN n.tails ELSE deliveries.accounts || '、' || n.tails END,
              place_name = CASE WHEN n.places IS NULL OR deliveries.purpose = {(int)DeliveryPurpose.Relay} THEN deliveries.place_name ELSE COALESCE(deliveries.place_name || '、', '') || n.places END,
              text_id = CASE WHEN n.chinese = 1 AND deliveries.text_id = @english THEN @chinese ELSE deliveries.text_id END,
              due_at = CASE WHEN n.at_night = 1 AND deliveries.due_at > @night THEN @night ELSE deliveries.due_at END
              {(follows ? ", after_id = CASE WHEN n.before > COALESCE(deliveries.after_id, 0) THEN n.before ELSE deliveries.after_id END" : "")}
            FROM (
              SELECT d.id, {Joined(New("d.accounts", "r.account_tail"))} AS tails, {Joined(New("d.place_name", "r.place_name"))} AS places,
                     MAX(CASE WHEN r.language = 'en' THEN 0 ELSE 1 END) AS chinese, MAX(k.at_night) AS at_night{(follows ? $", MAX(({Before})) AS before" : "")}
              {from} {theirs} AND d.state = {Waiting}
              WHERE {mine} AND k.excluded = 0
              GROUP BY d.id) n
            WHERE deliveries.id = n.id
            """;
    }

    /// <summary>What somebody was told before and may still be on its way, also in a message joined with another outage's.</summary>
    private static string Before =>
        "SELECT MAX(b.id) FROM recipients q JOIN delivery_recipients l ON l.recipient_id = q.id JOIN deliveries b ON b.id = l.delivery_id " +
        $"WHERE q.supply_point_id = r.supply_point_id AND q.round_id IN ({AudienceSql.EarlierRounds}) AND b.medium = @medium AND b.address = k.address AND b.state IN (4, 5)";

    private string Holds(string text, string part) => $"{(postgreSql ? "strpos" : "instr")}({text}, {part}) > 0";

    private string Joined(string column) => Joined(column, postgreSql);

    internal static string Joined(string column, bool postgreSql) => postgreSql ? $"string_agg(DISTINCT {column}, '、')" : $"replace(group_concat(DISTINCT {column}), ',', '、')";
}

/// <summary>The statements for one medium, in the order they run.</summary>
/// <param name="Choose">One address a customer.</param>
/// <param name="Tell">Nothing to do where nobody was chosen.</param>
/// <param name="Skip">Only where somebody is left out.</param>
internal sealed record MediumSql(IReadOnlyList<string> Choose, IReadOnlyList<string> Tell, IReadOnlyList<string> Skip)
{
    /// <summary>The place in <see cref="Choose"/> of the statement that chooses.</summary>
    internal const int Chosen = 1;

    /// <summary>The place in <see cref="Tell"/> of the statement that makes the messages.</summary>
    internal const int Messages = 2;
}
