using Notices.Deliveries;
using Notices.Policy;
using Notices.Publishing;
using Notices.Retention;

namespace Notices.Audience;

/// <summary>Which relay persons a round asks, and the statements that draw them, as conditions on <c>relay_persons rp</c>. Parameters: <c>@outage</c>, <c>@notice</c>, <c>@round</c>.</summary>
internal sealed class RelaySql(bool postgreSql)
{
    private const int Waiting = (int)DeliveryState.Waiting;

    private static readonly string Told = $"EXISTS ({ArchiveSql.Over(true, at =>
        $"SELECT 1 FROM relay_tellings bt JOIN relay_deliveries bl ON bl.telling_id = bt.id JOIN deliveries{at} b ON b.id = bl.delivery_id " +
        $"WHERE bt.relay_person_id = rp.id AND bt.round_id IN ({AudienceSql.EarlierRounds}) AND {AudienceSql.Left("b")}")})";

    /// <summary>Null where an audience is no matter of places.</summary>
    /// <param name="partly">A part of the scope is back already.</param>
    internal static string? Condition(string audience, NoticeType type, bool partly)
    {
        var affected = $"EXISTS (SELECT 1 {Concerned(type, partly)})";

        return audience switch
        {
            nameof(NoticeAudience.Public) or nameof(NoticeAudience.Everyone) or nameof(NoticeAudience.PriorityTiers) => affected,
            nameof(NoticeAudience.Told) => Told,
            nameof(NoticeAudience.ToldAndAffected) => $"({affected} OR {Told})",
            nameof(NoticeAudience.AwaitingRestoration) or RoundAudience.StillAffected => $"{affected} AND {Told}",
            RoundAudience.WronglyTold => $"{Told} AND NOT {affected}",
            RoundAudience.NewlyAffected => $"{affected} AND NOT {Told}",
            _ => null,
        };
    }

    /// <summary>Who is asked, to tell which places: those concerned now, else those they were asked to tell before.</summary>
    internal string Tellings(string condition, NoticeType type, bool partly) =>
        $"""
        INSERT INTO relay_tellings (round_id, relay_person_id, places, language)
        SELECT @round, rp.id,
               COALESCE((SELECT {ExpansionSql.Joined("xp.name", postgreSql)} {Concerned(type, partly)}),
                        (SELECT t.places FROM relay_tellings t WHERE t.relay_person_id = rp.id AND t.round_id IN ({AudienceSql.EarlierRounds}) ORDER BY t.id DESC LIMIT 1), ''),
               COALESCE((SELECT c.language FROM relay_place lx JOIN transformers lt ON lt.place_id = lx.place_id JOIN supply_points p ON p.transformer_id = lt.id JOIN customers c ON c.id = p.customer_id
                         WHERE lx.relay_person_id = rp.id GROUP BY c.language ORDER BY COUNT(*) DESC, c.language DESC LIMIT 1), '{Words.Languages.Chinese}')
        FROM relay_persons rp WHERE {condition}
        ON CONFLICT (round_id, relay_person_id) DO NOTHING
        """;

    /// <summary>One message a number and medium. Where it is a customer's number too, it names their accounts, so that they need no second message.</summary>
    /// <param name="customers">The round's audience, on <c>supply_points p</c> and <c>customers c</c>.</param>
    internal IReadOnlyList<string> Messages(string customers) =>
    [
        $"""
        INSERT INTO deliveries (round_id, text_id, medium, address, tier, place_name, accounts, state, due_at, expires_at, attempts, step, purpose, after_id)
        SELECT @round, CASE WHEN MAX(t.language) = MIN(t.language) AND MAX(t.language) = 'en' THEN @english ELSE @chinese END, @medium, rp.phone, 0, {ExpansionSql.Joined("t.places", postgreSql)},
               COALESCE((SELECT {ExpansionSql.Joined(postgreSql ? "right(p.account_no, 4)" : "substr(p.account_no, -4)", postgreSql)}
                         FROM contacts k JOIN customers c ON c.id = k.customer_id JOIN supply_points p ON p.customer_id = c.id
                         WHERE k.address = rp.phone AND k.suspended_at IS NULL AND ({customers})), ''),
               {Waiting}, @due, @expires, 0, 0, {(int)DeliveryPurpose.Relay},
               (SELECT MAX(b.id) FROM deliveries b WHERE b.address = rp.phone AND b.medium = @medium AND b.state IN (4, 5) AND b.round_id IN ({AudienceSql.EarlierRounds}))
        FROM relay_tellings t JOIN relay_persons rp ON rp.id = t.relay_person_id
        WHERE t.round_id = @round
        GROUP BY rp.phone
        ON CONFLICT (round_id, medium, address) DO NOTHING
        """,
        """
        INSERT INTO relay_deliveries (delivery_id, telling_id)
        SELECT d.id, t.id FROM relay_tellings t JOIN relay_persons rp ON rp.id = t.relay_person_id JOIN deliveries d ON d.round_id = @round AND d.medium = @medium AND d.address = rp.phone
        WHERE t.round_id = @round
        ON CONFLICT (delivery_id, telling_id) DO NOTHING
        """,
    ];

    private static string Concerned(NoticeType type, bool partly) =>
        "FROM relay_place x JOIN places xp ON xp.id = x.place_id JOIN transformers xt ON xt.place_id = x.place_id JOIN outage_transformers ot ON ot.transformer_id = xt.id " +
        "WHERE x.relay_person_id = rp.id AND ot.outage_id = @outage" + (partly, type) switch
        {
            (true, NoticeType.Restored) => " AND ot.restored_at IS NOT NULL",
            (true, _) => " AND ot.restored_at IS NULL",
            _ => "",
        };
}
