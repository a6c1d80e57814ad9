using Notices.Customers;

namespace Notices.Imports;

/// <summary>One phone or mail address of an account's customer, besides those of the customers file.</summary>
/// <param name="Ordinal">Null: as it stands, a new one behind the others.</param>
public sealed record FurtherContactRow(
    string AccountNo, ContactRow Contact, short? Ordinal, FileMoment? ValidFrom, FileMoment? ValidTo, FileMoment? ConfirmedOn,
    string? ProxyName, string? ProxyRelation, FileMoment? ProxyConsentedOn)
{
    private const int LastOrdinal = 99;

    internal static Result<FurtherContactRow> Parse(ImportRow row, RowSettings settings)
    {
        var cells = new Cells(row, ContactColumns.Names);
        var account = cells.Required(ContactColumns.AccountNo);
        var contact = ReadContact(ref cells, settings.Region);
        var ordinal = cells.Whole(ContactColumns.Ordinal, 0, LastOrdinal);
        var result = new FurtherContactRow(
            account, contact, (short?)ordinal,
            cells.Moment(ContactColumns.ValidFrom, settings), cells.Moment(ContactColumns.ValidTo, settings), cells.Moment(ContactColumns.ConfirmedOn, settings),
            cells.Optional(ContactColumns.ProxyName), cells.Optional(ContactColumns.ProxyRelation), cells.Moment(ContactColumns.ProxyConsentedOn, settings));
        CheckProxy(ref cells, result);

        return cells.Problems is { } problems ? problems : result;
    }

    private static ContactRow ReadContact(ref Cells cells, string region)
    {
        var (phone, email) = (cells.Phone(ContactColumns.Phone, region), cells.Email(ContactColumns.Email));
        if (cells[ContactColumns.Phone].Length > 0 == (cells[ContactColumns.Email].Length > 0)) cells.Add("import-contact-address", ContactColumns.Phone);
        var fits = email is not null ? ContactKind.Email : phone is { IsMobile: false } ? ContactKind.Landline : ContactKind.Mobile;
        var kind = cells.Enum<ContactKind>(ContactColumns.Kind) ?? fits;
        // A mobile may be wished for calls alone; a text to a landline would be lost.
        if ((phone is not null || email is not null) && kind != fits && (kind, fits) is not (ContactKind.Landline, ContactKind.Mobile))
            cells.Add("import-contact-kind", ContactColumns.Kind, new { kind, fits });

        return new ContactRow(kind, email ?? phone?.E164 ?? "");
    }

    private static void CheckProxy(ref Cells cells, FurtherContactRow row)
    {
        var proxy = cells[ContactColumns.ProxyName].Length + cells[ContactColumns.ProxyRelation].Length + cells[ContactColumns.ProxyConsentedOn].Length > 0;
        if (!proxy) return;
        if (row.ProxyName is null) cells.Add("import-value-missing", ContactColumns.ProxyName, new { column = "proxy_name" });
        if (cells[ContactColumns.ProxyConsentedOn].Length == 0) cells.Add("import-proxy-consent", ContactColumns.ProxyConsentedOn);
    }
}
