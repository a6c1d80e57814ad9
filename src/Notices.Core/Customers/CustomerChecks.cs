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
    private List<IncomingCustomer> _order = [];
    private int _new;
    private int _batch;

    /// <summary>Customers kept open at most, a kilobyte or two each. Beyond it the oldest are written as far as they were told, and what the file says of them later is added.</summary>
    internal int MostOpen { get; init; } = 20_000;

    /// <returns>What is wrong with the row; nothing when it was taken.</returns>
    internal IReadOnlyList<Problem> Take(CustomerRow row)
    {
        if (!transformers.TryGetValue(row.TransformerCode, out var transformer)) return [new Problem("import-transformer-unknown", "transformer_code", new { code = row.TransformerCode })];
        ref var point = ref CollectionsMarshal.GetValueRefOrAddDefault(state.Points, row.Account, out _);
        if (point.Line != 0) return [new Problem("import-twice", "account_no", new { code = row.AccountNo, line = point.Line })];
        if (point.Organisation != 0 && catalog.ById(point.Organisation) is { } owner && !actor.Sees(owner.Path))
            return [new Problem("import-other-organisation", "account_no", new { what = "account", code = row.AccountNo })];

        var line = (int)Math.Min(row.Line, int.MaxValue);
        var owning = organisation ?? transformer.Organisation;
        var key = CustomerState.Key(owning, row.CustomerNo);
        var fields = row.Fields;
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
        incoming.Batch = _batch;
        incoming.Add(row, transformer.Id);

        return [];
    }

    /// <summary>Counts what is complete, gives back what of it is new or different, and begins the next batch. A customer the database knows otherwise than this file tells it so far stays open:
    /// the rest of its contacts may stand further down.</summary>
    /// <param name="isLast">Nothing stands further down.</param>
    internal async Task<List<IncomingCustomer>> FinishAsync(ImportReport report, bool isLast, CancellationToken cancellationToken)
    {
        var complete = Complete(isLast);
        var known = await state.ContactsAsync([.. complete.Where(c => c.Differs && IsAdded(c)).Select(c => c.Row.CustomerNo)], cancellationToken);
        var changed = new List<IncomingCustomer>();
        foreach (var incoming in complete)
        {
            var differs = incoming.Differs && (!IsAdded(incoming) || incoming.Contacts.Any(c => !known.Contains(CustomerState.OfContact(incoming.Key, EnumNames.Of(c.Kind), c.Address))));
            if (differs && !incoming.Again)
            {
                ref var customer = ref CollectionsMarshal.GetValueRefOrNullRef(state.Customers, incoming.Key);
                customer.Stored = incoming.Stored(customer.Fields);
            }

            if (Count(incoming, differs, report)) changed.Add(incoming);
        }

        _batch++;

        return changed;
    }

    /// <summary>Takes out those of whom nothing more has to be known.</summary>
    private List<IncomingCustomer> Complete(bool isLast)
    {
        var complete = new List<IncomingCustomer>(_order.Count);
        var open = new List<IncomingCustomer>();
        foreach (var incoming in _order)
        {
            if (incoming.Batch == _batch)
            {
                ref var customer = ref CollectionsMarshal.GetValueRefOrNullRef(state.Customers, incoming.Key);
                incoming.Differs = customer.Stored != incoming.Stored(customer.Fields);
            }

            // Nobody has told anything of a new one before, so nothing can be missed.
            (!isLast && incoming is { Differs: true, New: 0 } ? open : complete).Add(incoming);
        }

        if (open.Count > MostOpen)
        {
            // Of the oldest, the rows are most likely all read: files are in some order.
            complete.AddRange(open.Where(c => c.Batch < _batch));
            open.RemoveAll(c => c.Batch < _batch);
        }

        if (open.Count > MostOpen)
        {
            complete.AddRange(open);
            open.Clear();
        }

        if (open.Count == 0) _customers.Clear();
        else complete.ForEach(incoming => _customers.Remove(incoming.Key));
        _order = open;

        return complete;
    }

    /// <summary>Whether what is told adds to a customer of the database that was told of, and found or written, before.</summary>
    private static bool IsAdded(IncomingCustomer incoming) => incoming is { Again: true, New: 0 };

    /// <returns>Whether anything has to be written.</returns>
    private bool Count(IncomingCustomer incoming, bool differs, ImportReport report)
    {
        var any = differs;
        foreach (var (row, transformer) in incoming.Points)
        {
            ref var point = ref CollectionsMarshal.GetValueRefOrNullRef(state.Points, row.Account);
            var now = CustomerState.OfPoint(incoming.Key, transformer, EnumNames.Of(row.Role));
            if (point.Stored == 0) report.Added++;
            else if (point.Stored != now || differs) report.Changed++;
            else report.Unchanged++;
            any |= point.Stored != now;
            incoming.HasKnownPoint |= point.Stored != 0;
            (point.Stored, point.Organisation) = (now, (int)incoming.Organisation);
        }

        return any;
    }
}
