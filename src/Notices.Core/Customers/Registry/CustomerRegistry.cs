using Microsoft.EntityFrameworkCore;
using Notices.Access;
using Notices.Audit;
using Notices.Imports;
using Notices.Storage;

namespace Notices.Customers;

/// <summary>Which customers to list.</summary>
/// <param name="Text">An account, customer number or contact as a whole, or a part of a name; null for all.</param>
/// <param name="Feeder">Code of a feeder one of their supply points is on.</param>
/// <param name="After">The <see cref="CustomerPage.Next"/> of the page before.</param>
public sealed record CustomerSearch(string? Text = null, short? Tier = null, string? Feeder = null, long After = 0, int Limit = CustomerRegistry.DefaultLimit);

/// <param name="Next">Where the next page begins; null at the end.</param>
public sealed record CustomerPage(IReadOnlyList<CustomerLine> Items, long? Next);

/// <summary>Customers for those who look after them: masked, and in clear only with a reason that stays on record.</summary>
public sealed class CustomerRegistry(NoticesDb db, AuditTrail audit, AuditOptions keys, CustomerOptions options)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;
    internal const int LongestText = 100, LongestReason = 500;

    public async Task<Result<CustomerPage>> ListAsync(CustomerSearch search, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Dispatcher, Role.Approver, Role.Agent, Role.Auditor, Role.Administrator)) return Problem.Forbidden("customers.list");
        var text = search.Text?.Trim() is { Length: > 0 } given ? given : null;
        if (text?.Length > LongestText) return new Problem("text-too-long", "q", new { length = text.Length, limit = LongestText });

        var limit = Math.Clamp(search.Limit, 1, MaxLimit);
        var ours = await db.Organisations.Where(o => o.Path.StartsWith(actor.OrganisationPath)).Select(o => o.Id).ToListAsync(cancellationToken);
        var customers = db.Customers.AsNoTracking().Where(c => ours.Contains(c.OrganisationId));
        if (text is not null) customers = await MatchingAsync(customers, ours, text, cancellationToken);
        if (search.Tier is { } tier) customers = customers.Where(c => c.Tier == tier);
        if (search.Feeder is { } feeder) customers = customers.Where(c => c.SupplyPoints.Any(p => p.Transformer!.Feeder!.Code == feeder));
        var ids = await customers.Where(c => c.Id > search.After).OrderBy(c => c.Id).Select(c => c.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var found = await Whole(db.Customers.AsNoTracking().Where(c => ids.Contains(c.Id)).OrderBy(c => c.Id)).ToListAsync(cancellationToken);

        return new CustomerPage([.. found.Take(limit).Select(customer => CustomerLine.Of(customer))], found.Count > limit ? found[limit - 1].Id : null);
    }

    /// <summary>One customer in clear. Who read it and why stands in the record before it is shown.</summary>
    /// <param name="reason">Without naming the person.</param>
    /// <returns>Not found alike where there is none and where it is another organisation's.</returns>
    public async Task<Result<CustomerLine>> RevealAsync(string accountNo, string? reason, Actor actor, CancellationToken cancellationToken)
    {
        if (!actor.IsAny(Role.Dispatcher, Role.Agent, Role.Administrator)) return Problem.Forbidden("customers.reveal");
        if (Reason(reason) is { } missing) return missing;

        var customer = await Whole(db.Customers.AsNoTracking().Where(c => c.SupplyPoints.Any(p => p.AccountNo == accountNo))).SingleOrDefaultAsync(cancellationToken);
        if (customer is null || !actor.Sees(customer.Organisation!.Path)) return Problem.NotFound("customer", accountNo);

        audit.Record(actor, "customer.revealed", "customers/" + keys.Digest(customer.CustomerNo), null, new { reason = reason!.Trim() });
        await audit.CommitAsync(cancellationToken);

        return CustomerLine.Of(customer, true);
    }

    internal static Problem? Reason(string? reason) => reason?.Trim() switch
    {
        null or "" => new Problem("reason-missing", "reason"),
        { Length: > LongestReason } text => new Problem("text-too-long", "reason", new { length = text.Length, limit = LongestReason }),
        _ => null,
    };

    /// <summary>With all that hangs on them, each part by a question of its own: so it is asked of a page's ids, and what finds the page is asked once.</summary>
    internal static IQueryable<Customer> Whole(IQueryable<Customer> customers) => customers
        .Include(c => c.Organisation).Include(c => c.Contacts).Include(c => c.SupplyPoints).ThenInclude(p => p.Transformer!.Feeder).Include(c => c.SupplyPoints).ThenInclude(p => p.Transformer!.Place).AsSplitQuery();

    /// <summary>What names one customer is looked for by index; only where nobody has that number are names read.</summary>
    private async Task<IQueryable<Customer>> MatchingAsync(IQueryable<Customer> customers, List<long> ours, string text, CancellationToken cancellationToken)
    {
        var address = PhoneNumber.TryParse(text, options.Region, out var number) ? number!.E164 : text;
        List<long> named =
        [
            .. await db.SupplyPoints.Where(p => p.AccountNo == text).Select(p => p.CustomerId).ToListAsync(cancellationToken),
            .. await db.Customers.Where(c => ours.Contains(c.OrganisationId) && c.CustomerNo == text).Select(c => c.Id).Take(MaxLimit).ToListAsync(cancellationToken),
            .. await db.Contacts.Where(k => k.Address == address).Select(k => k.CustomerId).Take(MaxLimit).ToListAsync(cancellationToken),
        ];

        return named.Count > 0 ? customers.Where(c => named.Contains(c.Id)) : customers.Where(c => c.Name.Contains(text));
    }
}
