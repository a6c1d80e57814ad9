using System.Data.Common;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Notices.Imports;
using Notices.Storage;
using Npgsql;

namespace Notices.Customers;

/// <summary>What is known of customers and supply points, as digests: a million of them in some eighty megabytes. An unchanged row is recognised here
/// and never reaches the database.</summary>
internal sealed class CustomerState(NoticesDb db)
{
    internal Dictionary<ulong, KnownCustomer> Customers { get; } = [];

    internal Dictionary<ulong, KnownPoint> Points { get; } = [];

    /// <param name="Stored">Digest of what the database has; 0 when it has nothing.</param>
    /// <param name="Fields">Digest of what this file says of the customer alone; 0 before it says anything.</param>
    /// <param name="Line">Where the file first did.</param>
    /// <param name="New">1 for the first customer this file brings, and so on; 0 for one the database has.</param>
    internal record struct KnownCustomer(ulong Stored, ulong Fields, int Line, int New);

    /// <param name="Organisation">Of the customer it belongs to in the database; 0 when it is not there.</param>
    /// <param name="Line">Where this file names it; 0 before it does.</param>
    internal record struct KnownPoint(ulong Stored, int Organisation, int Line);

    internal static ulong Key(long organisation, ReadOnlySpan<char> customerNo)
    {
        var digest = default(Digest);
        digest.Add(organisation);
        digest.Add(customerNo);

        return digest.Value;
    }

    internal static ulong OfPoint(ulong customer, long transformer, ReadOnlySpan<char> role)
    {
        var digest = default(Digest);
        digest.Add((long)customer);
        digest.Add(transformer);
        digest.Add(role);

        return digest.Value;
    }

    internal static ulong OfContact(string kind, string address, int ordinal)
    {
        var digest = default(Digest);
        digest.Add(kind);
        digest.Add(address);
        digest.Add(ordinal);

        return digest.Value;
    }

    /// <summary>One whatever its place in the order.</summary>
    internal static ulong OfContact(ulong customer, string kind, string address)
    {
        var digest = default(Digest);
        digest.Add((long)customer);
        digest.Add(kind);
        digest.Add(address);

        return digest.Value;
    }

    /// <summary>Makes room: growing step by step would hold old and new at once, and room nobody uses costs nothing.</summary>
    internal void Expect(int rows)
    {
        Customers.EnsureCapacity(rows);
        Points.EnsureCapacity(rows);
    }

    /// <summary>Everything at once, for a file as large as the table.</summary>
    internal Task LoadAllAsync(CancellationToken cancellationToken) =>
        db.Database.GetDbConnection() is NpgsqlConnection connection ? new CustomerStateCopy(this).LoadAsync(connection, cancellationToken) : LoadAsync("", "", [], cancellationToken);

    /// <summary>Only what a batch needs; what is known already stays as it is.</summary>
    internal Task LoadAsync(IReadOnlyCollection<string> accounts, IReadOnlyCollection<string> customers, CancellationToken cancellationToken)
    {
        var isPostgreSql = db is PostgreSqlNoticesDb;

        return LoadAsync(
            isPostgreSql ? " WHERE p.account_no = ANY(@accounts)" : " WHERE p.account_no IN (SELECT value FROM json_each(@accounts))",
            isPostgreSql ? " WHERE c.customer_no = ANY(@customers)" : " WHERE c.customer_no IN (SELECT value FROM json_each(@customers))",
            [
                ("@accounts", Many(accounts)),
                ("@customers", Many(customers)),
            ], cancellationToken);
    }

    /// <summary>The contacts customers have now, as <see cref="OfContact(ulong, string, string)"/>.</summary>
    internal async Task<HashSet<ulong>> ContactsAsync(IReadOnlyCollection<string> customers, CancellationToken cancellationToken)
    {
        var found = new HashSet<ulong>();
        if (customers.Count == 0) return found;

        await ReadAsync(
            "SELECT c.organisation_id, c.customer_no, k.kind, k.address FROM contacts k JOIN customers c ON c.id = k.customer_id WHERE k.source = 'import' AND k.valid_to IS NULL AND c.customer_no "
            + (db is PostgreSqlNoticesDb ? "= ANY(@customers)" : "IN (SELECT value FROM json_each(@customers))"),
            [("@customers", Many(customers))], row => found.Add(OfContact(Key(row.GetInt64(0), row.GetString(1)), row.GetString(2), row.GetString(3))), cancellationToken);

        return found;
    }

    private object Many(IReadOnlyCollection<string> values) => db is PostgreSqlNoticesDb ? values.ToArray() : JsonSerializer.Serialize(values);

    private async Task LoadAsync(string ofAccounts, string ofCustomers, (string, object)[] parameters, CancellationToken cancellationToken)
    {
        // Digests of fields and contacts add up in any order, so nothing has to be sorted. What was known of a batch's customers is read anew.
        var fresh = new HashSet<ulong>();
        void Add(ulong key, ulong digest)
        {
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(Customers, key, out _);
            if (parameters.Length > 0 && fresh.Add(key)) known.Stored = 0;
            known.Stored += digest;
        }

        await ReadAsync(
            "SELECT c.organisation_id, c.customer_no, k.kind, k.address, k.ordinal FROM contacts k JOIN customers c ON c.id = k.customer_id"
            + (ofCustomers.Length > 0 ? ofCustomers + " AND" : " WHERE") + " k.source = 'import' AND k.valid_to IS NULL",
            parameters,
            row => Add(Key(row.GetInt64(0), row.GetString(1)), OfContact(row.GetString(2), row.GetString(3), row.GetInt16(4))), cancellationToken);
        await ReadAsync(
            "SELECT c.organisation_id, c.customer_no, c.name, c.language, c.category, c.grade, c.vulnerability, c.loss, c.dependency, c.needs, c.address, c.tier, l.phone, l.name"
            + " FROM customers c LEFT JOIN liaison_officers l ON l.id = c.liaison_officer_id" + ofCustomers,
            parameters,
            row => Add(Key(row.GetInt64(0), row.GetString(1)), Fields(row, 2)), cancellationToken);
        await ReadAsync(
            "SELECT p.account_no, c.organisation_id, c.customer_no, p.transformer_id, p.role FROM supply_points p JOIN customers c ON c.id = p.customer_id" + ofAccounts,
            parameters,
            row =>
            {
                var key = Digest.Of(row.GetString(0));
                var organisation = row.GetInt64(1);
                var known = Points.GetValueOrDefault(key);
                Points[key] = known with { Stored = OfPoint(Key(organisation, row.GetString(2)), row.GetInt64(3), row.GetString(4)), Organisation = (int)organisation };
            }, cancellationToken);
    }

    /// <summary>The digest of <see cref="IncomingCustomer.FieldsOf"/>, from the columns it names, in its order.</summary>
    /// <param name="name">The first of them.</param>
    internal static ulong Fields(DbDataReader row, int name)
    {
        var digest = default(Digest);
        for (var i = name; i < name + 12; i++)
        {
            if (i == name + 7) digest.Add(row.GetInt32(i));
            else if (i == name + 9) digest.Add(row.GetInt16(i));
            else digest.Add(row.IsDBNull(i) ? null : row.GetString(i));
        }

        return digest.Value;
    }

    private async Task ReadAsync(string sql, (string Name, object Value)[] parameters, Action<DbDataReader> take, CancellationToken cancellationToken)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters.Where(p => sql.Contains(p.Name, StringComparison.Ordinal))) command.With(name, value);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) take(reader);
    }
}
