using System.Data;
using System.Runtime.InteropServices;
using Notices.Imports;
using Npgsql;

namespace Notices.Customers;

/// <summary>Fills <see cref="CustomerState"/> from whole tables of PostgreSQL: three bare scans on two connections that see the same moment, joined here by id.</summary>
internal sealed class CustomerStateCopy(CustomerState state)
{
    private readonly ById<ulong> _keys = new();
    private readonly ById<int> _organisations = new();

    internal async Task LoadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var export = new NpgsqlCommand("SELECT pg_export_snapshot()", connection);
        var snapshot = (string)(await export.ExecuteScalarAsync(cancellationToken))!;
        var contacts = Task.Run(() => ContactsAsync(connection, snapshot, cancellationToken), cancellationToken);
        try
        {
            await CustomersAsync(connection, cancellationToken);
            await PointsAsync(connection, cancellationToken);
        }
        finally
        {
            // The other connection's snapshot is this one's.
            await contacts.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        var digests = await contacts;
        foreach (var (id, key) in _keys.All()) CollectionsMarshal.GetValueRefOrNullRef(state.Customers, key).Stored += digests[id];
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task CustomersAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var officers = new Dictionary<long, (string Phone, string Name)>();
        await using (var command = new NpgsqlCommand("SELECT id, phone, name FROM liaison_officers", connection))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) officers[reader.GetInt64(0)] = (reader.GetString(1), reader.GetString(2));
        }

        using var rows = await CopyRows.OpenAsync(
            connection, "SELECT id, organisation_id, customer_no, name, language, category, grade, vulnerability, loss, dependency, needs, address, tier, liaison_officer_id FROM customers", cancellationToken);
        while (rows.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (id, organisation) = (rows.Number(), rows.Number());
            var (key, fields) = (default(Digest), default(Digest));
            key.Add(organisation);
            rows.AddTextTo(ref key);
            // The order of IncomingCustomer.FieldsOf.
            for (var text = 0; text < 7; text++) rows.AddTextTo(ref fields);
            fields.Add(rows.Number());
            rows.AddTextTo(ref fields);
            fields.Add(rows.Number());
            var officer = officers.GetValueOrDefault(rows.Number());
            fields.Add(officer.Phone);
            fields.Add(officer.Name);
            (_keys[id], _organisations[id]) = (key.Value, (int)organisation);
            CollectionsMarshal.GetValueRefOrAddDefault(state.Customers, key.Value, out _).Stored += fields.Value;
        }
    }

    private async Task PointsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var rows = await CopyRows.OpenAsync(connection, "SELECT customer_id, account_no, transformer_id, role FROM supply_points", cancellationToken);
        while (rows.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (customer, account, point) = (rows.Number(), default(Digest), default(Digest));
            rows.AddTextTo(ref account);
            // The order of CustomerState.OfPoint.
            point.Add((long)_keys[customer]);
            point.Add(rows.Number());
            rows.AddTextTo(ref point);
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(state.Points, account.Value, out _);
            (known.Stored, known.Organisation) = (point.Value, _organisations[customer]);
        }
    }

    /// <returns>The sum of the digests of a customer's contacts, by the customer's id.</returns>
    private static async Task<ById<ulong>> ContactsAsync(NpgsqlConnection beside, string snapshot, CancellationToken cancellationToken)
    {
        await using var connection = (NpgsqlConnection)((ICloneable)beside).Clone();
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using (var import = new NpgsqlCommand($"SET TRANSACTION SNAPSHOT '{snapshot}'", connection)) await import.ExecuteNonQueryAsync(cancellationToken);
        var digests = new ById<ulong>();
        using var rows = await CopyRows.OpenAsync(connection, "SELECT customer_id, kind, address, ordinal FROM contacts WHERE source = 'import' AND valid_to IS NULL", cancellationToken);
        while (rows.Next())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (customer, contact) = (rows.Number(), default(Digest));
            // The order of CustomerState.OfContact.
            rows.AddTextTo(ref contact);
            rows.AddTextTo(ref contact);
            contact.Add(rows.Number());
            digests[customer] += contact.Value;
        }

        return digests;
    }

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
