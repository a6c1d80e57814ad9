using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Notices.Imports;
using Notices.Network;
using Notices.Storage;

namespace Notices.Outages;

/// <summary>Holds a new plan against what was announced: nothing is changed here, a dispatcher decides.</summary>
internal sealed class OutageDifference(NoticesDb db)
{
    private static readonly OutageStatus[] Announced = [OutageStatus.Submitted, OutageStatus.Approved, OutageStatus.Published];

    /// <summary>Announced outages of the same organisations, system and span of months that the file no longer names.</summary>
    internal async Task<IReadOnlyList<PlanDifference>> DroppedAsync(
        List<(OutageGroup Group, Organisation Organisation)> planned, HashSet<long> seen, CancellationToken cancellationToken)
    {
        var dropped = new List<PlanDifference>();
        foreach (var plans in planned.GroupBy(p => (Organisation: p.Organisation.Id, System: p.Group.Outage.ReferenceSystem)))
        {
            if (plans.Key.System is null) continue;

            var organisation = plans.First().Organisation;
            var zone = TimeZoneInfo.FindSystemTimeZoneById(organisation.TimeZone);
            var starts = plans.SelectMany(p => p.Group.Outage.Windows).Select(w => TimeZoneInfo.ConvertTime(w.StartsAt, zone)).ToList();
            var (first, last) = (MonthOf(starts.Min(), zone), MonthOf(starts.Max(), zone).AddMonths(1));
            var outages = await db.Outages.AsNoTracking().Include(o => o.Windows)
                .Where(o => o.OrganisationId == plans.Key.Organisation && o.ReferenceSystem == plans.Key.System && Announced.Contains(o.Status) && !seen.Contains(o.Id))
                .Where(o => o.Windows.Any(w => w.StartsAt >= first && w.StartsAt < last))
                .OrderBy(o => o.Number).ToListAsync(cancellationToken);
            dropped.AddRange(outages.Select(o => new PlanDifference(o.Number, o.Reference, Windows(o, organisation), [])));
        }

        return dropped;
    }

    internal static IReadOnlyList<PlanWindow> Windows(Outage outage, Organisation organisation)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(organisation.TimeZone);

        return [.. outage.Windows.OrderBy(w => w.StartsAt).Select(w => new PlanWindow(TimeZoneInfo.ConvertTime(w.StartsAt, zone), TimeZoneInfo.ConvertTime(w.EndsAt, zone), w.Places))];
    }

    /// <summary>A sheet without numbers is known again by what it cuts and for which work; the date may move.</summary>
    internal static string DerivedReference(ImportedOutage imported)
    {
        var what = string.Join('|', imported.Feeders.Concat(imported.Sections.Select(s => s.ToString())).Concat(imported.Transformers).Append(imported.Work));
        var places = imported.Feeders.Count + imported.Sections.Count + imported.Transformers.Count == 0 ? string.Join('|', imported.Places) : "";

        return "~" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what + '\n' + places)))[..16];
    }

    private static DateTimeOffset MonthOf(DateTimeOffset local, TimeZoneInfo zone)
    {
        var month = new DateTime(local.Year, local.Month, 1, 0, 0, 0, DateTimeKind.Unspecified);

        return new DateTimeOffset(month, zone.GetUtcOffset(month));
    }
}
