using Microsoft.EntityFrameworkCore;
using Notices.Imports;
using Notices.Storage;
using Npgsql;

namespace Notices.Customers;

/// <summary>Writes the customers of one batch that are new or changed: staged in temporary tables, then a handful of set statements, the same on both databases.</summary>
internal sealed class CustomerSaving(NoticesDb db, TimeProvider clock) : IAsyncDisposable
{
    private static readonly string[] Fields =
        ["name", "language", "category", "grade", "vulnerability", "loss", "dependency", "needs", "address", "liaison_officer_id", "tier"];

    private static readonly StagingTable Customers = new("import_customers",
    [
        ("seq", "int"), ("organisation_id", "bigint"), ("customer_no", "text"), ("name", "text"), ("language", "text"), ("category", "text"), ("grade", "text"),
        ("vulnerability", "text"), ("loss", "text"), ("dependency", "text"), ("needs", "int"), ("address", "text"), ("liaison_officer_id", "bigint"), ("tier", "smallint"),
        ("again", "int"), ("id", "bigint"),
    ]);

    private static readonly StagingTable Points = new("import_points", [("seq", "int"), ("account_no", "text"), ("transformer_id", "bigint"), ("role", "text")]);

    private static readonly StagingTable Contacts = new("import_contacts", [("seq", "int"), ("kind", "text"), ("address", "text"), ("ordinal", "smallint")]);

    private readonly Dictionary<(long Organisation, string Phone), LiaisonOfficer> _officers = [];
    private CustomerLoad? _load;

    internal async Task LoadOfficersAsync(CancellationToken cancellationToken)
    {
        foreach (var officer in await db.LiaisonOfficers.AsNoTracking().ToListAsync(cancellationToken)) _officers[(officer.OrganisationId, officer.Phone)] = officer;
    }

    /// <summary>Begins to load whole tables, where that can be done.</summary>
    /// <returns>False when batches have to be saved one by one; the transaction must then be rolled back.</returns>
    internal async Task<bool> BeginLoadAsync(CancellationToken cancellationToken)
    {
        if (db.Database.GetDbConnection() is NpgsqlConnection connection) _load = await CustomerLoad.TryBeginAsync(connection, cancellationToken);

        return _load is not null;
    }

    /// <summary>Ends a load, in its transaction.</summary>
    internal Task EndLoadAsync(CancellationToken cancellationToken) => _load?.FinishAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Waits until a load has left the connection; the next thing done with it may be the rollback.</summary>
    public ValueTask DisposeAsync() => _load?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>In the transaction that is open.</summary>
    internal async Task SaveAsync(List<IncomingCustomer> customers, CancellationToken cancellationToken)
    {
        await OfficersAsync(customers, cancellationToken);
        if (_load is not null)
        {
            await _load.AddAsync(customers, cancellationToken);

            return;
        }

        if (db.Database.GetDbConnection() is NpgsqlConnection connection)
        {
            var fresh = customers.Where(c => c.IsWhollyNew).ToList();
            if (fresh.Count > 0) await CopyAsync(connection, fresh, cancellationToken);
            customers = [.. customers.Where(c => !c.IsWhollyNew)];
        }

        if (customers.Count > 0) await MergeAsync(customers, cancellationToken);
    }

    private static async Task CopyAsync(NpgsqlConnection connection, List<IncomingCustomer> customers, CancellationToken cancellationToken)
    {
        var ids = await CustomerCopy.DrawAsync(connection, CustomerCopy.Customers, customers.Count, cancellationToken);
        var points = await CustomerCopy.DrawAsync(connection, CustomerCopy.Points, customers.Sum(c => c.Points.Count), cancellationToken);
        var contacts = await CustomerCopy.DrawAsync(connection, CustomerCopy.Contacts, customers.Sum(c => c.Contacts.Count), cancellationToken);
        using var rows = new CustomerRows(false, points, contacts);
        foreach (var customer in customers) rows.Add(ids.Take(), customer);
        await rows.SendAsync(connection, cancellationToken);
    }

    /// <summary>Customers of whom something is there already.</summary>
    private async Task MergeAsync(List<IncomingCustomer> customers, CancellationToken cancellationToken)
    {
        await Customers.FillAsync(db, customers.Select(Staged), cancellationToken);
        await Points.FillAsync(db, customers.SelectMany((c, i) => c.Points.Select(p => new object?[] { i, p.Row.AccountNo, p.Transformer, p.Row.Role.ToString() })), cancellationToken);
        await Contacts.FillAsync(db, customers.SelectMany((c, i) => c.Contacts.Select((k, n) => new object?[] { i, k.Kind.ToString(), k.Address, (short)(n + 1) })), cancellationToken);

        await ExecuteAsync($"""
            INSERT INTO customers (organisation_id, customer_no, {string.Join(", ", Fields)}, wants_short_reminder, wants_night_messages)
            SELECT organisation_id, customer_no, {string.Join(", ", Fields)}, false, false FROM import_customers WHERE true ORDER BY seq
            ON CONFLICT (organisation_id, customer_no) DO UPDATE SET {string.Join(", ", Fields.Select(f => $"{f} = excluded.{f}"))}
            WHERE {string.Join(" OR ", Fields.Select(f => $"customers.{f} IS DISTINCT FROM excluded.{f}"))}
            """, cancellationToken);
        await ExecuteAsync("UPDATE import_customers SET id = (SELECT c.id FROM customers c WHERE c.organisation_id = import_customers.organisation_id AND c.customer_no = import_customers.customer_no)", cancellationToken);
        await ExecuteAsync("""
            INSERT INTO supply_points (customer_id, account_no, transformer_id, role, own_generator)
            SELECT c.id, p.account_no, p.transformer_id, p.role, false FROM import_points p JOIN import_customers c ON c.seq = p.seq WHERE true
            ON CONFLICT (account_no) DO UPDATE SET customer_id = excluded.customer_id, transformer_id = excluded.transformer_id, role = excluded.role
            WHERE supply_points.customer_id <> excluded.customer_id OR supply_points.transformer_id <> excluded.transformer_id OR supply_points.role <> excluded.role
            """, cancellationToken);
        await ExecuteAsync("""
            INSERT INTO contacts (customer_id, kind, address, ordinal, source)
            SELECT c.id, k.kind, k.address, k.ordinal, 'import' FROM import_contacts k JOIN import_customers c ON c.seq = k.seq WHERE c.again = 0
            ON CONFLICT (customer_id, kind, address) DO UPDATE SET ordinal = excluded.ordinal, valid_to = NULL, source = excluded.source
            WHERE contacts.source IN ('import', 'contacts') AND (contacts.source <> excluded.source OR contacts.ordinal <> excluded.ordinal OR contacts.valid_to IS NOT NULL)
            """, cancellationToken);
        // Those told after others of the same customer stand behind them, in the file's order.
        if (customers.Exists(c => c.Again))
        {
            await ExecuteAsync("""
                INSERT INTO contacts (customer_id, kind, address, ordinal, source)
                SELECT c.id, k.kind, k.address,
                    (SELECT COALESCE(MAX(o.ordinal), 0) FROM contacts o WHERE o.customer_id = c.id AND o.source = 'import' AND o.valid_to IS NULL) + ROW_NUMBER() OVER (PARTITION BY c.id ORDER BY k.ordinal), 'import'
                FROM import_contacts k JOIN import_customers c ON c.seq = k.seq
                WHERE c.again = 1 AND NOT EXISTS (
                    SELECT 1 FROM contacts h WHERE h.customer_id = c.id AND h.kind = k.kind AND h.address = k.address AND h.source = 'import' AND h.valid_to IS NULL)
                ON CONFLICT (customer_id, kind, address) DO UPDATE SET ordinal = excluded.ordinal, valid_to = NULL, source = excluded.source WHERE contacts.source IN ('import', 'contacts')
                """, cancellationToken);
        }

        if (customers.TrueForAll(c => c.IsNew || c.Again)) return;

        // A number the file no longer has is not called again, but it stays on record.
        await ExecuteAsync("""
            UPDATE contacts SET valid_to = @now WHERE source = 'import' AND valid_to IS NULL AND customer_id IN (SELECT id FROM import_customers WHERE again = 0)
            AND NOT EXISTS (SELECT 1 FROM import_contacts k JOIN import_customers c ON c.seq = k.seq
                            WHERE c.id = contacts.customer_id AND k.kind = contacts.kind AND k.address = contacts.address)
            """, cancellationToken, ("@now", db.Instant(clock.GetUtcNow())));
    }

    private static object?[] Staged(IncomingCustomer c, int seq) =>
    [
        seq, c.Organisation, c.Row.CustomerNo, c.Row.Name, c.Row.Language, c.Row.Category.ToString(), c.Row.Grade?.ToString(), c.Row.Vulnerability?.ToString(),
        c.Row.Loss?.ToString(), c.Row.Dependency?.ToString(), (int)c.Row.Needs, c.Row.Address, c.LiaisonOfficer, c.Tier, c.Again ? 1 : 0, null,
    ];

    private async Task OfficersAsync(List<IncomingCustomer> customers, CancellationToken cancellationToken)
    {
        if (!customers.Exists(c => c.Row.LiaisonPhone is not null)) return;
        foreach (var customer in customers.Where(c => c.Row.LiaisonPhone is not null))
        {
            var key = (customer.Organisation, customer.Row.LiaisonPhone!);
            if (!_officers.TryGetValue(key, out var officer))
            {
                officer = new LiaisonOfficer { OrganisationId = customer.Organisation, Phone = key.Item2, Name = customer.Row.LiaisonName! };
                _officers.Add(key, officer);
                db.LiaisonOfficers.Add(officer);
            }
            else if (officer.Name != customer.Row.LiaisonName)
            {
                db.LiaisonOfficers.Attach(officer);
                officer.Name = customer.Row.LiaisonName!;
            }
        }

        if (db.ChangeTracker.HasChanges())
        {
            if (_load is not null) await _load.IdleAsync();
            await db.SaveChangesAsync(cancellationToken);
        }

        foreach (var customer in customers.Where(c => c.Row.LiaisonPhone is not null)) customer.LiaisonOfficer = _officers[(customer.Organisation, customer.Row.LiaisonPhone!)].Id;
        db.ChangeTracker.Clear();
    }

    private Task ExecuteAsync(string sql, CancellationToken cancellationToken, params (string, object?)[] parameters) =>
        StagingTable.ExecuteAsync(db, sql, cancellationToken, parameters);
}
