using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Notices.Audit;
using Notices.Network;
using Notices.Storage;

namespace Notices.Access;

/// <summary>Makes and recognises API keys.</summary>
public sealed class KeyRing(NoticesDb db, AuditTrail audit, TimeProvider clock, OrganisationDirectory organisations)
{
    /// <summary>Makes a key; the answer is the only time it is seen.</summary>
    public async Task<Result<string>> AddAsync(string name, Role role, string organisation, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.Is(Role.Administrator)) return Problem.Forbidden("key.add");

        var found = await organisations.FindAsync(organisation, actor, cancellationToken);
        if (!found.Ok) return Result<string>.Refused(found.Problems);

        var key = "ntc_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        db.ApiKeys.Add(new ApiKey { Name = name, Prefix = key[..10], Hash = HashOf(key), Role = role, OrganisationId = found.Value!.Id, CreatedAt = clock.GetUtcNow() });
        audit.Record(actor, "key.added", $"key/{key[..10]}", null, new { name, role, organisation });
        await audit.CommitAsync(cancellationToken);

        return key;
    }

    /// <summary>The keys of the actor's organisations, the newest last.</summary>
    public async Task<Result<IReadOnlyList<KeyView>>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.Is(Role.Administrator)) return Problem.Forbidden("key.list");

        return Result<IReadOnlyList<KeyView>>.Of(await db.ApiKeys.AsNoTracking().Where(k => k.Organisation!.Path.StartsWith(actor.OrganisationPath)).OrderBy(k => k.Id)
            .Select(k => new KeyView(k.Prefix, k.Name, k.Role, k.Organisation!.Code, k.CreatedAt, k.DisabledAt)).ToListAsync(cancellationToken));
    }

    /// <summary>Closes a key for good; its row stays for the record.</summary>
    /// <param name="prefix">The first characters, as the list shows them.</param>
    public async Task<Result<KeyView>> DisableAsync(string prefix, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.Is(Role.Administrator)) return Problem.Forbidden("key.disable");

        var key = await db.ApiKeys.Include(k => k.Organisation).FirstOrDefaultAsync(k => k.Prefix == prefix, cancellationToken);
        if (key is null || !actor.Sees(key.Organisation!.Path)) return Problem.NotFound("key", prefix);
        if (key.DisabledAt is not null) return new Problem("disabled-already", null, new { name = prefix, at = key.DisabledAt }, ProblemKind.State);

        key.DisabledAt = clock.GetUtcNow();
        audit.Record(actor, "key.disabled", $"key/{prefix}", null, new { key.Name, key.Role });
        await audit.CommitAsync(cancellationToken);

        return new KeyView(key.Prefix, key.Name, key.Role, key.Organisation!.Code, key.CreatedAt, key.DisabledAt);
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

/// <summary>A key as lists show it.</summary>
/// <param name="Prefix">The first characters: all that is ever shown again.</param>
public sealed record KeyView(string Prefix, string Name, Role Role, string Organisation, DateTimeOffset CreatedAt, DateTimeOffset? DisabledAt);
