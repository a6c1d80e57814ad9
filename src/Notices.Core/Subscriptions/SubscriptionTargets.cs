using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Notices.Network;
using Notices.Storage;
using Notices.Words;

namespace Notices.Subscriptions;

/// <summary>What one can have the notices of.</summary>
/// <param name="Key">As forms and links name it: <c>place-12</c>, <c>feeder-3</c>, <c>county-1</c>.</param>
/// <param name="Organisation">The company it belongs to.</param>
public sealed record SubscriptionTarget(string Key, LocalText Name, LocalText Organisation)
{
    internal long? PlaceId { get; init; }

    internal long? FeederId { get; init; }

    internal long? OrganisationId { get; init; }

    /// <summary>By whose name the messages are signed.</summary>
    internal Organisation? Sender { get; init; }
}

/// <summary>Finds places, feeders and counties by the words people have for them: names that stand in every notice, nothing else of the network.</summary>
public sealed class SubscriptionTargets(NoticesDb db)
{
    /// <summary>Lines of one answer.</summary>
    public const int Most = 20;

    /// <summary>Longest of what is searched for.</summary>
    public const int Longest = 60;

    private const string Place = "place-", Feeder = "feeder-", County = "county-";

    /// <summary>Every company with all below it but the smallest.</summary>
    public async Task<IReadOnlyList<SubscriptionTarget>> CountiesAsync(CancellationToken cancellationToken) =>
        (await db.Organisations.AsNoTracking().Where(o => o.Level != OrganisationLevel.Station).OrderBy(o => o.Path).ToListAsync(cancellationToken)).ConvertAll(Of);

    /// <summary>Places and feeders that hold the words; those called exactly so alone where there are any.</summary>
    public async Task<IReadOnlyList<SubscriptionTarget>> FindAsync(string? words, CancellationToken cancellationToken)
    {
        if (words?.Trim() is not { Length: > 0 and <= Longest } text) return [];

#pragma warning disable CA1304, CA1311, CA1862, MA0011 // It is the database that folds.
        var upper = text.ToUpperInvariant();
        var places = await db.Places.AsNoTracking().Where(p => p.Name == text || (p.NameEn != null && p.NameEn.ToUpper() == upper)).Include(p => p.Organisation).OrderBy(p => p.Id).Take(Most).ToListAsync(cancellationToken);
        var feeders = await db.Feeders.AsNoTracking().Where(f => f.Code.ToUpper() == upper || f.Name == text || (f.NameEn != null && f.NameEn.ToUpper() == upper)).Include(f => f.Organisation).OrderBy(f => f.Code).Take(Most).ToListAsync(cancellationToken);
        if (places.Count + feeders.Count == 0)
        {
            places = await db.Places.AsNoTracking().Where(p => p.Name.Contains(text) || (p.NameEn != null && p.NameEn.ToUpper().Contains(upper))).Include(p => p.Organisation).OrderBy(p => p.Name).Take(Most).ToListAsync(cancellationToken);
            feeders = await db.Feeders.AsNoTracking().Where(f => f.Code.ToUpper().Contains(upper) || f.Name.Contains(text) || (f.NameEn != null && f.NameEn.ToUpper().Contains(upper))).Include(f => f.Organisation).OrderBy(f => f.Code)
                .Take(Most).ToListAsync(cancellationToken);
        }
#pragma warning restore CA1304, CA1311, CA1862, MA0011

        return [.. places.Select(Of).Concat(feeders.Select(Of)).Take(Most)];
    }

    /// <returns>Null where there is no such thing.</returns>
    public async Task<SubscriptionTarget?> ByKeyAsync(string key, CancellationToken cancellationToken)
    {
        var dash = key.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0 || !long.TryParse(key.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return null;

        return key[..(dash + 1)] switch
        {
            Place => await OneAsync(id, null, null, cancellationToken),
            Feeder => await OneAsync(null, id, null, cancellationToken),
            County => await OneAsync(null, null, id, cancellationToken),
            _ => null,
        };
    }

    /// <summary>What a subscription is of.</summary>
    internal Task<SubscriptionTarget?> OfAsync(Subscription subscription, CancellationToken cancellationToken) =>
        OneAsync(subscription.PlaceId, subscription.FeederId, subscription.OrganisationId, cancellationToken);

    private async Task<SubscriptionTarget?> OneAsync(long? place, long? feeder, long? organisation, CancellationToken cancellationToken)
    {
        if (place is not null) return await db.Places.AsNoTracking().Include(p => p.Organisation).SingleOrDefaultAsync(p => p.Id == place, cancellationToken) is { } found ? Of(found) : null;
        if (feeder is not null) return await db.Feeders.AsNoTracking().Include(f => f.Organisation).SingleOrDefaultAsync(f => f.Id == feeder, cancellationToken) is { } line ? Of(line) : null;

        return await db.Organisations.AsNoTracking().SingleOrDefaultAsync(o => o.Id == organisation, cancellationToken) is { } county ? Of(county) : null;
    }

    private static SubscriptionTarget Of(Place place) =>
        new(Key(Place, place.Id), new LocalText(place.Name, place.NameEn ?? place.Name), place.Organisation!.LocalName) { PlaceId = place.Id, Sender = place.Organisation };

    private static SubscriptionTarget Of(Feeder feeder) =>
        new(Key(Feeder, feeder.Id), new LocalText($"{feeder.Name}（{feeder.Code}）", $"{feeder.NameEn ?? feeder.Name} ({feeder.Code})"), feeder.Organisation!.LocalName) { FeederId = feeder.Id, Sender = feeder.Organisation };

    private static SubscriptionTarget Of(Organisation organisation) =>
        new(Key(County, organisation.Id), organisation.LocalName, organisation.LocalName) { OrganisationId = organisation.Id, Sender = organisation };

    private static string Key(string kind, long id) => kind + id.ToString(CultureInfo.InvariantCulture);
}
