using System.Globalization;
using Notices.Imports;
using Notices.Storage;

namespace Notices.Customers;

/// <summary>Writes the contacts of one batch that are new or changed, in one set statement.</summary>
internal sealed class ContactSaving(NoticesDb db)
{
    private static readonly StagingTable Staged = new("import_further_contacts",
    [
        ("customer_id", "bigint"), ("kind", "text"), ("address", "text"), ("ordinal", "smallint"), ("source", "text"),
        ("valid_from", "text"), ("valid_to", "text"), ("confirmed_on", "text"), ("proxy_name", "text"), ("proxy_relation", "text"), ("proxy_consented_on", "text"),
    ]);

    private static readonly string[] Moments = ["valid_from", "valid_to", "confirmed_on", "proxy_consented_on"];

    private static readonly string[] Fields = [.. Staged.Columns[3..].Select(c => c.Name)];

    /// <summary>In the transaction that is open.</summary>
    internal async Task SaveAsync(List<Contact> contacts, CancellationToken cancellationToken)
    {
        await Staged.FillAsync(db, contacts.Select(Row), cancellationToken);
        var type = db is PostgreSqlNoticesDb ? "timestamptz" : "bigint";
        var columns = string.Join(", ", Staged.Columns.Select(c => c.Name));
        var values = string.Join(", ", Staged.Columns.Select(c => Moments.Contains(c.Name) ? $"CAST({c.Name} AS {type})" : c.Name));
        await StagingTable.ExecuteAsync(
            db,
            $"""
            INSERT INTO contacts ({columns}) SELECT {values} FROM {Staged.Name} WHERE true
            ON CONFLICT (customer_id, kind, address) DO UPDATE SET {string.Join(", ", Fields.Select(f => $"{f} = excluded.{f}"))}
            """, cancellationToken);
    }

    private object?[] Row(Contact c) =>
    [
        c.CustomerId, c.Kind.ToString(), c.Address, c.Ordinal, c.Source,
        Text(c.ValidFrom), Text(c.ValidTo), Text(c.ConfirmedOn), c.ProxyName, c.ProxyRelation, Text(c.ProxyConsentedOn),
    ];

    /// <summary>As each database reads an instant from text.</summary>
    private string? Text(DateTimeOffset? instant) => instant is not { } at ? null
        : db is PostgreSqlNoticesDb ? at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)
        : at.UtcTicks.ToString(CultureInfo.InvariantCulture);
}
