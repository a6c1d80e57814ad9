using Notices.Network;

namespace Notices.Imports;

/// <summary>How another system calls one of our things.</summary>
/// <param name="Code">Ours.</param>
public sealed record IdRow(string? Organisation, ExternalSubject Subject, string Code, string System, string Value)
{
    internal static Result<IdRow> Parse(ImportRow row, RowSettings settings)
    {
        var cells = new Cells(row, IdColumns.Names);
        cells.Required(IdColumns.Subject);
        var subject = cells.Enum<ExternalSubject>(IdColumns.Subject) ?? default;
        var code = cells.Required(IdColumns.Code);
        if (subject is ExternalSubject.Relay or ExternalSubject.Liaison) code = cells.Phone(IdColumns.Code, settings.Region)?.E164 ?? "";
        if (subject is ExternalSubject.Section or ExternalSubject.Contact) code = Parts(ref cells, code, subject, settings);
        var (system, value) = (cells.Required(IdColumns.System), cells.Required(IdColumns.Value));

        return cells.Problems is { } problems ? problems : new IdRow(cells.Optional(IdColumns.Organisation), subject, code, system, value);
    }

    /// <summary><c>FEEDER/SECTION</c>, or <c>ACCOUNT/ADDRESS</c> with the address as it is stored.</summary>
    private static string Parts(ref Cells cells, string code, ExternalSubject subject, RowSettings settings)
    {
        var slash = code.IndexOf('/', StringComparison.Ordinal);
        if (code.Length > 0 && (slash < 1 || slash == code.Length - 1)) cells.Add("import-id-code", IdColumns.Code, new { form = subject == ExternalSubject.Section ? "FEEDER/SECTION" : "ACCOUNT/PHONE" });
        if (slash < 1 || subject == ExternalSubject.Section) return code;

        var address = code[(slash + 1)..];
        if (address.Contains('@', StringComparison.Ordinal)) return code[..(slash + 1)] + address.ToLowerInvariant();
        if (PhoneNumber.TryParse(address, settings.Region, out var phone)) return code[..(slash + 1)] + phone!.E164;
        cells.Add("import-phone", IdColumns.Code, new { region = settings.Region });

        return code;
    }
}
