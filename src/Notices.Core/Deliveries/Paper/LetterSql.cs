using System.Data.Common;
using Notices.Retention;
using Notices.Storage;

namespace Notices.Deliveries;

/// <summary>The statements about letters. A letter waits like any message until it is printed; printed, it is claimed without a lease until somebody enters what became of it.</summary>
internal static class LetterSql
{
    /// <summary>What attempts of letters name as their provider.</summary>
    internal const string Provider = "paper";

    /// <summary>On <c>deliveries d</c>: printed, and nobody has entered what became of it.</summary>
    internal static readonly string OutThere = $"d.state = {(int)DeliveryState.Claimed} AND d.lease_until IS NULL AND d.medium = 'Paper'";

    /// <summary>On <c>rounds r</c>: of one that is held or has ended nothing is printed.</summary>
    internal const string OpenRound = "r.state IN ('Running', 'Expanding')";

    /// <summary>On the same, with its round <c>r</c>: it may be printed. Quiet hours hold no printer.</summary>
    internal static readonly string ToPrint =
        $"d.state = {(int)DeliveryState.Waiting} AND d.medium = 'Paper' AND d.round_id = @round AND d.expires_at > @now AND d.tier <= {DeliveryQueue.LastTier} AND {OpenRound} AND (r.held_until IS NULL OR r.held_until <= @now)";

    /// <summary>Each letter with one transformer it is carried to and the organisation whose customer it is for.</summary>
    /// <param name="at">What stands behind the names of the tables.</param>
    internal static string Addressed(string at, string condition) => $"""
        SELECT d.id, d.state, MIN(q.transformer_id) AS transformer_id, MIN(c.organisation_id) AS organisation_id
        FROM deliveries{at} d JOIN rounds r ON r.id = d.round_id JOIN delivery_recipients{at} l ON l.delivery_id = d.id JOIN recipients p ON p.id = l.recipient_id
          JOIN supply_points q ON q.id = p.supply_point_id JOIN customers c ON c.id = p.customer_id
        WHERE {condition} GROUP BY d.id, d.state
        """;

    /// <summary>How many letters of each state go to each transformer.</summary>
    internal static async Task<List<Stop>> StopsAsync(DeliverySql sql, string letters, long round, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var stops = new List<Stop>();
        await using var find = sql.Command($"""
            SELECT x.transformer_id, x.organisation_id, t.code, t.name, o.code, o.name, pl.township, pl.code, pl.name, x.state, x.letters
            FROM (SELECT a.transformer_id, a.organisation_id, a.state, COUNT(*) AS letters FROM ({letters}) a GROUP BY a.transformer_id, a.organisation_id, a.state) x
              JOIN transformers t ON t.id = x.transformer_id JOIN organisations o ON o.id = x.organisation_id LEFT JOIN places pl ON pl.id = t.place_id
            """);
        find.CommandTimeout = 600;
        find.With("@round", round);
        if (letters.Contains("@now", StringComparison.Ordinal)) find.With("@now", sql.At(now));
        await using var rows = await find.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            stops.Add(new Stop(
                rows.GetInt64(0), rows.GetInt64(1), rows.GetString(2), rows.GetString(3), rows.GetString(4), rows.GetString(5), Text(rows, 6), Text(rows, 7), Text(rows, 8),
                (DeliveryState)rows.GetInt16(9), (int)rows.GetInt64(10)));
        }

        stops.Sort(Walk);

        return stops;
    }

    internal static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>House 9 before house 12.</summary>
    internal static readonly StringComparer Natural = StringComparer.Create(System.Globalization.CultureInfo.InvariantCulture, System.Globalization.CompareOptions.NumericOrdering);

    private static readonly Comparison<Stop> Walk = (a, b) => Natural.Compare(a.Station, b.Station) is not 0 and var station ? station
        : Natural.Compare(a.Township, b.Township) is not 0 and var township ? township
        : Natural.Compare(a.Place, b.Place) is not 0 and var place ? place
        : Natural.Compare(a.Transformer, b.Transformer);

    /// <summary>In id order, so that two who enter never wait for each other; what has gone into the archive is looked for there.</summary>
    internal static async Task<Dictionary<long, Printed>> LockAsync(DeliverySql sql, IReadOnlyCollection<long> ids, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var settled = now - RetentionOptions.Settled;
        var found = new Dictionary<long, Printed>(ids.Count);
        await ReadAsync("", ids);
        if (found.Count < ids.Count) await ReadAsync(ArchiveSql.Suffix, [.. ids.Where(id => !found.ContainsKey(id))]);

        return found;

        async Task ReadAsync(string at, IReadOnlyCollection<long> some)
        {
            await using var find = sql.Command($"""
                SELECT d.id, d.state, d.reason, d.attempts, d.expires_at, o.path, o.time_zone, (SELECT MIN(a.started_at) FROM attempts{at} a WHERE a.delivery_id = d.id)
                FROM deliveries{at} d JOIN rounds r ON r.id = d.round_id JOIN notices n ON n.id = r.notice_id JOIN organisations o ON o.id = n.organisation_id
                WHERE d.id {sql.Among("@ids")} AND d.medium = 'Paper' ORDER BY d.id{sql.Locked}
                """);
            await using var rows = await find.With("@ids", sql.Ids(some)).ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                var expires = sql.ReadAt(rows, 4);
                found[rows.GetInt64(0)] = new Printed(
                    rows.GetInt64(0), (DeliveryState)rows.GetInt16(1), Text(rows, 2), rows.GetInt16(3), expires, rows.GetString(5), rows.GetString(6), rows.IsDBNull(7) ? null : sql.ReadAt(rows, 7), at,
                    at.Length > 0 || expires <= settled);
            }
        }
    }

    /// <summary>Letters of one state to one transformer.</summary>
    internal sealed record Stop(
        long TransformerId, long OrganisationId, string Transformer, string TransformerName, string Station, string StationName, string? Township, string? PlaceCode, string? Place, DeliveryState State, int Letters);

    /// <param name="Path">Of the organisation.</param>
    /// <param name="PrintedAt">Null where it never was.</param>
    /// <param name="At">What stands behind the names of the tables it lies in.</param>
    /// <param name="IsSettled">Others of its recipients' messages may lie elsewhere, or be moving.</param>
    internal sealed record Printed(
        long Id, DeliveryState State, string? Reason, short Number, DateTimeOffset ExpiresAt, string Path, string TimeZone, DateTimeOffset? PrintedAt, string At, bool IsSettled);
}
