using System.Data.Common;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Storage;

namespace Notices.Evidence;

/// <summary>Counts one month by set statements, straight from the rows of life and archive.</summary>
internal static class ComplianceCounting
{
    /// <summary>A year of a city is read, not a round: seconds at a million recipients.</summary>
    internal const int TimeoutSeconds = 600;

    /// <param name="paths">What the organisations' paths are like.</param>
    /// <returns>By id of the organisation.</returns>
    internal static async Task<Dictionary<long, ComplianceCells>> CountAsync(DeliverySql sql, string paths, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var found = new Dictionary<long, ComplianceCells>();

        await EachAsync(
            $"SELECT x.organisation_id, x.kind, x.outcome, x.late_reason, COUNT(*) FROM (SELECT n.organisation_id, n.kind, {ComplianceSql.PublicOutcome} AS outcome, n.late_reason FROM {ComplianceSql.Notices} " +
            $"WHERE {ComplianceSql.InPeriod}) x GROUP BY x.organisation_id, x.kind, x.outcome, x.late_reason",
            (cells, row) =>
            {
                var outcome = Enum.Parse<ComplianceNumber>(row.GetString(2));
                cells.Notices.Add(new PublicCell(Text(row, 1) is { } kind ? Enum.Parse<OutageKind>(kind, true) : null, outcome, outcome == ComplianceNumber.Late ? Text(row, 3) : null, Number(row, 4)));
            });
        await EachAsync(
            $"SELECT x.organisation_id, x.measured, x.state, x.tier, x.reason, COUNT(*) FROM (SELECT n.organisation_id, CASE WHEN {ComplianceSql.Measured} THEN 1 ELSE 0 END AS measured, p.state, p.tier, p.reason " +
            $"FROM {ComplianceSql.Recipients} WHERE {ComplianceSql.InPeriod}) x GROUP BY x.organisation_id, x.measured, x.state, x.tier, x.reason",
            (cells, row) =>
            {
                var line = new TallyLine((DeliveryState)row.GetInt16(2), Text(row, 4), Number(row, 5), row.GetInt16(3));
                cells.Recipients.Add(line);
                if (row.GetInt32(1) == 1) cells.Measured.Add(line);
            });
        await EachAsync(
            $"SELECT x.organisation_id, x.medium, x.provider, x.state, x.reason, COUNT(*) FROM ({ComplianceSql.Messages("n.organisation_id, d.medium, d.provider, d.state, d.reason", "")}) x " +
            "GROUP BY x.organisation_id, x.medium, x.provider, x.state, x.reason",
            (cells, row) => cells.Messages.Add(new TallyLine((DeliveryState)row.GetInt16(3), Text(row, 4), Number(row, 5), 0, Enum.Parse<Medium>(row.GetString(1)), Text(row, 2))));
        await EachAsync(
            $"SELECT x.organisation_id, x.tier, SUM(CASE WHEN x.at <= x.deadline THEN 1 ELSE 0 END), SUM(CASE WHEN x.at > x.deadline THEN 1 ELSE 0 END) FROM ({ComplianceSql.Handed("")}) x GROUP BY x.organisation_id, x.tier",
            (cells, row) => cells.Handed.Add(new HandedCell(row.GetInt16(1), Number(row, 2), Number(row, 3))));

        await EachAsync(
            $"SELECT x.organisation_id, x.state, COUNT(*) FROM ({ComplianceSql.Subscribers}) x GROUP BY x.organisation_id, x.state",
            (cells, row) => cells.Subscribers.Add(new TallyLine((DeliveryState)row.GetInt16(1), null, Number(row, 2))));

        return found;

        async Task EachAsync(string text, Action<ComplianceCells, DbDataReader> take)
        {
            await using var count = sql.Command(text);
            count.CommandTimeout = TimeoutSeconds;
            await using var row = await count.With("@from", sql.At(from)).With("@to", sql.At(to)).With("@path", paths).ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                if (!found.TryGetValue(row.GetInt64(0), out var cells)) found[row.GetInt64(0)] = cells = new ComplianceCells();
                take(cells, row);
            }
        }
    }

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static int Number(DbDataReader row, int column) => (int)row.GetInt64(column);
}
