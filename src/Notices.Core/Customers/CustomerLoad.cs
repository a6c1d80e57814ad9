using Notices.Imports;
using Npgsql;

namespace Notices.Customers;

/// <summary>The first import of a large file on PostgreSQL: one transaction over all of it, the tables without indexes and keys until its end.</summary>
internal sealed class CustomerLoad
{
    /// <summary>Contacts of customers an earlier batch has written; they may repeat what is there.</summary>
    private static readonly StagingTable Further =
        new("import_further_contacts", [("seq", "bigint"), ("customer_id", "bigint"), ("kind", "text"), ("address", "text"), ("ordinal", "smallint")]);

    private readonly NpgsqlConnection _connection;
    private readonly BulkLoad _tables;
    private readonly long _beforeFirst;
    private long _further;

    private CustomerLoad(NpgsqlConnection connection, BulkLoad tables) =>
        (_connection, _tables, _beforeFirst) = (connection, tables, tables.Ids(CustomerCopy.Customers).Next - 1);

    /// <returns>Null when the ordinary way has to do; the transaction must then be rolled back.</returns>
    internal static async Task<CustomerLoad?> TryBeginAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await BulkLoad.TryBeginAsync(connection, [CustomerCopy.Customers, CustomerCopy.Points, CustomerCopy.Contacts], cancellationToken) is not { } tables) return null;
        await Further.CreateAsync(connection, cancellationToken);

        return new CustomerLoad(connection, tables);
    }

    internal async Task AddAsync(List<IncomingCustomer> customers, CancellationToken cancellationToken)
    {
        // Rows of one customer may stand far apart in the file, so its id must be known from its number among the new ones.
        var all = customers.Select(c => (Id: _beforeFirst + c.New, Customer: c));
        var fresh = all.Where(c => !c.Customer.Again);
        _tables.Ids(CustomerCopy.Customers).Skip(customers.Count(c => !c.Again));
        await CustomerCopy.CustomersAsync(_connection, fresh, _tables.IsFrozen, cancellationToken);
        await CustomerCopy.PointsAsync(_connection, _tables.Ids(CustomerCopy.Points), all, _tables.IsFrozen, cancellationToken);
        await CustomerCopy.ContactsAsync(_connection, _tables.Ids(CustomerCopy.Contacts), fresh, _tables.IsFrozen, cancellationToken);
        if (!customers.Exists(c => c.Again)) return;
        await Further.CopyAsync(
            _connection,
            all.Where(c => c.Customer.Again).SelectMany(c => c.Customer.Contacts.Select((k, i) => new object?[] { ++_further, c.Id, k.Kind.ToString(), k.Address, (short)(i + 1) })), cancellationToken);
    }

    internal async Task FinishAsync(CancellationToken cancellationToken)
    {
        await _tables.FinishAsync(cancellationToken);
        if (_further == 0) return;
        await using var merge = new NpgsqlCommand("""
            INSERT INTO contacts (customer_id, kind, address, ordinal, source)
            SELECT DISTINCT ON (customer_id, kind, address) customer_id, kind, address, ordinal, 'import' FROM import_further_contacts ORDER BY customer_id, kind, address, seq DESC
            ON CONFLICT (customer_id, kind, address) DO UPDATE SET ordinal = excluded.ordinal WHERE contacts.ordinal <> excluded.ordinal
            """, _connection)
        { CommandTimeout = 0 };
        await merge.ExecuteNonQueryAsync(cancellationToken);
    }
}
