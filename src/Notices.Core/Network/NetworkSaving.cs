using Microsoft.EntityFrameworkCore;
using Notices.Imports;
using Notices.Storage;

namespace Notices.Network;

/// <summary>Turns checked rows into the difference from what is there. A thing's own attributes are taken from its first row in the file.</summary>
internal sealed class NetworkSaving(NoticesDb db, NetworkState state, ImportReport report, bool dryRun, Func<Task> begin)
{
    private const decimal DefaultVoltage = 10;

    private readonly HashSet<string> _feedersDone = new(StringComparer.Ordinal);
    private readonly HashSet<(long, string)> _placesDone = [];
    private long _madeUp;

    internal NetworkState State => state;

    /// <summary>What comes first is saved first, for its ids: substations, feeders, sections, places, transformers.</summary>
    /// <returns>True when anything was written, in a transaction still open.</returns>
    internal async Task<bool> ApplyAsync(List<(NetworkRow Row, Organisation Organisation)> rows, CancellationToken cancellationToken)
    {
        foreach (var (row, organisation) in rows)
        {
            if (row.Substation is { } name && !state.Substations.ContainsKey((organisation.Id, name)))
                await AddAsync(new Substation { OrganisationId = organisation.Id, Name = name }, s => state.Substations.Add((organisation.Id, name), s.Id), s => s.Id, cancellationToken);
        }

        foreach (var (row, organisation) in rows) await FeederAsync(row, organisation, cancellationToken);
        foreach (var (row, organisation) in rows)
        {
            await PlaceAsync(row, organisation, cancellationToken);
            var feeder = state.Feeders[row.FeederCode].Id;
            if (row.Section is { } section && !state.Sections.ContainsKey((feeder, section)))
                await AddAsync(new Section { FeederId = feeder, Name = section }, s => state.Sections.Add((feeder, section), s.Id), s => s.Id, cancellationToken);
        }

        foreach (var (row, organisation) in rows) Take(row, organisation);
        if (dryRun || !db.ChangeTracker.Entries().Any()) return false;
        await begin();
        await db.SaveChangesAsync(cancellationToken);

        return true;
    }

    private async Task FeederAsync(NetworkRow row, Organisation organisation, CancellationToken cancellationToken)
    {
        if (!_feedersDone.Add(row.FeederCode)) return;
        long? substation = row.Substation is null ? null : state.Substations[(organisation.Id, row.Substation)];
        if (!state.Feeders.TryGetValue(row.FeederCode, out var feeder))
        {
            feeder = new Feeder
            {
                OrganisationId = organisation.Id,
                Code = row.FeederCode,
                Name = row.FeederName ?? row.FeederCode,
                NameEn = row.FeederNameEn,
                SubstationId = substation,
                VoltageKv = row.VoltageKv ?? DefaultVoltage,
            };
            await AddAsync(feeder, f => (state.Feeders[f.Code], state.FeedersById[f.Id]) = (f, f), f => f.Id, cancellationToken);

            return;
        }

        var (name, english, voltage, station) = (row.FeederName ?? feeder.Name, row.FeederNameEn ?? feeder.NameEn, row.VoltageKv ?? feeder.VoltageKv, substation ?? feeder.SubstationId);
        if (feeder.Name == name && feeder.NameEn == english && feeder.VoltageKv == voltage && feeder.SubstationId == station && feeder.OrganisationId == organisation.Id) return;
        if (!dryRun) db.Feeders.Attach(feeder);
        (feeder.Name, feeder.NameEn, feeder.VoltageKv, feeder.SubstationId, feeder.OrganisationId) = (name, english, voltage, station, organisation.Id);
    }

    private async Task PlaceAsync(NetworkRow row, Organisation organisation, CancellationToken cancellationToken)
    {
        if (row.Place is null) return;
        var key = (organisation.Id, PlaceCode(row));
        if (!_placesDone.Add(key)) return;
        if (!state.Places.TryGetValue(key, out var place))
        {
            place = new Place { OrganisationId = organisation.Id, Code = key.Item2, Name = row.Place, NameEn = row.PlaceEn, Township = row.Township };
            await AddAsync(place, p => state.Places.Add(key, p), p => p.Id, cancellationToken);

            return;
        }

        var (english, township) = (row.PlaceEn ?? place.NameEn, row.Township ?? place.Township);
        if ((place.Name, place.NameEn, place.Township) == (row.Place, english, township)) return;
        if (!dryRun) db.Places.Attach(place);
        (place.Name, place.NameEn, place.Township) = (row.Place, english, township);
    }

    private static string PlaceCode(NetworkRow row) => row.PlaceCode ?? row.Township + row.Place;

    private void Take(NetworkRow row, Organisation organisation)
    {
        var feeder = state.Feeders[row.FeederCode].Id;
        long? section = row.Section is null ? null : state.Sections[(feeder, row.Section)];
        long? place = row.Place is null ? null : state.Places[(organisation.Id, PlaceCode(row))].Id;
        if (!state.Transformers.TryGetValue(row.TransformerCode, out var transformer))
        {
            transformer = new Transformer
            {
                FeederId = feeder,
                SectionId = section,
                PlaceId = place,
                Code = row.TransformerCode,
                Name = row.TransformerName ?? row.TransformerCode,
                Latitude = row.Latitude,
                Longitude = row.Longitude,
            };
            state.Transformers.Add(transformer.Code, transformer);
            if (!dryRun) db.Transformers.Add(transformer);
            report.Added++;

            return;
        }

        var (name, latitude, longitude) = (row.TransformerName ?? transformer.Name, row.Latitude ?? transformer.Latitude, row.Longitude ?? transformer.Longitude);
        place ??= transformer.PlaceId;
        section ??= transformer.FeederId == feeder ? transformer.SectionId : null;
        if ((transformer.FeederId, transformer.SectionId, transformer.PlaceId, transformer.Name) == (feeder, section, place, name)
            && transformer.Latitude == latitude && transformer.Longitude == longitude)
        {
            report.Unchanged++;

            return;
        }

        if (!dryRun) db.Transformers.Attach(transformer);
        (transformer.FeederId, transformer.SectionId, transformer.PlaceId, transformer.Name) = (feeder, section, place, name);
        (transformer.Latitude, transformer.Longitude) = (latitude, longitude);
        report.Changed++;
    }

    /// <summary>A dry run gives ids that no row has.</summary>
    private async Task AddAsync<T>(T thing, Action<T> remember, Func<T, long> id, CancellationToken cancellationToken)
        where T : class
    {
        var property = db.Model.FindEntityType(typeof(T))!.FindProperty("Id")!.PropertyInfo!;
        if (dryRun) property.SetValue(thing, --_madeUp);
        else
        {
            await begin();
            db.Add(thing);
            await db.SaveChangesAsync(cancellationToken);
        }

        if (id(thing) == 0) throw new InvalidOperationException("No id was given.");
        remember(thing);
    }
}
