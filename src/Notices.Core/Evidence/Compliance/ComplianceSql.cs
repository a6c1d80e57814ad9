using Notices.Deliveries;
using Notices.Retention;

namespace Notices.Evidence;

/// <summary>Where the numbers come from. The report and the lists behind it take them from the same rows. Parameters: <c>@from</c>, <c>@to</c>, <c>@path</c>.</summary>
internal static class ComplianceSql
{
    /// <summary>Notices <c>n</c> of the time and the subtree.</summary>
    internal const string Notices = "notices n JOIN organisations o ON o.id = n.organisation_id";

    internal const string InPeriod = "n.published_at >= @from AND n.published_at < @to AND o.path LIKE @path";

    internal const string Recipients = Notices + " JOIN rounds r ON r.notice_id = n.id JOIN recipients p ON p.round_id = r.id";

    /// <summary>Has a personal clock.</summary>
    internal const string Measured = "n.deadline IS NOT NULL AND COALESCE(n.kind, '') <> 'emergency'";

    /// <summary>A name of <see cref="ComplianceNumber"/>.</summary>
    internal const string PublicOutcome =
        $"CASE WHEN n.kind = 'emergency' THEN '{nameof(ComplianceNumber.Emergency)}' WHEN n.late OR n.published_at > n.deadline THEN '{nameof(ComplianceNumber.Late)}' " +
        $"WHEN n.deadline IS NULL THEN '{nameof(ComplianceNumber.WithoutDeadline)}' ELSE '{nameof(ComplianceNumber.OnTime)}' END";

    /// <summary>Messages <c>d</c>, each where it was sent: one that was joined to another round's is counted there.</summary>
    internal static string Messages(string columns, string condition) => ArchiveSql.Over(true, at =>
        $"SELECT {columns} FROM {Notices} JOIN rounds r ON r.notice_id = n.id JOIN deliveries{at} d ON d.round_id = r.id WHERE {InPeriod} AND (d.reason IS NULL OR d.reason <> 'merged'){condition}");

    /// <summary>Recipients a carrier took a message for, with the moment it first did: <c>organisation_id, round_id, tier, deadline, at</c>.</summary>
    internal static string Handed(string condition)
    {
        var handOvers = ArchiveSql.Over(true, at =>
            $"SELECT n.organisation_id, r.id AS round_id, p.tier, n.deadline, p.id, d.accepted_at AS at FROM {Recipients} " +
            $"JOIN delivery_recipients{at} l ON l.recipient_id = p.id JOIN deliveries{at} d ON d.id = l.delivery_id WHERE {InPeriod} AND {Measured} AND d.accepted_at IS NOT NULL{condition}");

        return $"SELECT h.organisation_id, h.round_id, h.tier, h.deadline, MIN(h.at) AS at FROM ({handOvers}) h GROUP BY h.id, h.organisation_id, h.round_id, h.tier, h.deadline";
    }

    /// <summary>Subscribers by the best of their messages: <c>organisation_id, id, state</c>.</summary>
    internal static string Subscribers => $"SELECT h.organisation_id, h.id, MAX(h.state) AS state FROM ({ArchiveSql.Over(true, at =>
        $"SELECT n.organisation_id, t.id, d.state FROM {Notices} JOIN rounds r ON r.notice_id = n.id JOIN subscription_tellings t ON t.round_id = r.id " +
        $"JOIN subscription_deliveries l ON l.telling_id = t.id JOIN deliveries{at} d ON d.id = l.delivery_id WHERE {InPeriod}")}) h GROUP BY h.organisation_id, h.id";

    /// <summary>On a recipient <c>p</c>.</summary>
    internal static string NotHanded => $"NOT EXISTS ({ArchiveSql.Over(true, at =>
        $"SELECT 1 FROM delivery_recipients{at} l JOIN deliveries{at} d ON d.id = l.delivery_id WHERE l.recipient_id = p.id AND d.accepted_at IS NOT NULL")})";

    /// <returns>A condition on the state of a recipient or message; empty for all.</returns>
    internal static string InState(string row, ComplianceNumber number) => number switch
    {
        ComplianceNumber.Total => "",
        ComplianceNumber.Open => $" AND {row}.state BETWEEN {(int)DeliveryState.Waiting} AND {(int)DeliveryState.Accepted}",
        _ => $" AND {row}.state = {(int)Enum.Parse<DeliveryState>(number.ToString())}",
    };
}
