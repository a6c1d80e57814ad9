using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Imports;
using Notices.Network;
using Notices.Storage;

namespace Notices.Customers;

/// <summary>Brings relay persons in with their deputies and places, by organisation and phone.</summary>
public sealed class RelayImport(NoticesDb db, AuditTrail audit)
{
    public Task<Result<ImportReport>> RunAsync(
        Stream stream, ImportRequest request, Actor actor, IProgress<ImportProgress>? progress, CancellationToken cancellationToken) =>
        new RowImport(db, audit, ImportKind.Relays).RunAsync(stream, request, actor, progress, RelayRow.Parse, batch => TakeAsync(batch, cancellationToken), cancellationToken);

    private async Task TakeAsync(RowBatch<RelayRow> batch, CancellationToken cancellationToken)
    {
        var phones = batch.Rows.Select(r => r.Phone).ToHashSet();
        var known = await db.RelayPersons.Include(r => r.Places).Where(r => phones.Contains(r.Phone)).ToDictionaryAsync(r => (r.OrganisationId, r.Phone), cancellationToken);
        var names = batch.Rows.SelectMany(r => r.Places).ToHashSet();
        var places = (await db.Places.AsNoTracking().Where(p => names.Contains(p.Code) || names.Contains(p.Name) || names.Contains(p.Township + p.Name)).ToListAsync(cancellationToken))
            .SelectMany(p => new[] { p.Code, p.Name, p.Township + p.Name }.Distinct().Select(name => (name, p))).ToLookup(p => p.name, p => p.p, StringComparer.Ordinal);

        batch.Each((row, line) =>
        {
            var organisation = batch.Organisation(row.Organisation);
            if (!organisation.Ok) return organisation.Problems;

            var (id, problems, wanted) = (organisation.Value!.Id, new List<Problem>(), new HashSet<long>());
            foreach (var name in row.Places)
            {
                var found = Found(places[name], name, organisation.Value, batch);
                if (found.Count == 1) wanted.Add(found[0].Id);
                else if (found.Count == 0) problems.Add(new Problem("import-place-unknown", "places", new { place = name, organisation = organisation.Value.Code }));
                else problems.Add(new Problem("import-place-ambiguous", "places", new { place = name, codes = string.Join(", ", found.Select(p => p.Code)) }));
            }

            var relay = known.GetValueOrDefault((id, row.Phone));
            if (relay is null && row.Places.Count == 0) problems.Add(new Problem("import-value-missing", "places", new { column = "places" }));
            batch.Once(Digest.Of(id, (long)Digest.Of(row.Phone)), line, "phone", row.Name, problems);
            if (problems.Count == 0) Take(row, id, relay, wanted, batch.Report);

            return problems;
        });
    }

    /// <summary>A code stands for itself; a name may be several villages'.</summary>
    private static List<Place> Found(IEnumerable<Place> places, string name, Organisation organisation, RowBatch<RelayRow> batch)
    {
        var here = places.Where(p => batch.ById(p.OrganisationId) is { } its && its.Path.StartsWith(organisation.Path, StringComparison.Ordinal)).ToList();

        return here.Find(p => p.Code == name) is { } exact ? [exact] : here;
    }

    private void Take(RelayRow row, long organisation, RelayPerson? relay, HashSet<long> places, ImportReport report)
    {
        if (relay is null)
        {
            report.Added++;
            relay = new RelayPerson { OrganisationId = organisation, Name = row.Name, Phone = row.Phone };
            db.RelayPersons.Add(relay);
        }
        else if ((relay.Name, relay.DeputyName, relay.DeputyPhone) == (row.Name, row.DeputyName, row.DeputyPhone) && places.SetEquals(relay.Places.Select(p => p.PlaceId)))
        {
            report.Unchanged++;

            return;
        }
        else report.Changed++;

        (relay.Name, relay.DeputyName, relay.DeputyPhone) = (row.Name, row.DeputyName, row.DeputyPhone);
        relay.Places.RemoveAll(p => !places.Contains(p.PlaceId));
        relay.Places.AddRange(places.Except(relay.Places.Select(p => p.PlaceId)).Select(p => new RelayPlace { PlaceId = p }).ToList());
    }
}
