using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Deliveries;
using Notices.Network;
using Notices.Retention;
using Notices.Storage;
using Notices.Subscriptions;

namespace Notices.Customers;

/// <summary>How much was erased.</summary>
/// <param name="Deliveries">Messages whose address was erased.</param>
public sealed record Erased(int Contacts, int Deliveries);

/// <summary>Erases who a customer was: name, contacts and addresses, in the customer's and in the deliveries' rows. That they were told, when and how stays,
/// under a number; the record holds digests only and verifies as before.</summary>
public sealed class PersonErasure(NoticesDb db, AuditTrail trail, AuditOptions options, TimeProvider clock)
{
    /// <summary>By one of the customer's account numbers; all its accounts lose the name.</summary>
    /// <param name="reason">Who asked and on what ground, without naming the person: it stays in the record.</param>
    public async Task<Result<Erased>> EraseAccountAsync(string accountNo, string? reason, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.Is(Role.Administrator)) return Problem.Forbidden("customers.erase");
        if (string.IsNullOrWhiteSpace(reason)) return new Problem("reason-missing", "reason");
        var customer = await db.Customers.Include(c => c.Organisation).Include(c => c.Contacts).SingleOrDefaultAsync(c => c.SupplyPoints.Any(p => p.AccountNo == accountNo), cancellationToken);
        if (customer is null || !actor.Sees(customer.Organisation!.Path)) return Problem.NotFound("customer", accountNo);
        if (await RefusalAsync(customer, cancellationToken) is { } refusal) return refusal;

        return await EraseAsync(customer, reason.Trim(), actor, cancellationToken);
    }

    /// <param name="organisation">Code, where the number exists in several organisations.</param>
    /// <returns>Refused while a message is on its way to them, and while an outage that concerned them is under legal hold.</returns>
    public async Task<Result<Erased>> EraseAsync(string customerNo, Actor actor, CancellationToken cancellationToken, string? organisation = null)
    {
        if (!actor.Is(Role.Administrator)) return Problem.Forbidden("customers.erase");
        var found = await db.Customers.Include(c => c.Organisation).Include(c => c.Contacts)
            .Where(c => c.CustomerNo == customerNo && (organisation == null || c.Organisation!.Code == organisation)).ToListAsync(cancellationToken);
        found.RemoveAll(c => !actor.Sees(c.Organisation!.Path));
        if (found.Count == 0) return Problem.NotFound("customer", customerNo);
        if (found.Count > 1) return new Problem("customer-ambiguous", "organisation", new { organisations = string.Join(", ", found.Select(c => c.Organisation!.Code)) });

        var customer = found[0];
        if (await RefusalAsync(customer, cancellationToken) is { } refusal) return refusal;

        return await EraseAsync(customer, null, actor, cancellationToken);
    }

    /// <summary>Erases a relay person, or a deputy where the phone is theirs; the places then need somebody else.</summary>
    /// <param name="phone">E.164.</param>
    /// <param name="reason">Kept in the record.</param>
    /// <returns>How many rows named them.</returns>
    public async Task<Result<int>> EraseRelayAsync(string phone, Actor actor, CancellationToken cancellationToken, string? reason = null)
    {
        if (!actor.Is(Role.Administrator)) return Problem.Forbidden("customers.erase");
        var seen = db.Organisations.Where(o => o.Path.StartsWith(actor.OrganisationPath)).Select(o => o.Id);
        var relay = IdImport.NameOf(ExternalSubject.Relay);
        await trail.BeginAsync(cancellationToken);
        await db.ExternalIds.Where(e => e.Subject == relay && db.RelayPersons.Any(r => r.Id == e.SubjectId && r.Phone == phone && seen.Contains(r.OrganisationId))).ExecuteDeleteAsync(cancellationToken);
        var persons = await db.RelayPersons.Where(r => r.Phone == phone && seen.Contains(r.OrganisationId)).ExecuteDeleteAsync(cancellationToken);
        var deputies = await db.RelayPersons.Where(r => r.DeputyPhone == phone && seen.Contains(r.OrganisationId))
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.DeputyName, (string?)null).SetProperty(r => r.DeputyPhone, (string?)null), cancellationToken);
        // Somebody with that number may be left in an organisation the actor does not see.
        if (persons + deputies > 0 && !await db.RelayPersons.AnyAsync(r => r.Phone == phone || r.DeputyPhone == phone, cancellationToken)) await ReplyRetention.EraseAsync(db, [phone], cancellationToken);
        if (persons + deputies > 0) trail.Record(actor, "relay.erased", "relays/" + options.Digest(phone), null, new { persons, deputies, reason });
        await trail.CommitAsync(cancellationToken);

        return persons + deputies > 0 ? persons + deputies : Problem.NotFound("relay", phone);
    }

    private async Task<Problem?> RefusalAsync(Customer customer, CancellationToken cancellationToken)
    {
        var rounds = db.Recipients.Where(r => r.CustomerId == customer.Id).Select(r => r.RoundId);
        var held = await db.Outages.Where(o => o.LegalHold && db.Notices.Any(n => n.OutageId == o.Id && db.Rounds.Any(r => r.NoticeId == n.Id && rounds.Contains(r.Id))))
            .OrderBy(o => o.Id).Select(o => o.Number).ToListAsync(cancellationToken);
        if (held.Count > 0) return new Problem("customer-legal-hold", null, new { outages = string.Join(", ", held) }, ProblemKind.State);

        var theirs = Links(db.DeliveryRecipients, customer.Id);
        var open = await db.Deliveries.AnyAsync(d => (d.State == DeliveryState.Waiting || d.State == DeliveryState.Claimed) && theirs.Contains(d.Id), cancellationToken);

        return open ? new Problem("customer-messages-open", null, null, ProblemKind.State) : null;
    }

    private async Task<Erased> EraseAsync(Customer customer, string? reason, Actor actor, CancellationToken cancellationToken)
    {
        await trail.BeginAsync(cancellationToken);
        var addresses = customer.Contacts.ConvertAll(c => c.Address);
        await ExternalIdsOf(customer).ExecuteDeleteAsync(cancellationToken);
        var contacts = await db.Contacts.Where(c => c.CustomerId == customer.Id).ExecuteDeleteAsync(cancellationToken);
        foreach (var contact in customer.Contacts.ToList()) db.Entry(contact).State = EntityState.Detached;

        // One number may stand for several customers: it goes with the last of them. A round that is put away meanwhile is met in the archive.
        var deliveries = await EraseAsync(db.Deliveries, db.DeliveryRecipients, customer.Id, cancellationToken) + await EraseAsync(db.DeliveriesArchive, db.DeliveryRecipientsArchive, customer.Id, cancellationToken);
        await ClearText.EraseAsync(db.Recipients.Where(r => r.CustomerId == customer.Id), cancellationToken);
        var (now, old) = (Links(db.DeliveryRecipients, customer.Id), Links(db.DeliveryRecipientsArchive, customer.Id));
        await db.LetterNames.Where(n => now.Contains(n.DeliveryId) || old.Contains(n.DeliveryId)).ExecuteDeleteAsync(cancellationToken);
        await db.OptOuts.Where(o => addresses.Contains(o.Address) && !db.Contacts.Any(c => c.Address == o.Address)).ExecuteDeleteAsync(cancellationToken);

        await ReplyRetention.EraseAsync(db, addresses, cancellationToken);
        var sql = await DeliverySql.WithinAsync(db, cancellationToken);
        foreach (var id in await SubscriptionEnding.EndAsync(sql, $"s.address {sql.Among("@these")} AND NOT EXISTS (SELECT 1 FROM contacts k WHERE k.address = s.address)", sql.Texts(addresses), clock.GetUtcNow(), cancellationToken))
            trail.Record(actor, "subscription.ended", SubscriptionAsking.Subject(id), null, new { source = "erasure" });

        (customer.Name, customer.Address, customer.LiaisonOfficerId) = ("", null, null);
        (customer.Needs, customer.Vulnerability, customer.SurvivalMinutes) = (Needs.None, null, null);
        trail.Record(actor, "customer.erased", "customers/" + options.Digest(customer.CustomerNo), null, new { contacts, deliveries, reason });
        await trail.CommitAsync(cancellationToken);

        return new Erased(contacts, deliveries);
    }

    /// <summary>What other systems call the customer, its accounts and its contacts: each leads back to the name.</summary>
    private IQueryable<ExternalId> ExternalIdsOf(Customer customer)
    {
        var (person, account, contact) = (IdImport.NameOf(ExternalSubject.Customer), IdImport.NameOf(ExternalSubject.SupplyPoint), IdImport.NameOf(ExternalSubject.Contact));

        return db.ExternalIds.Where(e => (e.Subject == person && e.SubjectId == customer.Id)
            || (e.Subject == account && db.SupplyPoints.Any(p => p.Id == e.SubjectId && p.CustomerId == customer.Id))
            || (e.Subject == contact && db.Contacts.Any(c => c.Id == e.SubjectId && c.CustomerId == customer.Id)));
    }

    private Task<int> EraseAsync<T, TLink>(IQueryable<T> deliveries, IQueryable<TLink> links, long customerId, CancellationToken cancellationToken)
        where T : Delivery
        where TLink : DeliveryRecipient
    {
        var theirs = Links(links, customerId);

        return ClearText.EraseAsync(
            deliveries.Where(d => d.Address != null && theirs.Contains(d.Id))
                .Where(d => !links.Any(l => l.DeliveryId == d.Id && db.Recipients.Any(r => r.Id == l.RecipientId && r.CustomerId != customerId && db.Customers.Any(c => c.Id == r.CustomerId && c.Name != "")))),
            cancellationToken);
    }

    private IQueryable<long> Links<TLink>(IQueryable<TLink> links, long customerId)
        where TLink : DeliveryRecipient =>
        links.Where(l => db.Recipients.Any(r => r.Id == l.RecipientId && r.CustomerId == customerId)).Select(l => l.DeliveryId);
}
