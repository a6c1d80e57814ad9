using System.Globalization;
using Notices.Outages;
using Notices.Publishing;
using Notices.Storage;

namespace Notices.Audience;

/// <summary>How many an audience has, as the next notice of an outage would find it; in the caller's transaction.</summary>
internal sealed class AudienceCounting(NoticesDb db)
{
    private readonly SetStatements _set = new(db);

    internal async Task<(int SupplyPoints, int Customers)> CountAsync(Outage outage, string audience, NoticeType type, CancellationToken cancellationToken)
    {
        var condition = AudienceSql.Condition(audience, type, outage.Status == OutageStatus.PartlyRestored);
        var counted = await _set.NumbersAsync(
            $"SELECT COUNT(*), COUNT(DISTINCT p.customer_id) FROM supply_points p JOIN customers c ON c.id = p.customer_id WHERE {condition}",
            new Dictionary<string, object?> { ["@outage"] = outage.Id, ["@notice"] = long.MaxValue }, cancellationToken);

        return (Convert.ToInt32(counted[0][0], CultureInfo.InvariantCulture), Convert.ToInt32(counted[0][1], CultureInfo.InvariantCulture));
    }
}
