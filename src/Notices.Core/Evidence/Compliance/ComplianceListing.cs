using System.Data.Common;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Publishing;
using Notices.Storage;

namespace Notices.Evidence;

/// <summary>Reads the notices or rounds a number is made of.</summary>
internal static class ComplianceListing
{
    internal static async Task<List<ComplianceNotice>> ReadAsync(DeliverySql sql, string paths, DateTimeOffset from, DateTimeOffset to, ComplianceSlice slice, CancellationToken cancellationToken)
    {
        var (notice, round) = slice.CountsNotices ? ("n.id = f.id", "") : ("n.id = r.notice_id", " JOIN rounds r ON r.id = f.id");
        await using var find = sql.Command($"""
            SELECT f.id, n.id, {(slice.CountsNotices ? "NULL" : "f.id")}, n.identifier, n.number, o.code, n.type, n.kind, n.published_at, n.deadline, n.late_reason, f.count
            FROM ({Behind(slice)} ORDER BY 1 LIMIT @limit) f{round} JOIN notices n ON {notice} JOIN organisations o ON o.id = n.organisation_id ORDER BY f.id
            """);
        find.CommandTimeout = ComplianceCounting.TimeoutSeconds;
        find.With("@from", sql.At(from)).With("@to", sql.At(to)).With("@path", paths).With("@after", slice.After).With("@limit", slice.Limit);
        if (slice.Kind is { } kind) find.With("@kind", kind.ToString().ToLowerInvariant());
        if (slice.Tier is { } tier) find.With("@tier", tier);
        if (slice.Medium is { } medium) find.With("@medium", medium.ToString());
        if (slice.Provider is { Length: > 0 } provider) find.With("@provider", provider);
        if (slice.Reason is { Length: > 0 } reason) find.With("@reason", reason);

        var found = new List<ComplianceNotice>();
        await using var row = await find.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(new ComplianceNotice(
                row.GetInt64(0), row.GetInt64(1), row.IsDBNull(2) ? null : row.GetInt64(2), row.GetString(3), row.GetString(4), row.GetString(5), Enum.Parse<NoticeType>(row.GetString(6)),
                Text(row, 7) is { } of ? Enum.Parse<OutageKind>(of, true) : null, row.Instant(8), row.InstantOrNull(9), Text(row, 10), (int)row.GetInt64(11)));
        }

        return found;
    }

    /// <summary>Ids with their counts.</summary>
    private static string Behind(ComplianceSlice slice)
    {
        var ofNotice = slice.Announcements ? " AND n.kind IS NULL" : slice.Kind is null ? "" : " AND n.kind = @kind";
        var ofRound = ofNotice + " AND r.id > @after";
        var ofTier = slice.Tier is null ? "" : " AND p.tier = @tier";

        return slice switch
        {
            { CountsNotices: true } =>
                $"SELECT n.id, CAST(1 AS BIGINT) AS count FROM {ComplianceSql.Notices} WHERE {ComplianceSql.InPeriod}{ofNotice} AND n.id > @after" +
                (slice.Number == ComplianceNumber.Published ? "" : $" AND {ComplianceSql.PublicOutcome} = '{slice.Number}'") + Of("n.late_reason", slice.Reason, "@reason"),
            { Number: ComplianceNumber.ToldInTime or ComplianceNumber.ToldLate } =>
                $"SELECT x.round_id AS id, COUNT(*) AS count FROM ({ComplianceSql.Handed(ofRound + ofTier)}) x WHERE x.at {(slice.Number == ComplianceNumber.ToldLate ? ">" : "<=")} x.deadline GROUP BY x.round_id",
            { Number: ComplianceNumber.NotHandedOver } =>
                $"SELECT r.id, COUNT(*) AS count FROM {ComplianceSql.Recipients} WHERE {ComplianceSql.InPeriod} AND {ComplianceSql.Measured}{ofRound}{ofTier} AND {ComplianceSql.NotHanded} GROUP BY r.id",
            { CountsMessages: true } =>
                $"SELECT x.id, COUNT(*) AS count FROM ({ComplianceSql.Messages("r.id", ofRound + ComplianceSql.InState("d", slice.Number) + Of("d.medium", slice.Medium, "@medium") + Of("d.provider", slice.Provider, "@provider") + Of("d.reason", slice.Reason, "@reason"))}) x GROUP BY x.id",
            _ =>
                $"SELECT r.id, COUNT(*) AS count FROM {ComplianceSql.Recipients} WHERE {ComplianceSql.InPeriod}{ofRound}{ofTier}{ComplianceSql.InState("p", slice.Number)}{Of("p.reason", slice.Reason, "@reason")} GROUP BY r.id",
        };
    }

    /// <summary>A condition on a column; none where nothing is wanted of it.</summary>
    private static string Of(string column, object? wanted, string parameter) => wanted switch
    {
        null => "",
        "" => $" AND {column} IS NULL",
        _ => $" AND {column} = {parameter}",
    };

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
