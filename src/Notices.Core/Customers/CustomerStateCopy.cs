using System.Data;
using System.Runtime.InteropServices;
using Notices.Imports;
using Npgsql;

namespace Notices.Customers;

/// <summary>Fills <see cref="CustomerState"/> from whole tables of PostgreSQL: three bare scans on two connections that see the same moment, joined here by id.</summary>
internal sealed class CustomerStateCopy(CustomerState state)
{
    private readonly ById<Customer> _customers = new();

    internal async Task LoadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var export = new NpgsqlCommand("SELECT pg_export_snapshot()", connection);
        var snapshot = (string)(await export.ExecuteScalarAsync(cancellationToken))!;
        var contacts = Task.Run(() => ContactsAsync(connection, snapshot, cancellationToken), cancellationToken);
        try
        {
            await CustomersAsync(connection, cancellationToken);
            // Points are read on this connection while the other's sums are put in their places.
            var joining = Task.Run(async () => Join(await contacts), cancellationToken);
            await PointsAsync(connection, cancellationToken);
            await joining;
        }
        finally
        {
            // The other connection's snapshot is this one's.
            await contacts.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private void Join(ById<ulong> contacts)
    {
        foreach (var (id, customer) in _customers.All())
            CollectionsMarshal.GetValueRefOrAddDefault(state.Customers, customer.Key, out _).Stored += customer.Fields + contacts[id];
    }

    private Task CustomersAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => ReadAsync(
        connection,
        "SELECT c.id, c.organisation_id, c.customer_no, c.name, c.language, c.category, c.grade, c.vulnerability, c.loss, c.dependency, c.needs, c.address, c.tier, l.phone, l.name"
        + " FROM customers c LEFT JOIN liaison_officers l ON l.id = c.liaison_officer_id",
        row =>
        {
            ref var customer = ref _customers[row.Number()];
            customer.Organisation = (int)row.Number();
            customer.Key = CustomerState.Key(customer.Organisation, row.Text());
            customer.Fields = Fields(row);
        },
        cancellationToken);

    /// <summary>The digest of <see cref="IncomingCustomer.FieldsOf"/>, from the columns it names, in its order.</summary>
    private static ulong Fields(CopyFields row)
    {
        var digest = default(Digest);
        for (var i = 0; i < 12; i++)
        {
            if (i is 7 or 9) digest.Add(row.Number());
            else if (row.Text(out var text)) digest.Add(text);
            else digest.AddNull();
        }

        return digest.Value;
    }

    private Task PointsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => ReadAsync(
        connection, "SELECT customer_id, account_no, transformer_id, role FROM supply_points",
        row =>
        {
            var customer = _customers[row.Number()];
            ref var point = ref CollectionsMarshal.GetValueRefOrAddDefault(state.Points, Digest.Of(row.Text()), out _);
            (point.Stored, point.Organisation) = (CustomerState.OfPoint(customer.Key, row.Number(), row.Text()), customer.Organisation);
        },
        cancellationToken);

    /// <returns>The sum of the digests of a customer's contacts, by the customer's id.</returns>
    private static async Task<ById<ulong>> ContactsAsync(NpgsqlConnection beside, string snapshot, CancellationToken cancellationToken)
    {
        await using var connection = (NpgsqlConnection)((ICloneable)beside).Clone();
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using (var import = new NpgsqlCommand($"SET TRANSACTION SNAPSHOT '{snapshot}'", connection)) await import.ExecuteNonQueryAsync(cancellationToken);
        var digests = new ById<ulong>();
        await ReadAsync(
            connection, "SELECT customer_id, kind, address, ordinal FROM contacts WHERE source = 'import' AND valid_to IS NULL",
            row =>
            {
                ref var sum = ref digests[row.Number()];
                var digest = default(Digest);
                digest.Add(row.Text());
                digest.Add(row.Text());
                digest.Add(row.Number());
                sum += digest.Value;
            }, cancellationToken);

        return digests;
    }

    /// <summary>Takes row after row as they arrive. Asynchronous only at its beginning: a task for each of four million rows would cost more than they do.</summary>
    private static async Task ReadAsync(NpgsqlConnection connection, string sql, Action<CopyFields> take, CancellationToken cancellationToken)
    {
        using var rows = await CopyFields.OpenAsync(connection, sql, cancellationToken);
        while (rows.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            take(rows);
        }
    }

    private record struct Customer(ulong Key, ulong Fields, int Organisation);

    /// <summary>A value for each id. Ids are drawn in order, so that neighbours share a page and pages are full.</summary>
    private sealed class ById<T>
        where T : struct
    {
        private const int PageBits = 12;

        private readonly SortedDictionary<long, T[]> _pages = [];
        private (long Number, T[] Values) _last = (-1, []);

        internal ref T this[long id] => ref Page(id >> PageBits)[id & ((1 << PageBits) - 1)];

        internal IEnumerable<(long Id, T Value)> All() =>
            _pages.SelectMany(page => page.Value.Select((value, i) => ((page.Key << PageBits) + i, value))).Where(v => !v.value.Equals(default(T)));

        private T[] Page(long number)
        {
            if (_last.Number == number) return _last.Values;
            if (!_pages.TryGetValue(number, out var values)) _pages.Add(number, values = new T[1 << PageBits]);
            _last = (number, values);

            return values;
        }
    }
}
