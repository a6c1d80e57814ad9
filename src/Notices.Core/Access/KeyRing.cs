using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Notices.Audit;
using Notices.Storage;

namespace Notices.Access;

/// <summary>Makes and recognises API keys.</summary>
public sealed class KeyRing(NoticesDb db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Makes a key; the answer is the only time it is seen.</summary>
    public async Task<Result<string>> AddAsync(string name, Role role, string organisation, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.Is(Role.Administrator)) return Problem.Forbidden("key.add");

        var found = await db.Organisations.FirstOrDefaultAsync(o => o.Code == organisation, cancellationToken);
        if (found is null || !actor.Sees(found.Path)) return new Problem("unknown-organisation", "organisation", new { organisation });

        var key = "ntc_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        db.ApiKeys.Add(new ApiKey { Name = name, Prefix = key[..10], Hash = HashOf(key), Role = role, OrganisationId = found.Id, CreatedAt = clock.GetUtcNow() });
        audit.Record(actor, "key.added", $"key/{key[..10]}", null, new { name, role, organisation });
        await audit.CommitAsync(cancellationToken);

        return key;
    }

    /// <summary>Who holds the key; null when nobody does or it was closed.</summary>
    public async Task<Actor?> HolderAsync(string key, CancellationToken cancellationToken)
    {
        var hash = HashOf(key);
        var found = await db.ApiKeys.AsNoTracking().Where(k => k.Hash == hash && k.DisabledAt == null)
            .Select(k => new { k.Name, k.Role, k.Organisation!.Path }).FirstOrDefaultAsync(cancellationToken);

        return found is null ? null : new Actor(found.Name, new HashSet<Role> { found.Role }, found.Path);
    }

    /// <summary>True once a person or a key may administer.</summary>
    public async Task<bool> HasAdministratorAsync(CancellationToken cancellationToken) =>
        await db.ApiKeys.AnyAsync(k => k.Role == Role.Administrator && k.DisabledAt == null, cancellationToken)
        || await db.Roles.AnyAsync(r => r.Role == Role.Administrator, cancellationToken);

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
