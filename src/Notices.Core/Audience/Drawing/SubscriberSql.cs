using Notices.Deliveries;
using Notices.Policy;
using Notices.Publishing;
using Notices.Retention;

namespace Notices.Audience;

/// <summary>Which subscribers a round tells, and the statements that draw them, as conditions on <c>subscriptions s</c>. Parameters: <c>@outage</c>, <c>@announcement</c>, <c>@notice</c>,
/// <c>@round</c>, <c>@organisation</c>.</summary>
internal sealed class SubscriberSql(bool postgreSql)
{
    private const int Suppressed = (int)DeliveryState.Suppressed;
    private const int Waiting = (int)DeliveryState.Waiting;

    private const string Active = "s.confirmed_at IS NOT NULL AND s.withdrawn_at IS NULL";

    /// <summary>What a need or a wish had left out for a customer of the same number, and a subscriber asked for since.</summary>
    private const string LeftOut = "d.state = 1 AND d.reason IN ('need-excludes-medium', 'opted-out')";

    /// <summary>Null where an audience is one of customers alone.</summary>
    /// <param name="names">Parameters that hold the places' names, for what names no transformers; empty where it names none.</param>
    /// <param name="partly">A part of the scope is back already.</param>
    internal static string? Condition(Drawing drawing, string names, bool partly)
    {
        var concerned = drawing.Outage is null ? OfAnnouncement(names) : OfOutage(names, drawing.Facts.Type, partly);
        var told = Told(drawing.Outage is null
            ? "SELECT er.id FROM rounds er JOIN notices en ON en.id = er.notice_id WHERE en.announcement_id = @announcement AND er.id < @round"
            : AudienceSql.EarlierRounds);

        return drawing.Audience switch
        {
            nameof(NoticeAudience.Public) or nameof(NoticeAudience.Everyone) => concerned,
            nameof(NoticeAudience.Told) => told,
            nameof(NoticeAudience.ToldAndAffected) => $"({concerned} OR {told})",
            nameof(NoticeAudience.AwaitingRestoration) or RoundAudience.StillAffected => $"{concerned} AND {told}",
            RoundAudience.WronglyTold => $"{told} AND NOT {concerned}",
            RoundAudience.NewlyAffected => $"{concerned} AND NOT {told}",
            _ => null,
        };
    }

    /// <summary>Whom the round tells by a medium somebody carries. Where one withdraws at the same moment, one of the two waits for the other.</summary>
    internal string Tellings(string condition) =>
        $"""
        INSERT INTO subscription_tellings (round_id, subscription_id)
        SELECT @round, s.id FROM subscriptions s
        WHERE {Active} AND {condition} AND NOT EXISTS (
          SELECT 1 FROM subscription_tellings dt JOIN rounds dr ON dr.id = dt.round_id JOIN subscriptions ds ON ds.id = dt.subscription_id
          WHERE dr.notice_id = @notice AND dr.id <> @round AND ds.address = s.address AND ds.medium = s.medium){(postgreSql ? " FOR SHARE OF s" : "")}
        ON CONFLICT (round_id, subscription_id) DO NOTHING
        """;

    /// <summary>One message an address, after all customers'. Where a customer's goes there already, that one stands for the subscriber too.</summary>
    internal IReadOnlyList<string> Messages =>
    [
        // Left out for a customer's need or wish, and now wanted by whoever reads that address: the customer stays left out.
        $"DELETE FROM delivery_recipients WHERE delivery_id IN (SELECT d.id {Theirs} AND {LeftOut})",
        $"""
        INSERT INTO deliveries (round_id, text_id, medium, address, tier, place_name, accounts, state, due_at, expires_at, attempts, step, purpose, after_id)
        SELECT @round, CASE WHEN MAX(s.language) = MIN(s.language) AND MAX(s.language) = 'en' THEN @english ELSE @chinese END, @medium, s.address, {PriorityTier.Subscribers},
               CASE WHEN COUNT(s.place_id) = COUNT(*) THEN {ExpansionSql.Joined("CASE WHEN s.language = 'en' THEN COALESCE(pl.name_en, pl.name) ELSE pl.name END", postgreSql)} END,
               '', {Waiting}, @due, @expires, 0, 0, {(int)DeliveryPurpose.Subscribers},
               (SELECT MAX(b.id) FROM deliveries b WHERE b.address = s.address AND b.medium = @medium AND b.state IN (4, 5) AND b.round_id IN ({AudienceSql.EarlierRounds}))
        FROM subscription_tellings t JOIN subscriptions s ON s.id = t.subscription_id LEFT JOIN places pl ON pl.id = s.place_id
        WHERE t.round_id = @round AND s.medium = @medium AND s.address IS NOT NULL
        GROUP BY s.address
        ON CONFLICT (round_id, medium, address) DO UPDATE SET state = {Waiting}, reason = NULL, text_id = excluded.text_id, tier = excluded.tier, place_name = excluded.place_name,
          accounts = '', due_at = excluded.due_at, purpose = excluded.purpose
        WHERE deliveries.state = {Suppressed} AND deliveries.reason IN ('need-excludes-medium', 'opted-out')
        """,
        $"INSERT INTO subscription_deliveries (delivery_id, telling_id) SELECT d.id, t.id {Theirs} ON CONFLICT (delivery_id, telling_id) DO NOTHING",
    ];

    /// <summary>The place of the messages in <see cref="Messages"/>.</summary>
    internal const int Made = 1;

    private const string Theirs =
        "FROM subscription_tellings t JOIN subscriptions s ON s.id = t.subscription_id JOIN deliveries d ON d.round_id = @round AND d.medium = @medium AND d.address = s.address " +
        "WHERE t.round_id = @round AND s.medium = @medium";

    /// <summary>By the transformers that are cut, each a set read once; a place or feeder that the plan names without them, by its name.</summary>
    private static string OfOutage(string names, NoticeType type, bool partly)
    {
        var cut = "FROM outage_transformers ot JOIN transformers xt ON xt.id = ot.transformer_id JOIN feeders xf ON xf.id = xt.feeder_id WHERE ot.outage_id = @outage" + (partly, type) switch
        {
            (true, NoticeType.Restored) => " AND ot.restored_at IS NOT NULL",
            (true, _) => " AND ot.restored_at IS NULL",
            _ => "",
        };
        const string Unknown = "NOT EXISTS (SELECT 1 FROM outage_transformers ut WHERE ut.outage_id = @outage)";
        var named = names.Length == 0 ? "" : $" OR ({Unknown} AND s.place_id IN ({PlacesNamed(names)}))";

        return $"(s.place_id IN (SELECT xt.place_id {cut} AND xt.place_id IS NOT NULL) OR s.feeder_id IN (SELECT xt.feeder_id {cut}) " +
            $"OR ({Unknown} AND s.feeder_id IN (SELECT os.feeder_id FROM outage_scopes os WHERE os.outage_id = @outage AND os.feeder_id IS NOT NULL)){named} " +
            $"OR s.organisation_id IN ({Above($"SELECT xf.organisation_id {cut} UNION SELECT n.organisation_id FROM notices n WHERE n.id = @notice")}))";
    }

    /// <summary>One for no place in particular is told to nobody in person, customers neither.</summary>
    private static string OfAnnouncement(string names) => names.Length == 0
        ? "s.id IS NULL"
        : $"(s.place_id IN ({PlacesNamed(names)}) OR s.organisation_id IN ({Above("SELECT n.organisation_id FROM notices n WHERE n.id = @notice")}))";

    private static string PlacesNamed(string names) => $"SELECT pl.id FROM places pl JOIN organisations o ON o.id = pl.organisation_id WHERE o.path LIKE @organisation AND pl.name IN ({names})";

    /// <summary>Organisations with those within them.</summary>
    private static string Above(string organisations) => $"SELECT up.id FROM organisations up JOIN organisations own ON own.path LIKE up.path || '%' WHERE own.id IN ({organisations})";

    /// <summary>Something left for their address, by whichever of its subscriptions, and the last of it was not that they are not concerned.</summary>
    private static string Told(string rounds) =>
        "s.id IN (SELECT ts.id FROM subscriptions ts JOIN subscriptions os ON os.address = ts.address AND os.medium = ts.medium JOIN (" +
        ArchiveSql.Over(true, at =>
            $"SELECT bt.subscription_id, bt.round_id FROM subscription_tellings bt JOIN subscription_deliveries bl ON bl.telling_id = bt.id JOIN deliveries{at} b ON b.id = bl.delivery_id " +
            $"WHERE bt.round_id IN ({rounds}) AND {AudienceSql.Left("b")}") +
        ") told ON told.subscription_id = os.id JOIN rounds tr ON tr.id = told.round_id GROUP BY ts.id " +
        $"HAVING MAX(told.round_id) > COALESCE(MAX(CASE WHEN tr.audience = '{RoundAudience.WronglyTold}' THEN told.round_id END), 0))";
}
