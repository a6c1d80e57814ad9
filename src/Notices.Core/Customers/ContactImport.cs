using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Imports;
using Notices.Storage;

namespace Notices.Customers;

/// <summary>Brings further contacts and proxies in, by account and address. What the customers file says of an address, its order and its end, stays with that file.</summary>
public sealed class ContactImport(NoticesDb db, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Of contacts that came with this file; the customers file does not retire them.</summary>
    internal const string Source = "contacts";

    private const string CustomersFile = "import";

    public Task<Result<ImportReport>> RunAsync(
        Stream stream, ImportRequest request, Actor actor, IProgress<ImportProgress>? progress, CancellationToken cancellationToken) =>
        new RowImport(db, audit, ImportKind.Contacts).RunAsync(
            stream, request, actor, progress, FurtherContactRow.Parse, batch => TakeAsync(batch, cancellationToken), cancellationToken);

    private async Task TakeAsync(RowBatch<FurtherContactRow> batch, CancellationToken cancellationToken)
    {
        var accounts = batch.Rows.Select(r => r.AccountNo).ToHashSet();
        var owners = await db.SupplyPoints.Where(p => accounts.Contains(p.AccountNo)).Select(p => new { p.AccountNo, p.CustomerId, p.Customer!.OrganisationId })
            .ToDictionaryAsync(p => p.AccountNo, p => (p.CustomerId, p.OrganisationId), StringComparer.Ordinal, cancellationToken);
        var customers = owners.Values.Select(o => o.CustomerId).ToHashSet();
        var contacts = await db.Contacts.AsNoTracking().Where(c => customers.Contains(c.CustomerId)).ToListAsync(cancellationToken);
        var known = contacts.ToDictionary(c => (c.CustomerId, c.Kind, c.Address));
        var last = contacts.GroupBy(c => c.CustomerId).ToDictionary(g => g.Key, g => g.Max(c => c.Ordinal));
        var (now, changed) = (clock.GetUtcNow(), new List<Contact>());

        batch.Each((row, line) =>
        {
            if (!owners.TryGetValue(row.AccountNo, out var owner)) return [new Problem("import-account-unknown", "account_no", new { code = row.AccountNo })];
            if (!batch.Sees(owner.OrganisationId)) return [new Problem("import-other-organisation", "account_no", new { what = "account", code = row.AccountNo })];

            var zone = TimeZoneInfo.FindSystemTimeZoneById(batch.ById(owner.OrganisationId)!.TimeZone);
            var existing = known.GetValueOrDefault((owner.CustomerId, row.Contact.Kind, row.Contact.Address));
            var next = (short)(last.GetValueOrDefault(owner.CustomerId) + 1);
            var contact = Of(row, owner.CustomerId, existing, next, zone);
            var problems = Check(row, contact, existing, now, zone);
            batch.Once(Key(contact), line, row.Contact.Kind == ContactKind.Email ? "email" : "phone", row.AccountNo, problems);
            if (problems.Count > 0) return problems;

            if (existing is null) batch.Report.Added++;
            else if (Same(existing, contact)) batch.Report.Unchanged++;
            else batch.Report.Changed++;
            if (existing is not null && Same(existing, contact)) return problems;
            changed.Add(contact);
            last[owner.CustomerId] = Math.Max(last.GetValueOrDefault(owner.CustomerId), contact.Ordinal);

            return problems;
        });
        if (batch.DryRun || changed.Count == 0) return;

        await audit.BeginAsync(cancellationToken);
        await new ContactSaving(db).SaveAsync(changed, cancellationToken);
    }

    private static ulong Key(Contact contact)
    {
        var digest = default(Digest);
        digest.Add(contact.CustomerId);
        digest.Add((long)contact.Kind);
        digest.Add(contact.Address);

        return digest.Value;
    }

    /// <summary>The contact as it will be; an empty cell leaves what is there.</summary>
    private static Contact Of(FurtherContactRow row, long customer, Contact? existing, short next, TimeZoneInfo zone) => new()
    {
        CustomerId = customer,
        Kind = row.Contact.Kind,
        Address = row.Contact.Address,
        Ordinal = row.Ordinal ?? existing?.Ordinal ?? next,
        // One the customers file has given up is this file's from now on.
        Source = existing is null or { Source: CustomersFile, ValidTo: not null } ? Source : existing.Source,
        ValidFrom = row.ValidFrom?.Start(zone) ?? existing?.ValidFrom,
        ValidTo = row.ValidTo?.End(zone) ?? (existing?.Source == CustomersFile ? null : existing?.ValidTo),
        ConfirmedOn = row.ConfirmedOn?.Start(zone) ?? existing?.ConfirmedOn,
        ProxyName = row.ProxyName ?? existing?.ProxyName,
        ProxyRelation = row.ProxyRelation ?? existing?.ProxyRelation,
        ProxyConsentedOn = row.ProxyConsentedOn?.Start(zone) ?? existing?.ProxyConsentedOn,
    };

    private static List<Problem> Check(FurtherContactRow row, Contact contact, Contact? existing, DateTimeOffset now, TimeZoneInfo zone)
    {
        var problems = new List<Problem>();
        if (contact.ValidTo <= contact.ValidFrom) problems.Add(new Problem("import-ends-before-start", "valid_to", new { start = Day(contact.ValidFrom, zone), end = Day(contact.ValidTo, zone) }));
        if (contact.ConfirmedOn > now) problems.Add(new Problem("import-date-ahead", "confirmed_on", new { column = "confirmed_on", value = Day(contact.ConfirmedOn, zone) }));
        if (contact.ProxyConsentedOn > now) problems.Add(new Problem("import-date-ahead", "proxy_consented_on", new { column = "proxy_consented_on", value = Day(contact.ProxyConsentedOn, zone) }));
        if (existing is { Source: CustomersFile, ValidTo: null } && (row.ValidTo is not null || contact.Ordinal != existing.Ordinal))
            problems.Add(new Problem("import-contact-of-customers", row.ValidTo is null ? "ordinal" : "valid_to"));

        return problems;
    }

    private static string Day(DateTimeOffset? instant, TimeZoneInfo zone) =>
        instant is { } at ? TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture) : "";

    private static bool Same(Contact a, Contact b) =>
        (a.Ordinal, a.Source, a.ValidFrom, a.ValidTo, a.ConfirmedOn, a.ProxyName, a.ProxyRelation) == (b.Ordinal, b.Source, b.ValidFrom, b.ValidTo, b.ConfirmedOn, b.ProxyName, b.ProxyRelation)
        && a.ProxyConsentedOn == b.ProxyConsentedOn;
}
