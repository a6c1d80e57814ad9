using Microsoft.EntityFrameworkCore;
using Notices.Storage;

namespace Notices.Network;

/// <summary>Something that other systems may know too.</summary>
/// <param name="Path">Of its organisation.</param>
internal sealed record Thing(string Code, long Id, string Path);

/// <summary>Finds things of one kind by what we call them.</summary>
internal static class Things
{
    internal static Task<List<Thing>> FindAsync(NoticesDb db, ExternalSubject subject, HashSet<string> codes, CancellationToken cancellationToken) =>
        Query(db, subject, codes).ToListAsync(cancellationToken);

    private static IQueryable<Thing> Query(NoticesDb db, ExternalSubject subject, HashSet<string> codes) => subject switch
    {
        ExternalSubject.Organisation => db.Organisations.Where(o => codes.Contains(o.Code)).Select(o => new Thing(o.Code, o.Id, o.Path)),
        ExternalSubject.Substation => db.Substations.Where(s => codes.Contains(s.Name)).Select(s => new Thing(s.Name, s.Id, s.Organisation!.Path)),
        ExternalSubject.Feeder => db.Feeders.Where(f => codes.Contains(f.Code)).Select(f => new Thing(f.Code, f.Id, f.Organisation!.Path)),
        ExternalSubject.Section => Sections(db, codes),
        ExternalSubject.Transformer => db.Transformers.Where(t => codes.Contains(t.Code)).Select(t => new Thing(t.Code, t.Id, t.Feeder!.Organisation!.Path)),
        ExternalSubject.Place => db.Places.Where(p => codes.Contains(p.Code)).Select(p => new Thing(p.Code, p.Id, p.Organisation!.Path)),
        ExternalSubject.Customer => db.Customers.Where(c => codes.Contains(c.CustomerNo)).Select(c => new Thing(c.CustomerNo, c.Id, c.Organisation!.Path)),
        ExternalSubject.SupplyPoint => db.SupplyPoints.Where(p => codes.Contains(p.AccountNo)).Select(p => new Thing(p.AccountNo, p.Id, p.Customer!.Organisation!.Path)),
        ExternalSubject.Contact => Contacts(db, codes),
        ExternalSubject.Liaison => from l in db.LiaisonOfficers where codes.Contains(l.Phone) join o in db.Organisations on l.OrganisationId equals o.Id select new Thing(l.Phone, l.Id, o.Path),
        ExternalSubject.Relay => from r in db.RelayPersons where codes.Contains(r.Phone) join o in db.Organisations on r.OrganisationId equals o.Id select new Thing(r.Phone, r.Id, o.Path),
        ExternalSubject.Outage => db.Outages.Where(o => codes.Contains(o.Number)).Select(o => new Thing(o.Number, o.Id, o.Organisation!.Path)),
        _ => throw new ArgumentOutOfRangeException(nameof(subject), subject, null),
    };

    /// <summary>Narrowed by the first part, which has an index.</summary>
    private static IQueryable<Thing> Sections(NoticesDb db, HashSet<string> codes)
    {
        var feeders = First(codes);

        return db.Sections.Where(s => feeders.Contains(s.Feeder!.Code) && codes.Contains(s.Feeder.Code + "/" + s.Name))
            .Select(s => new Thing(s.Feeder!.Code + "/" + s.Name, s.Id, s.Feeder.Organisation!.Path));
    }

    private static IQueryable<Thing> Contacts(NoticesDb db, HashSet<string> codes)
    {
        var accounts = First(codes);

        return from p in db.SupplyPoints
               where accounts.Contains(p.AccountNo)
               join c in db.Contacts on p.CustomerId equals c.CustomerId
               where codes.Contains(p.AccountNo + "/" + c.Address)
               select new Thing(p.AccountNo + "/" + c.Address, c.Id, p.Customer!.Organisation!.Path);
    }

    private static List<string> First(HashSet<string> codes) => [.. codes.Select(c => c[..c.IndexOf('/', StringComparison.Ordinal)]).Distinct()];
}
