using Notices.Deliveries;
using Notices.Policy;
using Notices.Publishing;

namespace Notices.Audience;

/// <summary>Who an audience is, as a condition on <c>supply_points p</c> and <c>customers c</c>. Parameters: <c>@outage</c>, <c>@notice</c>.</summary>
internal static class AudienceSql
{
    /// <summary>Rounds of the earlier notices of the outage and of the postponed one it replaces; the rounds of one notice speak to different people.</summary>
    internal const string EarlierRounds =
        "SELECT er.id FROM rounds er JOIN notices en ON en.id = er.notice_id " +
        "WHERE en.outage_id IN (@outage, (SELECT COALESCE(ro.replaces_id, ro.id) FROM outages ro WHERE ro.id = @outage)) AND er.notice_id < @notice";

    /// <summary>Something left for them: neither suppressed, failed nor still waiting. In a shadow: would have left.</summary>
    internal static string Left(string row) => $"(({row}.state >= 3 AND {row}.state <> 4) OR {row}.reason = '{DeliveryReasons.Shadow}')";

    /// <summary>Something left for them, and the last of it was not that they are not concerned.</summary>
    private static readonly string Told =
        $"p.id IN (SELECT t.supply_point_id FROM recipients t JOIN rounds tr ON tr.id = t.round_id WHERE t.round_id IN ({EarlierRounds}) AND {Left("t")} " +
        $"GROUP BY t.supply_point_id HAVING MAX(t.round_id) > COALESCE(MAX(CASE WHEN tr.audience = '{RoundAudience.WronglyTold}' THEN t.round_id END), 0))";

    private static readonly string ToldOfTrouble =
        $"p.id IN (SELECT t.supply_point_id FROM recipients t WHERE {Left("t")} AND t.round_id IN (SELECT er.id FROM rounds er JOIN notices en ON en.id = er.notice_id " +
        "WHERE en.outage_id = @outage AND er.notice_id < @notice AND (en.kind IN ('fault', 'emergency') OR en.type = 'Overrun')))";

    /// <summary>Whom earlier rounds of an announcement told. Parameters: <c>@announcement</c>, <c>@round</c>.</summary>
    internal static readonly string ToldOfAnnouncement =
        "p.id IN (SELECT t.supply_point_id FROM recipients t JOIN rounds er ON er.id = t.round_id JOIN notices en ON en.id = er.notice_id " +
        $"WHERE en.announcement_id = @announcement AND er.id < @round AND {Left("t")})";

    /// <summary>Whom an announcement for some places is for. Parameter: <c>@organisation</c>.</summary>
    internal static string InPlaces(string names) =>
        "p.transformer_id IN (SELECT t.id FROM transformers t JOIN places pl ON pl.id = t.place_id JOIN organisations o ON o.id = pl.organisation_id " +
        $"WHERE o.path LIKE @organisation AND pl.name IN ({names}))";

    /// <param name="partly">A part of the scope is back already.</param>
    internal static string Condition(string audience, NoticeType type, bool partly)
    {
        var affected = "p.transformer_id IN (SELECT ot.transformer_id FROM outage_transformers ot WHERE ot.outage_id = @outage" + (partly, type) switch
        {
            (true, NoticeType.Restored) => " AND ot.restored_at IS NOT NULL)",
            (true, _) => " AND ot.restored_at IS NULL)",
            _ => ")",
        };

        return audience switch
        {
            nameof(NoticeAudience.Public) or nameof(NoticeAudience.Everyone) => affected,
            nameof(NoticeAudience.KeyCustomers) => $"{affected} AND c.grade IS NOT NULL",
            nameof(NoticeAudience.KeyCustomersWhoAsked) => $"{affected} AND c.grade IS NOT NULL AND c.wants_short_reminder",
            nameof(NoticeAudience.LifeSupport) => $"{affected} AND c.vulnerability = 'LifeSupport'",
            nameof(NoticeAudience.PriorityTiers) => $"{affected} AND c.tier <= 1",
            nameof(NoticeAudience.Told) => Told,
            nameof(NoticeAudience.ToldAndAffected) => $"(({affected}) OR ({Told}))",
            nameof(NoticeAudience.AwaitingRestoration) => $"{affected} AND (c.tier <= 1 OR {ToldOfTrouble})",
            RoundAudience.WronglyTold => $"{Told} AND NOT ({affected})",
            RoundAudience.StillAffected => $"({affected}) AND {Told}",
            RoundAudience.NewlyAffected => $"({affected}) AND NOT ({Told})",
            _ => throw new ArgumentOutOfRangeException(nameof(audience), audience, null),
        };
    }
}
