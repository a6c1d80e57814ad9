using Microsoft.EntityFrameworkCore;
using Notices.Deliveries;
using Notices.Outages;
using Notices.Storage;
using Notices.Words;

namespace Notices.Ringing;

/// <summary>What became of one message to a member of staff.</summary>
/// <param name="To">User name, or the owner's mail address as the plan has it; null where there is nobody.</param>
/// <param name="Reason">A code of <c>Words/Reasons</c>, and in words.</param>
/// <param name="At">When it left or ended; null while it waits.</param>
public sealed record RingLine(string? To, Medium? Medium, OutboxState State, string? Reason, LocalText? Why, int Attempts, DateTimeOffset? At)
{
    /// <summary>By moment, in the order they were opened.</summary>
    internal static async Task<ILookup<long, RingLine>> ReadAsync(NoticesDb db, Outage outage, Func<DateTimeOffset, DateTimeOffset> local, CancellationToken cancellationToken)
    {
        var rings = await db.StaffRings.AsNoTracking().Where(r => r.OutageId == outage.Id).OrderBy(r => r.Id).ToListAsync(cancellationToken);
        var ids = rings.ConvertAll(r => r.UserId).OfType<string>().ToHashSet();
        var names = await db.Users.Where(u => ids.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.UserName, cancellationToken);

        return rings.ToLookup(r => r.MomentId, r => new RingLine(
            r.UserId is { } id ? names.GetValueOrDefault(id) : r.Medium is null ? null : outage.Owner, r.Medium, r.State, r.Reason,
            r.Reason is { } code ? new LocalText(Sentences.Reason(code, Languages.Chinese), Sentences.Reason(code, Languages.English)) : null, r.Attempts, r.EndedAt is { } at ? local(at) : null));
    }
}
