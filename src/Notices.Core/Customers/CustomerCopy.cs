using Notices.Imports;
using Npgsql;

namespace Notices.Customers;

/// <summary>New customers straight into PostgreSQL's tables, with ids drawn beforehand: nothing to join and nothing to collide with.</summary>
internal static class CustomerCopy
{
    internal const string Customers = "customers", Points = "supply_points", Contacts = "contacts";

    private static readonly string[] CustomerColumns =
    [
        "id", "organisation_id", "customer_no", "name", "language", "category", "grade", "vulnerability", "loss", "dependency", "needs", "address", "liaison_officer_id", "tier",
        "wants_short_reminder", "wants_night_messages",
    ];

    private static readonly string[] PointColumns = ["id", "customer_id", "account_no", "transformer_id", "role", "own_generator"];

    private static readonly string[] ContactColumns = ["id", "customer_id", "kind", "address", "ordinal", "source"];

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

    internal static Task CustomersAsync(NpgsqlConnection connection, IEnumerable<(long Id, IncomingCustomer Customer)> customers, bool frozen, CancellationToken cancellationToken) =>
        CopyWriter.WriteAsync(connection, Customers, CustomerColumns, frozen, customers, static (to, row) =>
        {
            var (customer, fields) = (row.Customer, row.Customer.Row);
            to.Row();
            to.Write(row.Id);
            to.Write(customer.Organisation);
            to.Write(fields.CustomerNo);
            to.Write(fields.Name);
            to.Write(fields.Language);
            to.Write(EnumNames.Of(fields.Category));
            to.Write(EnumNames.Of(fields.Grade));
            to.Write(EnumNames.Of(fields.Vulnerability));
            to.Write(EnumNames.Of(fields.Loss));
            to.Write(EnumNames.Of(fields.Dependency));
            to.Write((int)fields.Needs);
            to.Write(fields.Address);
            to.Write(customer.LiaisonOfficer);
            to.Write(customer.Tier);
            to.Write(false);
            to.Write(false);
        }, cancellationToken);

    internal static Task PointsAsync(
        NpgsqlConnection connection, IdRange ids, IEnumerable<(long Id, IncomingCustomer Customer)> customers, bool frozen, CancellationToken cancellationToken) =>
        CopyWriter.WriteAsync(connection, Points, PointColumns, frozen, customers, (to, row) =>
        {
            foreach (var (point, transformer) in row.Customer.Points)
            {
                to.Row();
                to.Write(ids.Take());
                to.Write(row.Id);
                to.Write(point.AccountNo);
                to.Write(transformer);
                to.Write(EnumNames.Of(point.Role));
                to.Write(false);
            }
        }, cancellationToken);

    internal static Task ContactsAsync(
        NpgsqlConnection connection, IdRange ids, IEnumerable<(long Id, IncomingCustomer Customer)> customers, bool frozen, CancellationToken cancellationToken) =>
        CopyWriter.WriteAsync(connection, Contacts, ContactColumns, frozen, customers, (to, row) =>
        {
            short ordinal = 0;
            foreach (var contact in row.Customer.Contacts)
            {
                to.Row();
                to.Write(ids.Take());
                to.Write(row.Id);
                to.Write(EnumNames.Of(contact.Kind));
                to.Write(contact.Address);
                to.Write(++ordinal);
                to.Write("import");
            }
        }, cancellationToken);
}
