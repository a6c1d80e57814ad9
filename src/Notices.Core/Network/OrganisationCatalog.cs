using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Imports;
using Notices.Storage;

namespace Notices.Network;

/// <summary>The organisations, held for the length of an import.</summary>
internal sealed class OrganisationCatalog
{
    private readonly Dictionary<string, Organisation> _byCode = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Organisation> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Organisation> _byId = [];

    private OrganisationCatalog(IEnumerable<Organisation> all)
    {
        foreach (var organisation in all) Add(organisation);
    }

    internal static async Task<OrganisationCatalog> LoadAsync(NoticesDb db, CancellationToken cancellationToken) =>
        new(await db.Organisations.AsNoTracking().ToListAsync(cancellationToken));

    internal Organisation? ById(long id) => _byId.GetValueOrDefault(id);

    /// <summary>By code, or by name as sheets write it.</summary>
    internal Organisation? Find(string codeOrName) => _byCode.GetValueOrDefault(codeOrName) ?? _byName.GetValueOrDefault(codeOrName);

    /// <summary>The organisation a row, the request or the profile names, when the actor sees it.</summary>
    internal Result<Organisation> Of(string? named, ImportRequest request, Actor actor)
    {
        var profiles = request.Profile?.Organisations;
        var name = named ?? request.Organisation ?? (profiles is [var first, ..] ? first.Code : null);
        if (name is null) return new Problem("import-organisation-missing", "organisation");

        return Find(name) is { } organisation && actor.Sees(organisation.Path) ? organisation : new Problem("import-organisation-unknown", "organisation", new { organisation = name });
    }

    /// <summary>Creates what a profile names and is missing. A dry run gets them too, but only here.</summary>
    internal async Task<Problem?> EnsureAsync(NoticesDb db, AuditTrail audit, ImportRequest request, Actor actor, CancellationToken cancellationToken)
    {
        foreach (var wanted in request.Profile?.Organisations ?? [])
        {
            if (_byCode.ContainsKey(wanted.Code)) continue;
            var parent = wanted.Parent is null ? null : Find(wanted.Parent);
            if (!actor.Sees(parent?.Path ?? "/")) return new Problem("import-organisation-unknown", "organisation", new { organisation = wanted.Code });
            var organisation = new Organisation
            {
                Code = wanted.Code,
                Name = wanted.Name,
                NameEn = wanted.NameEn,
                Level = wanted.Level,
                ParentId = parent?.Id,
                TimeZone = wanted.TimeZone,
            };
            if (request.DryRun) (organisation.Id, organisation.Path) = (-1 - _byId.Count, (parent?.Path ?? "/") + "0/");
            else await SaveAsync(db, audit, organisation, parent, actor, cancellationToken);
            Add(organisation);
        }

        return null;
    }

    private static async Task SaveAsync(NoticesDb db, AuditTrail audit, Organisation organisation, Organisation? parent, Actor actor, CancellationToken cancellationToken)
    {
        await audit.BeginAsync(cancellationToken);
        db.Organisations.Add(organisation);
        await db.SaveChangesAsync(cancellationToken);
        organisation.Path = PathOf(organisation, parent);
        audit.Record(actor, "organisation.created", $"organisation/{organisation.Code}", null, new { organisation.Code, organisation.Name, organisation.Level, parent = parent?.Code });
        await audit.CommitAsync(cancellationToken);
        db.Entry(organisation).State = EntityState.Detached;
    }

    internal static string PathOf(Organisation organisation, Organisation? parent) => $"{parent?.Path ?? "/"}{organisation.Id}/";

    private void Add(Organisation organisation)
    {
        _byCode[organisation.Code] = organisation;
        _byName.TryAdd(organisation.Name, organisation);
        _byId[organisation.Id] = organisation;
    }
}
