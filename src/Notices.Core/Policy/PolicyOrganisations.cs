using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Storage;
using Notices.Words;

namespace Notices.Policy;

/// <param name="TimeZone">In which the policy's times of day are meant.</param>
/// <param name="Hotline">The organisation's own, in place of the policy's; null where it has none.</param>
public sealed record OrganisationUnderPolicy(string Code, LocalText Name, string TimeZone, string? Hotline);

/// <summary>To whom the policy applies, and what of it an organisation replaces by its own.</summary>
public sealed class PolicyOrganisations(NoticesDb db)
{
    /// <summary>What the actor sees, from the top down.</summary>
    public async Task<IReadOnlyList<OrganisationUnderPolicy>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        var all = await db.Organisations.AsNoTracking().Where(o => o.Path.StartsWith(actor.OrganisationPath)).OrderBy(o => o.Path).ToListAsync(cancellationToken);

        return all.ConvertAll(o => new OrganisationUnderPolicy(o.Code, o.LocalName, o.TimeZone, o.Hotline));
    }
}
