using Notices.Imports;
using Npgsql;

namespace Notices.Customers;

/// <summary>New customers straight into PostgreSQL's tables, with ids drawn beforehand: nothing to join and nothing to collide with.</summary>
internal static class CustomerCopy
{
    internal const string Customers = "customers", Points = "supply_points", Contacts = "contacts";

    internal static readonly string[] CustomerColumns =
    [
        "id", "organisation_id", "customer_no", "name", "language", "category", "grade", "vulnerability", "loss", "dependency", "needs", "address", "liaison_officer_id", "tier",
        "wants_short_reminder", "wants_night_messages",
    ];

    internal static readonly string[] PointColumns = ["id", "customer_id", "account_no", "transformer_id", "role", "own_generator"];

    internal static readonly string[] ContactColumns = ["id", "customer_id", "kind", "address", "ordinal", "source"];

    /// <summary>As many ids as there are rows, from the table's own sequence.</summary>
    internal static async Task<IdRange> DrawAsync(NpgsqlConnection connection, string table, int count, CancellationToken cancellationToken)
    {
        await using var draw = new NpgsqlCommand("SELECT nextval(pg_get_serial_sequence(@table, 'id')) FROM generate_series(1, @count)", connection);
        draw.Parameters.AddWithValue("table", table);
        draw.Parameters.AddWithValue("count", count);
        var ids = new List<long>(count);
        await using var reader = await draw.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) ids.Add(reader.GetInt64(0));

        return new IdRange(ids);
    }
}

/// <summary>New customers on their way into the three tables.</summary>
internal sealed class CustomerRows(bool frozen, IdRange points, IdRange contacts) : IDisposable
{
    private readonly CopyRows _customers = new(CustomerCopy.Customers, CustomerCopy.CustomerColumns, frozen);
    private readonly CopyRows _points = new(CustomerCopy.Points, CustomerCopy.PointColumns, frozen);
    private readonly CopyRows _contacts = new(CustomerCopy.Contacts, CustomerCopy.ContactColumns, frozen);

    /// <summary>Supply points added since they were last sent.</summary>
    internal int Count => _points.Count;

    /// <summary>A customer with its supply points and contacts.</summary>
    internal void Add(long id, IncomingCustomer customer)
    {
        var fields = customer.Row;
        _customers.Row();
        _customers.Write(id);
        _customers.Write(customer.Organisation);
        _customers.Write(fields.CustomerNo);
        _customers.Write(fields.Name);
        _customers.Write(fields.Language);
        _customers.Write(EnumNames.Of(fields.Category));
        _customers.Write(EnumNames.Of(fields.Grade));
        _customers.Write(EnumNames.Of(fields.Vulnerability));
        _customers.Write(EnumNames.Of(fields.Loss));
        _customers.Write(EnumNames.Of(fields.Dependency));
        _customers.Write((int)fields.Needs);
        _customers.Write(fields.Address);
        _customers.Write(customer.LiaisonOfficer);
        _customers.Write(customer.Tier);
        _customers.Write(false);
        _customers.Write(false);
        AddPoints(id, customer);
        short ordinal = 0;
        foreach (var contact in customer.Contacts)
        {
            _contacts.Row();
            _contacts.Write(contacts.Take());
            _contacts.Write(id);
            _contacts.Write(EnumNames.Of(contact.Kind));
            _contacts.Write(contact.Address);
            _contacts.Write(++ordinal);
            _contacts.Write("import");
        }
    }

    /// <summary>Further supply points of a customer added before.</summary>
    internal void AddPoints(long id, IncomingCustomer customer)
    {
        foreach (var (point, transformer) in customer.Points)
        {
            _points.Row();
            _points.Write(points.Take());
            _points.Write(id);
            _points.Write(point.AccountNo);
            _points.Write(transformer);
            _points.Write(EnumNames.Of(point.Role));
            _points.Write(false);
        }
    }

    internal async Task SendAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await _customers.SendAsync(connection, cancellationToken);
        await _points.SendAsync(connection, cancellationToken);
        await _contacts.SendAsync(connection, cancellationToken);
    }

    public void Dispose()
    {
        _customers.Dispose();
        _points.Dispose();
        _contacts.Dispose();
    }
}
