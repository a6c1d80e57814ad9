namespace Notices.Imports;

/// <summary>One transformer of a network file, with what it hangs on.</summary>
public sealed record NetworkRow(
    long Line, string? Organisation, string? Substation, string FeederCode, string? FeederName, string? FeederNameEn, decimal? VoltageKv, string? Section,
    string TransformerCode, string? TransformerName, string? Place, string? PlaceCode, string? Township, double? Latitude, double? Longitude, string? PlaceEn)
{
    internal static Result<NetworkRow> Parse(ImportRow row, RowSettings settings)
    {
        var cells = new Cells(row, NetworkColumns.Names);
        var feeder = cells.Code(NetworkColumns.FeederCode);
        var transformer = cells.Code(NetworkColumns.TransformerCode);
        var voltage = cells.Number(NetworkColumns.VoltageKv, 0.1, 1200);
        var place = cells.Optional(NetworkColumns.Place);
        if (place is null && (cells.Optional(NetworkColumns.PlaceCode) ?? cells.Optional(NetworkColumns.Township) ?? cells.Optional(NetworkColumns.PlaceEn)) is not null)
            cells.Add("import-value-missing", NetworkColumns.Place, new { column = "place" });
        var (latitude, longitude) = Position(ref cells, settings);

        return cells.Problems is { } problems ? problems : new NetworkRow(
            row.Line,
            cells.Optional(NetworkColumns.Organisation),
            cells.Optional(NetworkColumns.Substation),
            feeder,
            cells.Optional(NetworkColumns.FeederName),
            cells.Optional(NetworkColumns.FeederNameEn),
            voltage is { } kv ? Math.Round((decimal)kv, 2) : null,
            cells.Optional(NetworkColumns.Section),
            transformer,
            cells.Optional(NetworkColumns.TransformerName),
            place,
            cells.Optional(NetworkColumns.PlaceCode),
            cells.Optional(NetworkColumns.Township),
            latitude,
            longitude,
            cells.Optional(NetworkColumns.PlaceEn));
    }

    /// <summary>Degrees; or, where the profile names a grid, easting in <c>longitude</c> and northing in <c>latitude</c>.</summary>
    private static (double? Latitude, double? Longitude) Position(ref Cells cells, RowSettings settings)
    {
        var most = settings.Coordinates is null ? 90 : 10_000_000;
        var latitude = cells.Number(NetworkColumns.Latitude, -most, most);
        var longitude = cells.Number(NetworkColumns.Longitude, -most * 2, most * 2);
        if (cells[NetworkColumns.Latitude].Length == 0 != (cells[NetworkColumns.Longitude].Length == 0)) cells.Add("import-position-half", NetworkColumns.Latitude);
        if (settings.Coordinates is null || latitude is null || longitude is null) return (latitude, longitude);

        var (north, east) = settings.Coordinates.ToDegrees(longitude.Value, latitude.Value);
        if (!double.IsFinite(north) || !double.IsFinite(east) || Math.Abs(north) > 90 || Math.Abs(east) > 180) cells.Add("import-number", NetworkColumns.Latitude, new { value = latitude.Value, from = -90, to = 90 });

        return (north, east);
    }
}
