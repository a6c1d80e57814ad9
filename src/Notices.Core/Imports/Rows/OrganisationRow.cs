using Notices.Network;

namespace Notices.Imports;

/// <summary>One line of an organisations file.</summary>
public sealed record OrganisationRow(
    long Line, string Code, string Name, OrganisationLevel Level, string? Parent, string? TimeZone, string? Adcode, string? NameEn, string? Signature, string? SignatureEn, string? Hotline)
{
    internal static Result<OrganisationRow> Parse(ImportRow row)
    {
        var cells = new Cells(row, OrganisationColumns.Names);
        var zone = cells.Optional(OrganisationColumns.TimeZone);
        if (zone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)) cells.Add("import-time-zone", OrganisationColumns.TimeZone, new { value = zone });
        var adcode = cells.Optional(OrganisationColumns.Adcode);
        if (adcode is not null && (adcode.Length is not (6 or 12) || !adcode.All(char.IsAsciiDigit))) cells.Add("import-adcode", OrganisationColumns.Adcode, new { value = adcode });
        var result = new OrganisationRow(
            row.Line,
            cells.Code(OrganisationColumns.Code),
            cells.Required(OrganisationColumns.Name),
            cells.Enum<OrganisationLevel>(OrganisationColumns.Level) ?? OrganisationLevel.County,
            cells.Optional(OrganisationColumns.Parent),
            zone,
            adcode,
            cells.Optional(OrganisationColumns.NameEn),
            cells.Optional(OrganisationColumns.Signature),
            cells.Optional(OrganisationColumns.SignatureEn),
            cells.Optional(OrganisationColumns.Hotline));
        if (result.Parent == result.Code && result.Code.Length > 0) cells.Add("import-own-parent", OrganisationColumns.Parent, new { code = result.Code });

        return cells.Problems is { } problems ? problems : result;
    }
}
