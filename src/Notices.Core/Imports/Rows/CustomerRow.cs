using Notices.Customers;
using Notices.Words;

namespace Notices.Imports;

/// <summary>A phone or mail address, in order of preference.</summary>
public sealed record ContactRow(ContactKind Kind, string Address);

/// <summary>One supply point of a customers file, with its customer.</summary>
public sealed record CustomerRow(
    long Line, string AccountNo, string CustomerNo, string Name, string TransformerCode, SupplyRole Role, IReadOnlyList<ContactRow> Contacts, string Language,
    SupplyClass Category, KeyGrade? Grade, Vulnerability? Vulnerability, LossProne? Loss, Dependency? Dependency, Needs Needs, string? Address, string? LiaisonName, string? LiaisonPhone)
{
    /// <summary>Of the account number. Digests are made where a row is read, which several threads do at once; one alone compares them.</summary>
    internal ulong Account { get; private set; }

    /// <summary>As <see cref="IncomingCustomer.FieldsOf"/>.</summary>
    internal ulong Fields { get; private set; }

    /// <summary>As <see cref="IncomingCustomer.ContactsOf"/>.</summary>
    internal ulong Numbers { get; private set; }

    internal static Result<CustomerRow> Parse(ImportRow row, RowSettings settings)
    {
        var cells = new Cells(row, CustomerColumns.Names);
        var account = cells.Code(CustomerColumns.AccountNo);
        var customer = cells.Code(CustomerColumns.CustomerId, false);
        var language = Languages.Nearest(cells.Optional(CustomerColumns.Language) ?? Languages.Chinese);
        if (language is null) cells.Add("import-value-unknown", CustomerColumns.Language, new { value = cells[CustomerColumns.Language], known = string.Join(", ", Languages.All) });
        var liaison = cells.Phone(CustomerColumns.LiaisonPhone, settings.Region);
        if (cells[CustomerColumns.LiaisonName].Length == 0 != (cells[CustomerColumns.LiaisonPhone].Length == 0)) cells.Add("import-liaison-half", CustomerColumns.LiaisonName);
        var result = new CustomerRow(
            row.Line,
            account,
            customer.Length > 0 ? customer : account,
            cells.Required(CustomerColumns.Name),
            cells.Required(CustomerColumns.TransformerCode),
            cells.Enum<SupplyRole>(CustomerColumns.SupplyRole) ?? SupplyRole.Main,
            ReadContacts(ref cells, settings.Region),
            language ?? Languages.Chinese,
            cells.Enum<SupplyClass>(CustomerColumns.Category) ?? SupplyClass.Residential,
            cells.Enum<KeyGrade>(CustomerColumns.Grade),
            cells.Enum<Vulnerability>(CustomerColumns.Vulnerability),
            cells.Enum<LossProne>(CustomerColumns.Loss),
            cells.Enum<Dependency>(CustomerColumns.Dependency),
            ReadNeeds(ref cells),
            cells.Optional(CustomerColumns.Address),
            cells.Optional(CustomerColumns.LiaisonName),
            liaison?.E164);

        if (cells.Problems is { } problems) return problems;

        (result.Account, result.Fields, result.Numbers) = (Digest.Of(result.AccountNo), IncomingCustomer.FieldsOf(result), IncomingCustomer.ContactsOf(result.Contacts));

        return result;
    }

    private static List<ContactRow> ReadContacts(ref Cells cells, string region)
    {
        var contacts = new List<ContactRow>(3);
        foreach (var column in (ReadOnlySpan<int>)[CustomerColumns.Phone, CustomerColumns.Phone2])
        {
            if (cells.Phone(column, region) is not { } phone || contacts.Exists(c => c.Address == phone.E164)) continue;
            contacts.Add(new ContactRow(phone.IsMobile ? ContactKind.Mobile : ContactKind.Landline, phone.E164));
        }

        if (cells.Email(CustomerColumns.Email) is { } email) contacts.Add(new ContactRow(ContactKind.Email, email));

        return contacts;
    }

    private static Needs ReadNeeds(ref Cells cells)
    {
        var needs = Needs.None;
        if (cells[CustomerColumns.Needs].Length == 0) return needs;
        foreach (var name in cells.List(CustomerColumns.Needs))
        {
            if (EnumNames<Needs>.TryParse(name, out var need)) needs |= need;
            else cells.Add("import-value-unknown", CustomerColumns.Needs, new { value = name, known = EnumNames<Needs>.Known });
        }

        return needs;
    }
}
