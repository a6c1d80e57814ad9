namespace Notices.Imports;

/// <summary>One relay person with the places they tell.</summary>
/// <param name="Phone">E.164, as the deputy's.</param>
/// <param name="Places">Names or codes; all the person has from now on.</param>
public sealed record RelayRow(string? Organisation, string Name, string Phone, string? DeputyName, string? DeputyPhone, IReadOnlyList<string> Places)
{
    internal static Result<RelayRow> Parse(ImportRow row, RowSettings settings)
    {
        var cells = new Cells(row, RelayColumns.Names);
        var name = cells.Required(RelayColumns.Name);
        cells.Required(RelayColumns.Phone);
        var (phone, deputy) = (cells.Phone(RelayColumns.Phone, settings.Region), cells.Phone(RelayColumns.DeputyPhone, settings.Region));
        if (cells[RelayColumns.DeputyName].Length == 0 != (cells[RelayColumns.DeputyPhone].Length == 0)) cells.Add("import-deputy-half", RelayColumns.DeputyName);

        return cells.Problems is { } problems ? problems : new RelayRow(
            cells.Optional(RelayColumns.Organisation), name, phone!.E164, cells.Optional(RelayColumns.DeputyName), deputy?.E164, cells.List(RelayColumns.Places));
    }
}
