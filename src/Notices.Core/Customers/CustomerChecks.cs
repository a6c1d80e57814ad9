using System.Runtime.InteropServices;
using Notices.Access;
using Notices.Imports;
using Notices.Network;

namespace Notices.Customers;

/// <summary>Holds the rows of a file against each other and against what is known, and says which customers have to be written.</summary>
internal sealed class CustomerChecks(
    CustomerState state, Dictionary<string, (long Id, long Organisation)> transformers, OrganisationCatalog catalog, Actor actor, long? organisation)
{
    private readonly Dictionary<ulong, IncomingCustomer> _customers = [];
    private readonly List<IncomingCustomer> _order = [];
    private int _new;

    /// <returns>What is wrong with the row; nothing when it was taken.</returns>
    internal IReadOnlyList<Problem> Take(CustomerRow row)
    {
        if (!transformers.TryGetValue(row.TransformerCode, out var transformer)) return [new Problem("import-transformer-unknown", "transformer_code", new { code = row.TransformerCode })];
        ref var point = ref CollectionsMarshal.GetValueRefOrAddDefault(state.Points, Digest.Of(row.AccountNo), out _);
        if (point.Line != 0) return [new Problem("import-twice", "account_no", new { code = row.AccountNo, line = point.Line })];
        if (point.Organisation != 0 && catalog.ById(point.Organisation) is { } owner && !actor.Sees(owner.Path))
            return [new Problem("import-other-organisation", "account_no", new { what = "account", code = row.AccountNo })];

        var line = (int)Math.Min(row.Line, int.MaxValue);
        var owning = organisation ?? transformer.Organisation;
        var key = CustomerState.Key(owning, row.CustomerNo);
        var fields = IncomingCustomer.FieldsOf(row, Audience.PriorityTier.Of(row.Grade, row.Vulnerability, row.Loss, row.Dependency));
        ref var customer = ref CollectionsMarshal.GetValueRefOrAddDefault(state.Customers, key, out _);
        if (customer.Fields != 0 && customer.Fields != fields)
            return [new Problem("import-rows-differ", "customer_id", new { reference = row.CustomerNo, column = "name … liaison_phone", line = customer.Line })];

        if (!_customers.TryGetValue(key, out var incoming))
        {
            if (customer.Stored == 0 && customer.New == 0) customer.New = ++_new;
            incoming = new IncomingCustomer { Organisation = owning, Row = row, Key = key, Again = customer.Fields != 0, IsNew = customer.Stored == 0, New = customer.New };
            _customers.Add(key, incoming);
            _order.Add(incoming);
        }

        if (customer.Fields == 0) (customer.Fields, customer.Line) = (fields, line);
        point.Line = line;
        incoming.Points.Add((row, transformer.Id));
        foreach (var contact in row.Contacts)
        {
            if (!incoming.Contacts.Contains(contact)) incoming.Contacts.Add(contact);
        }

        return [];
    }

    /// <summary>Counts the batch, gives back what is new or different, and begins the next.</summary>
    internal List<IncomingCustomer> Finish(ImportReport report)
    {
        var changed = new List<IncomingCustomer>();
        foreach (var incoming in _order)
        {
            ref var customer = ref CollectionsMarshal.GetValueRefOrNullRef(state.Customers, incoming.Key);
            var stored = incoming.Stored(customer.Fields);
            var differs = customer.Stored != stored;
            customer.Stored = stored;
            var any = differs;
            foreach (var (row, transformer) in incoming.Points)
            {
                ref var point = ref CollectionsMarshal.GetValueRefOrNullRef(state.Points, Digest.Of(row.AccountNo));
                var now = CustomerState.OfPoint(incoming.Key, transformer, EnumNames.Of(row.Role));
                if (point.Stored == 0) report.Added++;
                else if (point.Stored != now || differs) report.Changed++;
                else report.Unchanged++;
                any |= point.Stored != now;
                incoming.HasKnownPoint |= point.Stored != 0;
                (point.Stored, point.Organisation) = (now, (int)incoming.Organisation);
            }

            if (any) changed.Add(incoming);
        }

        _customers.Clear();
        _order.Clear();

        return changed;
    }
}
