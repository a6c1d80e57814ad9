using Microsoft.EntityFrameworkCore;
using Notices.Customers;
using Notices.Network;
using Notices.Policy;
using Notices.Publishing;
using Notices.Ringing;
using Notices.Storage;

namespace Notices.Outages;

/// <summary>What the tables say about several outages, read in a few statements: hundreds of notices may fall due in one second, and asking for each outage by itself
/// would take longer than that.</summary>
internal sealed class OutageKnowledge
{
    private readonly ILookup<long, KnownNotice> _notices;
    private readonly ILookup<long, ScheduledNotice> _rows;
    private readonly ILookup<long, ScheduledMoment> _moments;
    private readonly ILookup<long, StaffRing> _rings;
    private readonly HashSet<long> _replaced;
    private readonly Dictionary<long, CutCustomers> _customers;
    private readonly Dictionary<long, Place> _places;
    private readonly ILookup<long, OverlappedPlan> _overlapped;

    // Published since, in this unit of work.
    private readonly Dictionary<long, List<KnownNotice>> _since = [];

    private OutageKnowledge(
        ILookup<long, KnownNotice> notices, ILookup<long, ScheduledNotice> rows, ILookup<long, ScheduledMoment> moments, ILookup<long, StaffRing> rings, HashSet<long> replaced,
        Dictionary<long, CutCustomers> customers, Dictionary<long, Place> places, ILookup<long, OverlappedPlan> overlapped) =>
        (_notices, _rows, _moments, _rings, _replaced, _customers, _places, _overlapped) = (notices, rows, moments, rings, replaced, customers, places, overlapped);

    internal static async Task<OutageKnowledge> ReadAsync(NoticesDb db, IReadOnlyCollection<Outage> outages, CancellationToken cancellationToken)
    {
        var ids = outages.Where(o => o.Id != 0).Select(o => o.Id).ToList();
        var places = outages.SelectMany(o => o.Places).Select(p => p.PlaceId).OfType<long>().Distinct().ToList();

        // What was said of an outage that another replaces was said to the same people.
        List<long> told = [.. ids, .. outages.Select(o => o.ReplacesId).OfType<long>()];

        var notices = await db.Notices.Where(n => n.OutageId != null && told.Contains(n.OutageId.Value))
            .Join(db.ScheduledNotices, n => n.ScheduledNoticeId, s => s.Id, (n, s) => new { n.Id, n.OutageId, n.Version, n.Type, s.Key, n.PublishedAt, n.Facts })
            .OrderBy(n => n.Version).ToListAsync(cancellationToken);
        var rows = await db.ScheduledNotices.Where(s => s.OutageId != null && ids.Contains(s.OutageId.Value)).ToListAsync(cancellationToken);
        var moments = await db.ScheduledMoments.Where(m => ids.Contains(m.OutageId)).ToListAsync(cancellationToken);
        var rings = await db.StaffRings.Where(r => ids.Contains(r.OutageId) && r.State == OutboxState.Waiting).ToListAsync(cancellationToken);
        var postponed = outages.Where(o => o.Status == OutageStatus.Postponed).Select(o => o.Id).ToList();
        var replaced = postponed.Count == 0 ? [] : await OutageStore.Replacing(db).Where(o => postponed.Contains(o.ReplacesId!.Value)).Select(o => o.ReplacesId!.Value).ToListAsync(cancellationToken);
        var customers = await db.OutageTransformers.Where(t => ids.Contains(t.OutageId))
            .Join(db.SupplyPoints, t => t.TransformerId, p => p.TransformerId, (t, p) => new { t.OutageId, p.Customer!.Grade, p.Customer.Vulnerability })
            .GroupBy(c => c.OutageId)
            .Select(g => new { g.Key, Points = g.Count(), Graded = g.Max(c => c.Grade != null ? 1 : 0), LifeSupport = g.Max(c => c.Vulnerability == Vulnerability.LifeSupport ? 1 : 0) })
            .ToDictionaryAsync(g => g.Key, g => new CutCustomers(g.Points, g.Graded == 1, g.LifeSupport == 1), cancellationToken);

        return new OutageKnowledge(
            notices.ToLookup(n => n.OutageId!.Value, n => new KnownNotice(n.Id, n.Version, n.Type, n.Key, n.PublishedAt, n.Facts)), rows.ToLookup(r => r.OutageId!.Value),
            moments.ToLookup(m => m.OutageId), rings.ToLookup(r => r.OutageId), [.. replaced], customers,
            await db.Places.Where(p => places.Contains(p.Id)).ToDictionaryAsync(p => p.Id, cancellationToken), await OverlappedPlans.ReadAsync(db, outages, cancellationToken));
    }

    /// <summary>What was published, the oldest first.</summary>
    internal IEnumerable<KnownNotice> Notices(Outage outage) => _notices[outage.Id].Concat(_since.GetValueOrDefault(outage.Id) ?? []);

    /// <summary>What was published of the outage it takes the place of, the oldest first.</summary>
    internal IEnumerable<KnownNotice> ReplacedNotices(Outage outage) => outage.ReplacesId is { } old ? _notices[old] : [];

    /// <summary>Postponed, and an approved plan takes its place.</summary>
    internal bool IsReplaced(Outage outage) => _replaced.Contains(outage.Id);

    internal IEnumerable<ScheduledNotice> Rows(Outage outage) => _rows[outage.Id];

    internal IEnumerable<ScheduledMoment> Moments(Outage outage) => _moments[outage.Id];

    /// <summary>Messages to staff that have not left yet.</summary>
    internal IEnumerable<StaffRing> WaitingRings(Outage outage) => _rings[outage.Id];

    internal CutCustomers Customers(Outage outage) => _customers.GetValueOrDefault(outage.Id) ?? CutCustomers.None;

    /// <summary>Planned outages of the same transformers, at whatever time.</summary>
    internal IEnumerable<OverlappedPlan> Overlapped(Outage outage) => _overlapped[outage.Id];

    internal Place? Place(long id) => _places.GetValueOrDefault(id);

    internal void Add(Outage outage, string key, Notice notice)
    {
        if (!_since.TryGetValue(outage.Id, out var since)) _since[outage.Id] = since = [];
        since.Add(new KnownNotice(notice.Id, notice.Version, notice.Type, key, notice.PublishedAt, notice.Facts));
    }
}

/// <param name="Id">0 until it is saved.</param>
/// <param name="Facts">As JSON.</param>
internal sealed record KnownNotice(long Id, int Version, NoticeType Type, string Key, DateTimeOffset PublishedAt, string Facts);

/// <summary>Whom an outage cuts.</summary>
/// <param name="Points">Supply points.</param>
internal sealed record CutCustomers(int Points, bool HasKeyCustomers, bool HasLifeSupport)
{
    internal static readonly CutCustomers None = new(0, false, false);
}
