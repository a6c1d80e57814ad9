using Microsoft.EntityFrameworkCore;
using Notices.Storage;

namespace Notices.Network;

/// <summary>What the grid looks like, held for the length of an import: some hundred thousand transformers at most.</summary>
internal sealed class NetworkState
{
    internal Dictionary<(long Organisation, string Name), long> Substations { get; private set; } = [];

    internal Dictionary<string, Feeder> Feeders { get; private set; } = [];

    internal Dictionary<(long Feeder, string Name), long> Sections { get; private set; } = [];

    internal Dictionary<(long Organisation, string Code), Place> Places { get; private set; } = [];

    internal Dictionary<string, Transformer> Transformers { get; private set; } = [];

    /// <summary>Feeders by id, for the organisation of a transformer.</summary>
    internal Dictionary<long, Feeder> FeedersById { get; private set; } = [];

    internal static async Task<NetworkState> LoadAsync(NoticesDb db, CancellationToken cancellationToken)
    {
        var feeders = await db.Feeders.AsNoTracking().ToListAsync(cancellationToken);

        return new NetworkState
        {
            Substations = await db.Substations.AsNoTracking().ToDictionaryAsync(s => (s.OrganisationId, s.Name), s => s.Id, cancellationToken),
            Feeders = feeders.ToDictionary(f => f.Code, StringComparer.Ordinal),
            FeedersById = feeders.ToDictionary(f => f.Id),
            Sections = await db.Sections.AsNoTracking().ToDictionaryAsync(s => (s.FeederId, s.Name), s => s.Id, cancellationToken),
            Places = await db.Places.AsNoTracking().ToDictionaryAsync(p => (p.OrganisationId, p.Code), cancellationToken),
            Transformers = await db.Transformers.AsNoTracking().ToDictionaryAsync(t => t.Code, StringComparer.Ordinal, cancellationToken),
        };
    }
}
