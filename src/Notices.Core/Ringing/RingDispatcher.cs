using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Deliveries;

namespace Notices.Ringing;

/// <summary>Sends rings, past the providers' limits: staff are few, and what they are asked is urgent.</summary>
public sealed class RingDispatcher(OutboxParts parts) : OutboxDispatcher<StaffRing>(parts)
{
    private protected override bool KeepsLimits => false;

    private protected override long NumberOf(StaffRing row) => -row.Id;

    private protected override async Task<Dictionary<long, string>> AddressesAsync(List<StaffRing> claimed, CancellationToken cancellationToken)
    {
        var users = claimed.Select(r => r.UserId).OfType<string>().ToHashSet();
        var outages = claimed.Where(r => r.UserId is null).Select(r => r.OutageId).ToHashSet();
        var known = await Db.Users.AsNoTracking().Where(u => users.Contains(u.Id) && u.DisabledAt == null).ToDictionaryAsync(u => u.Id, cancellationToken);
        var owners = outages.Count == 0 ? [] : await Db.Outages.Where(o => outages.Contains(o.Id)).ToDictionaryAsync(o => o.Id, o => o.Owner, cancellationToken);
        var addresses = new Dictionary<long, string>();
        foreach (var ring in claimed)
        {
            var address = ring.UserId is not { } id ? owners.GetValueOrDefault(ring.OutageId)
                : known.GetValueOrDefault(id) is { } user ? ring.Medium == Medium.Email ? user.Email : user.PhoneNumber : null;
            if (!string.IsNullOrWhiteSpace(address)) addresses[ring.Id] = address.Trim();
        }

        return addresses;
    }

    /// <summary>One entry an outage.</summary>
    private protected override async Task RecordAsync(List<(StaffRing Row, string? Address)> rows, CancellationToken cancellationToken)
    {
        var ids = rows.Select(r => r.Row.OutageId).Distinct().ToList();
        var numbers = await Db.Outages.Where(o => ids.Contains(o.Id)).ToDictionaryAsync(o => o.Id, o => o.Number, cancellationToken);
        foreach (var outage in rows.GroupBy(r => r.Row.OutageId).OrderBy(g => g.Key))
        {
            Audit.Record(Actor.System, "rings.tried", $"outage/{numbers[outage.Key]}", null, new
            {
                rings = outage.Select(r => new { r.Row.Id, r.Row.MomentId, r.Row.Medium, to = r.Address is { } address ? Digests.Digest(address) : null, r.Row.State, r.Row.Reason, r.Row.Provider, r.Row.Attempts }).ToList(),
            });
        }
    }
}
