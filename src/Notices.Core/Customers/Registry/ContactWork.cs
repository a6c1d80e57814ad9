using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Network;
using Notices.Storage;

namespace Notices.Customers;

/// <summary>What is wrong with a customer's contacts.</summary>
public enum ContactTrouble
{
    /// <summary>No contact of theirs can be used now.</summary>
    Missing,

    /// <summary>One at least is suspended.</summary>
    Suspended,
}

/// <summary>One line of the work list.</summary>
/// <param name="Reason"><c>no-contact</c>, <c>suspended</c>, <c>not-valid</c>, <c>need-excludes</c>.</param>
/// <param name="Since">When the last contact was lost; null where there never was one or nobody knows.</param>
public sealed record ContactWorkLine(CustomerLine Customer, string Reason, DateTimeOffset? Since);

/// <param name="Next">Where the next page begins; null at the end.</param>
public sealed record ContactWorkPage(IReadOnlyList<ContactWorkLine> Items, string? Next);

/// <summary>Which of them to list.</summary>
/// <param name="Organisation">Code; it and all below. Null for all the actor sees.</param>
/// <param name="After">The <see cref="ContactWorkPage.Next"/> of the page before.</param>
public sealed record ContactWorkQuery(ContactTrouble Trouble = ContactTrouble.Missing, string? Organisation = null, short? Tier = null, string? After = null, int Limit = CustomerRegistry.DefaultLimit);

/// <summary>Customers whom no message would reach, for somebody to mend: the most vulnerable first.</summary>
public sealed class ContactWork(NoticesDb db, AuditTrail audit, AuditOptions keys, OrganisationDirectory organisations, TimeProvider clock)
{
    public async Task<Result<ContactWorkPage>> ListAsync(ContactWorkQuery query, Actor actor, CancellationToken cancellationToken)
    {
        if (Cursor(query.After) is not var (tier, id)) return new Problem("cursor-unknown", "after", null, ProblemKind.Unreadable);

        var (now, most) = (clock.GetUtcNow(), Math.Clamp(query.Limit, 1, CustomerRegistry.MaxLimit));
        var asked = await TroubledAsync(query, now, actor, cancellationToken);
        if (asked.Value is not { } customers) return Result<ContactWorkPage>.Refused(asked.Problems);

        var ids = await customers.Where(c => c.Tier > tier || (c.Tier == tier && c.Id > id)).OrderBy(c => c.Tier).ThenBy(c => c.Id).Select(c => c.Id).Take(most + 1).ToListAsync(cancellationToken);
        var found = await CustomerRegistry.Whole(db.Customers.AsNoTracking().Where(c => ids.Contains(c.Id)).OrderBy(c => c.Tier).ThenBy(c => c.Id)).ToListAsync(cancellationToken);
        var page = found.Take(most).Select(customer => Line(customer, query.Trouble, now)).ToList();

        return new ContactWorkPage(page, found.Count > most ? string.Create(CultureInfo.InvariantCulture, $"{page[^1].Customer.Tier}-{page[^1].Customer.Id}") : null);
    }

    /// <summary>How many there are, on all pages.</summary>
    public async Task<Result<int>> CountAsync(ContactWorkQuery query, Actor actor, CancellationToken cancellationToken)
    {
        var asked = await TroubledAsync(query, clock.GetUtcNow(), actor, cancellationToken);

        return asked.Value is { } customers ? await customers.CountAsync(cancellationToken) : Result<int>.Refused(asked.Problems);
    }

    private async Task<Result<IQueryable<Customer>>> TroubledAsync(ContactWorkQuery query, DateTimeOffset now, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Dispatcher, Role.Approver, Role.Agent, Role.Auditor, Role.Administrator)) return Problem.Forbidden("contacts.list");

        var path = actor.OrganisationPath;
        if (query.Organisation is { } code)
        {
            var organisation = await organisations.FindAsync(code, actor, cancellationToken);
            if (organisation.Value is not { } asked) return Result<IQueryable<Customer>>.Refused(organisation.Problems);
            path = asked.Path;
        }

        var ours = await db.Organisations.Where(o => o.Path.StartsWith(path)).Select(o => o.Id).ToListAsync(cancellationToken);
        var customers = db.Customers.AsNoTracking().Where(c => ours.Contains(c.OrganisationId) && c.Name != "");
        if (query.Tier is { } tier) customers = customers.Where(c => c.Tier == tier);

        return Result<IQueryable<Customer>>.Of(query.Trouble == ContactTrouble.Suspended
            ? customers.Where(c => db.Contacts.Where(k => k.SuspendedAt != null).Select(k => k.CustomerId).Contains(c.Id))
            : customers.Where(c => !c.Contacts.Any(k => k.SuspendedAt == null && (k.ValidFrom == null || k.ValidFrom <= now) && (k.ValidTo == null || k.ValidTo > now)
                && (k.Kind == ContactKind.Email || (c.Needs & Needs.Deaf) == Needs.None || (k.Kind == ContactKind.Mobile && (c.Needs & (Needs.NoMobile | Needs.LandlineOnly)) == Needs.None)))));
    }

    /// <summary>Somebody made sure that the contact is the customer's after all.</summary>
    /// <param name="reason">How, without naming the person; it stays in the record.</param>
    /// <returns>Refused where it is not suspended.</returns>
    public async Task<Result<ContactLine>> ResumeAsync(long contactId, string? reason, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Dispatcher, Role.Agent, Role.Administrator)) return Problem.Forbidden("contacts.resume");
        if (CustomerRegistry.Reason(reason) is { } missing) return missing;

        await audit.BeginAsync(cancellationToken);
        var contact = await db.Contacts.Where(k => k.Customer!.Organisation!.Path.StartsWith(actor.OrganisationPath)).AsNoTracking().SingleOrDefaultAsync(k => k.Id == contactId, cancellationToken);
        if (contact is null) return Problem.NotFound("contact", contactId.ToString(CultureInfo.InvariantCulture));

        // Two at once: one of them resumes it.
        var changed = await db.Contacts.Where(k => k.Id == contactId && k.SuspendedAt != null)
            .ExecuteUpdateAsync(set => set.SetProperty(k => k.SuspendedAt, (DateTimeOffset?)null).SetProperty(k => k.SuspendedReason, (string?)null), cancellationToken);
        if (changed == 0) return new Problem("contact-not-suspended", "id", null, ProblemKind.State);

        audit.Record(actor, "contact.resumed", "contacts/" + keys.Digest(contact.Address), new { contact.SuspendedAt, contact.SuspendedReason }, new { reason = reason!.Trim() });
        await audit.CommitAsync(cancellationToken);

        return new ContactLine(contact.Id, contact.Kind, Deliveries.RoundView.Mask(contact.Address), contact.Source, contact.ValidFrom, contact.ValidTo, null, null, null, contact.ProxyRelation);
    }

    private static ContactWorkLine Line(Customer customer, ContactTrouble trouble, DateTimeOffset now)
    {
        var suspended = customer.Contacts.Max(contact => contact.SuspendedAt);
        var ended = customer.Contacts.Max(contact => contact.ValidTo <= now ? contact.ValidTo : null);
        var (reason, since) = customer.Contacts switch
        {
            _ when trouble == ContactTrouble.Suspended => ("suspended", suspended),
            [] => ("no-contact", null),
            _ when customer.Contacts.Exists(contact => contact.SuspendedAt is null && !(contact.ValidFrom > now) && !(contact.ValidTo <= now)) => ("need-excludes", (DateTimeOffset?)null),
            _ when suspended is not null && !(ended > suspended) => ("suspended", suspended),
            _ => ("not-valid", ended),
        };

        return new ContactWorkLine(CustomerLine.Of(customer), reason, CustomerLine.In(TimeZoneInfo.FindSystemTimeZoneById(customer.Organisation!.TimeZone), since));
    }

    /// <returns>Null where nobody gave it.</returns>
    private static (short Tier, long Id)? Cursor(string? after) =>
        string.IsNullOrEmpty(after) ? ((short)-1, 0)
        : after.Split('-') is [var tier, var id] && short.TryParse(tier, NumberStyles.None, CultureInfo.InvariantCulture, out var of) && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? (of, last)
        : null;
}
