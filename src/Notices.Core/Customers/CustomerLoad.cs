using Notices.Imports;
using Npgsql;

namespace Notices.Customers;

/// <summary>The first import of a large file on PostgreSQL: one transaction over all of it, the tables without indexes and keys until its end.</summary>
internal sealed class CustomerLoad : IAsyncDisposable
{
    /// <summary>Contacts of customers an earlier batch has written; they may repeat what is there.</summary>
    private static readonly StagingTable Further =
        new("import_further_contacts", [("seq", "bigint"), ("customer_id", "bigint"), ("kind", "text"), ("address", "text"), ("ordinal", "smallint")]);

    /// <summary>Rows of a COPY: beginning one costs, and two such heaps, one filled while the other is sent, are some twenty megabytes.</summary>
    private const int RowsAtOnce = 20_000;

    private readonly NpgsqlConnection _connection;
    private readonly BulkLoad _tables;
    private readonly CopyRows _further = Further.Rows();
    private readonly long _beforeFirst;
    private (CustomerRows Filling, CustomerRows Sent) _rows;
    private Task _sending = Task.CompletedTask;
    private long _furtherRows;

    private CustomerLoad(NpgsqlConnection connection, BulkLoad tables)
    {
        (_connection, _tables, _beforeFirst) = (connection, tables, tables.Ids(CustomerCopy.Customers).Next - 1);
        _rows = (Rows(), Rows());

        CustomerRows Rows() => new(tables.IsFrozen, tables.Ids(CustomerCopy.Points), tables.Ids(CustomerCopy.Contacts));
    }

    /// <returns>Null when the ordinary way has to do; the transaction must then be rolled back.</returns>
    internal static async Task<CustomerLoad?> TryBeginAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await BulkLoad.TryBeginAsync(connection, [CustomerCopy.Customers, CustomerCopy.Points, CustomerCopy.Contacts], cancellationToken) is not { } tables) return null;
        await Further.CreateAsync(connection, cancellationToken);

        return new CustomerLoad(connection, tables);
    }

    /// <summary>Takes customers on; they are sent while the next are read and checked. Until <see cref="IdleAsync"/> the connection is this load's.</summary>
    internal async Task AddAsync(List<IncomingCustomer> customers, CancellationToken cancellationToken)
    {
        foreach (var customer in customers)
        {
            // Rows of one customer may stand far apart in the file, so its id must be known from its number among the new ones.
            var id = _beforeFirst + customer.New;
            if (customer.Again) AddFurther(id, customer);
            else
            {
                _tables.Ids(CustomerCopy.Customers).Skip(1);
                _rows.Filling.Add(id, customer);
            }
        }

        if (_rows.Filling.Count >= RowsAtOnce) await SendAsync(cancellationToken);
    }

    /// <summary>Waits until nothing is being sent.</summary>
    internal Task IdleAsync() => _sending;

    internal async Task FinishAsync(CancellationToken cancellationToken)
    {
        await SendAsync(cancellationToken);
        await IdleAsync();
        await _tables.FinishAsync(cancellationToken);
        if (_furtherRows == 0) return;
        await using var merge = new NpgsqlCommand("""
            INSERT INTO contacts (customer_id, kind, address, ordinal, source)
            SELECT f.customer_id, f.kind, f.address,
                (SELECT COALESCE(MAX(o.ordinal), 0) FROM contacts o WHERE o.customer_id = f.customer_id) + ROW_NUMBER() OVER (PARTITION BY f.customer_id ORDER BY f.first), 'import'
            FROM (SELECT customer_id, kind, address, MIN(seq) AS first FROM import_further_contacts GROUP BY customer_id, kind, address) f
            WHERE NOT EXISTS (SELECT 1 FROM contacts h WHERE h.customer_id = f.customer_id AND h.kind = f.kind AND h.address = f.address)
            """, _connection)
        { CommandTimeout = 0 };
        await merge.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _sending.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _rows.Filling.Dispose();
        _rows.Sent.Dispose();
        _further.Dispose();
    }

    private void AddFurther(long id, IncomingCustomer customer)
    {
        _rows.Filling.AddPoints(id, customer);
        short ordinal = 0;
        foreach (var contact in customer.Contacts) StagingTable.Add(_further, ++_furtherRows, id, EnumNames.Of(contact.Kind), contact.Address, ++ordinal);
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        await _sending;
        _rows = (_rows.Sent, _rows.Filling);
        // Further contacts are few, and filled and sent from one heap.
        await _further.SendAsync(_connection, cancellationToken);
        var sent = _rows.Sent;
        _sending = Task.Run(() => sent.SendAsync(_connection, cancellationToken), cancellationToken);
    }
}
