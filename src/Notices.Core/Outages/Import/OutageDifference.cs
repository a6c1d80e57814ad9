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

    /// <summary>Of a reference made up here, without the number that tells several apart.</summary>
    internal const int DerivedLength = 17;

    /// <summary>Announced outages of the same organisations, system and span of months that the file no longer names.</summary>
    internal async Task<IReadOnlyList<PlanDifference>> DroppedAsync(
        List<(OutageGroup Group, Organisation Organisation)> planned, HashSet<long> seen, CancellationToken cancellationToken)
    {
        var dropped = new List<PlanDifference>();
        foreach (var plans in planned.GroupBy(p => (Organisation: p.Organisation.Id, System: p.Group.Outage.ReferenceSystem)))
        {
            if (plans.Key.System is null) continue;

            var organisation = plans.First().Organisation;
            var (first, last) = Months(plans.Select(p => p.Group), organisation);
            var outages = await db.Outages.AsNoTracking().AsSplitQuery()
                .Include(o => o.Windows).Include(o => o.Places).Include(o => o.Scope).ThenInclude(s => s.Feeder).Include(o => o.Scope).ThenInclude(s => s.Section!.Feeder).Include(o => o.Scope).ThenInclude(s => s.Transformer)
                .Where(o => o.OrganisationId == plans.Key.Organisation && o.ReferenceSystem == plans.Key.System && Announced.Contains(o.Status) && !seen.Contains(o.Id))
                .Where(o => o.Windows.Any(w => w.StartsAt >= first && w.StartsAt < last))
                .OrderBy(o => o.Number).ToListAsync(cancellationToken);
            dropped.AddRange(outages.Select(o => new PlanDifference(o.Number, o.Reference, Windows(o, organisation), [], What(o))));
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

    /// <summary>True when its time is past or it will not be: the same work on the same line is then another outage.</summary>
    internal static bool IsOver(Outage outage) => outage.IsHistory || outage.Status is OutageStatus.Withdrawn or OutageStatus.Restored or OutageStatus.Cancelled or OutageStatus.Closed;

    /// <summary>Made up here for a row that has no number.</summary>
    internal static bool IsDerived(string reference) => reference is ['~', ..];

    internal static string? Common(string? reference) => reference is not null && IsDerived(reference) && reference.Length > DerivedLength ? reference[..DerivedLength] : reference;

    internal static bool SameWindows(Outage outage, PlanOutage plan) =>
        outage.Windows.OrderBy(w => w.StartsAt).Select(w => (w.StartsAt.UtcDateTime, w.EndsAt.UtcDateTime)).SequenceEqual(plan.Windows.Select(w => (w.StartsAt.UtcDateTime, w.EndsAt.UtcDateTime)));

    /// <summary>What it cuts, for people: lines, parts of lines, or places where it names no line.</summary>
    internal static string What(Outage outage)
    {
        var parts = outage.Scope.Select(s => s.Section is { } section ? $"{section.Feeder!.Name}/{section.Name}" : s.Feeder?.Name ?? s.Transformer?.Name).OfType<string>().ToList();

        return string.Join('、', parts.Count > 0 ? parts : outage.Places.ConvertAll(p => p.Name));
    }

    internal static string What(ImportedOutage outage)
    {
        List<string> parts = [.. outage.Feeders, .. outage.Sections.Select(s => s.ToString()), .. outage.Transformers];

        return string.Join('、', parts.Count > 0 ? parts : outage.Places);
    }

    /// <summary>From the first month the outages begin in to the end of the last, on the organisation's calendar.</summary>
    internal static (DateTimeOffset First, DateTimeOffset Last) Months(IEnumerable<OutageGroup> groups, Organisation organisation)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(organisation.TimeZone);
        var starts = groups.SelectMany(g => g.Outage.Windows).Select(w => TimeZoneInfo.ConvertTime(w.StartsAt, zone)).ToList();

        return (MonthOf(starts.Min(), zone), MonthOf(MonthOf(starts.Max(), zone).AddDays(32), zone));
    }

    private static DateTimeOffset MonthOf(DateTimeOffset local, TimeZoneInfo zone)
    {
        var month = new DateTime(local.Year, local.Month, 1, 0, 0, 0, DateTimeKind.Unspecified);

        return new DateTimeOffset(month, zone.GetUtcOffset(month));
    }
}
